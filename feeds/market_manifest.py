"""What a market tape says of itself beside its rows, and the id that follows from both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from feeds.calendar import Hours, time_of
from feeds.records import MOST_LEVELS, Table
from feeds.schedule import ScheduleUnknownError, schedule_of
from feeds.tape import NAME, TapeError, TapeId, TapeKind, TapeSplit
from feeds.tape_actions import TapeAction, action_faults, sort_key
from feeds.tape_files import (
    FORMAT,
    FileEntry,
    Manifest,
    PartEntry,
    SessionEntry,
    entry_of,
    instrument_of,
)
from feeds.tape_listings import TapeListing, listing_faults, listing_key
from feeds.trading_days import DaysUnknownError
from matching.instrument import Instrument, InstrumentId
from matching.market import Phase

QUARTER_NS = 900 * 1_000_000_000  # every clock of the world is a whole number of these from UTC

UNITS = {
    "time": "nanoseconds UTC",
    "prices": "ticks of the instrument",
    "quantities": "base units of the instrument",
    "turnover": "price in ticks times quantity",
    "instrument": "place in the list of instruments, from 0",
}


@dataclass(frozen=True, slots=True)
class TapeHeader:
    """What an importer or a recorder knows of a market tape before its rows.

    ``hours`` are the phases of the days of which ``feeds.schedule`` knows nothing.  ``levels`` (1
    to 10) is how many a side every display has.  ``first_references`` are previous closes of first
    sessions by instrument; those of single sessions come as rows (``StatusKind.REFERENCE``).  See
    ``feeds.tape.Tape`` for the other fields; ``minutes`` matters in a tape of bars only.
    """

    name: str
    source: str
    licence: str
    hours: Hours
    instruments: tuple[Instrument, ...] = ()
    levels: int = 1
    origin: str = ""
    first_references: Mapping[InstrumentId, int] | None = None
    splits: tuple[TapeSplit, ...] = ()
    actions: tuple[TapeAction, ...] = ()
    listings: tuple[TapeListing, ...] = ()
    minutes: int = 1

    def reference(self, instrument_id: InstrumentId) -> int | None:
        return (self.first_references or {}).get(instrument_id)


def with_instrument(header: TapeHeader, instrument: Instrument) -> tuple[TapeHeader, int]:
    """The header with an instrument, which is added when it is new, and its place.

    TapeError when another instrument has its id.
    """
    for place, known in enumerate(header.instruments):
        if known.instrument_id == instrument.instrument_id:
            if known != instrument:
                raise TapeError(f"{instrument.instrument_id} is told in two ways")
            return header, place
    more = (*header.instruments, instrument)
    return replace(header, instruments=more), len(more) - 1


@dataclass(frozen=True, slots=True)
class Content:
    """What the rows of a market tape are, without the rows: one entry per instrument or table."""

    instrument_rows: Sequence[int]
    spans: Sequence[tuple[int, int]]  # first and last time of each instrument
    counts: Mapping[Table, int]
    digests: Mapping[Table, str]
    quarters: frozenset[int]  # quarters of an hour since 1970 in which there are rows
    parts: tuple[PartEntry, ...]


def header_faults(header: TapeHeader, content: Content) -> Iterator[str]:
    """What is wrong with a header, one sentence each; nothing for a good one."""
    if not NAME.fullmatch(header.name):
        yield f"tape name {header.name!r} is not 1 to 40 of a-z, 0-9 and _"
    if not 1 <= header.levels <= MOST_LEVELS:
        yield f"{header.levels} levels are not 1 to {MOST_LEVELS}"
    ids = [one.instrument_id for one in header.instruments]
    if len(set(ids)) != len(ids):
        yield "an instrument appears twice"
    if not any(content.counts.values()):
        yield "a tape needs a row"
    for instrument_id, ticks in (header.first_references or {}).items():
        if instrument_id not in ids or ticks < 1:
            yield f"the first reference of {instrument_id} is not positive or nobody's"
    for split in header.splits:
        if split.instrument_id not in ids:
            yield f"split of unknown instrument {split.instrument_id}"
        if not (0 < split.new_shares <= 1000 and 0 < split.old_shares <= 1000):
            yield f"split of {split.instrument_id} is not between 1 and 1000 shares"
    split_days = [(split.instrument_id, split.session) for split in header.splits]
    for action, fault in action_faults(header.actions, ids, split_days):
        yield f"{action.kind} of {action.instrument_id} on {action.session}: {fault}"
    first_days = {
        instrument_id: time_of(span[0], header.hours.time_zone).date()
        for instrument_id, span in zip(ids, content.spans, strict=True)
    }
    for listing, fault in listing_faults(header.listings, first_days):
        yield f"listing of {listing.instrument_id} from {listing.first}: {fault}"


def sessions_of(header: TapeHeader, quarters: frozenset[int]) -> tuple[SessionEntry, ...]:
    """The trading days in which there are rows, with the hours that they had.

    They are kept with the tape: what a calendar package learns later changes no replay.
    """
    zone = header.hours.time_zone
    days = sorted({time_of(quarter * QUARTER_NS, zone).date() for quarter in quarters})
    found = ((day, _hours(header, day)) for day in days)
    return tuple(
        SessionEntry(day, () if hours == header.hours else _phases(hours))
        for day, hours in found
        if hours is not None
    )


def _hours(header: TapeHeader, day: date) -> Hours | None:
    """The hours of a day; None when the market does not trade then."""
    first = header.instruments[0]
    try:
        hours = schedule_of(first.market).hours(first.board, day)
    except DaysUnknownError:
        return header.hours
    except ScheduleUnknownError:
        return None if _closed(first, day) else header.hours
    return hours if hours.time_zone == header.hours.time_zone else header.hours


def _closed(instrument: Instrument, day: date) -> bool:
    """Whether it is known that an instrument's market does not trade on a day."""
    try:
        return day not in schedule_of(instrument.market).sessions(day, day)
    except (ScheduleUnknownError, DaysUnknownError):
        return False


def _phases(hours: Hours) -> tuple[tuple[int, Phase], ...]:
    return tuple((step.second, step.phase) for step in hours.steps)


def manifest_of(header: TapeHeader, content: Content, files: dict[str, FileEntry]) -> Manifest:
    """The manifest of a tape; its id covers everything but file digests and the order of parts."""
    rows = zip(header.instruments, content.instrument_rows, content.spans, strict=True)
    made = Manifest(
        format=FORMAT,
        tape_id="",
        name=header.name,
        kind=TapeKind.MARKET,
        source=header.source,
        licence=header.licence,
        origin=header.origin,
        time_zone=header.hours.time_zone,
        phases=_phases(header.hours),
        units=UNITS,
        rows=sum(content.counts.values()),
        instruments=tuple(
            entry_of(instrument, header.reference(instrument.instrument_id), count, span)
            for instrument, count, span in rows
        ),
        splits=tuple(sorted(header.splits, key=lambda one: (one.session, one.instrument_id))),
        files=files,
        counts={table.value: content.counts[table] for table in Table if content.counts[table]},
        actions=tuple(sorted(header.actions, key=sort_key)),
        listings=tuple(sorted(header.listings, key=listing_key)),
        levels=header.levels,
        sessions=sessions_of(header, content.quarters),
        digests={table.value: content.digests[table] for table in Table if content.counts[table]},
        parts=content.parts,
    )
    return msgspec.structs.replace(made, tape_id=content_id(made))


def content_id(manifest: Manifest) -> TapeId:
    """The id that follows from a manifest: facts, counts and the digests of the rows."""
    fields = [
        manifest.kind,
        manifest.name,
        manifest.source,
        manifest.licence,
        manifest.origin,
        manifest.time_zone,
        manifest.phases,
        manifest.instruments,
        manifest.splits,
        manifest.actions,
        manifest.listings,
        manifest.levels,
        manifest.sessions,
        manifest.counts,
        manifest.digests,
    ]
    digest = hashlib.sha256(msgspec.json.encode(fields))
    return TapeId(f"{manifest.name}-{digest.hexdigest()[:16]}")


def header_of(manifest: Manifest) -> TapeHeader:
    """The header that a manifest was made from."""
    references = {
        InstrumentId(one.instrument_id): one.first_reference_ticks
        for one in manifest.instruments
        if one.first_reference_ticks is not None
    }
    return TapeHeader(
        name=manifest.name,
        source=manifest.source,
        licence=manifest.licence,
        hours=manifest.hours,
        instruments=tuple(instrument_of(one) for one in manifest.instruments),
        levels=manifest.levels,
        origin=manifest.origin,
        first_references=references,
        splits=manifest.splits,
        actions=manifest.actions,
        listings=manifest.listings,
    )
