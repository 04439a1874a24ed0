"""Holes in imported bars: days or minutes without a bar where one would be expected."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import Int64s, day_number, day_of
from feeds.tape import Tape, TapeKind
from matching.instrument import InstrumentId
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

MOST_GAPS = 1_000
# Longer than any run of holidays: a single instrument's own days show a hole by this alone.
_LONG_BREAK_DAYS = 12


class Gap(NamedTuple):
    """``missing`` bars between two that exist; the times are the tape's (days or nanoseconds).

    ``missing`` counts sessions that other instruments have, or trading minutes of one session; 0
    when only the calendar tells that the break is long.
    """

    instrument_id: InstrumentId
    after: int
    before: int
    missing: int


def find_gaps(tape: Tape) -> tuple[tuple[Gap, ...], tuple[date, date]]:
    """The first 1,000 gaps of a tape, and its first and last local date."""
    gaps: list[Gap] = []
    daily = tape.kind is TapeKind.DAILY_BARS
    sessions = np.unique(np.concatenate([columns.time for columns in tape.columns]))
    for instrument, columns in zip(tape.instruments, tape.columns, strict=True):
        holes = _missing_days(columns.time, sessions) if daily else _missing_minutes(columns.time)
        for index in np.flatnonzero(holes >= 0).tolist():
            if len(gaps) >= MOST_GAPS:
                break
            after, before = int(columns.time[index]), int(columns.time[index + 1])
            gaps.append(Gap(instrument.instrument_id, after, before, int(holes[index])))
    first, last = int(sessions[0]), int(sessions[-1])
    if daily:
        return tuple(gaps), (day_of(first), day_of(last))
    zone = ZoneInfo(tape.hours.time_zone)
    return tuple(gaps), (local_date(first, zone), local_date(last, zone))


def local_date(at_ns: int, zone: ZoneInfo) -> date:
    """The date that a wall clock of ``zone`` shows."""
    return datetime.fromtimestamp(at_ns // NS_PER_SECOND, UTC).astimezone(zone).date()


def local_days(starts_ns: Int64s, time_zone: str) -> Int64s:
    """Local day number of each moment: int64, same length."""
    zone = ZoneInfo(time_zone)
    hours, inverse = np.unique(starts_ns // (15 * NS_PER_MINUTE), return_inverse=True)
    # Offsets from UTC change on quarter hours only, so one conversion serves fifteen minutes.
    days = [day_number(local_date(hour * 15 * NS_PER_MINUTE, zone)) for hour in hours.tolist()]
    return np.array(days, np.int64)[inverse]


def _missing_days(times: Int64s, sessions: Int64s) -> Int64s:
    """Per step to the next bar: sessions left out, 0 for a long break, -1 for no gap."""
    missing = np.diff(np.searchsorted(sessions, times)) - 1
    missing[missing == 0] = -1
    missing[(missing < 0) & (np.diff(times) > _LONG_BREAK_DAYS)] = 0
    return missing.astype(np.int64)


def _missing_minutes(times: Int64s) -> Int64s:
    """As ``_missing_days``; nights and lunches are longer than an hour and are no gaps."""
    missing = np.diff(times) // NS_PER_MINUTE - 1
    missing[(missing == 0) | (missing >= 60)] = -1
    return missing.astype(np.int64)
