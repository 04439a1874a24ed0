"""The rows of one session of a market tape: where they are, and a few of them at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feeds.bounded import BoundedCache
from feeds.calendar import Int64s
from feeds.market_store import MarketTape
from feeds.records import Records, Table, dtype_of

# Of some megabytes each.
MOST_CACHED_PARTS = 8


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
    """Rows of a table in the order in which they came: int64 columns of equal length."""

    at_ns: Int64s
    seq: Int64s
    instrument: Int64s
    part: Int64s
    row: Int64s


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
        first_ns, stop_ns = self._span
        pieces: list[tuple[Int64s, ...]] = []
        for number in self._parts.numbers(table, first_ns, stop_ns):
            records = self._parts.get(number)
            at_ns = records["at_ns"]
            row = np.flatnonzero((at_ns >= first_ns) & (at_ns < stop_ns))
            own = records[row]
            part = np.full(len(row), number, np.int64)
            pieces.append((own["at_ns"], own["seq"], own["instrument"], part, row))
        if not pieces:
            return Index(*(np.empty(0, np.int64) for _ in Index._fields))
        return Index(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))

    def fetch(self, table: Table, numbers: Int64s) -> Records:
        """The rows of places in ``index``, in the order of the places."""
        index = self.index(table)
        part, row = index.part[numbers], index.row[numbers]
        found = np.empty(len(numbers), dtype_of(table, self._parts.tape.manifest.levels))
        for number in np.unique(part).tolist():
            here = part == number
            found[here] = self._parts.get(number)[row[here]]
        return found

    def everything(self, table: Table) -> Records:
        """All rows of the session, in the order in which they came."""
        return self.fetch(table, np.arange(len(self.index(table).at_ns)))
