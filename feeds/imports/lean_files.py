"""Where the files of a LEAN data folder are: equity/usa with a folder for each resolution."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from feeds.imports.opening import checked_files

MAPS, FACTORS = "map_files", "factor_files"
_BELOW = ("", "usa", "equity/usa", "Data/equity/usa")
_TICKER = re.compile(r"[a-z][a-z0-9.\-]{0,11}")
_DAY_FILE = re.compile(r"(\d{8})_(trade|quote)\.zip")


class Resolution(StrEnum):
    DAILY = "daily"
    MINUTE = "minute"
    SECOND = "second"
    TICK = "tick"


class LeanFile(NamedTuple):
    """One zip: ``day`` is None for daily bars, which have all days in one file."""

    path: Path
    ticker: str
    day: date | None
    quotes: bool


def lean_root(path: Path) -> Path | None:
    """The folder equity/usa of the data that ``path`` is a part or the whole of."""
    for folder in (path, *path.parents):
        for below in _BELOW if folder == path else ("",):
            root = folder / below
            if any((root / one).is_dir() for one in Resolution):
                return root
    return None


def lean_files(root: Path, path: Path, resolution: Resolution) -> list[LeanFile]:
    """The zips of a resolution that are ``path`` or below it, by day and ticker.

    StopImportError for a link among them.
    """
    folder = root / resolution
    found: list[LeanFile] = []
    if not folder.is_dir():
        return found
    if resolution is Resolution.DAILY:
        files = [one for one in checked_files(folder, "*.zip") if _TICKER.fullmatch(one.stem)]
        found = [LeanFile(one, one.stem, None, quotes=False) for one in files]
    else:
        for own in sorted(one for one in folder.iterdir() if _TICKER.fullmatch(one.name)):
            found += _days(own)
    kept = [one for one in found if path in (one.path, *one.path.parents) or path in root.parents]
    return sorted(kept, key=lambda one: (one.day or date.min, one.ticker, one.quotes))


def _days(folder: Path) -> list[LeanFile]:
    found = []
    for file in checked_files(folder, "*.zip"):
        named = _DAY_FILE.fullmatch(file.name)
        if named:
            try:
                day = date.fromisoformat(named[1])
            except ValueError:
                continue
            found.append(LeanFile(file, folder.name, day, named[2] == "quote"))
    return found
