"""Pages of bars: against a slow reading of the feed's minutes, and never beyond now."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.bar_replay import BarFeed
from feeds.calendar import CHINA_HOURS
from feeds.catalogue import US_DAILY, ensure_shipped
from feeds.feed import Bars, Feed, Interval
from feeds.generator.feed import GeneratorFeed
from feeds.generator.first_market import FirstMarket
from feeds.records import Aggressor, Table
from feeds.tape_store import open_tape
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs
from simtrade.venues.adjustments import Adjustment
from simtrade.venues.bar_rows import BarRows, joined
from simtrade.venues.history import WORK_OF_SESSION, History, Place, Span, Work
from simtrade.venues.timeframe import AMOUNTS, DAY, MINUTE, Timeframe, Unit, local_day
from tests.feeds.market_samples import SECOND, START_NS, feed_of, trades
from tests.feeds.samples import NEW_YORK, SHANGHAI, at

FRAMES = [Timeframe(n, unit) for unit in Unit for n in sorted(AMOUNTS[unit])]
NOON = at(NEW_YORK, 2005, 3, 2, 12, 0, 30)
PAGE = settings(max_examples=40, deadline=None)


@pytest.fixture(scope="session")
def daily(tmp_path_factory: pytest.TempPathFactory) -> BarFeed:
    root = Path(tmp_path_factory.mktemp("tapes"))
    return BarFeed(open_tape(root, ensure_shipped(root)[US_DAILY]))


@cache
def invented() -> GeneratorFeed:
    return GeneratorFeed(FirstMarket(11))


def history(feed: Feed, at_ns: int) -> History:
    return History(feed, feed, AtNs(at_ns), local_day(at_ns, feed.traits.time_zone))


def values(rows: BarRows) -> list[list[float]]:
    return [column.tolist() for column in rows]


def whole(one: History, frame: Timeframe, span: Span, **how: object) -> BarRows:
    part = one.bars(one.feed.instruments[0], frame, span, 10**9, Work(10**9), **how)  # type: ignore[arg-type]
    assert part.place is None
    return part.items


def naive(one: History, frame: Timeframe, span: Span) -> list[list[float]]:
    """Bar by bar from all that the feed shows now, without what is still running."""
    instrument, zone = one.feed.instruments[0], one.time_zone
    interval = Interval.MINUTE if frame.within_day else Interval.DAY
    bars: Bars = one.feed.bars(instrument.instrument_id, interval, one.at_ns, 20_000)
    names = ("start_ns", "open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume")
    rows = list(zip(*(getattr(bars, name).tolist() for name in names), strict=True))
    if frame.within_day and bars.partial:
        rows.pop()
    groups: dict[int, list[tuple[int, ...]]] = {}
    for row in rows:
        groups.setdefault(frame.left_edge(row[0], zone), []).append(row)
    found = [
        [
            edge, group[0][1], max(row[2] for row in group), min(row[3] for row in group),
            group[-1][4], sum(row[5] for row in group),
        ]
        for edge, group in groups.items()
        if span.from_ns <= edge <= span.to_ns
    ]  # fmt: skip
    return [list(column) for column in zip(*found, strict=True)] if found else [[]] * 6


@pytest.mark.parametrize("frame", [one for one in FRAMES if one.amount in (1, 4, 7, 12, 59)])
def test_every_length_agrees_with_a_slow_reading(daily: BarFeed, frame: Timeframe) -> None:
    one = history(daily, NOON)
    days = 10 if frame.within_day else 900
    span = Span(one.at_ns - days * 86_400 * NS_PER_SECOND, one.at_ns)
    found = whole(one, frame, span)
    assert found.size > 1
    assert values(found)[:6] == naive(one, frame, span)
    backwards = whole(one, frame, Span(span.from_ns, span.to_ns, newest_first=True))
    assert values(backwards) == values(found.only(slice(None, None, -1)))


@PAGE
@given(
    frame=st.sampled_from([MINUTE, Timeframe(7, Unit.MINUTE), Timeframe(2, Unit.HOUR), DAY]),
    limit=st.integers(1, 700),
    newest_first=st.booleans(),
    first=st.integers(0, 4 * 1440),
    length=st.integers(0, 4 * 1440),
    pages=st.integers(1, 3),
    adjustment=st.sampled_from([Adjustment.RAW, Adjustment.SPLITS]),
)
def test_pages_joined_are_one_page(  # type: ignore[no-untyped-def]
    daily, frame, limit, newest_first, first, length, pages, adjustment
) -> None:
    """Around a split, whatever the limit and however little a page may read."""
    one = history(daily, NOON)
    low = NOON - first * NS_PER_MINUTE
    span = Span(low, low + length * NS_PER_MINUTE, newest_first)
    pieces, place = [], None
    while True:
        work = Work(pages * WORK_OF_SESSION)
        instrument = daily.instruments[0]
        part = one.bars(instrument, frame, span, limit, work, after=place, adjustment=adjustment)
        assert part.items.size <= limit
        pieces.append(part.items)
        assert part.place != place or place is None
        place = part.place
        if place is None:
            break
    assert values(joined(pieces)) == values(whole(one, frame, span, adjustment=adjustment))


@pytest.mark.parametrize("frame", [MINUTE, Timeframe(1, Unit.HOUR), DAY, Timeframe(1, Unit.WEEK)])
@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("kind", ["daily", "invented"])
def test_the_future_changes_nothing(
    daily: BarFeed, frame: Timeframe, kind: str, running: bool
) -> None:
    """What is told now is told the same when only now is known: everything is cut at the clock, and
    later tellings of finished bars do not differ."""
    feed: Feed = daily if kind == "daily" else invented()
    zone = NEW_YORK if kind == "daily" else SHANGHAI
    year = 2005 if kind == "daily" else 2026
    day = (year, 3, 2)
    for moment in (at(zone, *day, 9, 31, 5), at(zone, *day, 10, 0), at(zone, *day, 14, 59, 59)):
        now = history(feed, moment)
        span = Span(moment - 9 * 86_400 * NS_PER_SECOND, moment + 10**17)
        found = whole(now, frame, span, running=running)
        assert int(found.start_ns[-1]) <= moment
        later = whole(history(feed, moment + 40 * 86_400 * NS_PER_SECOND), frame, span)
        over = _over(found, frame, moment)
        assert values(found.only(over)) == values(later.only(slice(found.size)).only(over))
        if frame == MINUTE and not running:
            assert over.all()
        high = now.feed.last(feed.instruments[0].instrument_id, AtNs(moment))
        assert high is not None
        today = DAY.left_edge(moment, now.time_zone)
        rows = found.only(found.start_ns >= today)
        if rows.size:
            assert rows.high_ticks.max() <= high.high_ticks
            assert rows.low_ticks.min() >= high.low_ticks
            assert rows.volume.sum() <= high.volume or frame.unit is Unit.WEEK


def _over(rows: BarRows, frame: Timeframe, now_ns: int) -> np.ndarray:  # type: ignore[type-arg]
    width = {Unit.MINUTE: 1, Unit.HOUR: 60, Unit.DAY: 1440, Unit.WEEK: 7 * 1440}[frame.unit]
    over: np.ndarray = rows.start_ns + width * NS_PER_MINUTE <= now_ns  # type: ignore[type-arg]
    return over


def test_a_running_minute_is_shown_only_to_who_asks() -> None:
    now = history(invented(), at(SHANGHAI, 2026, 3, 2, 10, 0, 20))
    minute = at(SHANGHAI, 2026, 3, 2, 10, 0)
    span = Span(minute - NS_PER_MINUTE, now.at_ns)
    assert whole(now, MINUTE, span).start_ns.tolist() == [minute - NS_PER_MINUTE]
    assert whole(now, MINUTE, span, running=True).start_ns.tolist()[-1] == minute


def test_trades_are_counted_where_they_are_known(daily: BarFeed) -> None:
    now = history(invented(), at(SHANGHAI, 2026, 3, 2, 15, 30))
    instrument = now.feed.instruments[0]
    opened = DAY.left_edge(now.at_ns, now.time_zone)
    rows = whole(now, Timeframe(1, Unit.HOUR), Span(opened, now.at_ns))
    traded = now.traded(instrument.instrument_id, opened)
    assert traded is not None
    assert rows.trades.sum() == len(traded.at_ns)
    assert rows.weight.tolist() == rows.volume.tolist()
    assert rows.worth.sum() == (traded.price_ticks * traded.qty).sum()
    (day,) = values(whole(now, DAY, Span(opened, now.at_ns)))[5]
    assert rows.volume.sum() == day
    uncounted = history(daily, NOON)
    span = Span(NOON - 3_600 * NS_PER_SECOND, NOON)
    assert whole(uncounted, MINUTE, span).trades.sum() == 0


def test_a_split_is_no_fall(daily: BarFeed) -> None:
    one = history(daily, NOON)  # Apple's two for one was on 28 February
    span = Span(at(NEW_YORK, 2005, 2, 25), at(NEW_YORK, 2005, 2, 28))
    raw, adjusted = whole(one, DAY, span), whole(one, DAY, span, adjustment=Adjustment.SPLITS)
    assert raw.close_ticks[0] == pytest.approx(2 * adjusted.close_ticks[0], abs=1)
    assert raw.volume[0] * 2 == adjusted.volume[0]
    assert values(raw.only(slice(1, 2))) == values(adjusted.only(slice(1, 2)))
    before = history(daily, at(NEW_YORK, 2005, 2, 25, 15))
    assert (
        values(whole(before, DAY, span, adjustment=Adjustment.SPLITS))[:6]
        == values(whole(before, DAY, span))[:6]
    )


def test_the_newest_come_first_and_work_ends_a_page(daily: BarFeed) -> None:
    one, instrument = history(daily, NOON), daily.instruments[0]
    newest = one.newest(instrument, MINUTE, 2).start_ns.tolist()
    assert newest == [NOON // NS_PER_MINUTE * NS_PER_MINUTE - n * NS_PER_MINUTE for n in (1, 2)]
    assert one.newest(instrument, DAY, 2).start_ns.tolist() == [
        at(NEW_YORK, 2005, 3, 2), at(NEW_YORK, 2005, 3, 1),
    ]  # fmt: skip
    span = Span(0, NOON)
    part = one.bars(instrument, MINUTE, span, 10**6, Work(2 * WORK_OF_SESSION))
    assert part.items.size == 2 * 390
    assert part.place is not None
    assert one.bars(instrument, MINUTE, span, 0, Work()).items.size == 0
    beyond = Place(NOON + 1, 0)
    assert one.bars(instrument, MINUTE, span, 5, Work(), after=beyond).items.size == 0
    early = history(daily, daily.start_ns - 1)
    assert early.newest(instrument, MINUTE, 1).size == 0


def test_a_market_without_nights_has_bars_at_midnight(tmp_path: Path) -> None:
    """Where a page ends at midnight the bar that begins there is not lost."""
    rows = [(600 * n, 0, 100 + n, 1) for n in range(3 * 144)]
    feed = feed_of(tmp_path, {Table.TRADES: trades(*rows)})
    one, instrument = history(feed, START_NS + 3 * 86_400 * SECOND), feed.instruments[0]
    hour = Timeframe(1, Unit.HOUR)
    for newest_first in (False, True):
        found, place = [], None
        while True:
            span = Span(START_NS, one.at_ns, newest_first)
            part = one.bars(instrument, hour, span, 99, Work(1), after=place)
            found += part.items.start_ns.tolist()
            place = part.place
            if place is None:
                break
        hours = [START_NS + n * 3_600 * SECOND for n in range(72)]
        assert found == (hours[::-1] if newest_first else hours)


def test_a_trade_after_the_close_belongs_to_its_own_day(tmp_path: Path) -> None:
    opened, closed, day = 5_400, 25_200, 86_400  # half past nine and three o'clock in Shanghai
    rows = [
        (opened + 10, 0, 100, 5),
        (closed + 1, 0, 101, 7, 0, Aggressor.AUCTION),
        (day + opened + 10, 0, 102, 3),
    ]
    feed = feed_of(tmp_path, {Table.TRADES: trades(*rows)}, hours=CHINA_HOURS)
    one = history(feed, START_NS + 2 * day * SECOND)
    found = whole(one, MINUTE, Span(START_NS, one.at_ns))
    assert found.volume.tolist() == [5, 7, 3]
    assert found.trades.tolist() == [1, 1, 1]
    assert found.average_ticks().tolist() == [100, 101, 102]
