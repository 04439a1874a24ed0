from __future__ import annotations

from pathlib import Path

import pytest

from feeds.bar_replay import BarFeed
from feeds.feed import Feed, Traded
from feeds.market_feed import MarketFeed
from feeds.market_store import open_market_tape
from feeds.order_feed import OrderFeed
from matching.instrument import InstrumentId
from matching.market import DataKind, Trade
from matching.units import AtNs
from tests.feeds.l2_sample import SampleDay
from tests.feeds.market_week import write_shanghai, write_week
from tests.feeds.samples import AWAKE, NEW_YORK, at, minute_tape


def test_what_is_told_about_the_data(us_feed: BarFeed) -> None:
    assert us_feed.traits.kind is DataKind.BARS
    assert us_feed.traits.reconstructed
    assert not us_feed.traits.synthetic
    assert "Public domain" in us_feed.traits.source
    minutes = BarFeed(minute_tape({"A": [(at(NEW_YORK, 2020, 1, 2, 9, 30), 1, 1, 1, 1, 1)]}))
    assert not minutes.traits.reconstructed


def test_unknown_instruments_are_an_error(us_feed: BarFeed) -> None:
    with pytest.raises(KeyError):
        us_feed.last(InstrumentId("XNAS:NONE"), us_feed.start_ns)


def rows(traded: Traded | None) -> list[tuple[int, ...]]:
    assert traded is not None
    return list(zip(*(column.tolist() for column in traded), strict=True))


def told(feed: Feed, after_ns: int, to_ns: int) -> list[tuple[int, ...]]:
    ours = feed.instruments[0].instrument_id
    return [
        (one.at_ns, one.price_ticks, one.qty)
        for one in feed.events(AtNs(after_ns), AtNs(to_ns), lambda _: AWAKE)
        if isinstance(one, Trade) and one.instrument_id == ours
    ]


def test_trades_as_columns_are_the_events(tmp_path: Path) -> None:
    week = MarketFeed(open_market_tape(tmp_path, write_week(tmp_path)))
    day = OrderFeed(SampleDay(steps=40).tape())
    for feed in (week, day):
        ours = feed.instruments[0].instrument_id
        start, end = feed.start_ns, feed.end_ns
        everything = told(feed, start - 1, end)
        assert rows(feed.traded(ours, AtNs(start - 1), end)) == everything
        cut = everything[len(everything) // 2][0]
        assert rows(feed.traded(ours, AtNs(cut), end)) == told(feed, cut, end)
        assert rows(feed.traded(ours, start, AtNs(cut))) == told(feed, start, cut)


def test_who_kept_no_trades_says_so(us_feed: BarFeed, tmp_path: Path) -> None:
    pictures = MarketFeed(open_market_tape(tmp_path, write_shanghai(tmp_path)))
    for feed in (us_feed, pictures, OrderFeed(SampleDay(steps=40).tape(), DataKind.BARS)):
        ours = feed.instruments[0].instrument_id
        assert feed.traded(ours, feed.start_ns, AtNs(feed.end_ns or 0)) is None
