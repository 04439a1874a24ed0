"""The format lean: a LEAN data folder of US shares, a tape for each resolution."""

from __future__ import annotations

from feeds.imports.importer import Job, Made, WantedError
from feeds.imports.lean_bars import import_daily, import_minutes
from feeds.imports.lean_data import LeanData
from feeds.imports.lean_files import Resolution, lean_files, lean_root
from feeds.imports.lean_ticks import import_seconds, import_ticks
from feeds.imports.report import FileFault, StopImportError
from feeds.tape import TapeError

_IMPORTS = {
    Resolution.DAILY: import_daily,
    Resolution.MINUTE: import_minutes,
    Resolution.SECOND: import_seconds,
    Resolution.TICK: import_ticks,
}


def import_lean(job: Job) -> tuple[Made, ...]:
    """Import every resolution that there is below a path, or the one of ``--kind``."""
    path = job.wanted.path
    root = lean_root(path.resolve())
    if root is None:
        said = "no folder daily, minute, second or tick of equity/usa"
        raise StopImportError(path.name, 0, FileFault.NOT_THIS_FORMAT, said)
    if job.wanted.kind and job.wanted.kind not in list(Resolution):
        kinds = ", ".join(Resolution)
        raise WantedError(f"There is no kind {job.wanted.kind!r}; the kinds are {kinds}.")
    data = LeanData(job, root)
    made: list[Made] = []
    for resolution, load in _IMPORTS.items():
        files = lean_files(root, path.resolve(), resolution)
        if job.wanted.kind in ("", resolution) and files:
            try:
                found = load(data, files)
            except TapeError as error:
                name = f"{path.name}/{resolution}"
                raise StopImportError(name, 0, FileFault.CONTRADICTION, str(error)) from error
            made += [found] if found else []
    return tuple(made)
