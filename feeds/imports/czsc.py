"""The format czsc: bars of Chinese indices as the czsc library keeps them, daily or of minutes."""

from __future__ import annotations

from pathlib import Path

from feeds.imports.bar_import import BarImport, hours_of
from feeds.imports.csv_bars import CsvBars
from feeds.imports.csv_peek import bar_minutes, peek
from feeds.imports.importer import Job, Made
from feeds.imports.instruments import CHINA, instruments_of
from feeds.imports.naming import source_and_licence, tape_name
from feeds.tape import TapeKind

_TIME = "dt"
_CLOSE_CLOCK = "15:00:00"
_HAND = 100


def import_czsc(job: Job) -> tuple[Made, ...]:
    """Import a file or a folder: its daily bars as one tape, and those of minutes as another."""
    daily: list[tuple[str, Path]] = []
    minutes: dict[int, list[tuple[str, Path]]] = {}
    for path in job.files("*.csv*"):
        seen = peek(job, path)
        times = seen.column(_TIME)
        first = min(times, default="")
        if times and all(one.endswith(_CLOSE_CLOCK) for one in times):
            daily.append((first, path))
        else:
            length = bar_minutes(times, seen.column("symbol"))
            minutes.setdefault(length, []).append((first, path))
    made: list[Made] = []
    if daily:
        made += _import(job, TapeKind.DAILY_BARS, 1, "daily", daily)
    for length, found in sorted(minutes.items()):
        made += _import(job, TapeKind.MINUTE_BARS, length, f"{length}m", found)
    return tuple(made)


def _import(
    job: Job, kind: TapeKind, minutes: int, word: str, found: list[tuple[str, Path]]
) -> tuple[Made, ...]:
    instruments = instruments_of(job.wanted, CHINA)
    source, licence = source_and_licence(job)
    own = job.wanted.name or job.words().removesuffix(".csv")
    plan = CsvBars(
        name=tape_name("", f"{own[:30]}_{word}"),
        kind=kind,
        source=source,
        licence=licence,
        hours=hours_of(CHINA),
        resolve=instruments.resolve,
        names={"date": _TIME},
        ignored=frozenset({"id", "freq"}),
        minute_label="end",
        minutes=minutes,
        # Daily volumes are in hands, those of minutes in shares.
        qty_multiplier=_HAND if kind is TapeKind.DAILY_BARS else 1,
    )
    paths = [path for _, path in sorted(found)]
    return BarImport(job, plan, instruments).read(job.all_parts(paths))
