from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from feeds import market_events
from feeds.records import Records, Table
from matching.market import DataKind, Depth, Snapshot, Trade
from tests.feeds.market_samples import displays, feed_of, told, trades

ROWS: dict[Table, Records] = {
    Table.TRADES: trades(*((second, second % 2, 100, 10**14, second, 1) for second in range(50))),
    Table.DEPTH: displays(*((second, 0, [(99, second + 1)], [(101, 5)]) for second in range(50))),
}


def test_events_do_not_depend_on_how_many_rows_are_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = told(feed_of(tmp_path, ROWS))
    monkeypatch.setattr(market_events, "_CHUNK", 7)
    assert told(feed_of(tmp_path, ROWS)) == whole
    assert len([one for one in whole if isinstance(one, Trade)]) == 50
    assert len([one for one in whole if isinstance(one, Depth)]) == 50


def test_some_entries_are_those_of_the_whole(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, ROWS)
    maker = feed._make(0)
    every = dict(maker.stretch(0, len(maker.told.entries.at_ns)))
    chosen = np.array([0, 3, 4, 50, 101])
    assert dict(maker.some(chosen)) == {k: every[k] for k in chosen.tolist()}


def test_the_totals_of_a_picture_are_exact(tmp_path: Path) -> None:
    pictures = [
        one
        for one in told(feed_of(tmp_path, ROWS, DataKind.SNAPSHOTS))
        if isinstance(one, Snapshot)
    ]
    assert [one.trades for one in pictures[:3]] == [1, 2, 4]
    assert pictures[-1].turnover == pictures[-1].trades * 10**16
    assert pictures[-1].turnover > 1 << 53
