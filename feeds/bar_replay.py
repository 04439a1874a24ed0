"""Replay of a bar tape as a feed: real daily bars with an invented minute path, or minute bars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit

from feeds.bar_actions import SplitAt
from feeds.bar_days import BarDays, Minutes, minute_end
from feeds.bar_views import begun_minute, chart, last_price
from feeds.calendar import sessions_between
from feeds.feed import Bars, FeedTraits, Interval, LastPrice, Watch
from feeds.tape import Tape
from feeds.tape_actions import TapeAction
from feeds.timetable import SessionTimes, session_times
from matching.corporate_actions import CorporateEvent
from matching.instrument import Instrument, InstrumentId
from matching.market import (
    Band,
    Bar,
    BarOpen,
    DataKind,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Split,
)
from matching.units import AtNs, PriceTicks, Qty

_NEVER = 1 << 62


class _Fixed(NamedTuple):
    """An event that always comes, at its slot of the session."""

    slot: int
    event: Split | SessionOpen | PhaseChange | SessionClose | CorporateEvent


@njit(cache=True)
def _first_touch(minutes, first, low, high, awake):  # type: ignore[no-untyped-def]
    """The first present minute from ``first`` on that reaches a band's edge; -1 for none."""
    present, lows, highs = minutes
    for k in range(first, len(present)):
        if present[k] and (awake or lows[k] <= low or highs[k] >= high):
            return k
    return -1


class _Scan:
    """Finds an instrument's next event of a session that its band lets through."""

    def __init__(self, feed: BarFeed, instrument: int, session: int) -> None:
        self._feed = feed
        self._instrument = instrument
        self._session = session
        days = feed.store.days[instrument]
        row = int(days.row_of_session[session])
        self._day_low = int(days.low_ticks[row])
        self._day_high = int(days.high_ticks[row])
        self._minutes: Minutes | None = None
        self._band: Band | None = None
        self._slot = -1

    def next_slot(self, position: int, band: Band) -> int:
        """Slot at or after ``position``; ``_NEVER`` when nothing more can matter."""
        if band == self._band and self._slot >= position:
            return self._slot
        self._band = band
        self._slot = self._find(position, band)
        return self._slot

    def _find(self, position: int, band: Band) -> int:
        if not band.touched_by(self._day_low, self._day_high):
            return _NEVER
        if self._minutes is None:
            self._minutes = self._feed.store.minutes(self._instrument, self._session)
        minutes = self._minutes
        layout = self._feed.layout
        minute = _first_touch(
            (minutes.present, minutes.low_ticks, minutes.high_ticks),
            layout.first_minute(position, self._instrument),
            -1 if band.low_ticks is None else band.low_ticks,
            _NEVER if band.high_ticks is None else band.high_ticks,
            band.awake,
        )
        if minute < 0:
            return _NEVER
        opening = layout.bar_open(minute, self._instrument)
        return opening if opening >= position else layout.bar(minute, self._instrument)


class _Layout:
    """Slots of a session: one number for each event that a session can have, in time order.

    Splits, other corporate actions, then the session's open, then a block per minute boundary:
    bars that end there, phases, the session's close, first prices of the bars that start there.
    """

    def __init__(self, instruments: int, steps: int, most_minutes: int, most_actions: int) -> None:
        self.instruments = instruments
        self.base = instruments + most_actions + 1
        self.opening = instruments + steps + 1
        self.block = self.opening + instruments
        self.stride = self.base + (most_minutes + 1) * self.block

    def bar(self, minute: int, instrument: int) -> int:
        return self.base + (minute + 1) * self.block + instrument

    def bar_open(self, minute: int, instrument: int) -> int:
        return self.base + minute * self.block + self.opening + instrument

    def phase(self, boundary: int, step: int) -> int:
        return self.base + boundary * self.block + self.instruments + step

    def close(self, boundary: int) -> int:
        return self.base + boundary * self.block + self.opening - 1

    def first_minute(self, position: int, instrument: int) -> int:
        """The first minute whose bar's slot is not before ``position``."""
        behind = position - self.base - instrument
        return max(0, -(-behind // self.block) - 1)

    def read(self, slot: int) -> tuple[int, int, bool]:
        """(minute, instrument, is the open) of a bar's slot."""
        boundary, within = divmod(slot - self.base, self.block)
        if within >= self.opening:
            return boundary, within - self.opening, True
        return boundary - 1, within, False


class BarFeed:
    """A ``Feed`` over a tape of daily or minute bars.

    Safe for concurrent readers.  Memory is bounded: the tape itself, 1,024 instrument days and
    64 sessions' minutes.  An instrument takes part in the sessions in which it has bars.
    ``seq`` is session number * sessions' width + slot: the same event has the same number however
    it was reached; numbers of left-out events stay unused.
    """

    def __init__(self, tape: Tape) -> None:
        self.store = BarDays(tape)
        self.tape = tape
        self._index = {ins.instrument_id: k for k, ins in enumerate(tape.instruments)}
        # An hour more than the hours say: a day with a clock change may be longer.
        nominal = sum(
            (after.second - step.second) // 60
            for step, after in pairwise(tape.hours.steps)
            if step.phase is Phase.CONTINUOUS
        )
        self.layout = _Layout(
            len(tape.instruments),
            len(tape.hours.steps),
            nominal + 60,
            self.store.actions.most_events,
        )
        self._traits = FeedTraits(
            kind=DataKind.BARS,
            reconstructed=self.store.reconstructed,
            synthetic=False,
            time_zone=tape.hours.time_zone,
            source=f"{tape.source}. Licence: {tape.licence}",
        )

    @property
    def traits(self) -> FeedTraits:
        return self._traits

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return self.tape.instruments

    @property
    def start_ns(self) -> AtNs:
        return AtNs(int(self.store.calendar.open_ns[0]))

    @property
    def end_ns(self) -> AtNs:
        return AtNs(int(self.store.calendar.close_ns[-1]))

    def advance(self, from_ns: AtNs, open_ns: int) -> AtNs:
        return self.store.calendar.advance(from_ns, open_ns)

    def next_step(self, from_ns: AtNs) -> AtNs:
        return self.store.calendar.next_minute_end(from_ns, self.tape.minutes)

    def next_session(self, at_ns: AtNs) -> date | None:
        return self.store.calendar.next_date(at_ns)

    def sessions(self, first: date, last: date) -> tuple[SessionTimes, ...]:
        """See ``Feed.sessions``."""
        calendar = self.store.calendar
        begin, stop = sessions_between(calendar.days, first, last)
        return tuple(
            session_times(calendar.date(one), calendar.phases(one)) for one in range(begin, stop)
        )

    def last(self, instrument_id: InstrumentId, at_ns: AtNs) -> LastPrice | None:
        """See ``Feed.last``; KeyError for an instrument that the tape does not have."""
        return last_price(self.store, self._index[instrument_id], at_ns)

    def bars(
        self, instrument_id: InstrumentId, interval: Interval, to_ns: AtNs, count: int
    ) -> Bars:
        """See ``Feed.bars``.  Prices are as traded: ``splits`` says how to adjust a chart."""
        return chart(self.store, self._index[instrument_id], interval, to_ns, count)

    def traded(
        self,
        instrument_id: InstrumentId,  # noqa: ARG002
        after_ns: AtNs,  # noqa: ARG002
        to_ns: AtNs,  # noqa: ARG002
    ) -> None:
        """See ``Feed.traded``: nobody kept the trades."""
        return

    def splits(self, instrument_id: InstrumentId, to_ns: AtNs) -> tuple[Split, ...]:
        """See ``Feed.splits``; those of the code before a change of code too."""
        index = self._index[instrument_id]
        upto = self.store.calendar.session_at(to_ns)
        renamed = self.store.actions.predecessors.get(index)
        earlier: tuple[Split, ...] = ()
        if renamed is not None and renamed[0] <= upto:
            before_ns = AtNs(int(self.store.calendar.open_ns[renamed[0]]) - 1)
            before_id = self.tape.instruments[renamed[1]].instrument_id
            earlier = self.splits(before_id, before_ns)
        own = self.store.changes.splits_between(index, -1, upto)
        return (*earlier, *(self._split(split) for split in own))

    def actions(self, to_ns: AtNs) -> tuple[TapeAction, ...]:
        """See ``Feed.actions``: an action without a day of announcement is told when it happens."""
        session = self.store.calendar.session_at(to_ns)
        return self.store.actions.known(session)

    def events(self, after_ns: AtNs, to_ns: AtNs, watch: Watch) -> Iterator[MarketEvent]:
        """See ``Feed.events``."""
        calendar = self.store.calendar
        session = int(np.searchsorted(calendar.close_ns, after_ns, side="right"))
        while session < len(calendar.days) and int(calendar.open_ns[session]) <= to_ns:
            yield from self._session_events(session, after_ns, to_ns, watch)
            session += 1

    def warm(self, at_ns: AtNs) -> Iterator[MarketEvent]:
        """See ``Feed.warm``.  After a session's close, its last bars and the closed phase."""
        session = self.store.calendar.session_at(at_ns)
        if session < 0:
            return
        slots: list[tuple[int, MarketEvent]] = []
        phase: _Fixed | None = None
        for fixed in self._fixed(session):
            if isinstance(fixed.event, SessionOpen):
                slots.append((fixed.slot, fixed.event))
            elif isinstance(fixed.event, PhaseChange) and fixed.event.at_ns <= at_ns:
                phase = fixed
        if phase is not None:
            slots.append((phase.slot, phase.event))
        for instrument in self.store.trading(session):
            minutes = self.store.minutes(instrument, session)
            newest = begun_minute(minutes, at_ns)
            if newest >= 0 and at_ns < minute_end(minutes, newest):
                slot = self.layout.bar_open(newest, instrument)
                slots.append((slot, self._event(session, slot)))
                newest = int(minutes.newest[newest - 1]) if newest else -1
            if newest >= 0:
                slot = self.layout.bar(newest, instrument)
                slots.append((slot, self._event(session, slot)))
        yield from (event for _, event in sorted(slots, key=lambda pair: pair[0]))

    def _session_events(
        self, session: int, after_ns: int, to_ns: int, watch: Watch
    ) -> Iterator[MarketEvent]:
        fixed = [f for f in self._fixed(session) if after_ns < f.event.at_ns <= to_ns]
        scans = [
            (self.tape.instruments[k].instrument_id, _Scan(self, k, session))
            for k in self.store.trading(session)
        ]
        position = self._first_position(session, after_ns)
        passed = 0
        while True:
            slot = fixed[passed].slot if passed < len(fixed) else _NEVER
            event: MarketEvent | None = fixed[passed].event if passed < len(fixed) else None
            for instrument_id, scan in scans:
                found = scan.next_slot(position, watch(instrument_id))
                if found < slot:
                    slot, event = found, None
            if slot == _NEVER:
                return
            if event is None:
                event = self._event(session, slot)
                if event.at_ns > to_ns:
                    return
            else:
                passed += 1
            yield event
            position = slot + 1

    def _first_position(self, session: int, after_ns: int) -> int:
        """The first slot whose bar or first price comes after ``after_ns``."""
        starts = self.store.bar_starts(session)
        ends = self.store.calendar.minute_ends(session, self.tape.minutes)
        begun = int(np.searchsorted(starts, after_ns, side="right"))
        ended = int(np.searchsorted(ends, after_ns, side="right"))
        if begun > ended:
            return self.layout.bar(begun - 1, 0)
        return self.layout.phase(begun, 0)

    def _event(self, session: int, slot: int) -> Bar | BarOpen:
        minute, instrument, is_open = self.layout.read(slot)
        minutes = self.store.minutes(instrument, session)
        instrument_id = self.tape.instruments[instrument].instrument_id
        seq = session * self.layout.stride + slot
        start = AtNs(int(minutes.starts[minute]))
        first = PriceTicks(int(minutes.open_ticks[minute]))
        if is_open:
            before = int(minutes.newest[minute - 1]) if minute else -1
            if before >= 0:
                previous = Qty(int(minutes.volume[before]))
            else:
                previous = Qty(self._last_volume_before(instrument, session))
            return BarOpen(start, start, seq, instrument_id, first, previous)
        end = AtNs(minute_end(minutes, minute))
        return Bar(
            at_ns=end,
            heard_ns=end,
            seq=seq,
            instrument_id=instrument_id,
            start_ns=start,
            open_ticks=first,
            high_ticks=PriceTicks(int(minutes.high_ticks[minute])),
            low_ticks=PriceTicks(int(minutes.low_ticks[minute])),
            close_ticks=PriceTicks(int(minutes.close_ticks[minute])),
            volume=Qty(int(minutes.volume[minute])),
        )

    def _last_volume_before(self, instrument: int, session: int) -> int:
        """Volume of the last bar before a session, in shares of after the splits since."""
        days = self.store.days[instrument]
        row = days.newest(session - 1) if session else -1
        if row < 0:
            return 0
        earlier = int(days.session[row])
        minutes = self.store.minutes(instrument, earlier)
        volume = int(minutes.volume[minutes.newest[-1]])
        for split in self.store.changes.splits_between(instrument, earlier, session):
            volume = volume * split.new_shares // split.old_shares
        return volume

    def _split(self, split: SplitAt) -> Split:
        return Split(
            at_ns=AtNs(int(self.store.calendar.open_ns[split.session])),
            seq=split.session * self.layout.stride + split.instrument,
            instrument_id=self.tape.instruments[split.instrument].instrument_id,
            new_shares=split.new_shares,
            old_shares=split.old_shares,
        )

    def _fixed(self, session: int) -> list[_Fixed]:
        """Everything of a session but bars, in order."""
        calendar, layout, days = self.store.calendar, self.layout, self.store.days
        base = session * layout.stride
        opened = AtNs(int(calendar.open_ns[session]))
        closed = AtNs(int(calendar.close_ns[session]))
        rows = [(k, int(days[k].row_of_session[session])) for k in self.store.trading(session)]
        ids = [instrument.instrument_id for instrument in self.tape.instruments]
        day = calendar.date(session)
        references = tuple(
            (ids[k], PriceTicks(ticks)) for k, ticks in self.store.references(session)
        )
        terms = tuple((ids[k], one) for k, one in self.store.terms(session))
        closes = tuple((ids[k], PriceTicks(int(days[k].close_ticks[row]))) for k, row in rows)
        found = [
            _Fixed(split.instrument, self._split(split))
            for split in self.store.changes.splits
            if split.session == session
        ]
        for event in self.store.actions.of(session):
            slot = layout.instruments + event.seq
            found.append(_Fixed(slot, event._replace(seq=base + slot)))
        slot = layout.base - 1
        found.append(_Fixed(slot, SessionOpen(opened, base + slot, day, references, terms)))
        starts = self.store.bar_starts(session)
        boundary = 0
        phases = calendar.phases(session)
        ends = [*(AtNs(at) for at, _ in phases[1:]), None]
        for step, ((at, phase), end) in enumerate(zip(phases, ends, strict=True)):
            boundary = int(np.searchsorted(starts, at))
            slot = layout.phase(boundary, step)
            found.append(_Fixed(slot, PhaseChange(AtNs(at), base + slot, phase, end)))
        slot = layout.close(boundary)
        found.append(_Fixed(slot, SessionClose(closed, base + slot, day, closes)))
        return found
