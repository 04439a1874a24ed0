"""A market tape over several days, and one that has only a part of its day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.calendar import US_HOURS, Int64s
from feeds.feed import Interval
from feeds.market_feed import MarketFeed, has_sessions
from feeds.market_store import open_market_tape
from feeds.records import Records, Table
from feeds.tape import TapeError, TapeSplit
from feeds.tape_files import read_manifest
from feeds.tape_writer import TapeWriter
from feeds.timeframes import aggregate
from matching.instrument import InstrumentId
from matching.market import (
    Depth,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Split,
    Trade,
)
from matching.units import AtNs
from tests.feeds.market_samples import (
    SECOND,
    START_NS,
    columns,
    days,
    displays,
    feed_of,
    header,
    told,
    trades,
)
from tests.feeds.samples import instrument

SLOW = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
A, B = (instrument(symbol).instrument_id for symbol in "AB")


def week(root: Path, **changes: object) -> MarketFeed:
    """Three days that never close: A trades on all, B on the first and the last."""
    day = 86_400
    rows = {
        Table.TRADES: trades(
            (5, 0, 100, 1), (50, 1, 10, 1), (day - 1, 0, 110, 2),
            (day + 5, 0, 120, 1), (2 * day - 1, 0, 100, 3),
            (2 * day + 60, 0, 60, 1), (3 * day - 70, 1, 20, 1),
        )
    }  # fmt: skip
    return feed_of(root, rows, **changes)


def test_a_previous_close_is_the_last_price_of_the_day_before(tmp_path: Path) -> None:
    feed = week(tmp_path)
    opens = [one for one in told(feed) if isinstance(one, SessionOpen)]
    assert [one.references for one in opens] == [
        ((A, 100), (B, 10)), ((A, 110),), ((A, 100), (B, 10))]  # fmt: skip
    closes = [dict(one.closes) for one in told(feed) if isinstance(one, SessionClose)]
    assert closes == [{A: 110, B: 10}, {A: 100}, {A: 60, B: 20}]
    assert feed.last(B, AtNs(START_NS + 100_000 * SECOND)) == (10, 10, 10, 10, 0)
    assert feed.last(A, AtNs(START_NS - 1)) is None


def test_a_split_changes_the_previous_close(tmp_path: Path) -> None:
    feed = week(tmp_path, splits=(TapeSplit(A, date(2023, 11, 17), 2, 1),))
    events = told(feed)
    opens = [one for one in events if isinstance(one, SessionOpen)]
    assert opens[2].references[0] == (A, 50)
    (split,) = (one for one in events if isinstance(one, Split))
    assert events.index(split) == events.index(opens[2]) - 1
    assert feed.splits(A, feed.end_ns) == (split._replace(seq=0),)
    assert feed.splits(A, AtNs(split.at_ns - 1)) == ()


def test_bars_reach_back_over_the_days(tmp_path: Path) -> None:
    feed = week(tmp_path)
    day = feed.bars(A, Interval.DAY, feed.end_ns, 9)
    assert [column.tolist() for column in (day.open_ticks, day.high_ticks, day.low_ticks,
            day.close_ticks, day.volume)] == [
        [100, 120, 60], [110, 120, 60], [100, 100, 60], [110, 100, 60], [3, 4, 1]]  # fmt: skip
    assert not day.partial
    running = feed.bars(A, Interval.DAY, AtNs(START_NS + 90_000 * SECOND), 1)
    assert (running.close_ticks.tolist(), running.partial) == ([120], True)
    hours = feed.bars(A, Interval.HOUR, feed.end_ns, 3)
    assert [(one - START_NS) // SECOND for one in hours.start_ns.tolist()] == [
        86_400, 169_200, 172_800]  # fmt: skip
    seconds = feed.bars(A, Interval.SECOND, feed.end_ns, 99)
    assert seconds.close_ticks.tolist() == [100, 110, 120, 100, 60]
    assert len(feed.bars(A, Interval.SECOND, feed.end_ns, 0).start_ns) == 0


@SLOW
@given(days(most=40), st.sampled_from([one for one in Interval if one is not Interval.DAY]))
def test_charts_are_made_of_the_trades(
    tmp_path: Path, rows: dict[Table, Records], interval: Interval
) -> None:
    if Table.TRADES not in rows:
        return
    feed = feed_of(tmp_path, rows)
    records = rows[Table.TRADES]
    own = records[records["instrument"] == 0]
    own = own[np.lexsort((own["seq"], own["at_ns"]))]
    price = own["price_ticks"]
    table: Int64s = np.stack((own["at_ns"], price, price, price, price, own["qty"]))
    expected = aggregate(table, feed.days.parts(0), interval.width_ns)
    bars = feed.bars(A, interval, feed.end_ns, 10_000)
    assert columns(bars) == expected.tolist()


def test_a_recording_that_begins_and_breaks_off_has_only_a_part_of_its_day(
    tmp_path: Path,
) -> None:
    rows = {Table.TRADES: trades((40_000, 0, 100, 1), (50_000, 0, 100, 1))}
    feed = feed_of(tmp_path, rows)
    assert (feed.start_ns, feed.end_ns) == (START_NS + 40_000 * SECOND, START_NS + 50_000 * SECOND)
    assert has_sessions(read_manifest(feed.tape.folder))
    phases = [one for one in told(feed) if isinstance(one, PhaseChange)]
    assert [(one.at_ns, one.phase) for one in phases] == [
        (feed.start_ns, Phase.CONTINUOUS), (feed.end_ns, Phase.CLOSED)]  # fmt: skip


def test_a_recording_without_trading_is_none(tmp_path: Path) -> None:
    rows = {Table.TRADES: trades((0, 0, 100, 1))}  # midnight in London is evening in New York
    with TapeWriter(tmp_path, header(hours=US_HOURS)) as writer:
        writer.trades(rows[Table.TRADES])
        tape_id = writer.finish()
    assert not has_sessions(read_manifest(tmp_path / tape_id))
    with pytest.raises(TapeError, match="no continuous trading"):
        MarketFeed(open_market_tape(tmp_path, tape_id))


def test_displays_grow_old_when_the_recorder_heard_nothing(tmp_path: Path) -> None:
    rows = {
        Table.DEPTH: displays((1, 0, [(99, 5)], [(101, 5)]), (300, 0, [(99, 5)], [(101, 5)])),
        Table.TRADES: trades(*((second, 1, 50, 1) for second in (5, 15, 25, 35, 299))),
    }
    shown = [one for one in told(feed_of(tmp_path, rows)) if isinstance(one, Depth)]
    assert [(one.at_ns - START_NS) // SECOND for one in shown] == [1, 20, 30, 40, 300]


def test_an_odd_lot_makes_volume_and_no_price(tmp_path: Path) -> None:
    rows = {Table.TRADES: trades((1, 0, 999, 7, 0, 0, 1), (2, 0, 100, 5), (3, 0, 50, 3, 0, 0, 1),
                                 (4, 0, 101, 100, 0, 0, 2))}  # fmt: skip
    feed = feed_of(tmp_path, rows)
    assert feed.last(A, feed.end_ns) == (101, 100, 101, 100, 15)
    assert [one.price_ticks for one in told(feed) if isinstance(one, Trade)] == [100, 101]


def test_the_instruments_of_another_tape_are_unknown(tmp_path: Path) -> None:
    feed = week(tmp_path)
    for ask in (lambda one: feed.last(one, feed.end_ns), lambda one: feed.splits(one, feed.end_ns)):
        with pytest.raises(KeyError):
            ask(InstrumentId("X:Y"))


def test_of_two_displays_of_one_moment_the_last_one_is_told_again(tmp_path: Path) -> None:
    rows = {
        Table.DEPTH: displays((1, 0, [(9, 2)], [], 5), (1, 0, [(8, 1)], [], 4)),
        Table.TRADES: trades((15, 1, 50, 1), (25, 1, 50, 1)),
    }
    shown = [one for one in told(feed_of(tmp_path, rows)) if isinstance(one, Depth)]
    assert [one.bids[0].price_ticks for one in shown] == [8, 9, 9]
