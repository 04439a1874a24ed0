"""Times that can never come are refused when a plan is armed, with the field at fault."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from matching.units import NS_PER_MINUTE
from simtrade.desk.requests import ClockAction, Done, Refusal
from simtrade.plans.model import (
    Condition,
    Conditional,
    ConditionKind,
    FixedAmount,
    Spec,
    Staged,
    TimeSlices,
    VolumeSlices,
)
from tests.feeds.live.made import KEY, display
from tests.simtrade.plans.samples import MADE, MONDAY, Market, arm, grid, leg
from tests.simtrade.venues.live_world import live_world
from tests.world import World

DAY = [1000] * 390
TUESDAY = MONDAY + timedelta(days=1)
A_DAY = 24 * 60  # minutes


def from_time(number: int) -> Conditional:
    return Conditional((Condition(ConditionKind.TIME_FROM, number),), leg(1))


def answer(market: Market, spec: Spec, expires: date | None = None) -> tuple[str, str]:
    """The code of a refusal and the field at fault; ``armed`` when it was taken."""
    reply = arm(market.world, market.account, spec, expires=expires)
    if isinstance(reply, Refusal):
        return reply.reason.code, reply.reason.field
    assert isinstance(reply, Done)
    return "armed", ""


# Minutes from Monday's open; the tape ends with Tuesday's close.
WINDOWS = [
    (2, 4, "armed"),
    (389, 390, "armed"),
    (389, 391, "armed"),  # its last part is sent while the market trades
    (390, 391, "plan_window_closed"),
    (-60 + A_DAY, A_DAY, "plan_window_closed"),
    (-60 + A_DAY, A_DAY + 1, "armed"),
    (A_DAY + 389, A_DAY + 390, "armed"),
    (A_DAY + 389, A_DAY + 391, "plan_end_beyond_tape"),
    (A_DAY + 400, A_DAY + 410, "plan_end_beyond_tape"),
    (2 * A_DAY, 2 * A_DAY + 5, "plan_beyond_tape"),
    (5 * A_DAY, 5 * A_DAY + 5, "plan_beyond_tape"),
]


@pytest.mark.parametrize(("start", "end", "code"), WINDOWS)
@pytest.mark.parametrize("kind", ["twap", "pov"])
def test_a_window_is_open_some_time_before_the_tape_ends(
    world: World, kind: str, start: int, end: int, code: str
) -> None:
    market = Market.open(world, [DAY, DAY])
    times = (market.moment(start), market.moment(end), 2)
    spec = TimeSlices(leg(4), *times) if kind == "twap" else VolumeSlices(leg(4), *times, 100)
    told, field = answer(market, spec)
    assert told == code
    assert field == {"plan_end_beyond_tape": "end", "armed": ""}.get(code, "day")


def test_a_weekend_is_no_day_for_a_window(world: World) -> None:
    market = Market.open(world, [DAY] * 5)
    saturday = 5 * A_DAY
    spec = TimeSlices(leg(4), market.moment(saturday), market.moment(saturday + 5), 2)
    assert answer(market, spec) == ("plan_beyond_tape", "day")
    floor = world.floor()
    start = world.feeds.feed(world.feeds.floor_tape).start_ns + 5 * A_DAY * NS_PER_MINUTE
    named = world.feeds.feed(world.feeds.floor_tape).instruments[0].instrument_id
    weekend = TimeSlices(leg(400, of=named, limit=1000), start, start + NS_PER_MINUTE, 2)
    reply = arm(world, floor, weekend)
    assert isinstance(reply, Refusal)
    assert reply.reason.code == "plan_window_closed"


def test_the_end_of_the_tape_comes_with_the_refusal(world: World) -> None:
    market = Market.open(world, [DAY])
    reply = arm(
        world,
        market.account,
        TimeSlices(leg(4), market.moment(380), market.moment(400), 2),
    )
    assert isinstance(reply, Refusal)
    assert reply.numbers == {"tape_day": 20040301, "tape_end_ns": market.moment(390)}


def test_a_plan_that_expires_before_its_time_is_refused(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    tuesday = market.moment(5, day=1)
    window = TimeSlices(leg(4), tuesday, tuesday + NS_PER_MINUTE, 2)
    for spec in (window, from_time(tuesday), Staged(leg(1))):
        assert answer(market, spec, MONDAY) == ("plan_expired", "expires")
        assert answer(market, spec, TUESDAY) == ("armed", "")
    night = from_time(market.moment(400))
    assert answer(market, night, MONDAY) == ("plan_expired", "expires")
    assert answer(market, night, TUESDAY) == ("armed", "")
    market.check()


def test_a_moment_after_the_last_close_never_comes(world: World) -> None:
    market = Market.open(world, [DAY])
    assert answer(market, from_time(market.moment(390)))[0] == "plan_condition_never"
    assert answer(market, from_time(market.moment(389))) == ("armed", "")
    after_all = Conditional(
        (
            Condition(ConditionKind.PRICE_AT_MOST, 1),
            Condition(ConditionKind.TIME_FROM, market.moment(400)),
        ),
        leg(1),
    )
    assert market.refused(after_all) == ("plan_condition_never", 2)


def test_the_last_session_has_no_next_open(world: World) -> None:
    market = Market.open(world, [DAY])
    assert answer(market, Staged(leg(1))) == ("plan_beyond_tape", "day")
    assert answer(market, grid(900, 1100, 10, 1)) == ("armed", "")


def test_after_the_close_the_next_session_counts(world: World) -> None:
    market = Market.open(world, [DAY, DAY])
    world.set_clock(market.venue_id, ClockAction.SEEK, market.moment(400))
    for spec in (grid(900, 1100, 10, 1), FixedAmount(MADE, 2000)):
        assert answer(market, spec, MONDAY) == ("plan_expired", "expires")
        assert answer(market, spec, TUESDAY) == ("armed", "")
    market.check()


def test_what_a_live_market_will_do_nobody_knows(tmp_path: Path, tapes: Path) -> None:
    """Times to come are taken, whatever was heard so far, and the journal gives the same again."""
    with live_world(tmp_path, tapes) as coins:
        coins.hear(display(9_999, 10_001))
        venue, account = coins.practice()
        later = coins.world.at(venue) + 60 * NS_PER_MINUTE
        one = leg(1, limit=9_000, of=str(KEY))
        window = TimeSlices(one, later, later + NS_PER_MINUTE, 2)
        moment = Conditional((Condition(ConditionKind.TIME_FROM, later),), one)
        for spec in (window, moment, Staged(one)):
            assert isinstance(arm(coins.world, account, spec), Done), spec
        expired = arm(coins.world, account, window, expires=date(2020, 1, 1))
        assert isinstance(expired, Refusal)
        assert expired.reason.code == "plan_expired"
        coins.hear(display(9_998, 10_000), seconds=2)
        report = coins.world.verify()
        assert report.ok, report.problems
