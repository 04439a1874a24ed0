"""Every kind of feed tells its sessions; those of recordings are in their own tests' tapes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from feeds.bar_replay import BarFeed
from feeds.calendar import sessions_between
from feeds.catalogue import US_DAILY, ensure_shipped
from feeds.generator.calendar import midnight_ns, session_date
from feeds.generator.calendar import sessions_between as invented_between
from feeds.generator.names import market_name, open_market
from feeds.tape_store import open_tape
from feeds.timetable import session_times
from matching.market import Phase


def test_sessions_of_some_days() -> None:
    days = np.array([10, 11, 14], np.int64)
    start = date(1970, 1, 1)
    assert sessions_between(days, start.replace(day=12), start.replace(day=15)) == (1, 3)
    assert sessions_between(days, start.replace(day=13), start.replace(day=14)) == (2, 2)


def test_the_invented_calendar_counts_weekdays() -> None:
    first, last = date(2026, 1, 9), date(2026, 1, 13)  # Friday to Tuesday
    begin, stop = invented_between(first, last)
    assert [session_date(one) for one in range(begin, stop)] == [
        first,
        date(2026, 1, 12),
        last,
    ]
    assert invented_between(date(2026, 1, 10), date(2026, 1, 11)) == (5, 5)


def test_an_invented_market_has_no_days_before_its_history() -> None:
    feed = open_market(market_name(7))
    found = feed.sessions(date(1970, 1, 1), date(2026, 1, 5))
    assert len(found) == 251
    assert found[-1].opens_ns == feed.start_ns
    assert found[-1].phases[-1][1] is Phase.CLOSED
    assert midnight_ns(0) < found[-1].opens_ns < found[-1].closes_ns


def test_a_tape_of_bars_has_the_days_that_were_recorded(tmp_path: Path) -> None:
    feed = BarFeed(open_tape(tmp_path, ensure_shipped(tmp_path)[US_DAILY]))
    found = feed.sessions(date(2005, 7, 1), date(2005, 7, 5))
    assert [one.day for one in found] == [date(2005, 7, 1), date(2005, 7, 5)]
    assert [phase for _, phase in found[0].phases] == [
        Phase.PRE_OPEN,
        Phase.CONTINUOUS,
        Phase.CLOSED,
    ]


def test_times() -> None:
    times = session_times(date(2026, 1, 5), [(3, Phase.CONTINUOUS), (9, Phase.CLOSED)])
    assert (times.opens_ns, times.closes_ns) == (3, 9)
