from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from feeds import tape_writer
from feeds.market_store import open_market_tape
from feeds.records import Table
from feeds.tape import TapeError
from feeds.tape_store import MANIFEST, verify_tape
from feeds.tape_writer import TapeWriter
from tests.feeds.market_samples import START_NS, displays, header, statuses, trades
from tests.feeds.samples import daily_tape


@pytest.fixture
def tape_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(tape_writer, "PART_BYTES", 200)
    with TapeWriter(tmp_path, header()) as writer:
        writer.trades(trades(*((second, second % 2, 100, 5) for second in range(10))))
        writer.depth(displays((1, 0, [(99, 5)], [(101, 5)])))
        writer.status(statuses((2, 0, 1)))
        return writer.finish()


def test_only_the_parts_of_a_span_are_read(tmp_path: Path, tape_id: str) -> None:
    tape = open_market_tape(tmp_path, tape_id)
    first, last = START_NS + 4 * 10**9, START_NS + 6 * 10**9
    assert len(tape.parts(Table.TRADES)) == 4
    assert len(tape.parts(Table.TRADES, first, last)) == 2
    found = np.concatenate(list(tape.rows(Table.TRADES, first, last)))
    assert found["at_ns"].tolist() == [START_NS + k * 10**9 for k in (4, 5, 6)]


def test_the_damage_of_any_byte_is_found(tmp_path: Path, tape_id: str) -> None:
    assert verify_tape(tmp_path, tape_id) == []
    for path in sorted((tmp_path / tape_id).iterdir()):
        good = path.read_bytes()
        step = 13 if path.name == MANIFEST else 97
        for place in range(0, len(good), step):
            path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
            assert verify_tape(tmp_path, tape_id), (path.name, place)
        path.write_bytes(good[:-1])
        assert verify_tape(tmp_path, tape_id)
        path.unlink()
        assert verify_tape(tmp_path, tape_id)
        path.write_bytes(good)
    assert verify_tape(tmp_path, tape_id) == []


def test_damaged_rows_are_not_read(tmp_path: Path, tape_id: str) -> None:
    tape = open_market_tape(tmp_path, tape_id)
    path = tape.folder / tape.parts(Table.TRADES)[0].file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(TapeError, match="differs from the manifest"):
        list(tape.rows(Table.TRADES))
    path.unlink()
    with pytest.raises(TapeError, match="trades-000000"):
        list(tape.rows(Table.TRADES))


def test_another_kind_or_name_is_not_opened(tmp_path: Path, tape_id: str) -> None:
    from feeds.tape_store import write_tape
    from tests.feeds.test_tape_store import DAYS

    bars = daily_tape({"A": DAYS})
    write_tape(tmp_path, bars)
    with pytest.raises(TapeError, match="not a market tape"):
        open_market_tape(tmp_path, bars.tape_id)
    (tmp_path / tape_id).rename(tmp_path / "sample-0123456789abcdef")
    with pytest.raises(TapeError, match="another id"):
        open_market_tape(tmp_path, "sample-0123456789abcdef")
