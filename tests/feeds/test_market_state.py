from __future__ import annotations

from pathlib import Path

import numpy as np

from feeds.market_session import MarketSession, Told
from feeds.market_state import state_before
from feeds.records import Records, Table
from matching.market import DataKind
from tests.feeds.market_samples import SECOND, START_NS, displays, feed_of, statuses, trades

ROWS: dict[Table, Records] = {
    Table.TRADES: trades(
        *((1, 0, 100, 5), (3, 0, 101, 5), (4, 0, 102, 5), (4, 1, 50, 1), (5, 1, 51, 1)),
        (99, 1, 51, 1),
    ),
    Table.DEPTH: displays((1, 0, [(99, 5)], [(101, 5)]), (2, 0, [(99, 6)], [(101, 5)])),
    Table.STATUS: statuses((1, 1, 1), (2, 1, 2)),
}


def kept(folder: Path, kind: DataKind, second: int) -> list[tuple[str, int]]:
    feed = feed_of(folder, ROWS, kind)
    told = MarketSession(feed.days, feed.prices, 0, kind, 0)
    stop = int(np.searchsorted(told.entries.at_ns, START_NS + second * SECOND, side="right"))
    found = state_before(told, stop)
    return [(Told(told.entries.what[k]).name, int(told.entries.number[k])) for k in found]


def test_the_newest_of_each_and_what_came_after_the_display(tmp_path: Path) -> None:
    assert kept(tmp_path, DataKind.DEPTH, 5) == [
        ("OPEN", 0), ("PHASE", 0), ("STATUS", 1), ("DISPLAY", 1), ("PRINT", 1), ("PRINT", 2),
        ("PRINT", 4),
    ]  # fmt: skip


def test_of_prints_the_newest_of_each(tmp_path: Path) -> None:
    assert kept(tmp_path, DataKind.TRADES, 4)[-2:] == [("PRINT", 2), ("PRINT", 3)]
    assert kept(tmp_path, DataKind.TRADES, 0) == [("OPEN", 0), ("PHASE", 0)]
