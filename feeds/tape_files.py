"""What every tape folder has: a manifest, files with their digests, written whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import polars as pl

from feeds.calendar import Hours, PhaseStep
from feeds.tape import TapeError, TapeId, TapeKind, TapeSplit
from feeds.tape_actions import TapeAction
from feeds.tape_listings import TapeListing
from matching.instrument import Instrument, InstrumentId
from matching.market import Phase
from matching.units import CURRENCIES, Currency, CurrencyCode

MANIFEST = "manifest.json"
FORMAT = 1


class InstrumentEntry(msgspec.Struct, frozen=True):
    """An instrument of the tape, with the bounds and number of its rows."""

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


class SessionEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A day of a market tape; ``phases`` as in the manifest, empty: those of the manifest."""

    day: date
    phases: tuple[tuple[int, Phase], ...] = ()


class PartEntry(msgspec.Struct, frozen=True):
    """One file of a market tape: rows of one table in the order in which they came."""

    file: str
    table: str
    rows: int
    first_ns: int
    last_ns: int


class Manifest(msgspec.Struct, frozen=True):
    """``manifest.json``: what the tape is, without its rows.

    ``session`` and ``status`` are told of a day order by order, ``counts`` (rows of each kind) also
    of a market tape; ``levels``, ``sessions`` (its days and the phases that they had, where these
    are not ``phases``), ``digests`` (SHA-256 of each table's rows) and ``parts`` of that alone,
    ``minutes`` (of a bar) of a minute tape.
    """

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
    session: date | None = None
    counts: dict[str, int] = {}
    status: str = ""
    actions: tuple[TapeAction, ...] = ()
    listings: tuple[TapeListing, ...] = ()
    levels: int = 0
    sessions: tuple[SessionEntry, ...] = ()
    digests: dict[str, str] = {}
    parts: tuple[PartEntry, ...] = ()
    minutes: int = 1

    @property
    def hours(self) -> Hours:
        """Raises ValueError when the phases make no session."""
        return Hours(self.time_zone, tuple(PhaseStep(*step) for step in self.phases))


@dataclass(frozen=True, slots=True)
class TapeProblem:
    """One thing that is wrong with a tape folder."""

    file: str
    message: str


_DRAFT = ".draft-"
_UNLOCKED_SECONDS = 60.0


class Draft:
    """A tape folder that is being written: hidden until it is published, whole or not at all, also
    when the machine stops in between.  A new one removes those that a killed process left."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._root = root
        self.folder = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=root))
        self.files: dict[str, FileEntry] = {}
        self._lock = os.open(self.folder, os.O_RDONLY)  # held as long as the process lives
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._remove_abandoned()

    def _remove_abandoned(self) -> None:
        """Drafts that nobody holds; one so young may not have been locked yet."""
        youngest = self.folder.stat().st_mtime - _UNLOCKED_SECONDS
        for path in self._root.glob(f"{_DRAFT}*"):
            with suppress(OSError):  # another one is faster, or at work on it
                if path.stat().st_mtime < youngest:
                    lock = os.open(path, os.O_RDONLY)
                    try:
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        shutil.rmtree(path)
                    finally:
                        os.close(lock)

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Write one table."""
        path = self.folder / name
        # The lowest level is several times as fast, and a third larger.
        frame.write_parquet(path, compression="zstd", compression_level=1, statistics=False)
        self.adopt(name)

    def adopt(self, name: str) -> None:
        """Take a file that was written into the folder as one of the tape's."""
        path = self.folder / name
        self.files[name] = file_entry(path)
        _flush(path)

    def join(self, name: str, parts: Sequence[Path]) -> None:
        """Write one table from tables that lie in the draft, and remove these."""
        path = self.folder / name
        pl.scan_parquet(list(parts)).sink_parquet(
            path, compression="zstd", compression_level=1, statistics=False, row_group_size=1 << 16
        )
        for part in parts:
            part.unlink()
        self.files[name] = file_entry(path)
        _flush(path)

    def publish(self, manifest: Manifest) -> Path:
        """Give the folder its manifest and its name; one that is there already is left alone."""
        target = self._root / manifest.tape_id
        (self.folder / MANIFEST).write_bytes(manifest_bytes(manifest))
        for path in (self.folder / MANIFEST, self.folder):
            _flush(path)
        self.folder.chmod(0o755)
        with suppress(OSError):  # another writer was faster: the same content is there
            self.folder.rename(target)
        if not target.exists():
            raise TapeError(f"could not write {target}")
        _flush(self._root)
        self.discard()
        return target

    def discard(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def write_folder(
    root: Path,
    tape_id: TapeId,
    frames: Mapping[str, pl.DataFrame],
    manifest_of: Callable[[dict[str, FileEntry]], Manifest],
) -> Path:
    """Write a tape's tables below ``root`` and return its folder; an existing one is left alone.

    The folder appears complete or not at all.
    """
    root.mkdir(parents=True, exist_ok=True)
    target = root / tape_id
    if target.exists():
        return target
    draft = Draft(root)
    try:
        for name, frame in frames.items():
            draft.add(name, frame)
        return draft.publish(manifest_of(draft.files))
    finally:
        draft.discard()


def manifest_bytes(manifest: Manifest) -> bytes:
    """What the file of a manifest holds."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


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


def file_problems(folder: Path, manifest: Manifest, names: tuple[str, ...]) -> list[TapeProblem]:
    """Files that are missing or not as the manifest says; ``names`` are those it must list."""
    problems: list[TapeProblem] = []
    for name in sorted(set(manifest.files) | set(names)):
        entry = manifest.files.get(name)
        path = folder / name
        if entry is None:
            problems.append(TapeProblem(name, "not in the manifest"))
        elif not path.is_file():
            problems.append(TapeProblem(name, "missing"))
        elif file_entry(path) != entry:
            problems.append(TapeProblem(name, "size or SHA-256 differs from the manifest"))
    return problems


def instrument_of(entry: InstrumentEntry) -> Instrument:
    """The instrument that an entry describes."""
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


def entry_of(
    instrument: Instrument, reference: int | None, rows: int, span: tuple[int, int]
) -> InstrumentEntry:
    """The entry of an instrument; ``span`` is the first and last time of its rows."""
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
        rows=rows,
        first_time=span[0],
        last_time=span[1],
    )


def file_entry(path: Path) -> FileEntry:
    """Size and digest of a file."""
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
