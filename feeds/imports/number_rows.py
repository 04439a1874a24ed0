"""Lines of numbers between commas, as machines write them, at the speed of the disk.

Each line becomes a row of 64-bit integers by the kinds of its cells.  Nothing is rounded: a cell
that is not exactly such a number is a fault of its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError

BLOCK_BYTES = 1 << 20
MOST_LINE_BYTES = 1 << 16

# Kinds of cells.  A kind of 0 to 18 is a number with at most so many decimals, in units of the last
# one; more decimals are too precise.
SECONDS_CUT = 101  # nine decimals; what is finer is cut off
HEX = 102
LETTERS = 103  # up to seven ASCII letters, digits or signs, see ``letters``
CLOCK = 104  # digits with spaces, colons and hyphens between them: "20200102 09:30"
OPTIONAL = 105  # anything without a quotation mark, 0
DIGITS = 106  # digits and nothing else

_MOST_DIGITS = 18


class Cell(IntEnum):
    """What is wrong with a row, in order of precedence."""

    GOOD = 0
    BLANK = 1
    WRONG_NUMBER_OF_CELLS = 2
    NOT_A_NUMBER = 3
    TOO_LARGE = 4
    TOO_PRECISE = 5


class RowFault(StrEnum):
    """The same by its word."""

    WRONG_NUMBER_OF_CELLS = "wrong_number_of_cells"
    NOT_A_NUMBER = "not_a_number"
    TOO_LARGE = "too_large"
    TOO_PRECISE = "too_precise"


class Rows(NamedTuple):
    """``values`` int64[n, cells]; ``lines`` their numbers from 1; ``bad`` the lines left out, with
    what is wrong."""

    values: Int64s
    lines: Int64s
    bad: tuple[tuple[int, RowFault, str], ...]


def letters(text: str) -> int:
    """What a cell of ``LETTERS`` becomes."""
    return int.from_bytes(text.encode("ascii"), "big")


def number_rows(part: Part, kinds: tuple[int, ...], *, header: bool = False) -> Iterator[Rows]:
    """Blocks of rows; a ``header`` is left out.  StopImportError for what is no text of numbers:
    zero bytes, a web page, a line without end."""
    columns = np.array(kinds, np.int64)
    line = 1
    for block in _blocks(part):
        buffer = np.frombuffer(block, np.uint8)
        count = block.count(b"\n") + (not block.endswith(b"\n"))
        values = np.zeros((count, len(kinds)), np.int64)
        faults = np.zeros(count, np.int8)
        _parse(buffer, columns, values, faults)
        if header and line == 1:
            faults[0] = Cell.BLANK
        good = faults == Cell.GOOD
        bad = np.flatnonzero(faults > Cell.BLANK)
        told = _told(block, bad, faults, line) if len(bad) else ()
        lines = np.arange(line, line + count, dtype=np.int64)
        yield Rows(values[good], lines[good], told)
        line += count


def _blocks(part: Part) -> Iterator[bytes]:
    """Whole lines, a mebibyte or less at a time."""
    held, line = b"", 1
    while piece := part.stream.read(BLOCK_BYTES):
        if line == 1 and not held:
            head = piece[:200].lstrip().lower()
            if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
                raise StopImportError(
                    part.name, 1, FileFault.WEB_PAGE, head.decode("ascii", "replace")
                )
        data = held + piece
        zero = data.find(b"\0")
        if zero >= 0:
            at = line + data.count(b"\n", 0, zero)
            raise StopImportError(part.name, at, FileFault.NOT_TEXT, "a zero byte")
        cut = data.rfind(b"\n") + 1
        if cut:
            yield data[:cut]
            line += data.count(b"\n")
        held = data[cut:]
        if len(held) > MOST_LINE_BYTES:
            said = f"more than {MOST_LINE_BYTES} bytes"
            raise StopImportError(part.name, line, FileFault.LINE_TOO_LONG, said)
    if held:
        yield held


def _told(
    block: bytes, bad: NDArray[np.int64], faults: NDArray[np.int8], first: int
) -> tuple[tuple[int, RowFault, str], ...]:
    texts = block.split(b"\n")
    found = []
    for row in bad.tolist():
        fault = RowFault(Cell(int(faults[row])).name.lower())
        found.append((first + row, fault, texts[row][:100].decode("ascii", "replace")))
    return tuple(found)


@njit(cache=True)
def _parse(buffer: Any, kinds: Any, values: Any, faults: Any) -> None:
    """One row for each line of a block."""
    at, row, cells = 0, 0, len(kinds)
    while at < len(buffer):
        end = at
        while end < len(buffer) and buffer[end] != 10:
            end += 1
        stop = end - 1 if end > at and buffer[end - 1] == 13 else end
        if stop == at:
            faults[row] = 1
        else:
            cell, start = 0, at
            for k in range(at, stop + 1):
                if k == stop or buffer[k] == 44:
                    if cell < cells and faults[row] < 3:
                        value, fault = _cell(buffer, start, k, kinds[cell])
                        values[row, cell] = value
                        if fault:
                            faults[row] = fault
                    cell += 1
                    start = k + 1
            if cell != cells:
                faults[row] = 2
        at, row = end + 1, row + 1


@njit(cache=True)
def _cell(buffer: Any, start: int, stop: int, kind: int) -> tuple[int, int]:
    """The number of one cell, and what is wrong with it."""
    if kind <= _MOST_DIGITS:
        return _decimal(buffer, start, stop, kind, 0)
    if kind == DIGITS:
        return _digits(buffer, start, stop)
    if kind == OPTIONAL:
        return 0, 3 if _has(buffer, start, stop, 34) else 0
    if kind == LETTERS:
        return _letters(buffer, start, stop)
    if kind == HEX:
        return _hex(buffer, start, stop)
    if kind == CLOCK:
        return _clock(buffer, start, stop)
    return _decimal(buffer, start, stop, 9, 1)


@njit(cache=True)
def _has(buffer: Any, start: int, stop: int, byte: int) -> bool:
    found = False
    for k in range(start, stop):
        found = found or buffer[k] == byte
    return found


@njit(cache=True)
def _digits(buffer: Any, start: int, stop: int) -> tuple[int, int]:
    for k in range(start, stop):
        if buffer[k] < 48 or buffer[k] > 57:
            return 0, 3
    if stop - start > _MOST_DIGITS:
        return 0, 4
    return _decimal(buffer, start, stop, 0, 0)


@njit(cache=True)
def _letters(buffer: Any, start: int, stop: int) -> tuple[int, int]:
    value = 0
    for k in range(start, stop):
        if buffer[k] < 33 or buffer[k] > 126:
            return 0, 3
        value = value * 256 + int(buffer[k])
    return (value, 0) if stop - start <= 7 else (0, 4)


@njit(cache=True)
def _clock(buffer: Any, start: int, stop: int) -> tuple[int, int]:
    value, digits = 0, 0
    for k in range(start, stop):
        if 48 <= buffer[k] <= 57:
            value, digits = value * 10 + int(buffer[k]) - 48, digits + 1
        elif buffer[k] != 32 and buffer[k] != 58 and buffer[k] != 45:
            return 0, 3
    if digits == 0:
        return 0, 3
    return (value, 0) if digits <= _MOST_DIGITS else (0, 4)


@njit(cache=True)
def _hex(buffer: Any, start: int, stop: int) -> tuple[int, int]:
    value = 0
    if stop - start > 15:
        return 0, 4
    for k in range(start, stop):
        byte = int(buffer[k])
        if 48 <= byte <= 57:
            digit = byte - 48
        elif 97 <= byte <= 102:
            digit = byte - 87
        elif 65 <= byte <= 70:
            digit = byte - 55
        else:
            return 0, 3
        value = value * 16 + digit
    return (value, 0) if stop > start else (0, 3)


@njit(cache=True)
def _decimal(buffer: Any, start: int, stop: int, decimals: int, cut: int) -> tuple[int, int]:
    """A plain decimal in units of 10^-decimals."""
    value, digits, behind, at = 0, 0, -1, start
    negative = at < stop and buffer[at] == 45
    if negative:
        at += 1
    seen, fault = 0, 0
    for k in range(at, stop):
        byte = int(buffer[k])
        if byte == 46 and behind < 0 and seen > 0:
            behind = 0
            continue
        if byte < 48 or byte > 57:
            return 0, 3
        seen += 1
        if behind >= 0:
            behind += 1
            if behind > decimals:
                if byte != 48 and not cut and not fault:
                    fault = 5
                continue
        digits += digits > 0 or byte != 48
        if digits > _MOST_DIGITS:
            fault = 4
        else:
            value = value * 10 + byte - 48
    if seen == 0 or behind == 0:
        return 0, 3
    missing = decimals - min(decimals, max(behind, 0))
    if fault or (digits and digits + missing > _MOST_DIGITS):
        return 0, fault or 4
    for _ in range(missing):
        value *= 10
    return (-value if negative else value), 0
