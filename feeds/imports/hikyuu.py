"""The format hikyuu: tables of the hikyuu framework, told from their columns.

Prices are yuan times 1,000, quantities hands of 100 shares, of indices as published.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import CHINA_HOURS
from feeds.imports.bar_import import BarImport
from feeds.imports.clocks import offsets_of_utc
from feeds.imports.csv_bars import CsvBars
from feeds.imports.csv_kernel import Kind
from feeds.imports.csv_peek import Peek, peek
from feeds.imports.csv_spec import TableSpec
from feeds.imports.csv_table import Rows
from feeds.imports.csv_ticks import CsvTicks, TickImport
from feeds.imports.csv_time import NS_PER_DAY
from feeds.imports.csv_values import OffTick
from feeds.imports.importer import Job, Made
from feeds.imports.instruments import CHINA, Instruments, instruments_of
from feeds.imports.naming import source_and_licence, tape_name
from feeds.imports.opening import bare_name
from feeds.imports.report import FileFault, StopImportError
from feeds.imports.tick_words import PRICE, QTY, SIDE
from feeds.records import Aggressor
from feeds.tape import TapeKind
from matching.units import NS_PER_MINUTE

_SIDES = {"0": Aggressor.BUYER, "1": Aggressor.SELLER, "2": Aggressor.UNKNOWN}
_CODE = re.compile(r"(sh|sz|bj)\d{6}", re.IGNORECASE)
_DIGITS, _HAND = 3, 100
_LUNCH_END_NS = 13 * 60 * NS_PER_MINUTE
_LUNCH_NS = 90 * NS_PER_MINUTE


def import_hikyuu(job: Job) -> tuple[Made, ...]:
    """Import each table of a folder, or one file, as a tape."""
    instruments = instruments_of(replace(job.wanted, market=CHINA), CHINA)
    made: list[Made] = []
    for path in job.files("*.csv*"):
        seen = peek(job, path)
        words = {*seen.words}
        if "buyorsell" in words:
            made += _ticks(job, path, instruments)
        elif {"price", "vol"} <= words:
            made += _bars(job, path, instruments, _minute_plan(job, path, instruments))
        elif "openprice" in words:
            made += _bars(job, path, instruments, _daily_plan(job, path, instruments))
        elif {"open", "close", "count"} <= words:
            made += _bars(job, path, instruments, _index_plan(job, path, instruments, seen))
        else:
            said = f"its columns are {', '.join(seen.words)}"
            raise StopImportError(path.name, 1, FileFault.NOT_THIS_FORMAT, said)
    return tuple(made)


def _plan(job: Job, path: Path, instruments: Instruments, kind: TapeKind) -> CsvBars:
    source, licence = source_and_licence(job)
    return CsvBars(
        name=_name(job, path),
        kind=kind,
        source=source,
        licence=licence,
        hours=CHINA_HOURS,
        resolve=instruments.resolve,
        # Some minutes and old days have averages between two ticks.
        off_tick=OffTick.ROUND_HALF_UP,
    )


def _name(job: Job, path: Path) -> str:
    stem = bare_name(path.name).removesuffix(".csv")
    return tape_name("", f"{job.wanted.name or 'hikyuu'}_{stem}")


def _minute_plan(job: Job, path: Path, instruments: Instruments) -> CsvBars:
    """One price a minute, whose time is its start."""
    return replace(
        _plan(job, path, instruments, TapeKind.MINUTE_BARS),
        names={"date": "datetime", "close": "price", "volume": "vol"},
        one_price=True,
        price_digits=_DIGITS,
        qty_multiplier=_HAND,
    )


def _daily_plan(job: Job, path: Path, instruments: Instruments) -> CsvBars:
    return replace(
        _plan(job, path, instruments, TapeKind.DAILY_BARS),
        names={
            "date": "datetime", "open": "openPrice", "high": "highPrice", "low": "lowPrice",
            "close": "closePrice", "volume": "transCount",
        },
        ignored=frozenset({"transAmount"}),
        price_digits=_DIGITS,
        qty_multiplier=_HAND,
    )  # fmt: skip


def _index_plan(job: Job, path: Path, instruments: Instruments, seen: Peek) -> CsvBars:
    """Minutes of one index, whose time is their end; the morning's last says 13:00."""
    found = _CODE.search(path.name)
    if found is None and "symbol" not in seen.words:
        said = "its name does not begin with a code like SH000001"
        raise StopImportError(path.name, 0, FileFault.NOT_THIS_FORMAT, said)
    zone = ZoneInfo(CHINA_HOURS.time_zone)

    def notice(rows: Rows) -> None:
        at_ns = np.where(rows.good, rows.at_ns, 0)
        clock = (at_ns + offsets_of_utc(at_ns, zone)) % NS_PER_DAY
        rows.at_ns = np.where(clock == _LUNCH_END_NS, rows.at_ns - _LUNCH_NS, rows.at_ns)

    return replace(
        _plan(job, path, instruments, TapeKind.MINUTE_BARS),
        names={"volume": "count"},
        only_symbol=found.group() if found else None,
        minute_label="end",
        qty_multiplier=_HAND,
        notice=notice,
    )


def _bars(job: Job, path: Path, instruments: Instruments, plan: CsvBars) -> tuple[Made, ...]:
    return BarImport(job, plan, instruments).read(job.all_parts([path]))


def _ticks(job: Job, path: Path, instruments: Instruments) -> tuple[Made, ...]:
    source, licence = source_and_licence(job)
    spec = TableSpec(
        fields={PRICE: Kind.PRICE, QTY: Kind.QTY, SIDE: Kind.WORD},
        zone=CHINA_HOURS.time_zone,
        resolve=instruments.resolve,
        names={
            "symbol": "symbol", "date": "datetime", PRICE: "price", QTY: "vol", SIDE: "buyorsell",
        },
        price_digits=_DIGITS,
        qty_multiplier=_HAND,
    )  # fmt: skip
    plan = CsvTicks(_name(job, path), source, licence, CHINA_HOURS, spec, _SIDES)
    return TickImport(job, plan, instruments).read(job.all_parts([path]))
