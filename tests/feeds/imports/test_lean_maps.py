from __future__ import annotations

import io
from datetime import date

import pytest

from feeds.imports.lean_maps import (
    FOREVER,
    MapFault,
    Period,
    Security,
    security_of,
    share_of,
    unmapped,
)
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError


def read(name: str, *lines: str) -> Security:
    return security_of(name, Part(f"{name}.csv", io.BytesIO("\n".join(lines).encode())))


def test_a_ticker_holds_up_to_its_day() -> None:
    qqq = read("qqq", "19990310,qqq,Q", "20041130,qqq,Q", "20110322,qqqq,Q", "20501231,qqq,Q")
    assert qqq.periods == (
        Period("qqq", date(1999, 3, 10), date(2004, 11, 30)),
        Period("qqqq", date(2004, 12, 1), date(2011, 3, 22)),
        Period("qqq", date(2011, 3, 23), FOREVER),
    )
    plain = read("ibm", "19980102,ibm,N", "20501231,ibm,N")
    assert plain.periods == (Period("ibm", date(1998, 1, 2), FOREVER),)
    assert read("one", "20200102,one").periods == (
        Period("one", date(2020, 1, 2), date(2020, 1, 2)),
    )


def test_the_last_ticker_has_the_plain_id() -> None:
    googl = read("googl", "20040819,goog,Q", "20140402,goog,Q", "20501231,googl,Q")
    assert share_of(googl, "googl").instrument_id == "US:GOOGL"
    before = share_of(googl, "goog")
    assert (before.instrument_id, before.symbol) == ("US:GOOG-20140402", "GOOG")
    assert share_of(unmapped("abc"), "abc").instrument_id == "US:ABC"


@pytest.mark.parametrize(
    ("lines", "line", "fault"),
    [
        (("20131003",), 1, MapFault.WRONG_NUMBER_OF_CELLS),
        (("20131003,",), 1, MapFault.WRONG_NUMBER_OF_CELLS),
        (("20131003,a", "20131399,b"), 2, MapFault.NOT_A_DATE),
        (("20131003,a", "20121003,b"), 2, MapFault.OUT_OF_ORDER),
        ((), 0, FileFault.EMPTY_FILE),
    ],
)
def test_a_bad_line_stops_the_import(lines: tuple[str, ...], line: int, fault: object) -> None:
    with pytest.raises(StopImportError) as found:
        read("a", *lines)
    assert found.value.problem[:3] == ("a.csv", line, fault)
