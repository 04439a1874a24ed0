"""What was recorded of a live market becomes a market tape like any other.

``at_ns`` is the vendor's own time (never before the instrument's row before it), ``heard_ns`` the
recorder's.  While nothing was heard of an instrument its display is empty; a display that was only
told again is one row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from feeds.live.events import Entry
from feeds.live.recording import Recording
from feeds.live.sessions import SessionClock
from feeds.market_manifest import TapeHeader
from feeds.records import (
    StatusKind,
    Table,
    depth_row,
    dtype_of,
    snapshot_row,
    status_row,
    trade_row,
)
from feeds.schedule import schedule_of
from feeds.tape import TapeError, TapeId
from feeds.tape_writer import TapeSummary, TapeWriter
from matching.instrument import InstrumentId
from matching.market import (
    Depth,
    Halt,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Silence,
    Snapshot,
    Trade,
)
from matching.units import AtNs

BATCH = 20_000

Row = tuple[Table, Any]


class _Rows:
    """Events as rows, knowing what the instrument's rows before said."""

    def __init__(self, places: dict[InstrumentId, int], levels: int) -> None:
        self._places, self._levels = places, levels
        self._at: dict[tuple[Table, int], int] = {}
        self._shown: dict[InstrumentId, object] = {}

    def of(self, entry: Entry) -> Iterable[Row]:
        event, told_ns = entry.event, entry.told_ns
        match event:
            case Trade():
                yield Table.TRADES, self._timed(Table.TRADES, event, told_ns, trade_row)
            case Depth():
                yield from self._depth(event, told_ns)
            case Snapshot():
                place = self._places[event.instrument_id]
                kept = event._replace(at_ns=self._at_ns(Table.SNAPSHOTS, place, told_ns))
                yield Table.SNAPSHOTS, snapshot_row(kept, place, self._levels)
            case Silence():
                self._shown.pop(event.instrument_id, None)
                empty = Depth(event.at_ns, event.at_ns, event.seq, event.instrument_id, (), (), 1)
                yield from self._depth(empty, event.at_ns)
            case Halt():
                yield Table.STATUS, self._timed(Table.STATUS, event, told_ns, status_row)
            case SessionOpen():
                yield from self._prices(event, StatusKind.REFERENCE, event.references)
            case SessionClose():
                yield from self._prices(event, StatusKind.CLOSE, event.closes)
            case PhaseChange():
                pass  # follows from the hours of the tape

    def _at_ns(self, table: Table, place: int, told_ns: int) -> AtNs:
        found = self._at[table, place] = max(told_ns, self._at.get((table, place), 1))
        return AtNs(found)

    def _timed(self, table: Table, event: Any, told_ns: int, row: Callable[[Any, int], Any]) -> Any:
        place = self._places[event.instrument_id]
        return row(event._replace(at_ns=self._at_ns(table, place, told_ns)), place)

    def _depth(self, shown: Depth, told_ns: int) -> Iterable[Row]:
        key, place = shown.instrument_id, self._places[shown.instrument_id]
        if self._shown.get(key) == (told_ns, shown.bids, shown.asks):
            return
        self._shown[key] = told_ns, shown.bids, shown.asks
        kept = shown._replace(at_ns=self._at_ns(Table.DEPTH, place, told_ns))
        yield Table.DEPTH, depth_row(kept, place, self._levels)

    def _prices(
        self,
        event: SessionOpen | SessionClose,
        kind: StatusKind,
        prices: Iterable[tuple[InstrumentId, int]],
    ) -> Iterable[Row]:
        for key, ticks in prices:
            place = self._places[key]
            at_ns = self._at_ns(Table.STATUS, place, event.at_ns)
            head = (at_ns, event.at_ns, event.seq, place)
            yield Table.STATUS, (*head, int(kind), ticks, 0, 0, 0)


def recorded_tape(
    recording: Recording,
    root: Path,
    *,
    name: str = "",
    session: date | None = None,
    after_ns: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[TapeId, TapeSummary]:
    """Write the tape below ``root``: of one session, or of everything after a moment.

    ``progress`` is told (nanoseconds done, nanoseconds in all).  TapeError when nothing was heard.
    """
    said = recording.description
    first_ns, last_ns = _span(recording, session, after_ns)
    hours = schedule_of(said.instruments[0].market).records[-1].hours
    header = TapeHeader(
        name=name or said.name,
        source=said.source,
        licence=f"your own agreement with {said.vendor}",
        hours=hours,
        instruments=said.instruments,
        levels=max(1, said.levels),
        origin=f"live:{said.name}",
    )
    places = {one.instrument_id: k for k, one in enumerate(said.instruments)}
    rows = _Rows(places, header.levels)
    batches: dict[Table, list[Any]] = defaultdict(list)
    with TapeWriter(root, header) as writer:
        for entry in recording.entries(first_ns, last_ns):
            for table, row in rows.of(entry):
                batch = batches[table]
                batch.append(row)
                if len(batch) >= BATCH:
                    _write(writer, table, batch, header.levels)
                    if progress is not None:
                        progress(entry.event.at_ns - first_ns, last_ns - first_ns)
        for table, batch in batches.items():
            _write(writer, table, batch, header.levels)
        return writer.finish(), writer.summary


def _write(writer: TapeWriter, table: Table, batch: list[Any], levels: int) -> None:
    writer.take(table, np.array(batch, dtype_of(table, levels)))
    batch.clear()


def _span(recording: Recording, session: date | None, after_ns: int) -> tuple[int, int]:
    """Entries after the first and up to the second moment."""
    if session is None:
        return max(after_ns, (recording.first_ns or 1) - 1), recording.upto_ns
    clock = SessionClock(recording.description.instruments, told=False)
    opened = recording.sessions_upto(recording.upto_ns)
    for place, one in enumerate(opened):
        if one.session == session:
            last = opened[place + 1].at_ns - 1 if place + 1 < len(opened) else recording.upto_ns
            return one.at_ns - 1, last
    zone = clock.time_zone
    raise TapeError(f"{recording.description.name} has no session of {session} ({zone})")
