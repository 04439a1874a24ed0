"""Tapes on disk, opened only when every byte is as recorded."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from feeds import market_store, order_store
from feeds.tape import (
    BarColumns,
    Tape,
    TapeError,
    TapeId,
    TapeKind,
    content_faults,
    content_id,
)
from feeds.tape_files import (
    FORMAT,
    MANIFEST,
    FileEntry,
    Manifest,
    TapeProblem,
    entry_of,
    file_problems,
    instrument_of,
    list_tapes,
    read_manifest,
    write_folder,
)

__all__ = [
    "BARS",
    "MANIFEST",
    "Manifest",
    "TapeProblem",
    "list_tapes",
    "manifest_of",
    "open_tape",
    "read_manifest",
    "verify_tape",
    "write_tape",
]

BARS = "bars.parquet"

_PRICES = ("open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume")
_COLUMNS = ("time", *_PRICES)


def write_tape(root: Path, tape: Tape) -> Path:
    """Write a tape of bars below ``root`` and return its folder; see ``write_folder``."""
    return write_folder(
        root, tape.tape_id, {BARS: _frame(tape)}, lambda files: _manifest(tape, files)
    )


def open_tape(root: Path, tape_id: str) -> Tape:
    """Read a tape of bars and check it against its manifest; TapeError names the first
    difference."""
    tape, problems = _load(root / tape_id)
    if problems or tape is None:
        raise TapeError("; ".join(f"{p.file}: {p.message}" for p in problems))
    return tape


def remove(root: Path, tape_id: str) -> None:
    """Take a tape away for good: it vanishes whole, also when the machine stops in between."""
    gone = root / f".gone-{tape_id}"
    (root / tape_id).rename(gone)
    shutil.rmtree(gone)


def verify_tape(root: Path, tape_id: str) -> list[TapeProblem]:
    """Everything that differs between a tape folder, of any kind, and what it says of itself."""
    try:
        manifest = read_manifest(root / tape_id)
    except TapeError as error:
        return [TapeProblem(MANIFEST, str(error))]
    if manifest.kind is TapeKind.STREET_ORDERS:
        return order_store.load(root / tape_id, manifest)[1]
    if manifest.kind is TapeKind.MARKET:
        return market_store.market_problems(root / tape_id, manifest)
    return _load(root / tape_id)[1]


def _load(folder: Path) -> tuple[Tape | None, list[TapeProblem]]:
    try:
        manifest = read_manifest(folder)
    except TapeError as error:
        return None, [TapeProblem(MANIFEST, str(error))]
    if manifest.kind not in (TapeKind.DAILY_BARS, TapeKind.MINUTE_BARS):
        return None, [TapeProblem(MANIFEST, "not a tape of bars")]
    problems = file_problems(folder, manifest, (BARS,))
    if problems:
        return None, problems
    try:
        tape = _tape(manifest, pl.read_parquet(folder / BARS))
    except (pl.exceptions.PolarsError, ValueError, TapeError) as error:
        return None, [TapeProblem(BARS, str(error))]
    problems += [TapeProblem(BARS, fault) for fault in content_faults(tape)]
    if content_id(tape) != manifest.tape_id or folder.name != manifest.tape_id:
        problems.append(TapeProblem(MANIFEST, "the content has another id"))
    return tape, problems


def _frame(tape: Tape) -> pl.DataFrame:
    counts = [len(columns.time) for columns in tape.columns]
    data = {"instrument": np.repeat(np.arange(len(counts), dtype=np.int64), counts)}
    for index, name in enumerate(_COLUMNS):
        data[name] = np.concatenate([columns.all()[index] for columns in tape.columns])
    return pl.DataFrame(data)


def _tape(manifest: Manifest, frame: pl.DataFrame) -> Tape:
    if tuple(frame.columns) != ("instrument", *_COLUMNS):
        raise TapeError("unexpected columns")
    if frame.height != manifest.rows or set(frame.dtypes) != {pl.Int64()}:
        raise TapeError("another number of rows or another type than the manifest says")
    counts = [entry.rows for entry in manifest.instruments]
    expected = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    if not np.array_equal(frame["instrument"].to_numpy(), expected):
        raise TapeError("rows of the instruments are not where the manifest says")
    stops = np.cumsum(counts)[:-1]
    parts = [np.split(frame[name].to_numpy(), stops) for name in _COLUMNS]
    return Tape(
        tape_id=TapeId(manifest.tape_id),
        name=manifest.name,
        kind=manifest.kind,
        source=manifest.source,
        licence=manifest.licence,
        origin=manifest.origin,
        hours=manifest.hours,
        instruments=tuple(instrument_of(entry) for entry in manifest.instruments),
        first_references=tuple(entry.first_reference_ticks for entry in manifest.instruments),
        splits=manifest.splits,
        columns=tuple(BarColumns(*columns) for columns in zip(*parts, strict=True)),
        actions=manifest.actions,
        listings=manifest.listings,
        minutes=manifest.minutes,
    )


def _manifest(tape: Tape, files: dict[str, FileEntry]) -> Manifest:
    counts = [len(columns.time) for columns in tape.columns]
    spans = [(int(columns.time[0]), int(columns.time[-1])) for columns in tape.columns]
    return manifest_of(tape, counts, spans, files)


def manifest_of(
    tape: Tape,
    counts: Sequence[int],
    spans: Sequence[tuple[int, int]],
    files: dict[str, FileEntry],
) -> Manifest:
    """The manifest of a tape of bars, whose columns are not looked at: ``counts`` and ``spans`` are
    the rows and the first and last time of each instrument."""
    daily = tape.kind is TapeKind.DAILY_BARS
    rows = zip(tape.instruments, tape.first_references, counts, spans, strict=True)
    return Manifest(
        format=FORMAT,
        tape_id=tape.tape_id,
        name=tape.name,
        kind=tape.kind,
        source=tape.source,
        licence=tape.licence,
        origin=tape.origin,
        time_zone=tape.hours.time_zone,
        phases=tuple((step.second, step.phase) for step in tape.hours.steps),
        units={
            "time": "days since 1970-01-01" if daily else "start, nanoseconds UTC",
            "prices": "ticks of the instrument",
            "volume": "base units of the instrument",
        },
        rows=sum(counts),
        instruments=tuple(
            entry_of(instrument, reference, count, span)
            for instrument, reference, count, span in rows
        ),
        splits=tape.splits,
        files=files,
        actions=tape.actions,
        listings=tape.listings,
        minutes=tape.minutes,
    )
