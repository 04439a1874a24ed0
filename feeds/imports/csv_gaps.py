"""Holes in imported bars: days or minutes without a bar where one would be expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s, day_number, day_of
from feeds.tape import Tape, TapeKind
from matching.instrument import Instrument, InstrumentId
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

MOST_GAPS = 1_000
# Longer than any run of holidays: a single instrument's own days show a hole by this alone.
_LONG_BREAK_DAYS = 12
# Days are kept since 1900-01-01; what lies outside of two bytes has no gaps.
_DAYS_BEFORE = 25_567
_NONE = np.iinfo(np.int64).min // 2


class Gap(NamedTuple):
    """``missing`` bars between two that exist; the times are the tape's (days or nanoseconds).

    ``missing`` counts sessions that other instruments have, or trading minutes of one session; 0
    when only the calendar tells that the break is long.
    """

    instrument_id: InstrumentId
    after: int
    before: int
    missing: int


class Gaps(NamedTuple):
    """The first 1,000 holes, how many there are, and the first and last local date."""

    found: tuple[Gap, ...]
    total: int
    span: tuple[date, date]


class GapFinder:
    """Finds holes while bars come, each instrument's in order of time.  Of a daily tape it keeps
    the days, two bytes each."""

    def __init__(self, kind: TapeKind, minutes: int = 1) -> None:
        self._daily = kind is TapeKind.DAILY_BARS
        self._minutes = minutes
        self._newest = np.zeros(0, np.int64)
        self._days: dict[int, list[NDArray[np.uint16]]] = {}
        self._found: list[tuple[int, int, int, int]] = []
        self._total = 0
        self._span = (1 << 62, -(1 << 62))

    def take(self, instrument: Int64s, times: Int64s) -> None:
        """Rows of a block: instruments' numbers and times, int64 of the same length."""
        first, last = self._span
        self._span = (min(first, int(times.min())), max(last, int(times.max())))
        more = int(instrument.max()) + 1 - len(self._newest)
        if more > 0:
            self._newest = np.append(self._newest, np.full(more, _NONE))
        order = np.argsort(instrument, kind="stable")
        instrument, times = instrument[order], times[order]
        starts = np.flatnonzero(np.diff(instrument, prepend=-1))
        if self._daily:
            for piece in np.split(np.arange(len(times)), starts[1:]):
                days = (times[piece] + _DAYS_BEFORE).clip(0, 65_535).astype(np.uint16)
                self._days.setdefault(int(instrument[piece[0]]), []).append(days)
            return
        before = np.append([0], times[:-1])
        before[starts] = self._newest[instrument[starts]]
        self._newest[instrument[np.append(starts[1:] - 1, len(times) - 1)]] = times[
            np.append(starts[1:] - 1, len(times) - 1)
        ]
        steps = times - before
        missing = steps // (self._minutes * NS_PER_MINUTE) - 1
        # Nights and lunches are longer than an hour and are no gaps.
        long = steps > max(60, self._minutes) * NS_PER_MINUTE
        self._keep(instrument, before, times, np.where(long | (before == _NONE), 0, missing))

    def _keep(self, instrument: Int64s, before: Int64s, times: Int64s, missing: Int64s) -> None:
        where = np.flatnonzero(missing > 0)
        self._total += len(where)
        for row in where[: max(0, MOST_GAPS - len(self._found))].tolist():
            hole = (instrument[row], before[row], times[row], missing[row])
            self._found.append((int(hole[0]), int(hole[1]), int(hole[2]), int(hole[3])))

    def result(self, instruments: Sequence[Instrument], time_zone: str) -> Gaps:
        """What was found; ``instruments`` by number."""
        if self._daily:
            self._find_days()
        first, last = self._span
        found = tuple(Gap(instruments[k].instrument_id, *rest) for k, *rest in self._found)
        if self._daily:
            return Gaps(found, self._total, (day_of(first), day_of(last)))
        zone = ZoneInfo(time_zone)
        return Gaps(found, self._total, (local_date(first, zone), local_date(last, zone)))

    def _find_days(self) -> None:
        """Sessions that others have, and long breaks."""
        traded = np.zeros(65_536, np.bool_)
        for pieces in self._days.values():
            for piece in pieces:
                traded[piece] = True
        place = np.cumsum(traded)
        for number, pieces in sorted(self._days.items()):
            own = np.concatenate(pieces).astype(np.int64)
            missing = np.diff(place[own]) - 1
            breaks = (missing <= 0) & (np.diff(own) > _LONG_BREAK_DAYS)
            where = np.flatnonzero((missing > 0) | breaks)
            self._total += len(where)
            for row in where[: max(0, MOST_GAPS - len(self._found))].tolist():
                after, before = int(own[row]) - _DAYS_BEFORE, int(own[row + 1]) - _DAYS_BEFORE
                self._found.append((number, after, before, max(0, int(missing[row]))))


def find_gaps(tape: Tape) -> Gaps:
    """The holes of a tape in memory."""
    finder = GapFinder(tape.kind, tape.minutes)
    for number, columns in enumerate(tape.columns):
        finder.take(np.full(len(columns.time), number, np.int64), columns.time)
    return finder.result(tape.instruments, tape.hours.time_zone)


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
