from __future__ import annotations

from datetime import date

import pytest

from feeds.calendar import ALWAYS_OPEN_HOURS, CHINA_HOURS, Part
from feeds.market_days import LATE_NS, MarketDays
from feeds.schedule import schedule_of
from feeds.tape_files import SessionEntry
from matching.market import Phase
from matching.units import NS_PER_MINUTE
from tests.feeds.samples import SHANGHAI, at

DAYS = (date(2024, 3, 5), date(2024, 3, 6))
FOREVER = (0, 1 << 62)


def clock(hour: int, minute: int, day: int = 5) -> int:
    return at(SHANGHAI, 2024, 3, day, hour, minute)


def shanghai(first_ns: int = 0, last_ns: int = 1 << 62) -> MarketDays:
    hours = schedule_of("XSHG").hours("main", DAYS[0])
    steps = tuple((step.second, step.phase) for step in hours.steps)
    entries = [SessionEntry(day, steps) for day in DAYS]
    return MarketDays(CHINA_HOURS, entries, first_ns, last_ns)


def test_each_day_has_the_hours_that_it_had() -> None:
    days = MarketDays(CHINA_HOURS, [SessionEntry(DAYS[0]), shanghai_entry()], *FOREVER)
    assert [one.phase for one in days.phases(0)][:2] == [Phase.PRE_OPEN, Phase.CONTINUOUS]
    assert [one.phase for one in days.phases(1)][:2] == [
        Phase.OPENING_AUCTION, Phase.OPENING_LOCKED]  # fmt: skip
    assert days.phases(0)[-1] == (clock(15, 0), Phase.CLOSED, None)
    assert [days.date(k) for k in range(len(days))] == list(DAYS)


def shanghai_entry() -> SessionEntry:
    hours = schedule_of("XSHG").hours("main", DAYS[1])
    return SessionEntry(DAYS[1], tuple((step.second, step.phase) for step in hours.steps))


def test_bars_run_from_the_first_trade_to_the_break() -> None:
    days = shanghai()
    assert days.parts(0) == (
        Part(clock(9, 30), clock(11, 30)), Part(clock(13, 0), clock(15, 0)))  # fmt: skip
    assert days.continuous(0)[1] == Part(clock(13, 0), clock(14, 57))
    assert days.auctions(0) == (
        Part(clock(9, 15), clock(9, 25)), Part(clock(14, 57), clock(15, 0)))  # fmt: skip


def test_a_session_ends_soon_after_its_close_and_before_the_next_one() -> None:
    assert shanghai().stop_ns(0) == clock(15, 0) + LATE_NS
    always = MarketDays(ALWAYS_OPEN_HOURS, [SessionEntry(day) for day in DAYS], *FOREVER)
    assert always.stop_ns(0) == always.open_ns[1] == always.close_ns[0]
    assert always.midnight_ns(1) == always.open_ns[1]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ((9, 31), (9, 15)),  # a quiet beginning
        ((9, 50), (9, 50)),
        ((12, 0), (13, 0)),  # a session does not open with its lunch
    ],
)
def test_a_recording_that_begins_inside_a_session_opens_it(
    first: tuple[int, int], expected: tuple[int, int]
) -> None:
    days = shanghai(first_ns=clock(*first))
    assert days.open_ns[0] == clock(*expected)
    assert days.phases(0)[0].at_ns == clock(*expected)
    assert days.date(0) == DAYS[0]


def test_a_recording_that_comes_too_late_for_a_session_leaves_it_out() -> None:
    for moment in (clock(14, 58), clock(18, 0)):
        assert shanghai(first_ns=moment).date(0) == DAYS[1]


def test_a_recording_that_breaks_off_closes_its_session() -> None:
    days = shanghai(last_ns=clock(10, 0, day=6))
    assert days.close_ns[1] == clock(10, 0, day=6)
    assert days.phases(1)[-1].phase is Phase.CLOSED
    assert len(shanghai(last_ns=clock(9, 20, day=6))) == 1
    assert shanghai(last_ns=clock(14, 50, day=6)).close_ns[1] == clock(15, 0, day=6)


def test_the_clock() -> None:
    days = shanghai()
    minute = NS_PER_MINUTE
    start = clock(9, 0)
    assert days.advance(start, 0, auctions=True) == start
    assert days.advance(start, minute, auctions=True) == clock(9, 16)
    assert days.advance(start, minute, auctions=False) == clock(9, 31)
    assert days.advance(clock(14, 56), 2 * minute, auctions=False) == clock(9, 31, day=6)
    assert days.advance(clock(14, 59, day=6), 5 * minute, auctions=True) == clock(15, 0, day=6)
    assert days.session_at(clock(9, 14)) == -1
    assert days.session_at(clock(18, 0)) == 0
    assert days.next_date(clock(18, 0)) == DAYS[1]
    assert days.next_date(clock(18, 0, day=6)) is None
