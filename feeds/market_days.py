"""The sessions of a market tape on the UTC time line: each day with the hours that it had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import Hours, Int64s, Part, day_number, day_of, local_ns
from feeds.tape_files import SessionEntry
from matching.market import Phase
from matching.phases import PHASES
from matching.units import NS_PER_MINUTE, AtNs

# A recording that begins or ends so much inside a session has only that part of it.
PARTLY_NS = 15 * NS_PER_MINUTE
# What is told of a session's end so long after it still belongs to it.
LATE_NS = 10 * NS_PER_MINUTE

_BREAKS = (Phase.LUNCH, Phase.HALTED, Phase.AFTER_HOURS, Phase.CLOSED)


class DayPhase(NamedTuple):
    """``ends_ns`` is None for the last phase, which is ``CLOSED``."""

    at_ns: AtNs
    phase: Phase
    ends_ns: AtNs | None


class _Day(NamedTuple):
    number: int
    begins_ns: int  # local midnight
    phases: tuple[DayPhase, ...]


class MarketDays:
    """Sessions in order; ``days``, ``open_ns``, ``close_ns`` have one entry each.

    ``first_ns`` and ``last_ns`` are those of the recording: its first session opens and its last
    one closes with it where it has only a part of them.  A session that the recording leaves before
    continuous trading is no session.
    """

    def __init__(
        self, hours: Hours, sessions: Sequence[SessionEntry], first_ns: int, last_ns: int
    ) -> None:
        self.hours = hours
        self._zone = ZoneInfo(hours.time_zone)
        found = (self._day(one, first_ns, last_ns) for one in sessions)
        self._days = [one for one in found if one is not None]
        self.days: Int64s = np.array([one.number for one in self._days], np.int64)
        self.open_ns: Int64s = np.array([one.phases[0].at_ns for one in self._days], np.int64)
        self.close_ns: Int64s = np.array([one.phases[-1].at_ns for one in self._days], np.int64)

    def __len__(self) -> int:
        return len(self._days)

    def _day(self, entry: SessionEntry, first_ns: int, last_ns: int) -> _Day | None:
        number = day_number(entry.day)
        steps = entry.phases or tuple((one.second, one.phase) for one in self.hours.steps)
        moments = [(local_ns(number, second, self._zone), Phase(phase)) for second, phase in steps]
        begins_ns, closes_ns = local_ns(number, 0, self._zone), moments[-1][0]
        if first_ns > closes_ns:
            return None
        trades_ns = next(at for at, phase in moments if phase is Phase.CONTINUOUS)
        if trades_ns + PARTLY_NS < first_ns < closes_ns:
            moments = list(_begun(moments, first_ns))
        if last_ns < closes_ns - PARTLY_NS:
            moments = [one for one in moments if one[0] <= last_ns]
            ended_ns = max([last_ns, *(at_ns + 1 for at_ns, _ in moments)])  # no phase is empty
            moments.append((ended_ns, Phase.CLOSED))
        if not any(phase is Phase.CONTINUOUS for _, phase in moments):
            return None
        ends = [*(AtNs(at) for at, _ in moments[1:]), None]
        pairs = zip(moments, ends, strict=True)
        phases = tuple(DayPhase(AtNs(at), phase, end) for (at, phase), end in pairs)
        return _Day(number, begins_ns, phases)

    def session_at(self, at_ns: int) -> int:
        """Index of the newest session that has opened at a moment; -1 before the first."""
        return int(np.searchsorted(self.open_ns, at_ns, side="right")) - 1

    def next_date(self, at_ns: int) -> date | None:
        """The local date of the session after ``session_at``; None after the last one."""
        following = self.session_at(at_ns) + 1
        return self.date(following) if following < len(self.days) else None

    def date(self, session: int) -> date:
        return day_of(int(self.days[session]))

    def phases(self, session: int) -> tuple[DayPhase, ...]:
        return self._days[session].phases

    def midnight_ns(self, session: int) -> int:
        """The local beginning of a session's day."""
        return self._days[session].begins_ns

    def stop_ns(self, session: int) -> int:
        """What comes from here on belongs to no session or to a later one."""
        late = int(self.close_ns[session]) + LATE_NS
        if session + 1 < len(self._days):
            return min(late, int(self.open_ns[session + 1]))
        return late

    def parts(self, session: int) -> tuple[Part, ...]:
        """Stretches in which bars run: from the beginning of continuous trading to the next break,
        a closing auction included."""
        found: list[Part] = []
        begun: int | None = None
        for at_ns, phase, _ in self.phases(session):
            if phase is Phase.CONTINUOUS and begun is None:
                begun = at_ns
            elif phase in _BREAKS and begun is not None:
                found.append(Part(begun, at_ns))
                begun = None
        return tuple(found)

    def continuous(self, session: int) -> tuple[Part, ...]:
        """The phases of continuous trading."""
        return tuple(
            Part(one.at_ns, one.ends_ns)
            for one in self.phases(session)
            if one.phase is Phase.CONTINUOUS and one.ends_ns is not None
        )

    def auctions(self, session: int) -> tuple[Part, ...]:
        """The stretches in which a call auction collects orders."""
        found: list[Part] = []
        for at_ns, phase, ends_ns in self.phases(session):
            if PHASES[phase].auction and ends_ns is not None:
                if found and found[-1].ends_ns == at_ns:
                    found[-1] = Part(found[-1].begins_ns, ends_ns)
                else:
                    found.append(Part(at_ns, ends_ns))
        return tuple(found)

    def advance(self, from_ns: int, open_ns: int, *, auctions: bool) -> AtNs:
        """The moment when so much more open time has passed; call auctions are open time too where
        they are told.  Never after the last close."""
        left, moment = open_ns, from_ns
        for begins, ends in self._open_after(from_ns, auctions=auctions):
            if left <= 0:
                break
            moment = max(moment, begins)
            step = min(left, ends - moment)
            moment, left = moment + step, left - step
        return AtNs(moment if left <= 0 else max(moment, int(self.close_ns[-1])))

    def _open_after(self, from_ns: int, *, auctions: bool) -> Iterator[tuple[int, int]]:
        first = int(np.searchsorted(self.close_ns, from_ns, side="right"))
        for session in range(first, len(self._days)):
            for at_ns, phase, ends_ns in self.phases(session):
                trades = PHASES[phase].matches or (auctions and PHASES[phase].auction)
                if trades and ends_ns is not None and ends_ns > from_ns:
                    yield at_ns, ends_ns


def _begun(moments: list[tuple[int, Phase]], first_ns: int) -> Iterator[tuple[int, Phase]]:
    """The phases of a session that a recording enters at ``first_ns``, from the first one on with
    which a session can open."""
    begun = False
    for (at_ns, phase), (ends_ns, _) in pairwise(moments):
        if ends_ns > first_ns:
            begun = begun or phase in PHASES[Phase.CLOSED].next_phases
            if begun:
                yield max(at_ns, first_ns), phase
    yield moments[-1]
