from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.order_store import write_order_tape
from feeds.tape_store import write_tape
from simtrade.bench.tapes import order_tape
from simtrade.mistakes import Mistake
from tests.feeds.l2_sample import SampleDay
from tests.feeds.samples import daily_tape


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIMTRADE_DATA", str(tmp_path))
    monkeypatch.delenv("SIMTRADE_CONFIG", raising=False)
    return tmp_path / "tapes"


def test_a_tape_is_found_by_its_id_and_by_its_name(root: Path) -> None:
    tape = SampleDay().tape()
    write_order_tape(root, tape)
    assert order_tape(tape.tape_id).tape_id == tape.tape_id
    assert order_tape("sample").tape_id == tape.tape_id


def test_what_cannot_be_used_is_a_sentence(root: Path) -> None:
    with pytest.raises(Mistake, match="There is no tape 'x'"):
        order_tape("x")
    bars = daily_tape({"A": [(date(2020, 1, 2), 100, 110, 90, 105, 1)]})
    write_tape(root, bars)
    with pytest.raises(Mistake, match="holds no orders, which are needed"):
        order_tape(bars.tape_id)
    tape = SampleDay().tape()
    folder = write_order_tape(root, tape)
    with pytest.raises(Mistake, match="Several tapes are called 'sample'"):
        order_tape("sample")
    (folder / "street.parquet").unlink()
    with pytest.raises(Mistake, match=r"street\.parquet: missing"):
        order_tape(tape.tape_id)
