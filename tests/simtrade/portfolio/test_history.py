"""What an account was worth: the same as its owner saw at each of those moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from matching.orders import AccountId, Side
from matching.units import AtNs
from simtrade.desk.requests import ClockAction, Done
from simtrade.portfolio.history import AccountHistory, HistoryView, HistoryWish, Hours
from simtrade.portfolio.statements import LineKind
from tests.simtrade.desk.corporate import Story, market
from tests.simtrade.portfolio.statement_check import statements
from tests.simtrade.portfolio.test_statements import MARKET, STORY
from tests.world import World

MINUTE_NS = 60 * 10**9
DAY = date(2005, 2, 24)


def history(world: World, account_id: AccountId, wanted: HistoryWish) -> HistoryView:
    made = AccountHistory(world.portfolio, statements(world), world.store, world.feeds)
    return made.of(account_id, wanted)


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "tapes").mkdir()
    world = World.open(tmp_path / "data", tmp_path / "tapes")
    yield world
    world.close()


def test_each_minute_is_worth_what_its_end_was(world: World) -> None:
    venue_id, account_id = world.practice(DAY)
    world.set_clock(venue_id, ClockAction.PAUSE)
    assert isinstance(world.place(account_id, Side.BUY, 300), Done)
    for _ in range(8):
        world.set_clock(venue_id, ClockAction.STEP)
    summary = world.portfolio.summary(account_id)
    found = history(world, account_id, HistoryWish(DAY, DAY, 1))
    assert len(found.begins_ns) == 9
    assert found.equity_minor[-1] == summary.equity_minor
    row = world.store.venue_row(venue_id)
    assert row is not None
    feed, (held,) = world.feeds.feed(row.tape), summary.positions
    cash = summary.cash_minor + summary.hold_minor
    for begins_ns, equity in list(zip(found.begins_ns, found.equity_minor, strict=True))[2:-1]:
        last = feed.last(held.instrument.instrument_id, AtNs(begins_ns + MINUTE_NS - 1))
        assert last is not None
        assert equity == cash + 300 * last.last_ticks
    assert len(set(found.equity_minor)) > 5
    assert set(found.bases_minor) == {found.base_minor} == {10_000_000}
    assert found.base_day == DAY


def test_days_through_every_corporate_action(empty_world: World) -> None:
    """Splits, rights, dividends, new codes and an end: what was seen at each session's close."""
    story = Story(empty_world, market(MARKET))
    seen: dict[date, int] = {}
    lines = STORY.strip().splitlines()
    days = [date(2024, 1, day) for day in (2, 3, 4, 5, 8)]
    for day in days:
        for line in lines:
            if line.startswith(day.isoformat()):
                story.step(line)
        story.step(f"{day} 15:59 look")
        seen[day] = story.equities[-1]
    wanted = HistoryWish(days[0], days[-1], None, kinds=[LineKind.DIVIDEND, LineKind.START])
    found = history(story.world, story.account_id, wanted)
    assert found.equity_minor == tuple(seen.values())
    assert found.flows[LineKind.START] == (10_000_000, 0, 0, 0, 0)
    dividends = found.flows[LineKind.DIVIDEND]
    assert [bool(one) for one in dividends] == [False, False, False, True, False]
    part = history(
        story.world, story.account_id, HistoryWish(days[2], days[3], None, daily_base=False)
    )
    assert part.equity_minor == (seen[days[2]], seen[days[3]])
    assert set(part.bases_minor) == {seen[days[1]]}
    intraday = history(story.world, story.account_id, HistoryWish(days[2], days[3], 15))
    assert set(intraday.bases_minor) == {seen[days[1]], seen[days[2]]}
    whole = HistoryWish(days[2], days[3], 15, daily_base=False)
    assert set(history(story.world, story.account_id, whole).bases_minor) == {seen[days[1]]}


@pytest.mark.parametrize(
    ("hours", "begins"),
    [
        (Hours.MARKET, ["09:30", "10:30", "13:00", "14:00"]),
        (Hours.EXTENDED, ["09:15", "09:30", "10:30", "13:00", "14:00"]),
        (Hours.CONTINUOUS, ["09:15", "10:15", "11:15", "12:15", "13:15", "14:15"]),
    ],
)
def test_which_hours_have_windows(empty_world: World, hours: Hours, begins: list[str]) -> None:
    """A Chinese day has an auction before and a pause in it."""
    days = "day 2024-01-02 ONE 10.00\nday 2024-01-03 ONE 10.00\n"
    story = Story(empty_world, market(days, "CNY"))
    story.step("2024-01-03 10:00 look")
    day = date(2024, 1, 2)
    found = history(story.world, story.account_id, HistoryWish(day, day, 60, hours))
    zone = ZoneInfo("Asia/Shanghai")
    told = [f"{datetime.fromtimestamp(one // 10**9, zone):%H:%M}" for one in found.begins_ns]
    # The account was opened at the first moment of continuous trading.
    assert told == begins[begins[0] != "09:30" and begins[1] == "09:30" :]
    assert set(found.equity_minor) == {100_000_000}


def test_bounds_inside_of_a_session(world: World) -> None:
    venue_id, account_id = world.practice(DAY)
    world.set_clock(venue_id, ClockAction.PAUSE)
    for _ in range(5):
        world.set_clock(venue_id, ClockAction.STEP)
    whole = history(world, account_id, HistoryWish(DAY, DAY, 1)).begins_ns
    wanted = HistoryWish(DAY, DAY, 1, begin_ns=whole[1], end_ns=whole[3])
    assert history(world, account_id, wanted).begins_ns == whole[1:4]


def test_nothing_before_the_account_was_opened(world: World) -> None:
    _, account_id = world.practice(DAY)
    found = history(world, account_id, HistoryWish(date(2005, 1, 3), date(2005, 2, 23), None))
    assert (found.begins_ns, found.equity_minor, found.bases_minor) == ((), (), ())
    assert (found.base_minor, found.base_day) == (10_000_000, DAY)
