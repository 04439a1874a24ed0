"""Which days a tape tells of, and which trading days in between it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from feeds.records import Table
from feeds.schedule import ScheduleUnknownError, schedule_of
from feeds.tape import TapeKind
from feeds.tape_files import Manifest
from feeds.tape_store import BARS
from feeds.trading_days import DaysUnknownError, trading_days

_TOLD = (Table.TRADES, Table.DEPTH, Table.SNAPSHOTS)


@dataclass(frozen=True, slots=True)
class Coverage:
    """``days`` are (local day, rows) of each day that has rows, oldest first.  ``missing`` are the
    trading days between the first and the last of them without any; None where no calendar knows
    the market's days."""

    days: tuple[tuple[date, int], ...]
    missing: tuple[date, ...] | None


def coverage(root: Path, manifest: Manifest) -> Coverage:
    """The days of a tape below ``root``; reads one column of its tables."""
    days = tuple(_days(root / manifest.tape_id, manifest))
    return Coverage(days, _missing(manifest, days))


def _days(folder: Path, manifest: Manifest) -> list[tuple[date, int]]:
    match manifest.kind:
        case TapeKind.STREET_ORDERS:
            assert manifest.session is not None
            return [(manifest.session, manifest.rows)]
        case TapeKind.DAILY_BARS:
            day = pl.col("time").cast(pl.Int32).cast(pl.Date)
            return _counted(pl.scan_parquet(folder / BARS).select(day))
        case TapeKind.MARKET:
            told = [folder / one.file for one in manifest.parts if one.table in _TOLD]
            times = [pl.scan_parquet(path).select(time=pl.col("at_ns")) for path in told]
        case _:
            times = [pl.scan_parquet(folder / BARS).select(pl.col("time"))]
    if not times:
        return []
    local = pl.col("time").cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone(manifest.time_zone)
    return _counted(pl.concat(times).select(time=local.dt.date()))


def _counted(column: pl.LazyFrame) -> list[tuple[date, int]]:
    counted = column.group_by("time").len().sort("time").collect(engine="streaming")
    return [(row[0], row[1]) for row in counted.iter_rows()]


def _missing(manifest: Manifest, days: tuple[tuple[date, int], ...]) -> tuple[date, ...] | None:
    """None where no calendar knows the days."""
    if not days:
        return None
    present = {day for day, _ in days}
    first, last = days[0][0], days[-1][0]
    try:
        (exchange,) = {schedule_of(one.market).exchange for one in manifest.instruments}
        sessions = [
            session
            for year in range(first.year, last.year + 1)
            for session in trading_days(exchange, year).sessions
        ]
    except (ScheduleUnknownError, DaysUnknownError, ValueError):  # or days of several calendars
        return None
    return tuple(one for one in sessions if first <= one <= last and one not in present)
