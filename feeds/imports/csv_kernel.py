"""The compiled reader of delimited lines: cells become integers, or the line is left to others.

It knows the plain form of everything: digits, a point, a known symbol, the one format of times.
Whatever it does not know makes a line ``SLOW``, and the exact reader says what is in it or what is
wrong with it.  So the two can only agree.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.imports.csv_cells import clock_in, days_in, decimal_in, word_in
from feeds.imports.csv_time import TimeFormat

MOST_CELLS = 256
MOST_LINES = 1 << 16  # of one call: there may be nothing but line ends
FINE_DECIMALS = 6
MOST_SYMBOL_BYTES = 32
_SLOTS = 1 << 15
_MOST_SYMBOLS = _SLOTS // 2


class Kind(IntEnum):
    """What a column holds.  Decimals that are empty are 0 where ``OR_NONE`` says so; ``FINE`` ones
    count millionths, half up, and may be empty too."""

    PRICE = 0
    QTY = 1
    WORD = 2  # up to seven bytes, as a number
    PRICE_OR_NONE = 3
    QTY_OR_NONE = 4
    FINE = 5


class Status(IntEnum):
    GOOD = 0
    SLOW = 1
    BLANK = 2


class Layout(NamedTuple):
    """Where what is: ``columns`` int64[fields] and ``kinds`` int64[fields] of the values,
    ``symbol``, ``date`` and ``time`` the columns of these or -1.  ``cells`` is how many a line
    has."""

    delimiter: int
    cells: int
    symbol: int
    date: int
    time: int
    columns: Int64s
    kinds: Int64s
    rounding: bool


class Read(NamedTuple):
    """One call's lines: status int8[n], instrument int64[n], day and ns int64[n], values
    int64[n, fields], start and end of each line in the block int64[n], prices rounded; ``next`` is
    where the first line begins that was not read; ``next``
    is where the reader stopped, before a line with an unknown symbol or at the end."""

    status: NDArray[np.int8]
    instrument: Int64s
    day: Int64s
    ns: Int64s
    values: Int64s
    start: Int64s
    end: Int64s
    rounded: NDArray[np.int8]
    next: int


class SymbolTable:
    """Symbols by their bytes.  Each has a number (-1: its lines are not plain), the exponent of its
    price (a written 1 is 10^exponent) and of its quantity, and what a quantity is multiplied
    with.  The reader adds those that it meets; whoever called it says what they are."""

    def __init__(self) -> None:
        self.slots = np.zeros(_SLOTS, np.int64)
        self.names = np.zeros((_MOST_SYMBOLS, MOST_SYMBOL_BYTES), np.uint8)
        self.lengths = np.zeros(_MOST_SYMBOLS, np.int64)
        self.facts = np.zeros((_MOST_SYMBOLS, 4), np.int64)
        self.counts = np.zeros(1, np.int64)

    @property
    def count(self) -> int:
        return int(self.counts[0])

    def name(self, place: int) -> bytes:
        """The bytes of a symbol."""
        return bytes(self.names[place, : self.lengths[place]])

    def add(self, name: bytes, facts: tuple[int, int, int, int]) -> None:
        """Add a symbol beforehand; ``facts`` are number, exponents of price and quantity, and the
        multiplier."""
        key = np.frombuffer(name, np.uint8)
        place = int(_find(key, 0, len(key), self.arrays()))
        self.facts[place] = facts

    def arrays(self) -> tuple[Int64s, NDArray[np.uint8], Int64s, Int64s, Int64s]:
        return self.slots, self.names, self.lengths, self.facts, self.counts


def read_lines(
    data: NDArray[np.uint8], start: int, layout: Layout, symbols: SymbolTable,
    formats: tuple[TimeFormat | None, TimeFormat | None],
) -> Read:  # fmt: skip
    """Read lines of ``data`` from ``start`` on, ``MOST_LINES`` at most; ``formats`` are those of
    date and time.

    Symbols that are new are added to ``symbols`` with the number -1, and their lines are not plain.
    """
    most = min(MOST_LINES, int(np.count_nonzero(data[start:] == 10)) + 1)
    fields = len(layout.columns)
    status, rounded = np.zeros(most, np.int8), np.zeros(most, np.int8)
    instrument, day, ns, begin, end = np.zeros((5, most), np.int64)
    values = np.zeros((most, fields), np.int64)
    nothing = np.zeros((0, 4), np.int64)
    steps = [one.steps if one else nothing for one in formats]
    table = symbols.arrays()
    where = np.array(
        [layout.delimiter, layout.cells, layout.symbol, layout.date, layout.time, layout.rounding],
        np.int64,
    )
    plan = (where, layout.columns, layout.kinds, steps[0], steps[1])
    made = (status, instrument, day, ns, values, begin, end, rounded)
    rows, stopped = _read(data, start, plan, table, made)
    return Read(
        status[:rows], instrument[:rows], day[:rows], ns[:rows], values[:rows], begin[:rows],
        end[:rows], rounded[:rows], stopped,
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _hash(data, begin, end):  # type: ignore[no-untyped-def]
    value = np.uint64(14695981039346656037)
    for k in range(begin, end):
        value = (value ^ np.uint64(data[k])) * np.uint64(1099511628211)
    return np.int64((value ^ (value >> np.uint64(29))) % np.uint64(_SLOTS))


@njit(cache=True, error_model="numpy")
def _is_name(data, begin, end, table, place):  # type: ignore[no-untyped-def]
    """Whether these bytes are the symbol at a place."""
    _, names, lengths, _, _ = table
    if lengths[place] != end - begin:
        return False
    for k in range(end - begin):  # noqa: SIM110
        if names[place, k] != data[begin + k]:
            return False
    return True


@njit(cache=True, error_model="numpy")
def _find(data, begin, end, table):  # type: ignore[no-untyped-def]
    """The place of a symbol, which is added when it is new; -1 when it is too long or one too
    many."""
    slots, names, lengths, facts, counts = table
    size = end - begin
    if size > MOST_SYMBOL_BYTES:
        return -1
    slot = _hash(data, begin, end)
    while slots[slot]:
        place = slots[slot] - 1
        if _is_name(data, begin, end, table, place):
            return place
        slot = (slot + 1) % _SLOTS
    place = counts[0]
    if place == _MOST_SYMBOLS:
        return -1
    for k in range(size):
        names[place, k] = data[begin + k]
    lengths[place] = size
    facts[place, 0] = -1
    counts[0] = place + 1
    slots[slot] = place + 1
    return place


@njit(cache=True, error_model="numpy")
def _moment(data, cells, plan, seen):  # type: ignore[no-untyped-def]
    """(day, nanosecond of the day) of a line; a very low day when it is not plain."""
    none = np.int64(-(1 << 40))
    where, _, _, date_steps, time_steps = plan
    seen[:] = 0
    date, time = where[3], where[4]
    if date >= 0 and not clock_in(data, cells[date, 0], cells[date, 1], date_steps, seen):
        return none, np.int64(0)
    if time >= 0 and not clock_in(data, cells[time, 0], cells[time, 1], time_steps, seen):
        return none, np.int64(0)
    if seen[7]:
        return seen[7] // 86_400_000_000_000, seen[7] % 86_400_000_000_000
    if seen[3] > 23 or seen[4] > 59 or seen[5] > 59:
        return none, np.int64(0)
    ns = (seen[3] * 3600 + seen[4] * 60 + seen[5]) * 1_000_000_000 + seen[6]
    return days_in(seen[0], seen[1], seen[2]), ns


@njit(cache=True, error_model="numpy")
def _split(data, begin, end, delimiter, cells):  # type: ignore[no-untyped-def]
    """Begin and end of each cell, inside its quotes if it has them; how many there are, -1 when
    the quotes are not plain or there are too many."""
    count = 0
    at = begin
    while True:
        quoted = at < end and data[at] == 34
        start = at + 1 if quoted else at
        at = start
        while at < end and data[at] != (34 if quoted else delimiter):
            if data[at] == 34:
                return -1
            at += 1
        cells[count, 0], cells[count, 1] = start, at
        count += 1
        if quoted:
            if at == end:
                return -1
            at += 1
        if at == end:
            return count
        if data[at] != delimiter or count == len(cells):
            return -1
        at += 1


@njit(cache=True, error_model="numpy")
def _values(data, cells, plan, facts, out):  # type: ignore[no-untyped-def]
    """The numbers of a line; (whether all are plain, how many prices were rounded)."""
    where, columns, kinds, _, _ = plan
    rounding = where[5]
    total = 0
    for k in range(len(columns)):
        begin, end = cells[columns[k], 0], cells[columns[k], 1]
        kind = kinds[k]
        if kind == 2:
            out[k] = word_in(data, begin, end)
            if out[k] < 0:
                return False, 0
            continue
        if kind >= 3 and begin == end:
            out[k] = 0
            continue
        if kind == 5:
            value, rounded = decimal_in(data, begin, end, FINE_DECIMALS, 1, 1)
        elif kind in (0, 3):
            value, rounded = decimal_in(data, begin, end, facts[1], 1, rounding)
            total += rounded
        else:
            value, rounded = decimal_in(data, begin, end, facts[2], facts[3], 0)
        if value < 0:
            return False, 0
        out[k] = value
    return True, total


@njit(cache=True, error_model="numpy")
def _read(data, start, plan, table, made):  # type: ignore[no-untyped-def]
    status, instrument, day, ns, values, starts, ends, rounded = made
    where = plan[0]
    cells = np.zeros((MOST_CELLS, 2), np.int64)
    seen = np.zeros(8, np.int64)
    row = 0
    at = start
    size = len(data)
    last = np.int64(-1)
    while at < size and row < len(status):
        stop = at
        while stop < size and data[stop] != 10:
            stop += 1
        end = stop
        while end > at and data[end - 1] in (13, 32, 9):
            end -= 1
        starts[row], ends[row] = at, stop
        status[row] = 1
        # Blanks at the end of a line may be empty cells: only a line of nothing else is blank.
        if end == at:
            status[row] = 2
        else:
            text_end = stop - 1 if data[stop - 1] == 13 else stop
            if _split(data, at, text_end, where[0], cells) == where[1]:
                place = np.int64(0)
                if where[2] >= 0:
                    # Lines of one symbol mostly follow each other.
                    opens, closes = cells[where[2], 0], cells[where[2], 1]
                    if last < 0 or not _is_name(data, opens, closes, table, last):
                        last = _find(data, opens, closes, table)
                    place = last
                if place >= 0 and table[3][place, 0] >= 0:
                    instrument[row] = table[3][place, 0]
                    day[row], ns[row] = _moment(data, cells, plan, seen)
                    if day[row] > -(1 << 40):
                        good, count = _values(data, cells, plan, table[3][place], values[row])
                        if good:
                            status[row] = 0
                            rounded[row] = count
        row += 1
        at = stop + 1
    return row, min(at, size)
