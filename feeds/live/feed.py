"""The feed of a live market: what a venue runs on is its recording, as far as it is on the disk.

Everything about a moment up to ``upto_ns`` is a pure function of the recording, so journal and
recording give the same chain again on any machine.  Only ``advance`` looks at how far the recording
has come: it answers how far a venue may go now.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date

import numpy as np

from feeds.calendar import Int64s, Part
from feeds.feed import Bars, FeedTraits, Interval, LastPrice, Watch
from feeds.live.recording import Recording
from feeds.live.sessions import SessionClock
from feeds.live.state import Minute
from feeds.tape_actions import TapeAction
from feeds.timeframes import aggregate, running
from feeds.timetable import SessionTimes
from matching.instrument import Instrument, InstrumentId
from matching.market import MarketEvent, Split
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs

_NEVER_NS = 1 << 62


class LiveFeed:
    """A ``Feed`` over a recording that may still grow; safe for concurrent readers."""

    def __init__(self, recording: Recording) -> None:
        said = recording.description
        self.recording = recording
        self._instruments = said.instruments
        self._clock = SessionClock(said.instruments, told=False)
        self._traits = FeedTraits(
            kind=said.kind,
            reconstructed=False,
            synthetic=False,
            time_zone=said.time_zone,
            source=said.source,
            live=True,
        )

    @property
    def traits(self) -> FeedTraits:
        return self._traits

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return self._instruments

    @property
    def start_ns(self) -> AtNs:
        return AtNs(self.recording.first_ns or 0)

    @property
    def end_ns(self) -> AtNs | None:
        return None

    def events(self, after_ns: AtNs, to_ns: AtNs, watch: Watch) -> Iterator[MarketEvent]:  # noqa: ARG002
        """See ``Feed.events``.  Nothing is left out; ``to_ns`` is at most ``upto_ns``."""
        assert to_ns <= self.recording.upto_ns, "nobody knows yet what happens then"
        yield from self.recording.events(after_ns, to_ns)

    def warm(self, at_ns: AtNs) -> Iterator[MarketEvent]:
        """See ``Feed.warm``."""
        yield from self.recording.state_at(at_ns).warm()

    def advance(self, from_ns: AtNs, open_ns: int) -> AtNs:
        """How far a venue may go now: to the newest moment that is on the disk, nights included;
        nowhere for no time.  Who is far behind comes after it in steps, so that others need not
        wait for him."""
        if open_ns <= 0:
            return from_ns
        return AtNs(max(from_ns, min(self.recording.upto_ns, self.recording.stop_after(from_ns))))

    def behind_ns(self, at_ns: AtNs) -> int:
        """How much is known of what came after a moment."""
        return self.recording.upto_ns - at_ns

    def next_step(self, from_ns: AtNs) -> AtNs:
        """A second, as far as it is known."""
        return AtNs(max(from_ns, min(from_ns + NS_PER_SECOND, self.recording.upto_ns)))

    def next_session(self, at_ns: AtNs) -> date | None:
        """See ``Feed.next_session``; by the calendar, for the recording does not know yet."""
        session = self.recording.state_at(at_ns).session
        newest = self._clock.day(at_ns) if session is None else session.session
        return self._clock.next_day(newest)

    def sessions(self, first: date, last: date) -> tuple[SessionTimes, ...]:
        """See ``Feed.sessions``; by the calendar."""
        return self._clock.sessions(first, last)

    def last(self, instrument_id: InstrumentId, at_ns: AtNs) -> LastPrice | None:
        """See ``Feed.last``; KeyError for an instrument that is not heard."""
        self._check(instrument_id)
        return self.recording.state_at(at_ns).last(instrument_id)

    def bars(
        self, instrument_id: InstrumentId, interval: Interval, to_ns: AtNs, count: int
    ) -> Bars:
        """See ``Feed.bars``; from minutes, so nothing shorter.  They begin with the recording."""
        self._check(instrument_id)
        table, partial = np.empty((6, 0), np.int64), False
        if interval.width_ns >= NS_PER_MINUTE and count > 0:
            minutes = self.recording.minutes_upto(instrument_id, to_ns)
            pieces: list[Int64s] = []
            for session, parts in self._newest_first(to_ns, interval):
                rows = _rows(minutes, *session)
                piece = aggregate(rows, parts, interval.width_ns)
                if not pieces:
                    partial = running(piece, parts, interval.width_ns, to_ns)
                pieces.append(piece)
                if sum(one.shape[1] for one in pieces) >= count:
                    break
            table = np.concatenate([table, *pieces[::-1]], axis=1)[:, -count:]
        start, opened, high, low, close, volume = table
        return Bars(start, opened, high, low, close, volume, partial)

    def _newest_first(
        self, to_ns: int, interval: Interval
    ) -> Iterator[tuple[Part, tuple[Part, ...]]]:
        """The sessions up to a moment, and the parts of each in which bars run.  A day is what was
        recorded between two openings: orders may depend on it, and calendars change."""
        ends_ns = _NEVER_NS if self.recording.state_at(to_ns).opened else to_ns
        for session in reversed(self.recording.sessions_upto(to_ns)):
            begins_ns = session.at_ns - session.at_ns % NS_PER_MINUTE
            whole = Part(begins_ns, ends_ns)
            parts = () if interval is Interval.DAY else self._clock.parts(session.session)
            yield whole, parts or (whole,)
            ends_ns = begins_ns

    def traded(
        self,
        instrument_id: InstrumentId,
        after_ns: AtNs,  # noqa: ARG002
        to_ns: AtNs,  # noqa: ARG002
    ) -> None:
        """See ``Feed.traded``: minutes are kept, and their trades would have to be read again."""
        self._check(instrument_id)

    def splits(self, instrument_id: InstrumentId, to_ns: AtNs) -> tuple[Split, ...]:  # noqa: ARG002
        """No vendor tells them as they happen."""
        self._check(instrument_id)
        return ()

    def actions(self, to_ns: AtNs) -> tuple[TapeAction, ...]:  # noqa: ARG002
        """Nor dividends."""
        return ()

    def _check(self, instrument_id: InstrumentId) -> None:
        if all(one.instrument_id != instrument_id for one in self._instruments):
            raise KeyError(instrument_id)


def _rows(minutes: list[Minute], begins_ns: int, ends_ns: int) -> Int64s:
    """The minutes of a session as int64[6, minutes]."""
    first, stop = (
        bisect_left(minutes, moment, key=lambda one: one.start_ns)
        for moment in (begins_ns, ends_ns)
    )
    rows = [
        (
            *(one.start_ns, one.open_ticks, one.high_ticks),
            *(one.low_ticks, one.close_ticks, one.volume),
        )
        for one in minutes[first:stop]
    ]
    return np.array(rows, np.int64).reshape(-1, 6).T
