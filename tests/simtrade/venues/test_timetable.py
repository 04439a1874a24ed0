"""Trading days and when a market opens and closes, on feeds of every kind."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from feeds.calendar import utc_ns
from feeds.feed import Feed
from feeds.timetable import session_times
from matching.market import Phase
from matching.units import AtNs
from simtrade.desk.requests import FLOOR
from simtrade.venues.timetable import next_changes, open_times, trading_days
from tests.world import World

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def moment(zone: ZoneInfo, *when: int) -> AtNs:
    return AtNs(utc_ns(datetime(*when, tzinfo=zone)))  # type: ignore[arg-type]


@pytest.fixture
def floor(world: World) -> Feed:
    row = world.store.venue_row(FLOOR)
    assert row is not None
    return world.feeds.feed(row.tape)


@pytest.fixture
def daily(world: World) -> Feed:
    return world.feeds.feed(world.feeds.shipped["us_daily"])


def test_a_day_with_a_lunch_break(floor: Feed) -> None:
    days = trading_days(floor, date(2026, 1, 9), date(2026, 1, 12))  # Friday to Monday
    assert [(one.day, one.settles) for one in days] == [
        (date(2026, 1, 9), date(2026, 1, 12)),
        (date(2026, 1, 12), date(2026, 1, 13)),
    ]
    spans = [(one.begins_ns, one.ends_ns) for one in days[0].open_times]
    assert spans == [
        (moment(SHANGHAI, 2026, 1, 9, 9, 30), moment(SHANGHAI, 2026, 1, 9, 11, 30)),
        (moment(SHANGHAI, 2026, 1, 9, 13, 0), moment(SHANGHAI, 2026, 1, 9, 15, 0)),
    ]
    assert days[0].moment_of(Phase.LUNCH) == spans[0][1]
    assert days[0].moment_of(Phase.HALTED) is None
    assert trading_days(floor, date(2026, 1, 10), date(2026, 1, 11)) == ()


def test_a_recording_has_its_own_days(daily: Feed) -> None:
    """The exchange was closed on 11 September 2001 and until the 14th."""
    days = trading_days(daily, date(2001, 9, 7), date(2001, 9, 18))
    assert [one.day.day for one in days] == [7, 10, 17, 18]
    assert days[0].settles == date(2001, 9, 18)  # three sessions later


@pytest.mark.parametrize(
    ("now", "opens", "closes"),
    [
        ((9, 8, 0), (9, 9, 30), (9, 11, 30)),
        ((9, 9, 30), (9, 13, 0), (9, 11, 30)),
        ((9, 11, 30), (9, 13, 0), (9, 15, 0)),
        ((9, 14, 59), (12, 9, 30), (9, 15, 0)),
        ((9, 15, 0), (12, 9, 30), (12, 11, 30)),
        ((10, 12, 0), (12, 9, 30), (12, 11, 30)),
    ],
)
def test_the_next_changes(
    floor: Feed, now: tuple[int, ...], opens: tuple[int, ...], closes: tuple[int, ...]
) -> None:
    found = next_changes(floor, moment(SHANGHAI, 2026, 1, *now))
    assert found == (
        moment(SHANGHAI, 2026, 1, *opens),
        moment(SHANGHAI, 2026, 1, *closes),
    )


def test_after_the_last_session_weekdays_are_guessed(daily: Feed) -> None:
    assert daily.end_ns is not None
    last = datetime.fromtimestamp(daily.end_ns / 1e9, UTC).astimezone(NEW_YORK).date()
    opens, closes = next_changes(daily, daily.end_ns)
    day = datetime.fromtimestamp(opens / 1e9, NEW_YORK)
    assert day.date() > last
    assert day.weekday() < 5
    assert daily.end_ns < opens < closes
    late = AtNs(daily.end_ns - 1)
    assert next_changes(daily, late) == (opens, daily.end_ns)


def test_phases_that_follow_each_other_are_one_stretch() -> None:
    times = session_times(
        date(2026, 1, 5),
        [
            (0, Phase.OPENING_AUCTION),
            (1, Phase.CONTINUOUS),
            (2, Phase.CLOSING_AUCTION),
            (3, Phase.AFTER_HOURS),
            (4, Phase.CLOSED),
        ],
    )
    assert [(one.begins_ns, one.ends_ns) for one in open_times(times)] == [(1, 3)]
    assert (times.opens_ns, times.closes_ns) == (0, 4)
