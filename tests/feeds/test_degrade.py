"""What a lesser feed would have told of a day: in order, complete, and nothing before its time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from feeds.degrade import HEARTBEAT_NS, SNAPSHOT_NS, Told, bars_of, degrade
from feeds.feed import Interval
from feeds.order_day import OrderDay
from feeds.order_feed import OrderFeed
from matching.market import (
    AuctionCross,
    AuctionIndication,
    Bar,
    BarOpen,
    DataKind,
    Depth,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    Snapshot,
    StreetOrder,
    Trade,
)
from matching.units import AtNs
from tests.feeds.l2_sample import SampleDay
from tests.feeds.samples import AWAKE
from tests.feeds.test_order_day import at, until

DAY = SampleDay()
TAPE = DAY.tape()


def told(feed: OrderFeed) -> list[MarketEvent]:
    end = feed.end_ns
    return list(feed.events(AtNs(feed.start_ns - 1), end, lambda _: AWAKE))


ALL = {kind: told(OrderFeed(TAPE, kind)) for kind in DataKind}


@pytest.mark.parametrize("kind", DataKind)
def test_everything_comes_in_order_and_numbered(kind: DataKind) -> None:
    events = ALL[kind]
    assert [one.seq for one in events] == list(range(len(events)))
    assert all(one.at_ns <= after.at_ns for one, after in itertools.pairwise(events))
    assert isinstance(events[-1], SessionClose)


@pytest.mark.parametrize("kind", DataKind)
@pytest.mark.parametrize("minute", [9 * 60 + 23, 9 * 60 + 26, 9 * 60 + 47, 12 * 60, 14 * 60 + 58])
def test_nothing_is_told_before_its_time(kind: DataKind, minute: int) -> None:
    """A recording that breaks off tells the same up to there."""
    stop = at(*divmod(minute, 60))
    short = until(TAPE, stop)
    timelines = [degrade(OrderDay(tape), kind) for tape in (short, TAPE)]
    last = OrderDay(short).end_ns
    known = [int(np.searchsorted(one.at_ns, last)) for one in timelines]
    for one, other in zip(*timelines, strict=True):
        assert np.array_equal(one[: known[0]], other[: known[1]])
    if minute > 9 * 60 + 30:
        events = told(OrderFeed(short, kind))
        same = [one for one in ALL[kind] if one.at_ns < last]
        assert [one for one in events if one.at_ns < last] == same


def kinds(events: list[MarketEvent], *types: type) -> list[MarketEvent]:
    return [one for one in events if isinstance(one, types)]


@pytest.mark.parametrize("kind", [one for one in DataKind if one is not DataKind.BARS])
def test_auctions_are_told_as_published(kind: DataKind) -> None:
    events = ALL[kind]
    crosses = kinds(events, AuctionCross)
    assert [one.qty for one in crosses] == [200, 900]  # type: ignore[union-attr]
    assert [one.price_ticks for one in crosses[:1]] == [1_001]  # type: ignore[union-attr]
    indications = kinds(events, AuctionIndication)
    assert indications[0].price_ticks is None  # type: ignore[union-attr]
    best = indications[-7]
    assert (best.price_ticks, best.qty, best.unmatched_qty) == (1_001, 600, 100)  # type: ignore[union-attr]
    before = [one for one in events if one.at_ns < crosses[0].at_ns]
    phases = kinds(before, PhaseChange)
    assert phases[-1].phase is Phase.OPENED  # type: ignore[union-attr]


def test_depth_is_every_change_of_ten_levels() -> None:
    shown = kinds(ALL[DataKind.DEPTH], Depth)
    assert all(
        (one.bids, one.asks) != (after.bids, after.asks) or after.at_ns - one.at_ns >= HEARTBEAT_NS  # type: ignore[union-attr]
        for one, after in itertools.pairwise(shown)
    )
    assert all(one.bids[0] < one.asks[0] for one in shown)  # type: ignore[union-attr]
    trades = kinds(ALL[DataKind.DEPTH], Trade)
    assert all(one.aggressor is not None and one.buy_order_id is None for one in trades)  # type: ignore[union-attr]
    continuous = [row for row in DAY.trades if row[8] != "N"]
    assert len(trades) == len(continuous)


def test_quotes_are_the_best_level_and_prints_of_nobody() -> None:
    shown = kinds(ALL[DataKind.QUOTES], Depth)
    assert {one.levels_shown for one in shown} == {1}  # type: ignore[union-attr]
    assert all(len(one.bids) <= 1 and len(one.asks) <= 1 for one in shown)  # type: ignore[union-attr]
    assert len(shown) < len(kinds(ALL[DataKind.DEPTH], Depth))
    assert all(one.aggressor is None for one in kinds(ALL[DataKind.QUOTES], Trade))  # type: ignore[union-attr]


def test_a_quiet_display_is_told_again() -> None:
    for kind in (DataKind.DEPTH, DataKind.QUOTES, DataKind.SNAPSHOTS):
        shown = kinds(ALL[kind], Depth, Snapshot)
        continuous = [one for one in shown if at(9, 30) <= one.at_ns <= at(11, 30)]
        gaps = np.diff([one.at_ns for one in continuous])
        assert gaps.max() <= 2 * HEARTBEAT_NS


def test_snapshots_come_every_three_seconds_with_the_days_totals() -> None:
    shown = kinds(ALL[DataKind.SNAPSHOTS], Snapshot)
    continuous = [one for one in shown if at(9, 30) <= one.at_ns <= at(11, 30)]
    assert {(one.at_ns - at(9, 30)) % SNAPSHOT_NS for one in continuous} == {0}
    first, last = shown[0], shown[-1]
    assert (first.trades, first.volume, first.turnover) == (2, 200, 200_200)  # type: ignore[union-attr]
    assert (last.trades, last.volume, last.turnover) == (  # type: ignore[union-attr]
        DAY.trades_made,
        DAY.volume,
        DAY.turnover,
    )
    assert kinds(ALL[DataKind.SNAPSHOTS], Trade, Depth) == []


def test_prints_alone() -> None:
    events = ALL[DataKind.TRADES]
    assert kinds(events, Depth, Snapshot, StreetOrder) == []
    assert sum(one.qty for one in kinds(events, Trade)) + 1_100 == DAY.volume  # type: ignore[union-attr]


def test_bars_are_the_minutes_of_the_chart() -> None:
    feed = OrderFeed(TAPE, DataKind.BARS)
    opens, bars = kinds(ALL[DataKind.BARS], BarOpen), kinds(ALL[DataKind.BARS], Bar)
    assert len(opens) == len(bars) == bars_of(feed.day).shape[1]
    for opened, bar in zip(opens, bars, strict=True):
        assert (opened.at_ns, opened.open_ticks) == (bar.start_ns, bar.open_ticks)  # type: ignore[union-attr]
    assert opens[0].at_ns >= at(9, 30)
    assert opens[0].open_ticks == 1_001  # type: ignore[union-attr]
    day = feed.bars(TAPE.instrument.instrument_id, Interval.DAY, feed.end_ns, 1)
    volume = sum(one.volume for one in bars)  # type: ignore[union-attr]
    assert volume + 900 == DAY.volume == int(day.volume[0])
    timeline = degrade(feed.day, DataKind.BARS)
    assert not np.isin(timeline.what, (Told.CROSS, Told.INDICATION)).any()
