"""Our adapter in a peers' comparison: the same trades and book from calls and from batches."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

ADAPTER = """
class Adapter:
    def __init__(self, flow=None, lists=None):
        self.flow, self.lists = flow, lists
"""
CONTRACT = """
import numpy as np
from dataclasses import dataclass
from typing import Any
@dataclass
class Result:
    trades: Any
    book: Any
def trades_array(rows):
    return np.asarray(rows, dtype=np.int64).reshape(-1, 4)
"""

# (operation, side, id, price, qty): limit 0, market 1, cancel 2, replace 3
MESSAGES = [
    (0, 0, 0, 99, 5),
    (0, 0, 1, 99, 7),
    (0, 1, 2, 101, 4),
    (3, 0, 0, 99, 3),  # the same price, less: in their rules it loses its place
    (1, 1, 3, 0, 8),  # takes 7 of order 1, then 1 of order 0
    (2, 1, 2, 0, 0),
    (0, 1, 4, 99, 9),  # takes 2 of order 0, rests with 7
]


class _Part(SimpleNamespace):
    def __len__(self) -> int:
        return len(self.op)


@pytest.fixture
def adapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "adapter.py").write_text(ADAPTER)
    (tmp_path / "contract.py").write_text(CONTRACT)
    monkeypatch.syspath_prepend(str(tmp_path))
    module = import_module("simtrade.bench.adapters.simtrade_book")
    yield module
    for name in ("adapter", "contract", module.__name__):
        sys.modules.pop(name, None)


def part() -> Any:
    columns = [np.array(column) for column in zip(*MESSAGES, strict=True)]
    names = ("op", "side", "oid", "price", "qty")
    lists = tuple(column.tolist() for column in columns)
    return _Part(**dict(zip(names, columns, strict=True)), lists=lists)


@pytest.mark.parametrize("name", ["Calls", "Batch"])
def test_trades_and_book_follow_the_rules_of_the_comparison(adapters: Any, name: str) -> None:
    one = getattr(adapters, name)()
    one.setup()
    for hook in ("bind", "prepare"):
        if hasattr(one, hook):
            getattr(one, hook)(*([part()] if hook == "prepare" else []))
    one.run(part())
    result = one.result()
    assert result.trades.tolist() == [[3, 1, 99, 7], [3, 0, 99, 1], [4, 0, 99, 2]]
    assert result.book.tolist() == [[1, 99, 4, 7]]
