from __future__ import annotations

from feeds.imports.csv_exact import ExactReader
from feeds.imports.csv_spec import Symbols
from feeds.imports.csv_values import BarFault
from tests.feeds.imports.tables import spec


def reader() -> ExactReader:
    own = spec()
    where = {"symbol": 0, "date": 1, "price": 2, "qty": 3}
    return ExactReader(own, Symbols(own), ",", 4, where, ["price", "qty"])


def test_every_fault_has_its_text() -> None:
    read = reader().read
    assert read(b"A,2020-01-02,x,1") == (BarFault.NOT_A_NUMBER, "price=x")
    assert read(b"A,2020-01-02,1,-1") == (BarFault.NEGATIVE_VOLUME, "qty=-1")
    assert read(b"A,monday,1,1") == (BarFault.NOT_A_TIME, "A,monday,1,1")
    assert read(b"AB,2020-01-02,1,1") == (BarFault.UNKNOWN_SYMBOL, "AB")
    assert read(b"A,1") == (BarFault.WRONG_NUMBER_OF_CELLS, "A,1")
    assert read(b'A,"1') == (BarFault.NOT_CSV, 'A,"1')
    assert read(b"A" * 5000) == (BarFault.NOT_CSV, "longer than 4095 bytes")
    assert reader().shown(b"A,2020-01-02,7,1", "price") == "price=7"
    assert reader().shown(b"A,2020-01-02,7,1", "") == "A,2020-01-02,7,1"
