from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from feeds import market_rows, tape_writer
from feeds.market_rows import PartCache, SessionRows
from feeds.market_store import MarketTape, open_market_tape
from feeds.records import Table
from feeds.tape import TapeError
from feeds.tape_writer import TapeWriter
from tests.feeds.market_samples import SECOND, START_NS, header, trades

ROWS = trades(*((second, second % 2, 100 + second, 5, second) for second in range(20)))


@pytest.fixture
def tape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MarketTape:
    monkeypatch.setattr(tape_writer, "PART_BYTES", 3 * ROWS.dtype.itemsize)
    with TapeWriter(tmp_path, header()) as writer:
        writer.trades(ROWS)
        return open_market_tape(tmp_path, writer.finish())


def test_a_stretch_has_its_rows_from_all_parts(tape: MarketTape) -> None:
    rows = SessionRows(PartCache(tape), START_NS + 4 * SECOND, START_NS + 15 * SECOND)
    assert (rows.everything(Table.TRADES) == ROWS[4:15]).all()
    index = rows.index(Table.TRADES)
    assert index.at_ns.tolist() == ROWS["at_ns"][4:15].tolist()
    assert index.seq.tolist() == list(range(4, 15))
    assert index.instrument.tolist() == [k % 2 for k in range(4, 15)]
    places = np.array([9, 0, 9, 3])
    assert (rows.fetch(Table.TRADES, places) == ROWS[4:15][places]).all()
    assert len(rows.everything(Table.DEPTH)) == 0


def test_few_parts_stay_in_memory(tape: MarketTape, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    load = MarketTape.read

    def counted(self: MarketTape, part: object) -> object:
        read.append(part.file)  # type: ignore[attr-defined]
        return load(self, part)  # type: ignore[arg-type]

    monkeypatch.setattr(MarketTape, "read", counted)
    monkeypatch.setattr(market_rows, "MOST_CACHED_PARTS", 2)
    parts = PartCache(tape)
    for number in (0, 1, 0, 1, 2, 0):
        parts.get(number)
    assert [int(one[7:13]) for one in read] == [0, 1, 2, 0]


def test_a_damaged_part_is_not_told(tape: MarketTape) -> None:
    path = tape.folder / tape.manifest.parts[1].file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(TapeError, match="differs from the manifest"):
        SessionRows(PartCache(tape), 0, 1 << 62).everything(Table.TRADES)
