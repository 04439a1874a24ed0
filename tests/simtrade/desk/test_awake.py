"""How many practice markets of one person run at once: named refusals, and the newest runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from feeds.catalogue import US_DAILY
from matching.reasons import Reason
from simtrade.desk.requests import (
    ClockAction,
    Done,
    OpenPractice,
    Refusal,
    Reply,
    UserId,
    VenueId,
)
from simtrade.venues.runtime import AWAY_AFTER_NS
from tests.world import World

MOST = 3
DAY = date(2008, 9, 12)


@pytest.fixture
def few(tmp_path: Path, tapes: Path) -> Iterator[World]:
    world = World.open(tmp_path / "few", tapes, awake=MOST)
    yield world
    world.close()


def opened(world: World, user: int = 1) -> Reply:
    world.pass_seconds(0.2)
    return world.submit(OpenPractice(UserId(user), world.key(), US_DAILY, DAY))


def venue(reply: Reply) -> VenueId:
    assert isinstance(reply, Done), reply
    return reply.venue_id


def running(world: World, venues: list[VenueId]) -> list[bool]:
    found = []
    for one in venues:
        state = world.shard.runtime.get(one)
        assert state is not None
        found.append(state.running)
    return found


def test_one_too_many_is_refused_by_name_and_nothing_is_opened(few: World) -> None:
    for _ in range(MOST):
        venue(opened(few))
    refused = opened(few)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.TOO_MANY_AWAKE
    assert refused.numbers == {"max_awake": MOST}
    assert len(few.portfolio.accounts(UserId(1))) == MOST
    venue(opened(few, user=2))  # others are not concerned


def test_a_paused_one_makes_room_and_cannot_play_while_there_is_none(few: World) -> None:
    first, *_ = [venue(opened(few)) for _ in range(MOST)]
    assert isinstance(few.set_clock(first, ClockAction.PAUSE), Done)
    fourth = venue(opened(few))
    refused = few.set_clock(first, ClockAction.PLAY)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.TOO_MANY_AWAKE
    assert isinstance(few.set_clock(first, ClockAction.STEP), Done)
    assert isinstance(few.set_clock(fourth, ClockAction.PAUSE), Done)
    assert isinstance(few.set_clock(first, ClockAction.PLAY), Done)


def test_who_closed_the_pages_may_open_more(few: World) -> None:
    for _ in range(MOST):
        venue(opened(few))
    few.pass_seconds(AWAY_AFTER_NS / 10**9 + 1)
    venue(opened(few))


def test_of_more_that_wake_up_the_longest_not_used_is_paused_for_good(few: World) -> None:
    old = [venue(opened(few)) for _ in range(MOST)]
    few.pass_seconds(AWAY_AFTER_NS / 10**9 + 1)
    new = venue(opened(few))
    for one in old:
        few.pass_seconds(0.2)
        few.venues.clock(one)  # somebody looks at them again
    few.pass_seconds(0.2)
    assert running(few, [*old, new]) == [True, True, True, False]
    report = few.verify()
    assert report.ok, report.problems
    again = few.reopen()
    assert not again.venues.clock(new).running
    again.close()
