"""Small CSV tables that tell facts about a tape, read line by line.

A bad line is refused and reported with its number; the good ones are used.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from matching.instrument import Instrument
from matching.units import NumberFault, scaled_integer

Words = Mapping[str, str]


class LineFault(StrEnum):
    """Why a file or a line can't be used, in order of precedence."""

    EMPTY_FILE = "empty_file"
    NOT_TEXT = "not_text"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    WRONG_NUMBER_OF_CELLS = "wrong_number_of_cells"
    UNKNOWN_ACTION = "unknown_action"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_SYMBOL = "unknown_symbol"
    NOT_A_DATE = "not_a_date"
    NOT_A_NUMBER = "not_a_number"
    TWICE = "twice"
    CONTRADICTION = "contradiction"


class LineProblem(NamedTuple):
    """``line`` counts from 1, the header being line 1."""

    line: int
    code: LineFault
    text: str


class BadLineError(Exception):
    """A line that can't be used, and why."""

    def __init__(self, code: LineFault, text: str) -> None:
        self.code, self.text = code, text


def read_lines(
    path: Path,
    needed: tuple[str, ...],
    columns: tuple[str, ...],
    take: Callable[[int, Words], None],
) -> tuple[list[LineProblem], bool]:
    """Give every line's words to ``take``, which raises BadLineError for a bad one.

    Returns the problems, and whether the file was text to its end.  OSError when it can't be
    opened.
    """
    problems: list[LineProblem] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            _read(csv.reader(text), (needed, columns), take, problems)
    except (UnicodeDecodeError, csv.Error) as error:
        return [LineProblem(0, LineFault.NOT_TEXT, str(error)[:80])], False
    return problems, True


def _read(
    rows: Iterator[list[str]],
    names: tuple[tuple[str, ...], tuple[str, ...]],
    take: Callable[[int, Words], None],
    problems: list[LineProblem],
) -> None:
    needed, columns = names
    header = [word.strip().lower() for word in next(rows, [])]
    if not header:
        problems.append(LineProblem(1, LineFault.EMPTY_FILE, ""))
        return
    unknown = [word for word in header if word not in columns]
    missing = [word for word in needed if word not in header]
    problems += [LineProblem(1, LineFault.UNKNOWN_COLUMN, word) for word in unknown]
    problems += [LineProblem(1, LineFault.MISSING_COLUMN, word) for word in missing]
    if missing:
        return
    for line, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            take(line, _words(header, cells))
        except BadLineError as bad:
            problems.append(LineProblem(line, bad.code, bad.text[:80]))


def _words(header: list[str], cells: list[str]) -> Words:
    if len(cells) != len(header):
        raise BadLineError(LineFault.WRONG_NUMBER_OF_CELLS, ",".join(cells))
    return {name: cell.strip() for name, cell in zip(header, cells, strict=True)}


# Cells


def day_in(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadLineError(LineFault.NOT_A_DATE, text) from None


def optional_day(words: Words, name: str) -> date | None:
    return day_in(words[name]) if words.get(name) else None


def number_in(words: Words, name: str, decimals: int) -> int:
    """A number of zero or more, in units of 10^-decimals."""
    value = scaled_integer(words.get(name, ""), decimals)
    if isinstance(value, NumberFault) or value < 0:
        raise BadLineError(LineFault.NOT_A_NUMBER, f"{name}={words.get(name, '')}")
    return value


def count_in(words: Words, name: str, most: int, decimals: int = 0) -> int:
    """A number from 1 to ``most``."""
    value = number_in(words, name, decimals)
    if not 0 < value <= most:
        raise BadLineError(LineFault.NOT_A_NUMBER, f"{name}={words.get(name, '')}")
    return value


def price_in(words: Words, name: str, instrument: Instrument) -> int:
    """A price of zero or more, in ticks."""
    value = instrument.price_from_text(words.get(name, ""))
    if isinstance(value, NumberFault) or value < 0:
        raise BadLineError(LineFault.NOT_A_NUMBER, f"{name}={words.get(name, '')}")
    return value
