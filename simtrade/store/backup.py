"""Copies of the database files that are complete even while a server writes, and their return."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from simtrade.mistakes import Mistake

MANIFEST = "manifest.json"
# The engine's accounts name users: its copy is made first, so that everybody it names is in the
# later copy of app.db.
FILES = ("engine.db", "app.db")

_CHUNK = 1 << 20


class BackupError(Mistake):
    """The copy or the return was refused; nothing was changed."""


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """``sha256`` in hexadecimal, ``size_bytes`` of the copy, ``revision`` of its tables."""

    name: str
    size_bytes: int
    sha256: str
    revision: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    made_at_ns: int
    files: tuple[CopiedFile, ...]


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy by SQLite's online backup; it appears under its name only when whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(unfinished)) as new,
    ):
        old.backup(new)
        # A copy in WAL mode would leave two more files behind whenever somebody looks into it.
        new.execute("PRAGMA journal_mode=DELETE")
    unfinished.replace(target)


def back_up(data: Path, folder: Path, at_ns: int) -> Manifest:
    """Copy the databases of ``data`` into the new ``folder`` with a manifest of their hashes.

    Raises BackupError when there is nothing to copy or the folder holds something.
    """
    names = [name for name in FILES if (data / name).is_file()]
    if not names:
        raise BackupError(f"There is no database in {data}.")
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty.")
    for name in names:
        copy_database(data / name, folder / name)
    manifest = Manifest(at_ns, tuple(_describe(folder / name) for name in names))
    text = json.dumps(asdict(manifest), indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup.  Raises BackupError when it is missing or not one."""
    try:
        plain = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = tuple(CopiedFile(**one) for one in plain["files"])
        manifest = Manifest(int(plain["made_at_ns"]), files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{folder} holds no readable {MANIFEST}.") from error
    if not files or any(one.name not in FILES for one in files):
        raise BackupError(f"The manifest in {folder} names files that are no databases of ours.")
    return manifest


def restore(folder: Path, data: Path, *, replace: bool) -> Manifest:
    """Put the databases of a backup into ``data``, whose lock the caller holds.

    Everything is checked before the first file is changed.  Raises BackupError for a copy that
    is not what its manifest says, and for a data folder with databases unless ``replace``.
    """
    manifest = read_manifest(folder)
    present = [name for name in FILES if (data / name).exists()]
    if present and not replace:
        raise BackupError(f"{data} already holds {' and '.join(present)}.")
    for one in manifest.files:
        if not (folder / one.name).is_file() or _describe(folder / one.name) != one:
            raise BackupError(f"{folder / one.name} is not the file that was backed up.")
    data.mkdir(parents=True, exist_ok=True)
    for one in manifest.files:
        copy_database(folder / one.name, data / (one.name + ".restored"))
    for name in FILES:
        for ending in ("", "-wal", "-shm"):
            (data / (name + ending)).unlink(missing_ok=True)
    for one in manifest.files:
        (data / (one.name + ".restored")).replace(data / one.name)
    return manifest


def _describe(file: Path) -> CopiedFile:
    """Size, hash and revision.  Raises BackupError for a damaged database."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    try:
        uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{file} is damaged: {error}.") from error
    if sound != "ok":
        raise BackupError(f"{file} is damaged: {sound}.")
    return CopiedFile(
        file.name, file.stat().st_size, digest.hexdigest(), revision[0] if revision else None
    )
