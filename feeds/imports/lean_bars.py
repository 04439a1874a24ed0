"""Daily and minute bars of a LEAN folder as tapes of bars."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from feeds.bar_writer import BarWriter
from feeds.calendar import Int64s, day_number
from feeds.imports.importer import Made
from feeds.imports.lean_data import LeanData, actions_of
from feeds.imports.lean_files import LeanFile, Resolution
from feeds.imports.lean_maps import Period, Security, share_of
from feeds.imports.lean_rows import (
    DAILY_BAR,
    QUOTE_BAR,
    TRADE_BAR,
    daily_bars,
    minute_bars,
)
from feeds.imports.number_rows import Rows, number_rows
from feeds.imports.row_faults import refuse_bad, refuse_lines
from feeds.records import Records
from feeds.tape import TapeKind
from feeds.tape_actions import ActionKind

Bools = NDArray[np.bool_]


class Days:
    """The days on which a tape has rows, by security and ticker."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[Int64s]] = {}

    def add(self, security: Security, ticker: str, days: Int64s) -> None:
        if len(days):
            self._found.setdefault((security.name, ticker), []).append(days)

    def all(self) -> dict[tuple[str, str], Int64s]:
        return {key: np.unique(np.concatenate(days)) for key, days in self._found.items()}


def import_daily(data: LeanData, files: list[LeanFile]) -> Made | None:
    """Daily bars as traded, with splits, dividends and changes of ticker; None without a bar."""
    header, days = data.header(Resolution.DAILY), Days()
    left = 0
    with BarWriter(data.job.root, header, TapeKind.DAILY_BARS) as writer:
        for file in files:
            with data.job.parts(file.path) as parts:
                part = next(parts)
                for rows in number_rows(part, DAILY_BAR):
                    refuse_bad(data.job.report, part.name, rows)
                    bars = daily_bars(rows.values, 0)
                    theirs = np.ones(len(bars), bool)
                    for security, period in data.owners(file.ticker):
                        own = _within(bars, period)
                        theirs &= ~own
                        index = writer.index(share_of(security, file.ticker))
                        bars["instrument"][own] = index
                        _take(data, writer, part.name, rows, bars, own)
                        days.add(security, file.ticker, bars["time"][own])
                    left += int(theirs.sum())
        if not writer.rows:
            return None
        splits, actions = actions_of(data, days.all())
        writer.header = replace(writer.header, splits=splits, actions=actions)
        rows_written = writer.rows
        tape_id = writer.finish()
    found = days.all().values()
    span = (min(int(one[0]) for one in found), max(int(one[-1]) for one in found))
    first, last = (str(np.datetime64(day, "D")) for day in span)
    kinds = [one.kind for one in actions]
    counts = {
        "bars": rows_written,
        "splits": len(splits),
        "dividends": kinds.count(ActionKind.EX),
        "codes": kinds.count(ActionKind.CODE),
    }
    notes = (f"{left:,} bars are those of other companies under the same tickers: left out.",)
    return Made(tape_id, rows_written, (first, last), 0, counts, notes if left else ())


def _within(bars: Records, period: Period) -> Bools:
    first, last = day_number(period.first), day_number(period.last)
    inside: Bools = bars["time"] >= first
    return inside & (bars["time"] <= last)


def _take(
    data: LeanData, writer: BarWriter, name: str, rows: Rows, bars: Records, own: Bools
) -> None:
    """Write some of the bars and tell of those that are none."""
    faults = writer.bars(bars[own])
    if faults.any():
        refuse_lines(data.job.report, name, rows.lines[own], rows.values[own], faults)


def import_minutes(data: LeanData, files: list[LeanFile]) -> Made | None:
    """Minute bars of trades in regular hours; None without a bar.

    Quote bars are read and checked, and not kept: a tape of bars has no quotes.
    """
    header, days = data.header(Resolution.MINUTE), Days()
    outside = quotes = crossed = 0
    with BarWriter(data.job.root, header, TapeKind.MINUTE_BARS) as writer:
        for file in files:
            assert file.day is not None
            if file.quotes:
                found = _quotes(data, file)
                quotes, crossed = quotes + found[0], crossed + found[1]
                continue
            security = data.owner(file.ticker, file.day)
            index = writer.index(share_of(security, file.ticker))
            with data.job.parts(file.path) as parts:
                part = next(parts)
                for rows in number_rows(part, TRADE_BAR):
                    refuse_bad(data.job.report, part.name, rows)
                    inside = regular(data, file.day, rows.values[:, 0])
                    outside += int((~inside).sum())
                    bars = minute_bars(rows.values, index, data.midnight_ns(file.day))
                    _take(data, writer, part.name, rows, bars, inside)
                    day = np.full(int(inside.any()), day_number(file.day), np.int64)
                    days.add(security, file.ticker, day)
        if not writer.rows:
            return None
        splits, actions = actions_of(data, days.all())
        writer.header = replace(writer.header, splits=splits, actions=actions)
        rows_written = writer.rows
        tape_id = writer.finish()
    data.job.report.count("crossed", crossed)
    sessions = sorted(file.day for file in files if file.day and not file.quotes)
    span = (sessions[0].isoformat(), sessions[-1].isoformat())
    counts = {"bars": rows_written, "quote bars read": quotes}
    notes = (f"{outside:,} bars before or after regular hours: left out.",)
    return Made(tape_id, rows_written, span, 0, counts, notes if outside else ())


def regular(data: LeanData, day: date, times: Int64s) -> Bools:
    """Which times since midnight (ns) are of a day's regular hours."""
    span = data.hours.on(day)
    if span is None:
        return np.zeros(len(times), bool)
    first, end = (one * 10**9 for one in span)
    inside: Bools = (times >= first) & (times < end)
    return inside


def _quotes(data: LeanData, file: LeanFile) -> tuple[int, int]:
    """How many quote bars a file has, and how many close crossed."""
    count = crossed = 0
    with data.job.parts(file.path) as parts:
        part = next(parts)
        for rows in number_rows(part, QUOTE_BAR):
            refuse_bad(data.job.report, part.name, rows)
            bid, ask = rows.values[:, 4], rows.values[:, 9]
            count += len(rows.values)
            crossed += int(((bid >= ask) & (bid > 0) & (ask > 0)).sum())
    return count, crossed
