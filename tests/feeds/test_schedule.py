"""The phases of a day, by market, board and date."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feeds import schedule
from feeds.schedule import FILES, ScheduleUnknownError, schedule_of
from feeds.trading_days import DaysUnknownError
from matching.phases import PHASES
from matching.units import NS_PER_SECOND

AUCTION_DAY = "09:15 opening_auction, 09:20 opening_locked, 09:25 opened, 09:30 continuous, "
TO_1500 = AUCTION_DAY + "11:30 lunch, 13:00 continuous, 15:00 closed"
TO_AUCTION = AUCTION_DAY + "11:30 lunch, 13:00 continuous, 14:57 closing_locked, 15:00 closed"
TO_1530 = (
    AUCTION_DAY
    + "11:30 lunch, 13:00 continuous, 14:57 closing_locked, 15:00 after_hours, 15:30 closed"
)
HONG_KONG = (
    "09:00 opening_auction, 09:15 opening_locked, 09:20 opened, 09:30 continuous, 12:00 lunch, "
    "13:00 continuous, 16:00 closing_auction, 16:06 closing_locked, 16:10 closed"
)


def written(market: str, board: str, day: date) -> str:
    """The day's phases on the clock of the market."""
    found = schedule_of(market)
    zone = ZoneInfo(found.hours(board, day).time_zone)
    words = []
    for at_ns, phase in found.moments(board, day):
        moment = datetime.fromtimestamp(at_ns / NS_PER_SECOND, UTC).astimezone(zone)
        words.append(f"{moment:%H:%M} {phase}")
    return ", ".join(words)


@pytest.mark.parametrize(
    ("market", "board", "day", "phases"),
    [
        ("XSHG", "main", date(2018, 8, 17), TO_1500),
        ("XSHG", "main", date(2018, 8, 20), TO_AUCTION),
        ("XSHG", "main", date(2026, 7, 3), TO_AUCTION),
        ("XSHG", "main", date(2026, 7, 6), TO_1530),
        ("XSHG", "star", date(2019, 7, 22), TO_1530),
        ("XSHG", "fund", date(2026, 7, 3), TO_1500),
        ("XSHG", "fund", date(2026, 7, 6), TO_1530),
        ("XSHG", "convertible", date(2026, 7, 3), TO_1500),
        ("XSHE", "main", date(2006, 7, 3), TO_AUCTION),
        ("XSHE", "fund", date(2018, 8, 17), TO_AUCTION),
        ("XSHE", "chinext", date(2020, 8, 21), TO_AUCTION),
        ("XSHE", "chinext", date(2020, 8, 24), TO_1530),
        ("XSHE", "main", date(2026, 7, 6), TO_1530),
        ("BJSE", "bse", date(2021, 11, 15), TO_AUCTION),
        ("XHKG", "main", date(2026, 12, 23), HONG_KONG),
        (
            "XHKG", "main", date(2026, 12, 24),
            "09:00 opening_auction, 09:15 opening_locked, 09:20 opened, 09:30 continuous, "
            "12:00 closing_auction, 12:06 closing_locked, 12:10 closed",
        ),
        ("XNAS", "main", date(2026, 7, 2), "09:00 pre_open, 09:30 continuous, 16:00 closed"),
        ("XNYS", "main", date(2026, 11, 27), "09:00 pre_open, 09:30 continuous, 13:00 closed"),
        ("COIN", "spot", date(2026, 7, 4), "00:00 continuous, 00:00 closed"),
    ],
)  # fmt: skip
def test_the_phases_of_a_day(market: str, board: str, day: date, phases: str) -> None:
    assert written(market, board, day) == phases


def test_moments_are_utc_and_follow_the_clocks_of_summer() -> None:
    winter, summer = (schedule_of("US").moments("main", date(2026, m, 12))[1] for m in (1, 6))
    assert datetime.fromtimestamp(winter.at_ns / NS_PER_SECOND, UTC).hour == 14
    assert datetime.fromtimestamp(summer.at_ns / NS_PER_SECOND, UTC).hour == 13


@pytest.mark.parametrize("market", sorted(FILES))
def test_every_record_is_dated_cited_and_a_way_that_a_day_can_go(market: str) -> None:
    for record in schedule_of(market).records:
        assert record.source.strip()
        assert record.valid_to is None or record.valid_from <= record.valid_to
        for hours in filter(None, (record.hours, record.half)):
            for old, new in itertools.pairwise(step.phase for step in hours.steps):
                assert new in PHASES[old].next_phases, (market, old, new)


@pytest.mark.parametrize("market", sorted(set(FILES)))
def test_records_of_a_board_never_overlap(market: str) -> None:
    last: dict[tuple[str, ...], date | None] = {}
    for record in sorted(schedule_of(market).records, key=lambda one: one.valid_from):
        for board in record.boards or ("*",):
            end = last.get((board,), date(1, 1, 1))
            assert end is not None
            assert end < record.valid_from, (market, board)
            last[board,] = record.valid_to


def test_sessions_run_over_the_year_s_end() -> None:
    days = schedule_of("XSHE").sessions(date(2025, 12, 31), date(2026, 1, 5))
    assert days == (date(2025, 12, 31), date(2026, 1, 5))


def test_what_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(ScheduleUnknownError, match="XTST: no hours"):
        schedule_of("XTST")
    with pytest.raises(ScheduleUnknownError, match="XSHG main: no hours are known on 2006-06-30"):
        schedule_of("XSHG").moments("main", date(2006, 6, 30))
    with pytest.raises(ScheduleUnknownError, match="XSHG does not trade on 2026-10-01"):
        schedule_of("XSHG").moments("main", date(2026, 10, 1))
    with pytest.raises(DaysUnknownError):
        schedule_of("XSHG").moments("main", date(1989, 1, 4))


def test_every_file_belongs_to_a_market() -> None:
    folder = Path(schedule.__file__).with_name("schedules")
    assert {path.stem for path in folder.glob("*.toml")} == set(FILES.values())
