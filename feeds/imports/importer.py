"""What every importer is: one function from a path to tapes, with the same help around it.

An importer reads through ``Job.parts`` or ``opened``, tells of bad lines through ``Job.report``,
writes its tapes below ``Job.root`` and returns what it made.  ``run_import`` gives it a folder of
its own there and moves the tapes to their place when everything has succeeded, so that whatever
happens in between, a tape is there whole or not at all.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path

from feeds.imports.opening import DEFAULT_LIMITS, Limits, Part, bare_name, checked_files, opened
from feeds.imports.report import FileFault, Report, StopImportError

_SCRATCH = ".import-"
_LOCK = "lock"
# What every format understands.
_COMMON = frozenset({"path", "name", "source", "licence"})


class WantedError(Exception):
    """What a person said can't be done; one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person says of an import; an empty value is not said.

    ``columns`` maps fields to words of a header.  ``instruments``, ``actions`` and ``listings`` are
    files beside the data.  docs/tapes.md tells what each of them means.
    """

    path: Path
    name: str = ""
    kind: str = ""
    market: str = ""
    board: str = ""
    currency: str = ""
    symbol: str = ""
    session: date | None = None
    status: str = ""
    source: str = ""
    licence: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    interval: str = ""
    label: str = ""
    zone: str = ""
    time_format: str = ""
    decimals: int | None = None
    tick: str = ""
    price_divisor: int = 1
    qty_multiplier: int = 1
    levels: int = 0
    round_prices: bool = False
    instruments: Path | None = None
    actions: Path | None = None
    listings: Path | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One import: ``root`` is where the tapes go."""

    wanted: Wanted
    root: Path
    report: Report
    limits: Limits = DEFAULT_LIMITS

    @contextmanager
    def parts(self, path: Path | None = None) -> Iterator[Iterator[Part]]:
        """The files packed in ``path`` (default: the one that was given), see ``opened``."""
        found = path or self.wanted.path
        with opened(found, self.limits, self.report.progress) as parts:
            yield parts

    def all_parts(self, paths: Sequence[Path]) -> Iterator[Part]:
        """The files packed in several, one after the other."""
        for path in paths:
            with self.parts(path) as parts:
                yield from parts

    def files(self, pattern: str = "*") -> list[Path]:
        """The given file, or the regular files of the given folder by name."""
        path = self.wanted.path
        if path.is_dir() and not path.is_symlink():
            return checked_files(path, pattern)
        return [path]

    def words(self) -> str:
        """What a tape is called when nobody says it: the path's name without its endings."""
        return bare_name(self.wanted.path.resolve().name)


@dataclass(frozen=True, slots=True)
class Made:
    """A tape that was written below ``Job.root``; ``span`` is its first and last local date or
    moment, ``gaps`` how many holes were found in it, ``counts`` rows by kind."""

    tape_id: str
    rows: int
    span: tuple[str, str]
    gaps: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


Run = Callable[[Job], tuple[Made, ...]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format by name.  ``load`` imports what it needs only when it is used; ``options`` are the
    fields of ``Wanted`` that it understands beside name, source and licence."""

    name: str
    title: str
    load: Callable[[], Run]
    options: frozenset[str] = frozenset()


def unused(own: Format, wanted: Wanted) -> list[str]:
    """Names of what was said and the format does not understand."""
    said = [one.name for one in fields(Wanted) if one.name not in own.options | _COMMON]
    plain = Wanted(path=wanted.path)
    return [one for one in said if getattr(wanted, one) != getattr(plain, one)]


def run_import(run: Run, job: Job) -> tuple[Made, ...]:
    """Run an importer and keep its tapes only when all of it succeeded.

    StopImportError when the import can't be used; also when nothing came of it.  What earlier
    imports left behind when their process ended is removed first, so a broken-off import is simply
    started again.
    """
    from feeds.tape import TapeError

    job.root.mkdir(parents=True, exist_ok=True)
    sweep(job.root)
    with _scratch(job.root) as folder:
        inner = Job(job.wanted, folder, job.report, job.limits)
        try:
            made = run(inner)
        except TapeError as error:
            name, fault = job.wanted.path.name, FileFault.CONTRADICTION
            raise StopImportError(name, 0, fault, str(error)) from error
        if not made:
            name = job.wanted.path.name
            raise StopImportError(name, 0, FileFault.NO_ROWS, "no line of it can be used")
        for one in made:
            target = job.root / one.tape_id
            if not target.exists():
                (folder / one.tape_id).rename(target)
    return made


def sweep(root: Path) -> None:
    """Remove the folders of imports whose process is gone."""
    for folder in root.glob(f"{_SCRATCH}*"):
        with suppress(FileNotFoundError), (folder / _LOCK).open("rb") as lock:
            if _locked(lock.fileno()):
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _scratch(root: Path) -> Iterator[Path]:
    """A folder below ``root`` that is gone afterwards; ``sweep`` leaves it alone while we live."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=root))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        stack.callback(os.close, lock)
        _locked(lock)
        yield folder


def _locked(handle: int) -> bool:
    """Whether we hold the lock now; the system gives it up when the process ends."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
