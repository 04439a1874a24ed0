"""A tape of bars as sessions: each instrument's days, and the minutes inside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.bar_actions import BarActions
from feeds.bar_listings import BarListings
from feeds.bounded import BoundedCache
from feeds.calendar import Calendar, Int64s
from feeds.imports.csv_gaps import local_days
from feeds.prng import seed_from
from feeds.reconstruct import minute_path
from feeds.share_changes import ShareChanges
from feeds.tape import BarColumns, Tape, TapeError, TapeKind
from matching.terms import ORDINARY, ListingTerms
from matching.units import NS_PER_MINUTE

# About 25 kB each.
MOST_CACHED_DAYS = 1024
MOST_CACHED_SESSIONS = 64

# Prices of a minute without a bar: no band is ever touched by them.
_NO_HIGH = -1
_NO_LOW = np.iinfo(np.int64).max


class Minutes(NamedTuple):
    """The trading minutes (or longer bars) of one instrument's session; all columns
    int64[minutes], ``ends`` exclusive.

    A minute without a bar has ``present`` false (bool[minutes]) and volume 0.  ``high_so_far``,
    ``low_so_far`` and ``volume_so_far`` include the minute itself; ``newest`` is the index of the
    last present minute up to each minute, -1 before the first.
    """

    starts: Int64s
    open_ticks: Int64s
    high_ticks: Int64s
    low_ticks: Int64s
    close_ticks: Int64s
    volume: Int64s
    present: NDArray[np.bool_]
    high_so_far: Int64s
    low_so_far: Int64s
    volume_so_far: Int64s
    newest: Int64s
    ends: Int64s


@dataclass(frozen=True, slots=True)
class Days:
    """The sessions of one instrument, oldest first; int64 columns of equal length.

    ``session`` indexes the calendar.  ``reference_ticks`` is the previous close adjusted for the
    splits of that day; in the first session the issue price or, unknown, the day's own open (the
    one price of a day that a feed says before it is traded).
    """

    session: Int64s
    open_ticks: Int64s
    high_ticks: Int64s
    low_ticks: Int64s
    close_ticks: Int64s
    volume: Int64s
    reference_ticks: Int64s
    first_row: Int64s
    stop_row: Int64s
    row_of_session: Int64s

    def newest(self, session: int) -> int:
        """Row of the newest own session at or before a calendar session; -1 for none."""
        return int(np.searchsorted(self.session, session, side="right")) - 1


class BarDays:
    """Calendar, days and minutes of a tape.  Instruments are their index in the tape.

    Raises TapeError when a minute bar starts outside the tape's trading minutes.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.reconstructed = tape.kind is TapeKind.DAILY_BARS
        self.width_ns = tape.minutes * NS_PER_MINUTE
        zone = tape.hours.time_zone
        self._row_days = [
            columns.time if self.reconstructed else local_days(columns.time, zone)
            for columns in tape.columns
        ]
        self.calendar = Calendar(tape.hours, np.unique(np.concatenate(self._row_days)))
        self.first_trade_ns: Int64s = np.array(
            [self.calendar.first_trade_ns(s) for s in range(len(self.calendar.days))], np.int64
        )
        ids = [instrument.instrument_id for instrument in tape.instruments]
        self.actions = BarActions(tape.actions, ids, self.calendar)
        self.listings = BarListings(tape.listings, ids, self.calendar)
        self.changes = ShareChanges(tape.splits, self.actions, tape.instruments, self.calendar)
        self.days = [self._make_days(index) for index in range(len(tape.instruments))]
        self._continue_renamed()
        self._seeds = [
            seed_from("minute path", tape.tape_id, instrument.instrument_id)
            for instrument in tape.instruments
        ]
        self._starts = BoundedCache(MOST_CACHED_SESSIONS, self.bar_starts)
        self._minutes = BoundedCache(MOST_CACHED_DAYS, self._make_minutes)
        if not self.reconstructed:
            self._check_minutes()

    def bar_starts(self, session: int) -> Int64s:
        """Start of each bar that a session may have."""
        return self.calendar.minute_starts(session, self.tape.minutes)

    def minutes(self, instrument: int, session: int) -> Minutes:
        """Minutes of a session that the instrument has."""
        return self._minutes.get((instrument, session))

    def trading(self, session: int) -> list[int]:
        """Instruments that have bars in a session."""
        return [k for k, days in enumerate(self.days) if days.row_of_session[session] >= 0]

    def suspended(self, session: int) -> list[int]:
        """Instruments that are listed in a session but cannot be traded: the tape says so, and
        there is no bar."""
        return [
            k
            for k, days in enumerate(self.days)
            if days.row_of_session[session] < 0
            and days.newest(session) >= 0
            and self.actions.suspended(k, session)
        ]

    def references(self, session: int) -> list[tuple[int, int]]:
        """(instrument, previous close in terms of this session) of everything that is listed."""
        found = [
            (k, int(self.days[k].reference_ticks[self.days[k].row_of_session[session]]))
            for k in self.trading(session)
        ]
        for k in self.suspended(session):
            days = self.days[k]
            row = days.newest(session)
            own, close = int(days.session[row]), int(days.close_ticks[row])
            found.append((k, self.changes.carry(k, close, own, session)))
        return sorted(found)

    def terms(self, session: int) -> list[tuple[int, ListingTerms]]:
        """(instrument, what its rules depend on) where it is no ordinary old listing."""
        found = [
            (k, replace(self.listings.on(k, session), suspended=True))
            for k in self.suspended(session)
        ]
        for k in self.trading(session):
            told = self.listings.on(k, session)
            day = self.actions.delisting_day(k, session)
            found.append((k, replace(told, delisting_day=day) if day else told))
        return sorted((one for one in found if one[1] != ORDINARY), key=lambda one: one[0])

    def _continue_renamed(self) -> None:
        """The first reference of a new code is the last close of the old one."""
        for index, (session, before) in sorted(
            self.actions.predecessors.items(), key=lambda item: item[1]
        ):
            days, earlier = self.days[index], self.days[before]
            row = earlier.newest(session)
            if row >= 0 and self.tape.first_references[index] is None:
                own, first = int(earlier.session[row]), int(days.session[0])
                close = self.changes.carry(before, int(earlier.close_ticks[row]), own, session)
                days.reference_ticks[0] = self.changes.carry(index, close, session - 1, first)

    def _make_days(self, index: int) -> Days:
        columns = self.tape.columns[index]
        days, first = np.unique(self._row_days[index], return_index=True)
        stop = np.append(first[1:], len(columns.time))
        session = np.searchsorted(self.calendar.days, days).astype(np.int64)
        row_of_session = np.full(len(self.calendar.days), -1, np.int64)
        row_of_session[session] = np.arange(len(session))
        close = columns.close_ticks[stop - 1]
        return Days(
            session=session,
            open_ticks=columns.open_ticks[first],
            high_ticks=np.maximum.reduceat(columns.high_ticks, first),
            low_ticks=np.minimum.reduceat(columns.low_ticks, first),
            close_ticks=close,
            volume=np.add.reduceat(columns.volume, first),
            reference_ticks=self._references(index, session, close),
            first_row=first.astype(np.int64),
            stop_row=stop.astype(np.int64),
            row_of_session=row_of_session,
        )

    def _references(self, index: int, session: Int64s, close: Int64s) -> Int64s:
        references = np.empty_like(close)
        references[1:] = close[:-1]
        first = self.tape.first_references[index]
        references[0] = self.tape.columns[index].open_ticks[0] if first is None else first
        for change in self.changes.between(index, -1, len(self.calendar.days)):
            row = int(np.searchsorted(session, change.session))
            if 0 < row < len(session):
                references[row] = self.changes.carry(
                    index, int(close[row - 1]), int(session[row - 1]), int(session[row])
                )
        return references

    def _check_minutes(self) -> None:
        for index, days in enumerate(self.days):
            times = self.tape.columns[index].time
            for row, session in enumerate(days.session.tolist()):
                own = times[days.first_row[row] : days.stop_row[row]]
                if not np.isin(own, self.bar_starts(session)).all():
                    name = self.tape.instruments[index].instrument_id
                    raise TapeError(f"{name}: a bar starts outside the trading minutes")

    def _make_minutes(self, key: tuple[int, int]) -> Minutes:
        instrument, session = key
        starts = self._starts.get(session)
        row = int(self.days[instrument].row_of_session[session])
        assert row >= 0, "the instrument has no bar in this session"
        if self.reconstructed:
            columns = self._invent(instrument, row, len(starts))
            present = np.ones(len(starts), np.bool_)
        else:
            columns, present = self._recorded(instrument, row, starts)
        numbers = np.where(present, np.arange(len(starts)), -1).astype(np.int64)
        return Minutes(
            starts=starts,
            ends=self.calendar.minute_ends(session, self.tape.minutes),
            open_ticks=columns.open_ticks,
            high_ticks=columns.high_ticks,
            low_ticks=columns.low_ticks,
            close_ticks=columns.close_ticks,
            volume=columns.volume,
            present=present,
            high_so_far=np.maximum.accumulate(columns.high_ticks),
            low_so_far=np.minimum.accumulate(columns.low_ticks),
            volume_so_far=np.cumsum(columns.volume, dtype=np.int64),
            newest=np.maximum.accumulate(numbers),
        )

    def _invent(self, instrument: int, row: int, minutes: int) -> BarColumns:
        days = self.days[instrument]
        day = int(self.calendar.days[days.session[row]])
        bar = (
            int(days.open_ticks[row]),
            int(days.high_ticks[row]),
            int(days.low_ticks[row]),
            int(days.close_ticks[row]),
            int(days.volume[row]),
        )
        # An odd multiplier spreads neighbouring days over the seed's bits.
        seed = (self._seeds[instrument] + day * 0xD1342543DE82EF95) & 0xFFFFFFFFFFFFFFFF
        path = minute_path(seed, bar, minutes)
        return BarColumns(np.arange(minutes, dtype=np.int64), *path)

    def _recorded(
        self, instrument: int, row: int, starts: Int64s
    ) -> tuple[BarColumns, NDArray[np.bool_]]:
        days, columns = self.days[instrument], self.tape.columns[instrument]
        rows = slice(int(days.first_row[row]), int(days.stop_row[row]))
        where = np.searchsorted(starts, columns.time[rows])
        present = np.zeros(len(starts), np.bool_)
        present[where] = True
        fills = (0, 0, _NO_HIGH, _NO_LOW, 0, 0)
        spread = []
        for column, fill in zip(columns.all(), fills, strict=True):
            whole = np.full(len(starts), fill, np.int64)
            whole[where] = column[rows]
            spread.append(whole)
        return BarColumns(*spread), present


def minute_end(minutes: Minutes, minute: int) -> int:
    """Exclusive end of a trading minute in UTC nanoseconds."""
    return int(minutes.ends[minute])
