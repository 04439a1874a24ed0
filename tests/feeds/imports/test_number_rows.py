"""Lines of numbers against the plain reading of each cell."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import feeds.imports.number_rows
from feeds.imports.number_rows import (
    CLOCK,
    DIGITS,
    HEX,
    LETTERS,
    OPTIONAL,
    SECONDS_CUT,
    RowFault,
    letters,
    number_rows,
)
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError
from matching.units import NumberFault, scaled_integer


def read(content: bytes, *kinds: int, header: bool = False) -> tuple[list[list[int]], list[object]]:
    """Line number and cells of each good row, and the bad lines."""
    rows: list[list[int]] = []
    bad: list[object] = []
    for block in number_rows(Part("a file", io.BytesIO(content)), kinds, header=header):
        pairs = zip(block.lines.tolist(), block.values.tolist(), strict=True)
        rows += [[line, *cells] for line, cells in pairs]
        bad += block.bad
    return rows, bad


@settings(deadline=None)
@given(st.text("0123456789.-+ e", max_size=8), st.integers(0, 3))
@example("-0", 0)
@example("5.", 2)
@example("1.500", 2)
def test_a_number_is_what_text_becomes_everywhere(text: str, decimals: int) -> None:
    rows, bad = read(f"{text},1\n".encode(), decimals, 0)
    expected = scaled_integer(text, decimals)
    plain = text[:1] != "+" and " " not in text and not text.endswith(".") and text[:1] != "."
    plain = plain and not text.startswith("-.")
    if isinstance(expected, NumberFault) or not plain:
        said = RowFault(expected.value) if isinstance(expected, NumberFault) else None
        assert rows == []
        assert bad == [(1, said if plain else RowFault.NOT_A_NUMBER, f"{text},1")] or not plain
    else:
        assert (rows, bad) == ([[1, expected, 1]], [])


def test_every_kind_of_cell() -> None:
    content = b"20200102 09:30,80000020,N,x y,34200.0042411769,-7\r\n2020-01-03,f,AB,,0.1,0"
    rows, bad = read(content, CLOCK, HEX, LETTERS, OPTIONAL, SECONDS_CUT, 0)
    assert bad == []
    assert rows == [
        [1, 202_001_020_930, 0x80000020, letters("N"), 0, 34_200_004_241_176, -7],
        [2, 20_200_103, 15, letters("AB"), 0, 100_000_000, 0],
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"1", RowFault.WRONG_NUMBER_OF_CELLS),
        (b"1,a,2020", RowFault.WRONG_NUMBER_OF_CELLS),
        (b"1,2,2020,N,4", RowFault.WRONG_NUMBER_OF_CELLS),
        (b"1.5,2,2020,N", RowFault.TOO_PRECISE),
        (b"9999999999999999999,2,2020,N", RowFault.TOO_LARGE),
        (b",2,2020,N", RowFault.NOT_A_NUMBER),
        (b"1,g,2020,N", RowFault.NOT_A_NUMBER),
        (b"1,,2020,N", RowFault.NOT_A_NUMBER),
        (b"1,1234567890123456,2020,N", RowFault.TOO_LARGE),
        (b"1,2,20/20,N", RowFault.NOT_A_NUMBER),
        (b"1,2,::,N", RowFault.NOT_A_NUMBER),
        (b"1,2,2020202020202020202,N", RowFault.TOO_LARGE),
        (b"1,2,2020,ABCDEFGH", RowFault.TOO_LARGE),
        (b"1,2,2020,A B", RowFault.NOT_A_NUMBER),
        (b"1,2,2020,\xc3\xa4", RowFault.NOT_A_NUMBER),
    ],
)
def test_a_bad_line_is_told_and_spoils_no_other(line: bytes, fault: RowFault) -> None:
    good = b"1,2,2020,N"
    rows, bad = read(
        b"\n".join((b"head", good, b"", line, good)), 0, HEX, CLOCK, LETTERS, header=True
    )
    assert [row[0] for row in rows] == [2, 5]
    assert bad == [(4, fault, line.decode("ascii", "replace"))]


def test_digits_are_nothing_else() -> None:
    assert read(b'a"b\n', OPTIONAL)[1] == [(1, RowFault.NOT_A_NUMBER, 'a"b')]
    rows, bad = read(b"007\n-1\n1.0\n\n1234567890123456789\n12 ", DIGITS)
    assert rows == [[1, 7]]
    assert [fault for _, fault, _ in bad] == [  # type: ignore[misc]
        RowFault.NOT_A_NUMBER,
        RowFault.NOT_A_NUMBER,
        RowFault.TOO_LARGE,
        RowFault.NOT_A_NUMBER,
    ]


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"".join(b"%d,%d\n" % (k, k * k) for k in range(500))
    whole = read(content, 0, 0)
    for size in (1, 7, 100):
        monkeypatch.setattr(feeds.imports.number_rows, "BLOCK_BYTES", size)
        assert read(content, 0, 0) == whole
    assert whole[0][-1] == [500, 499, 499 * 499]


@pytest.mark.parametrize(
    ("content", "line", "fault"),
    [
        (b"1\n2\n\0\0", 3, FileFault.NOT_TEXT),
        (b"\0" * 10_000_000, 1, FileFault.NOT_TEXT),
        (b"1\n" + b"1" * 10_000_000, 2, FileFault.LINE_TOO_LONG),
        (b"\n <HTML><body>", 1, FileFault.WEB_PAGE),
    ],
)
def test_what_is_no_text_of_numbers_stops_the_import(
    content: bytes, line: int, fault: FileFault
) -> None:
    with pytest.raises(StopImportError) as found:
        read(content, 0)
    assert found.value.problem[:3] == ("a file", line, fault)


def test_nothing_is_no_row() -> None:
    assert read(b"", 0) == ([], [])
    assert np.array_equal(read(b"\n\r\n", 0)[0], [])
