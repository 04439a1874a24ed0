"""Tapes: recorded bars of some instruments, content-addressed, written once, never edited.

A tape is a folder ``<name>-<16 hex digits>`` with ``manifest.json`` and ``bars.parquet``.  The
digits are the start of a SHA-256 over everything that the tape says (not over the Parquet bytes,
which differ between library versions), so equal content has the same id on every machine.
docs/tapes.md describes the format.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import date
from enum import StrEnum
from typing import Any, NewType

import msgspec
import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Hours, day_of, time_of
from feeds.tape_actions import TapeAction, action_faults, sort_key
from feeds.tape_listings import TapeListing, listing_faults, listing_key
from matching.instrument import Instrument, InstrumentId
from matching.units import LARGEST

Int64s = NDArray[np.int64]
TapeId = NewType("TapeId", str)

NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
# Width of the invented path's arithmetic, see feeds/reconstruct.py.
LARGEST_PRICE_TICKS = 10**12
BAR_MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 60)


class TapeError(Exception):
    """A tape that can't be used: missing, damaged, or content that is no tape."""


class TapeKind(StrEnum):
    DAILY_BARS = "daily_bars"
    MINUTE_BARS = "minute_bars"
    STREET_ORDERS = "street_orders"  # order by order: feeds/order_tape.py
    MARKET = "market"  # trades and displays of many instruments: feeds/tape_writer.py


class TapeSplit(msgspec.Struct, frozen=True):
    """``old_shares`` became ``new_shares`` before the session of ``session`` opened."""

    instrument_id: InstrumentId
    session: date
    new_shares: int
    old_shares: int


@dataclass(frozen=True, slots=True)
class BarColumns:
    """Bars of one instrument, oldest first: int64 columns of equal length.

    ``time`` is the day number (days since 1970-01-01) in a daily tape, the bar's start in UTC
    nanoseconds in a minute tape; prices are in ticks, volume in base units.
    """

    time: Int64s
    open_ticks: Int64s
    high_ticks: Int64s
    low_ticks: Int64s
    close_ticks: Int64s
    volume: Int64s

    def all(self) -> tuple[Int64s, ...]:
        """The six columns in their order on disk."""
        return (
            self.time,
            self.open_ticks,
            self.high_ticks,
            self.low_ticks,
            self.close_ticks,
            self.volume,
        )


@dataclass(frozen=True, slots=True)
class Tape:
    """A whole tape in memory.  ``columns`` has one entry per instrument.

    ``first_references`` are the prices that stand in for the previous close in an instrument's
    first session (an issue price), None where nothing is known.  ``origin`` names what the tape
    was built from (a digest), so that a rebuild can be recognised without being done.  ``minutes``
    is how long a bar of a minute tape is.
    """

    tape_id: TapeId
    name: str
    kind: TapeKind
    source: str
    licence: str
    origin: str
    hours: Hours
    instruments: tuple[Instrument, ...]
    first_references: tuple[int | None, ...]
    splits: tuple[TapeSplit, ...]
    columns: tuple[BarColumns, ...]
    actions: tuple[TapeAction, ...] = ()
    listings: tuple[TapeListing, ...] = ()
    minutes: int = 1

    @property
    def rows(self) -> int:
        return sum(len(columns.time) for columns in self.columns)

    @property
    def first_days(self) -> dict[InstrumentId, date]:
        """The local day of each instrument's first bar."""
        zone = self.hours.time_zone
        daily = self.kind is TapeKind.DAILY_BARS
        return {
            instrument.instrument_id: day_of(int(columns.time[0]))
            if daily
            else time_of(int(columns.time[0]), zone).date()
            for instrument, columns in zip(self.instruments, self.columns, strict=True)
            if len(columns.time)
        }


def canonical(tape: Tape, counts: Sequence[int]) -> bytes:
    """Everything but the id and the columns, in one fixed spelling; ``counts`` are the rows of each
    instrument."""
    fields = [
        tape.name,
        tape.kind,
        tape.source,
        tape.licence,
        tape.origin,
        tape.hours,
        tape.instruments,
        tape.first_references,
        tape.splits,
        list(counts),
    ]
    # A tape without actions or listings keeps the id that it had before there were any.
    if tape.listings:
        fields += [tape.actions, tape.listings]
    elif tape.actions:
        fields.append(tape.actions)
    if tape.minutes != 1:
        fields.append({"minutes": tape.minutes})
    return msgspec.json.encode(fields)


def content_id(tape: Tape) -> TapeId:
    """The id that follows from a tape's content."""
    digest = hashlib.sha256(canonical(tape, [len(columns.time) for columns in tape.columns]))
    for columns in tape.columns:
        for column in columns.all():
            digest.update(np.ascontiguousarray(column, "<i8").tobytes())
    return TapeId(f"{tape.name}-{digest.hexdigest()[:16]}")


def make_tape(
    *,
    name: str,
    kind: TapeKind,
    source: str,
    licence: str,
    hours: Hours,
    instruments: tuple[Instrument, ...],
    columns: tuple[BarColumns, ...],
    splits: tuple[TapeSplit, ...] = (),
    actions: tuple[TapeAction, ...] = (),
    listings: tuple[TapeListing, ...] = (),
    first_references: tuple[int | None, ...] | None = None,
    origin: str = "",
    minutes: int = 1,
) -> Tape:
    """A tape with its content id.

    ``name`` is up to 40 of a-z, 0-9, ``_``.  Splits, actions and listings are sorted.  Raises
    TapeError with the first fault when the content is no tape (see ``content_faults``).
    """
    tape = Tape(
        tape_id=TapeId(""),
        name=name,
        kind=kind,
        source=source,
        licence=licence,
        origin=origin,
        hours=hours,
        instruments=instruments,
        first_references=first_references or (None,) * len(instruments),
        splits=tuple(sorted(splits, key=lambda s: (s.session, s.instrument_id))),
        columns=columns,
        actions=tuple(sorted(actions, key=sort_key)),
        listings=tuple(sorted(listings, key=listing_key)),
        minutes=minutes,
    )
    for fault in content_faults(tape):
        raise TapeError(fault)
    return replace(tape, tape_id=content_id(tape))


def remade(tape: Tape, **changes: Any) -> Tape:
    """A copy of a tape with other facts (arguments of ``make_tape``) under its own id."""
    kept = {one.name: getattr(tape, one.name) for one in dataclass_fields(tape)}
    del kept["tape_id"]
    return make_tape(**(kept | changes))


def content_faults(tape: Tape) -> Iterator[str]:
    """What is wrong with a tape's content, one sentence each; nothing for a good tape."""
    ids = [instrument.instrument_id for instrument in tape.instruments]
    if not len(ids) == len(tape.columns) == len(tape.first_references):
        yield "instruments, columns and first references differ in number"
        return
    yield from fact_faults(tape, tape.first_days)
    for instrument_id, columns in zip(ids, tape.columns, strict=True):
        for fault in _column_faults(columns):
            yield f"{instrument_id}: {fault}"


def fact_faults(tape: Tape, first_days: dict[InstrumentId, date]) -> Iterator[str]:
    """What is wrong with a tape but for its columns; ``first_days`` as in ``Tape``."""
    if not NAME.fullmatch(tape.name):
        yield f"tape name {tape.name!r} is not 1 to 40 of a-z, 0-9 and _"
    ids = [instrument.instrument_id for instrument in tape.instruments]
    if not ids:
        yield "a tape needs an instrument"
    if len(set(ids)) != len(ids):
        yield "an instrument appears twice"
    if tape.minutes not in BAR_MINUTES:
        yield f"bars of {tape.minutes} minutes are not of {', '.join(map(str, BAR_MINUTES))}"
    for split in tape.splits:
        if split.instrument_id not in ids:
            yield f"split of unknown instrument {split.instrument_id}"
        if not (0 < split.new_shares <= 1000 and 0 < split.old_shares <= 1000):
            yield f"split of {split.instrument_id} is not between 1 and 1000 shares"
    split_days = [(split.instrument_id, split.session) for split in tape.splits]
    for action, fault in action_faults(tape.actions, ids, split_days):
        yield f"{action.kind} of {action.instrument_id} on {action.session}: {fault}"
    if tape.listings:
        for listing, fault in listing_faults(tape.listings, first_days):
            yield f"listing of {listing.instrument_id} from {listing.first}: {fault}"


def _column_faults(columns: BarColumns) -> Iterator[str]:
    parts = columns.all()
    if any(part.dtype != np.int64 or part.shape != parts[0].shape for part in parts):
        yield "columns are not int64 of equal length"
        return
    if not len(columns.time):
        yield "no bars"
        return
    if (np.diff(columns.time) <= 0).any():
        yield "times are not ascending"
    if (columns.low_ticks < 1).any() or (columns.high_ticks >= LARGEST_PRICE_TICKS).any():
        yield "a price is not positive or too large"
    bottom = np.minimum(columns.open_ticks, columns.close_ticks)
    top = np.maximum(columns.open_ticks, columns.close_ticks)
    if (columns.low_ticks > bottom).any() or (columns.high_ticks < top).any():
        yield "an open or a close lies outside [low, high]"
    if (columns.volume < 0).any() or (columns.volume > LARGEST).any():
        yield "a volume is negative or too large"
