"""The rows of one session of a market tape: where they are, and a few of them at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from feeds.bounded import BoundedCache
from feeds.calendar import Int64s
from feeds.market_store import MarketTape
from feeds.records import Records, Table, dtype_of

# Of some megabytes each.
MOST_CACHED_PARTS = 8
_ROW_BITS = 32


class PartCache:
    """Parts of a tape that were read lately, checked each time they are read."""

    def __init__(self, tape: MarketTape) -> None:
        self.tape = tape
        self._parts = tape.manifest.parts
        self._read = BoundedCache(MOST_CACHED_PARTS, self._load)

    def _load(self, number: int) -> Records:
        return self.tape.read(self._parts[number])

    def get(self, number: int) -> Records:
        return self._read.get(number)

    def numbers(self, table: Table, first_ns: int, stop_ns: int) -> list[int]:
        """Parts of a table that may have rows with first_ns <= at_ns < stop_ns."""
        return [
            number
            for number, part in enumerate(self._parts)
            if part.table == table and part.first_ns < stop_ns and part.last_ns >= first_ns
        ]


class Index(NamedTuple):
    """Rows of a table in the order in which they came: columns of equal length.  ``place`` is where
    a row lies: its part and its row in it."""

    at_ns: Int64s
    seq: Int64s
    instrument: Int64s
    place: Int64s


class SessionRows:
    """The rows of a session: columns of order stay in memory, the rest is read when needed."""

    def __init__(self, parts: PartCache, first_ns: int, stop_ns: int) -> None:
        self._parts = parts
        self._span = first_ns, stop_ns
        self._index: dict[Table, Index] = {}

    def index(self, table: Table) -> Index:
        found = self._index.get(table)
        if found is None:
            found = self._index[table] = self._make(table)
        return found

    def _make(self, table: Table) -> Index:
        pieces = [
            (own["at_ns"].copy(), own["seq"].copy(), own["instrument"].copy(),
             (number << _ROW_BITS) + row)
            for number, row, own in self._pieces(table)
        ]  # fmt: skip
        if not pieces:
            return Index(*(np.empty(0, np.int64) for _ in Index._fields))
        return Index(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))

    def _pieces(self, table: Table) -> Iterator[tuple[int, Int64s, Records]]:
        """Each part's number, the rows of it that belong to the session, and these."""
        first_ns, stop_ns = self._span
        for number in self._parts.numbers(table, first_ns, stop_ns):
            records = self._parts.get(number)
            at_ns = records["at_ns"]
            row = np.flatnonzero((at_ns >= first_ns) & (at_ns < stop_ns))
            yield number, row, records if len(row) == len(records) else records[row]

    def parts(self, table: Table) -> Iterator[Records]:
        """All rows of the session in the order in which they came, part by part."""
        for _, _, records in self._pieces(table):
            yield records

    def fetch(self, table: Table, numbers: Int64s) -> Records:
        """The rows of places in ``index``, in the order of the places."""
        found = np.empty(len(numbers), dtype_of(table, self._parts.tape.manifest.levels))
        for here, records in self._found(table, numbers):
            found[here] = records
        return found

    def column(self, table: Table, name: str, numbers: Int64s) -> Int64s:
        """One plain field of the rows of places in ``index``."""
        found = np.empty(len(numbers), np.int64)
        for here, records in self._found(table, numbers):
            found[here] = records[name]
        return found

    def _found(self, table: Table, numbers: Int64s) -> Iterator[tuple[slice | Int64s, Records]]:
        """Where in ``numbers`` the rows of each part belong, and these."""
        places = self.index(table).place[numbers]
        part, row = places >> _ROW_BITS, places & ((1 << _ROW_BITS) - 1)
        changes = np.flatnonzero(np.diff(part)) + 1
        bounds = [0, *changes.tolist(), len(part)] if len(part) else [0]
        if len(bounds) <= 1 + 2 * len(self._parts.tape.manifest.parts):
            for begin, end in pairwise(bounds):
                here = slice(begin, end)
                yield here, self._parts.get(int(part[begin]))[row[here]]
            return
        for number in np.unique(part).tolist():  # rows of many parts, mixed
            mixed = np.flatnonzero(part == number)
            yield mixed, self._parts.get(number)[row[mixed]]

    def everything(self, table: Table) -> Records:
        """All rows of the session, in the order in which they came."""
        return self.fetch(table, np.arange(len(self.index(table).at_ns)))
