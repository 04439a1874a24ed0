"""Ticks and second bars of a LEAN folder as market tapes."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import numpy as np

from feeds.calendar import Int64s, day_number, time_of
from feeds.imports.importer import Made
from feeds.imports.lean_bars import Days, regular
from feeds.imports.lean_data import LeanData, actions_of
from feeds.imports.lean_files import LeanFile, Resolution
from feeds.imports.lean_maps import share_of
from feeds.imports.lean_rows import (
    QUOTE_BAR,
    QUOTE_TICK,
    TRADE_BAR,
    TRADE_TICK,
    BestQuotes,
    shots,
    trades,
)
from feeds.imports.number_rows import Rows, number_rows
from feeds.imports.report import FileFault, StopImportError
from feeds.imports.row_faults import refuse_bad, refuse_lines
from feeds.records import STATUS, StatusKind, Table
from feeds.tape_writer import TapeWriter

_SECOND_NS = 10**9
_MOST_BARS = 86_400  # of one day


def import_ticks(data: LeanData, files: list[LeanFile]) -> Made | None:
    """Every trade with its flags, and the national best bid and ask; None without a row."""
    days, suspicious = Days(), 0
    with TapeWriter(data.job.root, data.header(Resolution.TICK)) as writer:
        for file in files:
            assert file.day is not None
            security = data.owner(file.ticker, file.day)
            index = writer.index(share_of(security, file.ticker))
            midnight = data.midnight_ns(file.day)
            if file.quotes:
                best = BestQuotes(index, midnight)
                _quotes(data, writer, file, best)
                suspicious += best.suspicious
            else:
                _trades(data, writer, file, index)
            _official(data, writer, file, index)
            days.add(security, file.ticker, np.array([day_number(file.day)], np.int64))
        return _finished(data, writer, days, suspicious)


def _trades(data: LeanData, writer: TapeWriter, file: LeanFile, index: int) -> None:
    assert file.day is not None
    midnight = data.midnight_ns(file.day)
    with data.job.parts(file.path) as parts:
        part = next(parts)
        for rows in number_rows(part, TRADE_TICK):
            refuse_bad(data.job.report, part.name, rows)
            faults = writer.trades(trades(rows.values, index, midnight))
            if faults.any():
                refuse_lines(data.job.report, part.name, rows.lines, rows.values, faults)


def _quotes(data: LeanData, writer: TapeWriter, file: LeanFile, best: BestQuotes) -> None:
    with data.job.parts(file.path) as parts:
        part = next(parts)
        newest = 0
        for rows in number_rows(part, QUOTE_TICK):
            refuse_bad(data.job.report, part.name, rows)
            newest = _in_order(part.name, rows, newest)
            writer.depth(best.take(rows.values))
        writer.depth(best.take(np.zeros((0, len(QUOTE_TICK)), np.int64), last=True))


def _in_order(name: str, rows: Rows, newest: int) -> int:
    """The newest time; StopImportError where times go back: a quote would hold too long."""
    times = np.concatenate(([newest], rows.values[:, 0]))
    back = np.flatnonzero(np.diff(times) < 0)
    if len(back):
        said = f"{times[back[0] + 1]} ns after {times[back[0]]} ns"
        raise StopImportError(name, int(rows.lines[back[0]]), FileFault.CONTRADICTION, said)
    return int(times[-1])


def _official(data: LeanData, writer: TapeWriter, file: LeanFile, index: int) -> None:
    """The close before the day and that of the day, from the daily bars beside the ticks."""
    day = file.day
    assert day is not None
    if file.quotes:
        return
    span = data.hours.on(day)
    told = (
        (StatusKind.REFERENCE, data.close_before(file.ticker, day), 0),
        (StatusKind.CLOSE, data.close_of(file.ticker, day), span[1] if span else 0),
    )
    for kind, close, second in told:
        if close:
            row = np.zeros(1, STATUS)
            row["at_ns"] = row["heard_ns"] = data.midnight_ns(day) + second * _SECOND_NS
            row["instrument"], row["kind"], row["price_ticks"] = index, int(kind), close
            writer.status(row)


def import_seconds(data: LeanData, files: list[LeanFile]) -> Made | None:
    """Second bars of trades and quotes in regular hours, as what was shown after each second; None
    without a row."""
    days = Days()
    with TapeWriter(data.job.root, data.header(Resolution.SECOND)) as writer:
        for (day, ticker), own in groupby(files, key=lambda one: (one.day, one.ticker)):
            assert day is not None
            security = data.owner(ticker, day)
            index = writer.index(share_of(security, ticker))
            bars = {one.quotes: _bars(data, one) for one in own}
            none = np.zeros((0, len(QUOTE_BAR)), np.int64)
            trade, quote = bars.get(False, none[:, :6]), bars.get(True, none)
            shown = shots(trade, quote, index, data.midnight_ns(day), _SECOND_NS)
            for file in files:
                if file.day == day and file.ticker == ticker:
                    _official(data, writer, file, index)
            writer.snapshots(shown)
            days.add(security, ticker, np.array([day_number(day)], np.int64))
        return _finished(data, writer, days, 0)


def _bars(data: LeanData, file: LeanFile) -> Int64s:
    """The bars of one day's file in regular hours."""
    assert file.day is not None
    kinds = QUOTE_BAR if file.quotes else TRADE_BAR
    kept: list[Int64s] = []
    with data.job.parts(file.path) as parts:
        part = next(parts)
        newest = 0
        for rows in number_rows(part, kinds):
            refuse_bad(data.job.report, part.name, rows)
            newest = _in_order(part.name, rows, newest)
            kept.append(rows.values[regular(data, file.day, rows.values[:, 0])])
            if sum(map(len, kept)) > _MOST_BARS:
                said = f"more than {_MOST_BARS} bars of one day"
                raise StopImportError(part.name, 0, FileFault.CONTRADICTION, said)
    return np.concatenate(kept) if kept else np.zeros((0, len(kinds)), np.int64)


def _finished(data: LeanData, writer: TapeWriter, days: Days, suspicious: int) -> Made | None:
    if not any(count for table, count in writer.summary.rows.items() if table is not Table.STATUS):
        return None
    splits, actions = actions_of(data, days.all())
    writer.header = replace(writer.header, splits=splits, actions=actions)
    summary = writer.summary
    data.job.report.count("crossed", summary.crossed)
    tape_id = writer.finish()
    zone = data.zone.key
    assert summary.first_ns is not None
    assert summary.last_ns is not None
    span = (time_of(summary.first_ns, zone), time_of(summary.last_ns, zone))
    counts = {table.value: count for table, count in summary.rows.items() if count}
    notes = (f"{suspicious:,} quotes that the vendor suspects: left out.",) if suspicious else ()
    first, last = (one.isoformat() for one in span)
    return Made(tape_id, sum(counts.values()), (first, last), 0, counts, notes)
