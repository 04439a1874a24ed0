"""Feeds by the name that a venue stores."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from feeds.catalogue import US_DAILY
from matching.market import DataKind
from matching.orders import FillProfile, Side
from matching.units import CURRENCIES, AtNs
from simtrade.desk.requests import Done, OpenPractice, UserId
from simtrade.venues.feeds import is_blind, session_of, session_start, start_minor
from tests.world import World


def wall(at_ns: int) -> datetime:
    return datetime.fromtimestamp(at_ns // 10**9, UTC)


def test_a_short_name_means_a_recording_for_good(world: World) -> None:
    tape = world.feeds.resolve(US_DAILY)
    assert tape is not None
    assert tape != US_DAILY
    assert world.feeds.resolve(tape) == tape
    assert world.feeds.resolve("no such tape") is None
    assert world.feeds.resolve("../" + tape) is None
    assert world.feeds.feed(tape) is world.feeds.feed(tape), "opened once"


def test_the_floor_is_generated_from_its_seed(world: World) -> None:
    assert world.feeds.floor_tape == "market:2:7"
    assert world.feeds.feed("market:2:7").traits.kind is DataKind.DEPTH
    assert world.feeds.feed("market:2:7").traits.synthetic
    assert world.feeds.resolve("market:2:7") is None, "nobody practises on the floor's feed"


def test_a_floor_of_the_first_version_keeps_it(world: World) -> None:
    """Databases name it, and their journals replay to the same hash only on the same prices."""
    first = world.feeds.feed("generator:7")
    assert len(first.instruments) == 20
    assert "seed 7" in first.traits.source


def test_a_practice_market_may_have_a_scenario(world: World) -> None:
    assert world.feeds.resolve("market:2:9:crash") == "market:2:9:crash"
    feed = world.feeds.feed("market:2:9:crash")
    assert feed.end_ns is not None
    assert feed is world.feeds.feed("market:2:9:crash")
    for wrong in ("market:2:9:flood", "market:1:9:crash", "market:2:-9:crash", "market:2:09:crash"):
        assert world.feeds.resolve(wrong) is None


def test_shipped_tapes_come_first_with_their_days(world: World) -> None:
    first = world.feeds.tapes()[0]
    assert first.name == US_DAILY
    assert first.first_session < first.last_session
    feed = world.feeds.feed(world.feeds.shipped[US_DAILY])
    assert feed.end_ns is not None
    assert session_of(feed, feed.end_ns) == first.last_session


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        (date(2008, 9, 12), "2008-09-12 13:30"),  # summer time: 9:30 in New York
        (date(2008, 9, 13), "2008-09-15 13:30"),  # a Saturday
        (date(2008, 12, 25), "2008-12-26 14:30"),  # a holiday, in winter
        (date(1990, 1, 1), None),  # before the tape: its first session
    ],
)
def test_a_practice_begins_at_the_next_open(world: World, asked: date, opens: str | None) -> None:
    feed = world.feeds.feed(world.feeds.shipped[US_DAILY])
    found = session_start(feed, asked)
    if opens is None:
        assert session_of(feed, found) == world.feeds.tapes()[0].first_session
    else:
        assert f"{wall(found):%Y-%m-%d %H:%M}" == opens


def test_a_session_is_the_local_day(world: World) -> None:
    floor = world.feeds.feed("generator:7")
    monday = datetime(2026, 1, 5, 15, 59, tzinfo=UTC)
    assert session_of(floor, AtNs(int(monday.timestamp()) * 10**9)) == date(2026, 1, 5)
    later = AtNs(int(monday.timestamp() + 120) * 10**9)
    assert session_of(floor, later) == date(2026, 1, 6), "midnight in China"


def test_everybody_starts_with_the_cash_of_the_currency() -> None:
    assert start_minor(CURRENCIES["USD"]) == 10_000_000
    assert start_minor(CURRENCIES["CNY"]) == 100_000_000


@pytest.mark.parametrize(
    "name", ["us_daily@blind:", "us_daily@blind:x", "us_daily@blind:" + "1" * 13, "us_daily@depth"]
)
def test_names_of_nothing(world: World, name: str) -> None:
    assert world.feeds.resolve(name) is None


def test_a_hidden_market_is_traded_and_verified(world: World) -> None:
    name = world.feeds.resolve("us_daily@blind:7")
    assert name is not None
    assert is_blind(name)
    hidden = world.feeds.hidden(name)
    assert hidden is not None
    asked = OpenPractice(UserId(1), "blind", name, hidden.first_session, FillProfile.STANDARD)
    opened = world.submit(asked)
    assert isinstance(opened, Done)
    assert opened.account_id is not None
    priced = [one for one in world.venues.quotes(opened.venue_id) if one.last_ticks]
    symbol = priced[0].instrument_id
    bought = world.place(opened.account_id, Side.BUY, 10, symbol)
    assert isinstance(bought, Done), bought
    world.pass_seconds(5)
    (position,) = world.portfolio.summary(opened.account_id).positions
    assert (position.instrument.instrument_id, position.qty) == (symbol, 10)
    world.reopen()
    report = world.verify()
    assert report.ok, report.problems
