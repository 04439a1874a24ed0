"""Names of practice markets: tidied, bounded, and visible."""

from __future__ import annotations

from datetime import date

import pytest

from feeds.catalogue import US_DAILY
from matching.reasons import Reason
from simtrade.desk.requests import Done, OpenPractice, Refusal, UserId
from simtrade.venues.names import NAME_MAX, tidy_venue_name, venue_name_fault
from tests.world import World


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Crash   week ", "Crash week"),
        ("２００８", "2008"),
        ("雷曼\t之前", "雷曼 之前"),
        ("", ""),
    ],
)
def test_a_name_is_tidied(typed: str, kept: str) -> None:
    assert tidy_venue_name(typed) == kept


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("x" * NAME_MAX, None),
        ("x" * (NAME_MAX + 1), Reason.VENUE_NAME_TOO_LONG),
        ("<b>&'\"", None),  # pages escape it
        ("a\u202eb", Reason.VENUE_NAME_NOT_ALLOWED),  # would turn the text behind it
        ("a\u200bb", Reason.VENUE_NAME_NOT_ALLOWED),
        ("a\x00b", Reason.VENUE_NAME_NOT_ALLOWED),
        ("\ud800", Reason.VENUE_NAME_NOT_ALLOWED),
        ("📈 牛市", None),
    ],
)
def test_what_a_market_can_be_called(name: str, fault: Reason | None) -> None:
    assert venue_name_fault(name) is fault


def test_a_name_is_kept_over_a_restart_and_in_the_journal(world: World) -> None:
    asked = OpenPractice(UserId(1), "k", US_DAILY, date(2008, 9, 12), name="雷曼 <之前>")
    done = world.submit(asked)
    assert isinstance(done, Done)
    again = world.submit(asked)
    assert isinstance(again, Done)
    assert again.venue_id == done.venue_id
    plain, _ = world.practice()
    world = world.reopen()
    views = [world.venues.view(one) for one in (done.venue_id, plain)]
    assert [one.name for one in views if one] == ["雷曼 <之前>", ""]
    report = world.verify()
    assert report.ok, report.problems
    world.close()


def test_a_name_that_cannot_be_kept_opens_nothing(world: World) -> None:
    asked = OpenPractice(UserId(1), "k", US_DAILY, date(2008, 9, 12), name="\ud800")
    reply = world.submit(asked)
    assert isinstance(reply, Refusal)
    assert reply.reason is Reason.VENUE_NAME_NOT_ALLOWED
