from __future__ import annotations

from pathlib import Path

import numpy as np

from feeds.market_feed import MarketFeed
from feeds.market_session import MARKET, MarketSession, Told
from feeds.records import Records, Table
from matching.market import DataKind
from tests.feeds.market_samples import SECOND, START_NS, displays, feed_of, statuses, trades

ROWS: dict[Table, Records] = {
    Table.TRADES: trades((5, 0, 100, 5, 9), (5, 1, 50, 7, 1)),
    Table.DEPTH: displays((5, 0, [(99, 5)], [(101, 5)], 8), (7, 1, [(49, 5)], [(51, 5)], 0)),
    Table.STATUS: statuses((5, 1, 1), (5, 1, 2)),
}


def session(feed: MarketFeed) -> MarketSession:
    return MarketSession(feed.days, feed.prices, 0, feed.kind, 2)


def test_entries_come_in_order(tmp_path: Path) -> None:
    told = session(feed_of(tmp_path, ROWS))
    at_ns, what, number, instrument = told.entries
    assert (np.diff(at_ns) >= 0).all()
    assert [Told(one).name for one in what.tolist()] == [
        "CHANGE", "CHANGE", "OPEN", "PHASE", "STATUS", "STATUS", "PRINT", "DISPLAY", "PRINT",
        "DISPLAY", "PHASE", "CLOSE",
    ]  # fmt: skip
    assert number[:2].tolist() == [0, 1]
    assert instrument.tolist() == [MARKET] * 4 + [1, 1, 1, 0, 0, 1] + [MARKET] * 2


def test_bars_end_where_their_minute_does(tmp_path: Path) -> None:
    told = session(feed_of(tmp_path, ROWS, DataKind.BARS))
    assert told.bars[:, 0].tolist() == [
        START_NS + 5 * SECOND, told.close_ns, 100, 100, 100, 100, 5, 0]  # fmt: skip
    kinds = {Told(one) for one in told.entries.what.tolist()}
    assert kinds == {Told.CHANGE, Told.OPEN, Told.PHASE, Told.BAR_OPEN, Told.BAR, Told.CLOSE}
