from __future__ import annotations

import pytest

from feeds.imports.csv_spec import Symbols
from feeds.imports.csv_values import BarFault
from tests.feeds.imports.tables import spec


def test_two_symbols_may_be_one_instrument() -> None:
    symbols = Symbols(spec())
    assert [symbols.number(one) for one in ("A", "B", "A")] == [0, 1, 0]
    assert symbols.number("") is BarFault.UNKNOWN_SYMBOL
    assert symbols.number("AB") is BarFault.UNKNOWN_SYMBOL
    assert list(symbols.by_symbol([1])) == ["B"]
    symbols.number("Q")
    assert symbols.ticks().tolist() == [1, 1, 25]


def test_there_is_an_end_to_instruments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.imports.csv_spec.MOST_INSTRUMENTS", 1)
    symbols = Symbols(spec())
    assert symbols.number("A") == 0
    assert symbols.number("B") is BarFault.TOO_MANY_SYMBOLS
