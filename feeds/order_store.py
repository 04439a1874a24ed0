"""Tapes of a day order by order on disk: ``street.parquet`` and ``snapshots.parquet``."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from feeds.calendar import Int64s, day_number, local_ns
from feeds.order_tape import SNAPSHOTS, STREET, OrderTape, content_faults, content_id
from feeds.tape import TapeError, TapeId, TapeKind
from feeds.tape_files import (
    FORMAT,
    MANIFEST,
    FileEntry,
    Manifest,
    TapeProblem,
    entry_of,
    file_problems,
    instrument_of,
    read_manifest,
    write_folder,
)
from matching.market import Phase

ORDER_FILES = {"street.parquet": STREET, "snapshots.parquet": SNAPSHOTS}


def write_order_tape(root: Path, tape: OrderTape) -> Path:
    """Write a tape below ``root`` and return its folder; see ``write_folder``."""
    tables = zip(ORDER_FILES.items(), (tape.street, tape.snapshots), strict=True)
    frames = {
        file: pl.DataFrame(dict(zip(names, table, strict=True))) for (file, names), table in tables
    }
    facts = facts_of(tape)
    return write_folder(root, tape.tape_id, frames, lambda files: manifest_of(tape, facts, files))


def open_order_tape(root: Path, tape_id: str) -> OrderTape:
    """Read a tape and check it against its manifest; TapeError names the first difference."""
    tape, problems = load(root / tape_id, read_manifest(root / tape_id))
    if problems or tape is None:
        raise TapeError("; ".join(f"{p.file}: {p.message}" for p in problems))
    return tape


def reaches_trading(manifest: Manifest) -> bool:
    """Whether a tape has anything to trade on: a recording of orders may end in its auction."""
    if manifest.kind is not TapeKind.STREET_ORDERS or manifest.session is None:
        return manifest.kind is not TapeKind.STREET_ORDERS
    second = next(step.second for step in manifest.hours.steps if step.phase is Phase.CONTINUOUS)
    zone, day = ZoneInfo(manifest.time_zone), day_number(manifest.session)
    return max(one.last_time for one in manifest.instruments) > local_ns(day, second, zone)


def load(folder: Path, manifest: Manifest) -> tuple[OrderTape | None, list[TapeProblem]]:
    """The tape of a folder, and everything that differs from its manifest."""
    problems = file_problems(folder, manifest, tuple(ORDER_FILES))
    if problems:
        return None, problems
    tables: list[Int64s] = []
    for file, names in ORDER_FILES.items():
        try:
            tables.append(_table(pl.read_parquet(folder / file), names))
        except (pl.exceptions.PolarsError, ValueError, TapeError) as error:
            return None, [TapeProblem(file, str(error))]
    try:
        tape = _tape(manifest, *tables)
    except (ValueError, TapeError) as error:
        return None, [TapeProblem(MANIFEST, str(error))]
    problems = [TapeProblem(next(iter(ORDER_FILES)), fault) for fault in content_faults(tape)]
    if not problems and manifest_of(tape, facts_of(tape), manifest.files) != manifest:
        problems.append(TapeProblem(MANIFEST, "counts, span or units are not those of the rows"))
    if content_id(tape) != manifest.tape_id or folder.name != manifest.tape_id:
        problems.append(TapeProblem(MANIFEST, "the content has another id"))
    return tape, problems


def _table(frame: pl.DataFrame, names: tuple[str, ...]) -> Int64s:
    if tuple(frame.columns) != names or set(frame.dtypes) != {pl.Int64()}:
        raise TapeError("unexpected columns")
    return np.stack([frame[name].to_numpy() for name in names])


def _tape(manifest: Manifest, street: Int64s, snapshots: Int64s) -> OrderTape:
    if len(manifest.instruments) != 1 or manifest.session is None:
        raise TapeError("a day order by order has one instrument and one session")
    entry = manifest.instruments[0]
    return OrderTape(
        tape_id=TapeId(manifest.tape_id),
        name=manifest.name,
        source=manifest.source,
        licence=manifest.licence,
        origin=manifest.origin,
        hours=manifest.hours,
        instrument=instrument_of(entry),
        session=manifest.session,
        reference_ticks=entry.first_reference_ticks or 0,
        street=street,
        snapshots=snapshots,
        status=manifest.status,
    )


class OrderFacts(NamedTuple):
    """What the rows of a tape are, without the rows: see ``OrderTape``."""

    counts: dict[str, int]
    span_ns: tuple[int, int]


def facts_of(tape: OrderTape) -> OrderFacts:
    return OrderFacts(tape.counts(), tape.span_ns)


def manifest_of(head: OrderTape, facts: OrderFacts, files: dict[str, FileEntry]) -> Manifest:
    """The manifest of a tape whose rows are described by ``facts``; ``head`` has its id."""
    rows = sum(facts.counts.values())
    return Manifest(
        format=FORMAT,
        tape_id=head.tape_id,
        name=head.name,
        kind=TapeKind.STREET_ORDERS,
        source=head.source,
        licence=head.licence,
        origin=head.origin,
        time_zone=head.hours.time_zone,
        phases=tuple((step.second, step.phase) for step in head.hours.steps),
        units={
            "time": "nanoseconds UTC",
            "prices": "ticks of the instrument",
            "quantities": "base units of the instrument",
            "turnover": "price in ticks times quantity",
            "place": "the market's own order of orders, cancels and trades",
        },
        rows=rows,
        instruments=(entry_of(head.instrument, head.reference_ticks, rows, facts.span_ns),),
        splits=(),
        files=files,
        session=head.session,
        counts=facts.counts,
        status=head.status,
    )
