"""The compiled reader and the exact one agree on every text."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import feeds.imports.csv_kernel
import feeds.imports.csv_table
from feeds.imports.csv_kernel import Kind, Layout
from feeds.imports.csv_values import OffTick
from feeds.imports.report import StopImportError
from feeds.tape import LARGEST_PRICE_TICKS
from tests.feeds.imports.tables import read
from tests.feeds.samples import NEW_YORK, at

HEAD = "symbol,date,price,qty"


def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on no line is plain."""

    def exact(**parts: object) -> Layout:
        return Layout(**{**parts, "cells": -2})  # type: ignore[arg-type]

    monkeypatch.setattr(feeds.imports.csv_table, "Layout", exact)


CELL = st.one_of(
    st.sampled_from(
        ["1", "1.5", "0.25", "1.254", "-1", "", "x", "1e3", " 2.50 ", "0", "00.50", ".5", "5.",
         ".", "1" * 20, "9" * 15, "1.2.3", "+1", "12345678.12", "0.005", "1.0000000000000000001"]
    ),
    st.decimals(0, 10**6, places=3).map(str),
)  # fmt: skip
DATE = st.sampled_from(
    ["2020-01-02", "2020/01/02", "20200102", "2020-1-2", "2020-02-30", "2020-01-02 09:30",
     "2020-01-02T09:30:00Z", "2020-01-02 09:30:15.123456789", "2020-03-08 02:30", "", "x",
     "2020-11-01 01:30:00", "2020-01-02 09:30+08:00", "0001-01-01", "9999-12-31", "2020-01-02 9:3"]
)  # fmt: skip
SYMBOL = st.sampled_from(["A", "B", "Q", " A ", "", "AB", "\u4e2d", "A" * 40])
LINE = st.one_of(
    st.tuples(SYMBOL, DATE, CELL, CELL).map(",".join),
    st.tuples(SYMBOL, DATE, CELL, CELL).map(lambda cells: ",".join(f'"{c}"' for c in cells)),
    st.sampled_from(["", "   ", "A,1", 'A,"2020-01-02,1,1', "A,2020-01-02,1,1,1", '"a""b",x,1,1']),
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(LINE, min_size=1, max_size=12),
    st.sampled_from([OffTick.REFUSE, OffTick.ROUND_HALF_UP]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([0, 1, 3]),
)
def test_both_readers_agree(lines: list[str], off_tick: OffTick, end: str, digits: int) -> None:
    text = end.join([HEAD, *lines])
    said = {"off_tick": off_tick, "price_digits": digits, "qty_multiplier": 100}
    fast, told = read(text, **said)
    with pytest.MonkeyPatch.context() as patch:
        slow(patch)
        exact, report = read(text, **said)
    # The exact reader names a price that can't be; of the compiled one's the caller does.
    odd = [row for row in fast if not 0 < row[3] < LARGEST_PRICE_TICKS]
    assert [row for row in fast if row not in odd] == exact
    if not odd:
        assert told.counted["rounded"] == report.counted["rounded"]
    lost = {row[0] for row in odd}
    found = [(one.line, one.code) for one in report.problems if one.line not in lost]
    assert [(one.line, one.code) for one in told.problems] == found


def test_times_are_those_of_the_zone_unless_they_say_otherwise() -> None:
    lines = ["A,2020-07-01 09:30,1,1", "A,2020-07-01T09:30:00Z,1,1", "A,2020-12-01 09:30:00.5,1,1"]
    rows, _ = read("\n".join([HEAD, *lines]))
    utc = at(ZoneInfo("UTC"), 2020, 7, 1, 9, 30)
    winter = at(NEW_YORK, 2020, 12, 1, 9, 30) + 500_000_000
    assert [row[2] for row in rows] == [at(NEW_YORK, 2020, 7, 1, 9, 30), utc, winter]


def test_an_hour_that_comes_twice_is_the_first() -> None:
    rows, _ = read(f"{HEAD}\nA,2020-11-01 01:30,1,1\nA,2020-11-01 03:30,1,1\n")
    first = datetime(2020, 11, 1, 1, 30, tzinfo=NEW_YORK).timestamp() * 10**9
    assert [row[2] for row in rows] == [first, first + 3 * 3600 * 10**9]


def test_a_file_without_a_header_has_its_columns_by_number() -> None:
    names = {"date": "1", "price": "3", "qty": "2"}
    rows, _ = read("2020-01-02;7;1.5\n2020-01-03;8;2\n", names=names, only_symbol="A")
    assert [row[3:] for row in rows] == [(150, 7), (200, 8)]
    with pytest.raises(StopImportError, match="missing_column: qty=9"):
        read("2020-01-02;7;1.5\n", names={**names, "qty": "9"}, only_symbol="A")


def test_scales_of_the_file() -> None:
    rows, report = read(f"{HEAD}\nA,2020-01-02,12340,5\nA,2020-01-02,12345,5\n",
                        price_digits=3, qty_multiplier=100)  # fmt: skip
    assert [row[3:] for row in rows] == [(1234, 500)]
    assert [one.sentence for one in report.problems] == ["t.csv, line 3: off_tick: price=12345"]
    rows, _ = read(f"{HEAD}\nQ,2020-01-02,1630.75,1\nQ,2020-01-02,1630.8,1\n")
    assert [row[3:] for row in rows] == [(6523, 1)]


def test_optional_columns_and_empty_cells() -> None:
    fields = {"price": Kind.PRICE_OR_NONE, "qty": Kind.QTY_OR_NONE, "side": Kind.WORD}
    known = {"symbol": "symbol", "date": "date", "price": "price", "qty": "qty", "side": "side"}
    rows, _ = read(f"{HEAD},side\nA,2020-01-02,,0,B\nA,2020-01-02,1,,Sell\n", fields=fields,
                   known=known)  # fmt: skip
    assert [row[3:] for row in rows] == [
        (0, 0, ord("B")), (100, 0, int.from_bytes(b"Sell", "big"))
    ]  # fmt: skip
    rows, _ = read(f"{HEAD}\nA,2020-01-02,1,1\n", fields=fields, optional=frozenset({"side"}))
    assert rows[0][3:] == (100, 1)


def test_symbols_in_gb18030() -> None:
    text = "symbol,date,price,qty\n\u4e2d,2020-01-02,1,1\n\u4e2d,2020-01-02,x,1\n"
    rows, report = read(text.encode("gb18030"))
    assert [row[1] for row in rows] == ["\u4e2d"]
    assert report.problems[0].text == "price=x"


def test_custom_times() -> None:
    rows, _ = read(f"{HEAD}\nA,02.01.2020 09:30,1,1\nA,3.1.2020 9:31,1,1\n",
                   time_format="%d.%m.%Y %H:%M")  # fmt: skip
    assert [row[2] for row in rows] == [
        at(NEW_YORK, 2020, 1, 2, 9, 30), at(NEW_YORK, 2020, 1, 3, 9, 31)
    ]  # fmt: skip
    for form, text in (("unix_ms", "1577946600123"), ("unix_ns", "1577946600123000000")):
        rows, _ = read(f"{HEAD}\nA,{text},1,1\nA,x,1,1\n", time_format=form)
        assert [row[2] for row in rows] == [1577946600123000000]


def test_a_block_of_many_lines_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{symbol},2020-01-02,{number},1" for number, symbol in enumerate("ABxQAB")]
    text = "\n".join([HEAD, *lines[:3], "", "", *lines[3:], ""])
    whole, told = read(text)
    monkeypatch.setattr(feeds.imports.csv_kernel, "MOST_LINES", 2)
    pieces, report = read(text)
    assert pieces == whole
    assert [one.line for one in report.problems] == [one.line for one in told.problems] == []
    assert len(whole) == 6
