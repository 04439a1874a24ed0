"""Tapes on disk: written whole or not at all, opened only when every byte is as recorded."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from feeds.calendar import Hours, PhaseStep
from feeds.tape import (
    BarColumns,
    Tape,
    TapeError,
    TapeId,
    TapeKind,
    TapeSplit,
    content_faults,
    content_id,
)
from matching.instrument import Instrument, InstrumentId
from matching.market import Phase
from matching.units import CURRENCIES, Currency, CurrencyCode

MANIFEST = "manifest.json"
BARS = "bars.parquet"
FORMAT = 1

_PRICES = ("open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume")
_COLUMNS = ("time", *_PRICES)


class InstrumentEntry(msgspec.Struct, frozen=True):
    """An instrument of the tape, with the bounds and number of its bars."""

    instrument_id: str
    symbol: str
    name_en: str
    name_zh: str
    currency: str
    currency_decimals: int
    market: str
    board: str
    price_decimals: int
    tick: int
    qty_decimals: int
    risk_level: int
    first_reference_ticks: int | None
    rows: int
    first_time: int
    last_time: int


class FileEntry(msgspec.Struct, frozen=True):
    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """``manifest.json``: what the tape is, without its bars."""

    format: int
    tape_id: str
    name: str
    kind: TapeKind
    source: str
    licence: str
    origin: str
    time_zone: str
    phases: tuple[tuple[int, Phase], ...]
    units: dict[str, str]
    rows: int
    instruments: tuple[InstrumentEntry, ...]
    splits: tuple[TapeSplit, ...]
    files: dict[str, FileEntry]


@dataclass(frozen=True, slots=True)
class TapeProblem:
    """One thing that is wrong with a tape folder."""

    file: str
    message: str


def write_tape(root: Path, tape: Tape) -> Path:
    """Write a tape below ``root`` and return its folder; an existing equal tape is left alone.

    The folder appears complete or not at all, also when the machine stops in between.
    """
    root.mkdir(parents=True, exist_ok=True)
    target = root / tape.tape_id
    if target.exists():
        return target
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=root))
    try:
        _frame(tape).write_parquet(draft / BARS, compression="zstd", statistics=False)
        manifest = _manifest(tape, {BARS: _file_entry(draft / BARS)})
        encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        (draft / MANIFEST).write_bytes(encoded + b"\n")
        for path in (draft / BARS, draft / MANIFEST, draft):
            _flush(path)
        draft.chmod(0o755)
        with suppress(OSError):  # another writer was faster: the same content is there
            draft.rename(target)
        if not target.exists():
            raise TapeError(f"could not write {target}")
        _flush(root)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a tape folder; TapeError when it is missing or not understood."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise TapeError(f"{folder.name}: no readable manifest: {error}") from error
    if manifest.format != FORMAT:
        raise TapeError(f"{folder.name}: format {manifest.format} is not {FORMAT}")
    return manifest


def list_tapes(root: Path) -> list[Manifest]:
    """Manifests of all tapes below ``root``, by id.  TapeError when one can't be read."""
    if not root.is_dir():
        return []
    folders = sorted(path for path in root.iterdir() if (path / MANIFEST).exists())
    return [read_manifest(path) for path in folders if not path.name.startswith(".")]


def open_tape(root: Path, tape_id: str) -> Tape:
    """Read a tape and check it against its manifest; TapeError names the first difference."""
    folder = root / tape_id
    tape, problems = _load(folder)
    if problems or tape is None:
        raise TapeError("; ".join(f"{p.file}: {p.message}" for p in problems))
    return tape


def verify_tape(root: Path, tape_id: str) -> list[TapeProblem]:
    """Everything that differs between a tape folder and what it says of itself."""
    return _load(root / tape_id)[1]


def _load(folder: Path) -> tuple[Tape | None, list[TapeProblem]]:
    try:
        manifest = read_manifest(folder)
    except TapeError as error:
        return None, [TapeProblem(MANIFEST, str(error))]
    problems: list[TapeProblem] = []
    for name in sorted(set(manifest.files) | {BARS}):
        entry = manifest.files.get(name)
        path = folder / name
        if entry is None:
            problems.append(TapeProblem(name, "not in the manifest"))
        elif not path.is_file():
            problems.append(TapeProblem(name, "missing"))
        elif _file_entry(path) != entry:
            problems.append(TapeProblem(name, "size or SHA-256 differs from the manifest"))
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
        hours=Hours(manifest.time_zone, tuple(PhaseStep(*step) for step in manifest.phases)),
        instruments=tuple(_instrument(entry) for entry in manifest.instruments),
        first_references=tuple(entry.first_reference_ticks for entry in manifest.instruments),
        splits=manifest.splits,
        columns=tuple(BarColumns(*columns) for columns in zip(*parts, strict=True)),
    )


def _instrument(entry: InstrumentEntry) -> Instrument:
    return Instrument(
        instrument_id=InstrumentId(entry.instrument_id),
        symbol=entry.symbol,
        name_en=entry.name_en,
        name_zh=entry.name_zh,
        currency=CURRENCIES.get(entry.currency)
        or Currency(CurrencyCode(entry.currency), entry.currency_decimals),
        market=entry.market,
        board=entry.board,
        price_decimals=entry.price_decimals,
        tick=entry.tick,
        qty_decimals=entry.qty_decimals,
        risk_level=entry.risk_level,
    )


def _entry(instrument: Instrument, reference: int | None, columns: BarColumns) -> InstrumentEntry:
    return InstrumentEntry(
        instrument_id=instrument.instrument_id,
        symbol=instrument.symbol,
        name_en=instrument.name_en,
        name_zh=instrument.name_zh,
        currency=instrument.currency.code,
        currency_decimals=instrument.currency.decimals,
        market=instrument.market,
        board=instrument.board,
        price_decimals=instrument.price_decimals,
        tick=instrument.tick,
        qty_decimals=instrument.qty_decimals,
        risk_level=instrument.risk_level,
        first_reference_ticks=reference,
        rows=len(columns.time),
        first_time=int(columns.time[0]),
        last_time=int(columns.time[-1]),
    )


def _manifest(tape: Tape, files: dict[str, FileEntry]) -> Manifest:
    daily = tape.kind is TapeKind.DAILY_BARS
    rows = zip(tape.instruments, tape.first_references, tape.columns, strict=True)
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
        rows=tape.rows,
        instruments=tuple(_entry(*row) for row in rows),
        splits=tape.splits,
        files=files,
    )


def _file_entry(path: Path) -> FileEntry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return FileEntry(path.stat().st_size, digest.hexdigest())


def _flush(path: Path) -> None:
    """Bring a file or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
