"""Small tapes and moments for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import US_HOURS, Hours, day_number
from feeds.tape import BarColumns, Tape, TapeKind, TapeSplit, make_tape
from matching.instrument import Instrument, InstrumentId
from matching.market import Band
from matching.units import CURRENCIES, AtNs

NEW_YORK = ZoneInfo("America/New_York")
SHANGHAI = ZoneInfo("Asia/Shanghai")

ASLEEP = Band(None, None, awake=False)
AWAKE = Band(None, None, awake=True)


def instrument(symbol: str, **changes: object) -> Instrument:
    made = Instrument(
        instrument_id=InstrumentId(f"XTST:{symbol}"),
        symbol=symbol,
        name_en=symbol.title(),
        name_zh=symbol,
        currency=CURRENCIES["USD"],
        market="XTST",
        board="main",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def at(zone: ZoneInfo, *when: int) -> AtNs:
    """UTC nanoseconds of a wall clock reading."""
    return AtNs(int(datetime(*when, tzinfo=zone).timestamp()) * 1_000_000_000)  # type: ignore[misc, arg-type]


def columns(rows: Sequence[tuple[int, int, int, int, int, int]]) -> BarColumns:
    table = np.array(rows, np.int64).reshape(-1, 6)
    return BarColumns(*(table[:, k].copy() for k in range(6)))


def daily_tape(
    bars: dict[str, Sequence[tuple[date, int, int, int, int, int]]],
    splits: tuple[TapeSplit, ...] = (),
    **extra: object,
) -> Tape:
    return make_tape(
        name="sample",
        kind=TapeKind.DAILY_BARS,
        source="made up",
        licence="none",
        hours=US_HOURS,
        instruments=tuple(instrument(symbol) for symbol in bars),
        columns=tuple(
            columns([(day_number(day), *rest) for day, *rest in rows])  # type: ignore[misc]
            for rows in bars.values()
        ),
        splits=splits,
        **extra,  # type: ignore[arg-type]
    )


def minute_tape(
    bars: dict[str, Sequence[tuple[int, int, int, int, int, int]]], hours: Hours = US_HOURS
) -> Tape:
    return make_tape(
        name="sample",
        kind=TapeKind.MINUTE_BARS,
        source="made up",
        licence="none",
        hours=hours,
        instruments=tuple(instrument(symbol) for symbol in bars),
        columns=tuple(columns(rows) for rows in bars.values()),
    )
