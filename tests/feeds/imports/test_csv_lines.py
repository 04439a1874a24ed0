"""Small tables read line by line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.imports.csv_lines import (
    BadLineError,
    LineFault,
    Words,
    count_in,
    day_in,
    number_in,
    optional_day,
    price_in,
    read_lines,
)
from tests.feeds.samples import instrument


def read(path: Path, text: bytes) -> tuple[list[tuple[int, str]], list[tuple[int, Words]], bool]:
    path.write_bytes(text)
    taken: list[tuple[int, Words]] = []

    def take(line: int, words: Words) -> None:
        if words["a"] == "bad":
            raise BadLineError(LineFault.TWICE, "why")
        taken.append((line, words))

    problems, readable = read_lines(path, ("a",), ("a", "b"), take)
    return [(one.line, one.code.value) for one in problems], taken, readable


def test_good_lines_are_taken_and_bad_ones_are_named(tmp_path: Path) -> None:
    found = read(tmp_path / "a", b"\xef\xbb\xbfA, b\n1,2\n\n , \nbad,2\n1,2,3\n x ,\n")
    problems, taken, readable = found
    assert problems == [(5, "twice"), (6, "wrong_number_of_cells")]
    assert taken == [(2, {"a": "1", "b": "2"}), (7, {"a": "x", "b": ""})]
    assert readable


def test_files_that_are_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert read(path, b"") == ([(1, "empty_file")], [], True)
    assert read(path, b"b,c\n1,2\n")[:2] == ([(1, "unknown_column"), (1, "missing_column")], [])
    assert read(path, b"a,c\n1,2\n")[1] == [(2, {"a": "1", "c": "2"})]
    assert read(path, b"a\n\xff\n") == ([(0, "not_text")], [], False)


def test_cells() -> None:
    words = {"day": "2020-01-02", "none": "", "number": "1.25", "count": "3"}
    assert day_in("2020-01-02") == optional_day(words, "day") == date(2020, 1, 2)
    assert optional_day(words, "none") is optional_day(words, "absent") is None
    assert (number_in(words, "number", 2), count_in(words, "count", 3)) == (125, 3)
    assert price_in(words, "number", instrument("A")) == 125


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (lambda: day_in("02.01.2020"), "not_a_date"),
        (lambda: day_in(""), "not_a_date"),
        (lambda: number_in({"n": "-1"}, "n", 0), "not_a_number"),
        (lambda: number_in({}, "n", 0), "not_a_number"),
        (lambda: count_in({"n": "0"}, "n", 5), "not_a_number"),
        (lambda: count_in({"n": "6"}, "n", 5), "not_a_number"),
        (lambda: price_in({"n": "1.005"}, "n", instrument("A")), "not_a_number"),
    ],
)
def test_a_bad_cell_is_named(cell: object, code: str) -> None:
    with pytest.raises(BadLineError) as bad:
        cell()  # type: ignore[operator]
    assert bad.value.code.value == code
