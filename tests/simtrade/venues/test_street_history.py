"""Pages of trades and quotes against the whole of what the feed told, and never beyond now."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.feed import Feed
from feeds.generator.feed import GeneratorFeed
from feeds.generator.first_market import FirstMarket
from feeds.market_feed import MarketFeed
from feeds.market_store import open_market_tape
from feeds.order_feed import OrderFeed
from matching.market import DataKind, Depth, Snapshot, Trade
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs
from simtrade.venues.history import History, Span, Work
from simtrade.venues.street_history import StreetHistory
from tests.feeds.l2_sample import SampleDay
from tests.feeds.market_week import write_shanghai, write_week
from tests.feeds.samples import AWAKE, NEW_YORK, SHANGHAI, at
from tests.feeds.test_order_day import at as order_at

NOW = at(SHANGHAI, 2026, 1, 6, 10, 3)
EVER = Span(0, 1 << 62)


@cache
def invented() -> GeneratorFeed:
    return GeneratorFeed(FirstMarket(11))


@cache
def ordered(kind: DataKind = DataKind.ORDERS) -> OrderFeed:
    return OrderFeed(SampleDay(steps=40).tape(), kind)


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> MarketFeed:
    root = Path(tmp_path_factory.mktemp("market"))
    return MarketFeed(open_market_tape(root, write_week(root)))


def street(feed: Feed, at_ns: int, quotes: Feed | None = None, number: int = 0) -> StreetHistory:
    history = History(feed, quotes or feed, AtNs(at_ns), None)
    return StreetHistory(history, feed.instruments[number].instrument_id)


def told(feed: Feed, kinds: Any, to_ns: int, number: int = 0, after_ns: int = 0) -> list[Any]:
    ours = feed.instruments[number].instrument_id
    after = AtNs(max(after_ns, feed.start_ns) - 1)
    events = feed.events(after, AtNs(to_ns), lambda _: AWAKE)
    return [one for one in events if isinstance(one, kinds) and one.instrument_id == ours]


def test_everything_the_feed_told_and_nothing_later(week: MarketFeed) -> None:
    now = at(NEW_YORK, 2024, 3, 8, 11)
    one = street(week, now, number=1)
    trades = one.trades(EVER, 10**6, Work(10**9))
    assert trades.place is None
    assert trades.items == told(week, Trade, now, 1)
    assert len(trades.items) > 100
    assert max(event.at_ns for event in trades.items) <= now
    quotes = one.quotes(EVER, 10**6, Work(10**9)).items
    assert quotes == told(week, Depth, now, 1)
    back = one.quotes(Span(0, 1 << 62, newest_first=True), 10**6, Work(10**9)).items
    assert back == quotes[::-1]
    newest = one.newest_trade(Work())
    assert newest == trades.items[-1]


@settings(max_examples=25, deadline=None)
@given(
    limit=st.integers(1, 400),
    work=st.integers(1, 600),
    newest_first=st.booleans(),
    first=st.integers(0, 30),
    length=st.integers(0, 30),
    quotes=st.booleans(),
)
def test_pages_joined_are_one_page(  # type: ignore[no-untyped-def]
    limit, work, newest_first, first, length, quotes
) -> None:
    """Over a night, whatever the limit and however little a page may read; the span's ends are
    included."""
    feed = invented()
    one = street(feed, NOW)
    low = at(SHANGHAI, 2026, 1, 5, 14, 40) + first * NS_PER_MINUTE
    span = Span(low, low + length * 40 * NS_PER_MINUTE, newest_first)
    read = one.quotes if quotes else one.trades
    found, place, pages = [], None, 0
    while True:
        part = read(span, limit, Work(work), place)  # type: ignore[operator]
        assert len(part.items) <= limit
        found += part.items
        place, pages = part.place, pages + 1
        if place is None:
            break
        assert pages < 20_000
    kind = Depth if quotes else Trade
    wanted = told(feed, kind, min(span.to_ns, NOW), after_ns=low)
    assert found == (wanted[::-1] if newest_first else wanted)


def test_many_at_one_moment_are_given_once_each() -> None:
    feed = ordered()
    one = street(feed, feed.end_ns)
    everything = told(feed, Trade, feed.end_ns)
    moments = [event.at_ns for event in everything]
    assert len(set(moments)) < len(moments), "the sample has trades of one moment"
    for newest_first in (False, True):
        found, place = [], None
        while True:
            part = one.trades(Span(0, 1 << 62, newest_first), 1, Work(), place)
            found += part.items
            place = part.place
            if place is None:
                break
        assert found == (everything[::-1] if newest_first else everything)


def test_a_recording_of_orders_has_the_quotes_of_a_feed_of_quotes() -> None:
    feed, quotes = ordered(), ordered(DataKind.QUOTES)
    now = order_at(10, 0)
    assert street(feed, now).quotes(EVER, 10**6, Work(10**9)).items == []
    found = street(feed, now, quotes).quotes(EVER, 10**6, Work(10**9)).items
    assert found == told(quotes, Depth, now)
    assert found


@pytest.mark.parametrize("kind", [DataKind.BARS, DataKind.TRADES, DataKind.SNAPSHOTS])
def test_nothing_is_told_that_the_feed_did_not_tell(kind: DataKind) -> None:
    one = street(ordered(kind), ordered().end_ns)
    trades = one.trades(EVER, 9, Work()).items
    quotes = one.quotes(EVER, 9, Work()).items
    assert bool(trades) == (kind is DataKind.TRADES)
    assert bool(quotes) == (kind is DataKind.SNAPSHOTS)
    assert all(isinstance(event, Snapshot) for event in quotes)
    if kind is DataKind.BARS:
        assert one.newest_trade(Work()) is None
        assert one.auctions(EVER, 9, Work()).items == []


def test_auctions_by_day_as_far_as_they_are_over(tmp_path: Path) -> None:
    feed = MarketFeed(open_market_tape(tmp_path, write_shanghai(tmp_path)))
    now = at(SHANGHAI, 2024, 3, 8, 14, 0)
    one = street(feed, now)
    days = one.auctions(EVER, 10, Work()).items
    assert [day.midnight_ns for day in days] == [at(SHANGHAI, 2024, 3, 7), at(SHANGHAI, 2024, 3, 8)]
    assert [len(day.opening) for day in days] == [1, 1]
    assert [len(day.closing) for day in days] == [1, 0]
    first = one.auctions(EVER, 1, Work())
    assert first.place is not None
    assert [*first.items, *one.auctions(EVER, 1, Work(), first.place).items] == days
    back = one.auctions(Span(0, now, newest_first=True), 1, Work())
    assert back.items == days[1:]
    assert one.auctions(Span(0, now, newest_first=True), 1, Work(), back.place).items == days[:1]
    late = Span(at(SHANGHAI, 2024, 3, 7, 12), now)
    assert [len(day.opening) for day in one.auctions(late, 9, Work()).items] == [0, 1]


def test_the_invented_market_tells_its_auctions() -> None:
    feed = invented()
    days = street(feed, NOW).auctions(EVER, 10, Work()).items
    assert [(len(day.opening), len(day.closing)) for day in days] == [(1, 1), (1, 0)]
    bars = feed.traded(feed.instruments[0].instrument_id, AtNs(0), NOW)
    cross = days[0].opening[0]
    place = bars.at_ns.tolist().index(cross.at_ns)
    assert (bars.price_ticks[place], bars.qty[place]) == (cross.price_ticks, cross.qty)


def test_a_page_of_an_empty_night_ends() -> None:
    one = street(invented(), at(SHANGHAI, 2026, 1, 12, 9, 0))
    saturday = at(SHANGHAI, 2026, 1, 10)
    part = one.trades(Span(saturday, saturday + 86_400 * NS_PER_SECOND), 10, Work(50))
    assert part.items == []
    assert part.place is not None
    assert one.newest_trade(Work(50)) is None
    assert one.newest_trade(Work()) is not None
