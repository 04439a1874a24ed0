"""The trading days of a live market by its schedule: what begins, changes and ends as time passes.

A vendor tells prices, not phases.  The schedule's phases become events of the recording when they
are noticed, so a replay needs no calendar and no clock.  After-hours trading at the closing
price is not told by any vendor: the day ends before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

from feeds.calendar import Part, time_of
from feeds.live.events import Kept
from feeds.live.state import LiveState
from feeds.schedule import PhaseMoment, Schedule, ScheduleUnknownError, schedule_of
from feeds.timetable import SessionTimes, session_times
from feeds.trading_days import DaysUnknownError
from matching.instrument import Instrument, InstrumentId
from matching.market import Phase, PhaseChange, SessionClose, SessionOpen
from matching.phases import PHASES
from matching.units import NS_PER_SECOND, AtNs, PriceTicks

WAIT_NS = 15 * NS_PER_SECOND  # for the previous close of every instrument
LONGEST_BREAK = 20  # days; no market of ours was closed for longer
_UNSET = AtNs(0)


class SessionClock:
    """Sessions of one feed; all its instruments keep the hours of the first one.

    ``told``: the vendor tells previous closes itself, so a day waits for those of that day.
    """

    def __init__(self, instruments: tuple[Instrument, ...], *, told: bool) -> None:
        self._instruments = instruments
        self._schedule: Schedule = schedule_of(instruments[0].market)
        self._told = told
        self._moments: dict[date, tuple[PhaseMoment, ...]] = {}
        self._waits_since_ns: int | None = None

    def due(
        self, now_ns: int, state: LiveState, references: Mapping[InstrumentId, tuple[int, int]]
    ) -> list[Kept]:
        """What has begun or ended by now and was not told yet, in order; times are set later.  A
        day begins with the next call after the one before has ended.

        ``references`` are (moment, price) of previous closes as the vendor told them.
        """
        if state.session is not None and state.opened:
            return self._running(now_ns, state, state.session.session)
        return self._opening(now_ns, state, references)

    def next_day(self, after: date) -> date | None:
        """The next trading day; None where the calendar ends."""
        try:
            found = self._schedule.sessions(
                after + timedelta(days=1), after + timedelta(days=LONGEST_BREAK)
            )
        except DaysUnknownError:
            return None
        return found[0] if found else None

    def sessions(self, first: date, last: date) -> tuple[SessionTimes, ...]:
        """The trading days of [first, last] with their phases; none beyond the calendar's end."""
        found: list[SessionTimes] = []
        for year in range(first.year, last.year + 1):
            begin, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
            try:
                days = self._schedule.sessions(begin, end)
            except DaysUnknownError:
                continue
            found += (session_times(day, phases) for day in days if (phases := self._phases(day)))
        return tuple(found)

    def parts(self, day: date) -> tuple[Part, ...]:
        """The stretches of a day in which bars run."""
        steps = pairwise(self._phases(day))
        return tuple(
            Part(begins.at_ns, ends.at_ns) for begins, ends in steps if PHASES[begins.phase].matches
        )

    def day(self, now_ns: int) -> date:
        return time_of(now_ns, self.time_zone).date()

    @property
    def time_zone(self) -> str:
        return self._schedule.records[-1].hours.time_zone

    def moments(self, day: date) -> tuple[PhaseMoment, ...]:
        """The phases of a day, ``CLOSED`` the last; nothing on a day without trading."""
        if day not in self._moments:
            self._moments = {day: self._phases(day)}  # only ever asked of the day that runs
        return self._moments[day]

    def _phases(self, day: date) -> tuple[PhaseMoment, ...]:
        try:
            found = self._schedule.moments(self._instruments[0].board, day)
        except (ScheduleUnknownError, DaysUnknownError):
            return ()
        kept: list[PhaseMoment] = []
        for moment in found:
            if moment.phase in (Phase.AFTER_HOURS, Phase.CLOSED):
                return (*kept, PhaseMoment(moment.at_ns, Phase.CLOSED))
            kept.append(moment)
        return ()

    def _running(self, now_ns: int, state: LiveState, session: date) -> list[Kept]:
        since_ns = state.phase.at_ns if state.phase is not None else 0
        moments = self.moments(session)
        events: list[Kept] = [
            _change(moments, place)
            for place, moment in enumerate(moments)
            if since_ns < moment.at_ns <= now_ns
        ]
        if not moments or moments[-1].at_ns <= now_ns:
            closes = tuple(
                (one.instrument_id, PriceTicks(last.last_ticks))
                for one in self._instruments
                if (last := state.last(one.instrument_id)) is not None
            )
            events.append(SessionClose(_UNSET, 0, session, closes))
        return events

    def _opening(
        self, now_ns: int, state: LiveState, references: Mapping[InstrumentId, tuple[int, int]]
    ) -> list[Kept]:
        day = self.day(now_ns)
        moments = self.moments(day)
        begun = bool(moments) and moments[0].at_ns <= now_ns < moments[-1].at_ns
        if not begun or (state.session is not None and state.session.session >= day):
            self._waits_since_ns = None
            return []
        if self._waits_since_ns is None:
            self._waits_since_ns = now_ns
        waited = now_ns - self._waits_since_ns >= WAIT_NS
        found = {
            one.instrument_id: self._reference(
                one.instrument_id, day, state, references, waited=waited
            )
            for one in self._instruments
        }
        known = {key: ticks for key, ticks in found.items() if ticks}
        if not known or (len(known) < len(found) and not waited):
            return []
        self._waits_since_ns = None
        pairs = tuple((key, PriceTicks(ticks)) for key, ticks in known.items())
        phases = [
            _change(moments, place)
            for place, moment in enumerate(moments)
            if moment.at_ns <= now_ns
        ]
        return [SessionOpen(_UNSET, 0, day, pairs), *phases]

    def _reference(
        self,
        key: InstrumentId,
        day: date,
        state: LiveState,
        references: Mapping[InstrumentId, tuple[int, int]],
        *,
        waited: bool,
    ) -> int:
        """The previous close by the vendor, else that of the recording, else the first price; 0 for
        none."""
        told_ns, ticks = references.get(key, (0, 0))
        if ticks and (self.day(told_ns) == day or waited):
            return ticks
        if self._told and not waited:
            return 0
        last = state.last(key)
        if last is not None:
            return last.last_ticks
        display = state.displays.get(key)
        if display is None:
            return 0
        return next((side[0].price_ticks for side in (display.bids, display.asks) if side), 0)


def _change(moments: tuple[PhaseMoment, ...], place: int) -> PhaseChange:
    ends = moments[place + 1].at_ns if place + 1 < len(moments) else None
    return PhaseChange(_UNSET, 0, moments[place].phase, ends)
