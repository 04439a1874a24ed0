from __future__ import annotations

import numpy as np

from feeds.imports.csv_kernel import MOST_CELLS, Kind, Layout, SymbolTable, read_lines
from feeds.imports.csv_time import format_of

FORMATS = (format_of("2020-01-02"), None)


def layout(cells: int = 3) -> Layout:
    kinds = np.array([Kind.PRICE], np.int64)
    return Layout(ord(","), cells, 0, 1, -1, np.array([2], np.int64), kinds, False)


def data(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


def test_new_symbols_are_added_and_their_lines_left_to_others() -> None:
    symbols = SymbolTable()
    symbols.add(b"A", (0, 2, 0, 1))
    text = data("A,2020-01-02,1.5\n\nB,2020-01-02,2\nA,2020-01-02,x\n")
    first = read_lines(text, 0, layout(), symbols, FORMATS)
    assert first.status.tolist() == [0, 2, 1, 1]
    assert (symbols.count, symbols.name(1)) == (2, b"B")
    symbols.facts[1] = (1, 3, 0, 1)
    again = read_lines(text, 0, layout(), symbols, FORMATS)
    assert again.status.tolist() == [0, 2, 0, 1]
    assert again.values[:, 0].tolist()[:3] == [150, 0, 2000]
    assert [bytes(text[b:e]) for b, e in zip(again.start, again.end, strict=True)] == [
        b"A,2020-01-02,1.5", b"", b"B,2020-01-02,2", b"A,2020-01-02,x"
    ]  # fmt: skip


def test_many_symbols_and_long_ones() -> None:
    symbols = SymbolTable()
    for number in range(10_000):
        symbols.add(f"S{number}".encode(), (number, 2, 0, 1))
    assert symbols.count == 10_000
    lines = "".join(f"S{number},2020-01-02,1\n" for number in range(10_000))
    made = read_lines(data(lines), 0, layout(), symbols, FORMATS)
    assert made.instrument.tolist() == list(range(10_000))
    # Its length keeps it out of the table: such a line is for the exact reader.
    long = read_lines(data("X" * 33 + ",2020-01-02,1\n"), 0, layout(), symbols, FORMATS)
    assert (long.status.tolist(), symbols.count) == ([1], 10_000)
    more = "".join(f"T{number},2020-01-02,1\n" for number in range(10_000))
    read_lines(data(more), 0, layout(), symbols, FORMATS)
    assert symbols.count == 16_384


def test_lines_of_too_many_cells_are_not_plain() -> None:
    symbols = SymbolTable()
    symbols.add(b"A", (0, 2, 0, 1))
    text = data("A,2020-01-02," + "," * MOST_CELLS + "\n")
    made = read_lines(text, 0, layout(MOST_CELLS + 3), symbols, FORMATS)
    assert made.status.tolist() == [1]
