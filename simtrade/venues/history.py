"""What had happened in a venue at one moment, for programs: bars of any length, page by page.

Everything ends with the venue's own clock.  Reading costs work, of which a page has a limited
amount: a long span comes in several pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from feeds.feed import Bars, Feed, Interval, Traded
from matching.instrument import Instrument, InstrumentId
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs
from simtrade.venues.adjustments import Adjustment, Known, changes
from simtrade.venues.bar_rows import (
    BarRows,
    Change,
    changed,
    joined,
    merged,
    with_trades,
    without_trades,
)
from simtrade.venues.timeframe import DAY, Timeframe, local_midnights

WORK_PER_PAGE = 100_000
WORK_OF_SESSION = 2_500
_NS_PER_DAY = 86_400 * NS_PER_SECOND
_SESSION_ROWS = 400  # of a session in minutes, as a first guess

T = TypeVar("T")


class Place(NamedTuple):
    """Where the page before ended: everything up to here has been given.  ``seq`` tells apart what
    happened at one moment."""

    at_ns: int
    seq: int


@dataclass(slots=True)
class Work:
    """How much a page may still read: one for an event, ``WORK_OF_SESSION`` for a session."""

    left: int = WORK_PER_PAGE

    def spend(self, amount: int) -> None:
        self.left -= amount

    @property
    def over(self) -> bool:
        return self.left <= 0


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, both included."""

    from_ns: int
    to_ns: int
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A stretch of what was asked for, in the order that was asked for; ``place`` is where to go
    on, None: there is nothing more."""

    items: T
    place: Place | None


@dataclass(frozen=True, slots=True)
class History:
    """``at_ns``: the venue's time, after which nothing is known.  ``quotes``: the same feed told
    with displays, where its own kind has only single orders.  ``session``: the running one."""

    feed: Feed
    quotes: Feed
    at_ns: AtNs
    session: date | None

    @property
    def time_zone(self) -> str:
        return self.feed.traits.time_zone

    def bars(
        self,
        instrument: Instrument,
        frame: Timeframe,
        span: Span,
        limit: int,
        work: Work,
        *,
        after: Place | None = None,
        adjustment: Adjustment = Adjustment.RAW,
        running: bool = False,
    ) -> Part[BarRows]:
        """Bars whose left edge lies in the span.  Those shorter than a day are made of minutes that
        are over, with ``running`` of the one that is not, too."""
        span = Span(span.from_ns, min(span.to_ns, self.at_ns), span.newest_first)
        if limit <= 0 or span.from_ns > span.to_ns:
            return Part(joined([]), None)
        wanted = _Wanted(self, instrument, frame, span, after, adjustment, running)
        if frame.within_day:
            return wanted.of_sessions(limit, work)
        work.spend(WORK_OF_SESSION)
        return wanted.of_days(limit)

    def newest(self, instrument: Instrument, frame: Timeframe, count: int) -> BarRows:
        """The newest bars, newest first; of those of minutes only what the two newest days with
        data have."""
        days = self.feed.bars(instrument.instrument_id, Interval.DAY, self.at_ns, max(2, count))
        if not len(days.start_ns):
            return joined([])
        from_ns = DAY.left_edge(int(days.start_ns[0]), self.time_zone)
        span = Span(from_ns, self.at_ns, newest_first=True)
        return self.bars(instrument, frame, span, count, Work()).items

    def traded(self, instrument_id: InstrumentId, from_ns: int) -> Traded | None:
        """The trades since a moment, this one included; None where they are not known."""
        return self.feed.traded(instrument_id, AtNs(from_ns - 1), self.at_ns)

    def days(self, instrument_id: InstrumentId, since_ns: int = 0) -> Bars:
        """Daily bars as traded, from the day before a moment on."""
        # Nothing is older than computers, and a feed stops where it begins.
        count = (self.at_ns - since_ns) // _NS_PER_DAY + 3
        return self.feed.bars(instrument_id, Interval.DAY, self.at_ns, max(1, int(count)))


class _Stretch(NamedTuple):
    """Data from one moment to before another; left edges of its bars lie in [low_ns, high_ns]."""

    begins_ns: int
    ends_ns: int
    low_ns: int
    high_ns: int


class _Wanted:
    """Bars of one instrument that a program asks for."""

    def __init__(
        self,
        history: History,
        instrument: Instrument,
        frame: Timeframe,
        span: Span,
        after: Place | None,
        adjustment: Adjustment,
        running: bool,  # noqa: FBT001 - private
    ) -> None:
        self._history, self._id = history, instrument.instrument_id
        self._frame, self._span, self._after, self._running = frame, span, after, running
        # What is adjusted needs the closes before its changes.
        self._days = history.days(self._id, 0 if adjustment else span.from_ns)
        self._changes: list[Change] = []
        if adjustment:
            known = Known(history.at_ns, history.session)
            self._changes = changes(history.feed, instrument, self._days, known, adjustment)

    def of_days(self, limit: int) -> Part[BarRows]:
        return self._cut([self._chosen(without_trades(self._days))], limit, None)

    def of_sessions(self, limit: int, work: Work) -> Part[BarRows]:
        """Session by session, until there are enough or the work is done."""
        pieces: list[BarRows] = []
        found = 0
        for stretch in self._stretches():
            if work.over:
                newest_first = self._span.newest_first
                at_ns = stretch.high_ns + 1 if newest_first else stretch.low_ns - 1
                return self._cut(pieces, limit, Place(at_ns, 0))
            work.spend(WORK_OF_SESSION)
            pieces.append(self._chosen(self._minutes(stretch)))
            found += pieces[-1].size
            if found > limit:
                break
        return self._cut(pieces, limit, None)

    def _stretches(self) -> Iterator[_Stretch]:
        """Local days with data that may have a bar that is wanted and was not given yet, in the
        order asked for."""
        starts, now_ns = self._days.start_ns, self._history.at_ns
        midnights = local_midnights(starts, self._history.time_zone)
        first = np.flatnonzero(np.diff(midnights, prepend=midnights[:1] - 1))
        begins, lows = starts[first].tolist(), midnights[first].tolist()
        ends = [*begins[1:], now_ns + 1]
        highs = [*(low - 1 for low in lows[1:]), now_ns]
        found = map(_Stretch, begins, ends, lows, highs)
        wanted = [one for one in found if self._reaches(one)]
        return reversed(wanted) if self._span.newest_first else iter(wanted)

    def _reaches(self, stretch: _Stretch) -> bool:
        span, after = self._span, self._after
        if stretch.high_ns < span.from_ns or stretch.low_ns > span.to_ns:
            return False
        if after is None:
            return True
        return stretch.low_ns < after.at_ns if span.newest_first else stretch.high_ns > after.at_ns

    def _minutes(self, stretch: _Stretch) -> BarRows:
        feed, to_ns = self._history.feed, min(stretch.ends_ns, self._history.at_ns)
        count = _SESSION_ROWS
        while True:
            bars = feed.bars(self._id, Interval.MINUTE, AtNs(to_ns), count)
            starts = bars.start_ns
            if len(starts) < count or int(starts[0]) < stretch.begins_ns:
                break
            count *= 2
        inside = (starts >= stretch.begins_ns) & (starts < stretch.ends_ns)
        if not inside.any():
            return joined([])
        rows = without_trades(bars).only(inside)
        traded = feed.traded(self._id, *self._trading(bars, inside, to_ns))
        if traded is not None:
            rows = with_trades(rows, traded)
        if bars.partial and inside[-1] and not self._running:
            rows = rows.only(slice(-1))
        return rows

    def _trading(self, bars: Bars, inside: NDArray[np.bool_], to_ns: int) -> tuple[AtNs, AtNs]:
        """Between which moments these bars were traded: auctions may come before the first one and
        after the last one, on the same day."""
        places = np.flatnonzero(inside)
        first, last = int(places[0]), int(places[-1])
        zone, starts = self._history.time_zone, bars.start_ns
        after_ns = DAY.left_edge(int(starts[first]), zone) - 1
        if first:
            after_ns = max(after_ns, int(starts[first - 1]) + NS_PER_MINUTE - 1)
        until_ns = DAY.left_edge(int(starts[last]), zone) + _NS_PER_DAY - 1
        return AtNs(after_ns), AtNs(min(to_ns, until_ns))

    def _chosen(self, rows: BarRows) -> BarRows:
        """Bars of the wanted length that lie in the span and were not given yet, in the order asked
        for."""
        for change in self._changes:
            rows = changed(rows, change)
        rows = merged(rows, self._frame.left_edges(rows.start_ns, self._history.time_zone))
        kept = (rows.start_ns >= self._span.from_ns) & (rows.start_ns <= self._span.to_ns)
        if self._after is not None:
            at_ns = self._after.at_ns
            kept &= rows.start_ns < at_ns if self._span.newest_first else rows.start_ns > at_ns
        return rows.only(kept).only(slice(None, None, -1 if self._span.newest_first else 1))

    def _cut(self, pieces: list[BarRows], limit: int, place: Place | None) -> Part[BarRows]:
        """At most ``limit`` bars; ``place`` is where reading stopped, None: at the end."""
        rows = joined(pieces)
        if rows.size > limit:
            rows = rows.only(slice(limit))
            place = Place(int(rows.start_ns[-1]), 0)
        return Part(rows, place)
