"""The corporate actions of a tape, laid out on its sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import numpy as np

from feeds.calendar import Sessions, day_number
from feeds.tape_actions import ActionKind, TapeAction
from matching.corporate_actions import (
    CodeChange,
    CorporateEvent,
    Delisting,
    Due,
    DueStep,
    ExDate,
    ExTerms,
)
from matching.instrument import InstrumentId
from matching.units import AtNs, PriceTicks, divide_half_up

_Dated = Callable[[date], CorporateEvent]


class SplitAt(NamedTuple):
    """Shares change in number before a session of the calendar opens."""

    session: int
    instrument: int
    new_shares: int
    old_shares: int

    def adjust(self, price_ticks: int) -> int:
        """A price from before the split in terms of the shares after it, rounded half up."""
        return max(1, divide_half_up(price_ticks * self.old_shares, self.new_shares))


class ExAt(NamedTuple):
    session: int
    instrument: int
    terms: ExTerms


class BarActions:
    """Actions of a tape by session.  Instruments are their index in the tape.

    Of one session: codes change, ex-dates, then what is due of earlier ones, then those that have
    left the market.
    """

    def __init__(
        self, actions: tuple[TapeAction, ...], ids: list[InstrumentId], calendar: Sessions
    ) -> None:
        self._calendar = calendar
        self._index = {one: k for k, one in enumerate(ids)}
        self._ids = ids
        self.tape_actions = actions
        self.ex_dates: list[ExAt] = []
        self.predecessors: dict[int, tuple[int, int]] = {}  # instrument -> (session, before it)
        # Instrument, first session, session behind the last one.
        self._suspended: list[tuple[int, int, int]] = []
        self._periods: list[tuple[int, int, int]] = []  # before a delisting
        self._events: dict[int, list[tuple[int, int, CorporateEvent]]] = {}
        for action in actions:
            self._place(action)
        self._number()
        self.ex_dates.sort()
        self.most_events = max((len(found) for found in self._events.values()), default=0)

    def of(self, session: int) -> list[CorporateEvent]:
        """Events before the open of a session, in order; ``seq`` counts from 0."""
        return [event for _, _, event in self._events.get(session, ())]

    def known(self, session: int) -> tuple[TapeAction, ...]:
        """What had happened or was announced in a session, oldest first."""
        if session < 0:
            return ()
        today = self._calendar.date(session)
        return tuple(
            one
            for one in self.tape_actions
            if min(one.session, one.announced or one.session) <= today
        )

    def suspended(self, instrument: int, session: int) -> bool:
        return any(k == instrument and a <= session < b for k, a, b in self._suspended)

    def delisting_day(self, instrument: int, session: int) -> int:
        """How many sessions of the delisting period there have been, the running one included."""
        found = (a for k, a, b in self._periods if k == instrument and a <= session < b)
        return next((session - begun + 1 for begun in found), 0)

    def session_on(self, day: date) -> int:
        """The session of a day, or the next one; the number of sessions beyond the last."""
        return int(np.searchsorted(self._calendar.days, day_number(day)))

    def _place(self, action: TapeAction) -> None:
        session = self.session_on(action.session)
        index = self._index[action.instrument_id]
        match action.kind:
            case ActionKind.EX:
                self._place_ex(action, session, index)
            case ActionKind.SUSPENSION:
                assert action.until is not None
                behind = self._after(action.until)
                self._suspended.append((index, session, behind))
            case ActionKind.DELISTING:
                cash = None if action.cash_ticks is None else PriceTicks(action.cash_ticks)
                gone = self._after(action.session)
                if action.period_session is not None:
                    begun = self.session_on(action.period_session)
                    self._periods.append((index, begun, gone))
                self._add_dated(
                    gone, 8, index,
                    lambda day: Delisting(AtNs(0), 0, action.instrument_id, day, cash),
                )  # fmt: skip
            case ActionKind.CODE:
                new_id = action.new_id
                assert new_id is not None
                self.predecessors[self._index[new_id]] = (session, index)
                self._add_dated(
                    session, 2, index,
                    lambda day: CodeChange(AtNs(0), 0, action.instrument_id, day, new_id),
                )  # fmt: skip

    def _place_ex(self, action: TapeAction, session: int, index: int) -> None:
        if session >= len(self._calendar.days):
            return
        name, day = action.instrument_id, self._calendar.date(session)
        self.ex_dates.append(ExAt(session, index, action.terms))
        bonus_listed = self._due(action.bonus_session, session)
        later = action.bonus_new > 0 and bonus_listed > session
        self._add(session, 3, index, ExDate(AtNs(0), 0, name, day, action.terms, later))
        steps: list[tuple[int, DueStep]] = []
        if action.cash_micro:
            steps.append((self._due(action.pay_session, session), DueStep.CASH))
        if later:
            steps.append((bonus_listed, DueStep.BONUS))
        if action.rights_new:
            assert action.rights_deadline is not None
            closed = max(session + 1, self._after(action.rights_deadline))
            listed = max(closed, self._due(action.rights_session, session))
            steps += [(closed, DueStep.RIGHTS_CLOSED), (listed, DueStep.RIGHTS)]
        for place, (due, step) in enumerate(steps):
            self._add(due, 4 + place, index, Due(AtNs(0), 0, name, day, step))

    def _due(self, day: date | None, session: int) -> int:
        return session if day is None else max(session, self.session_on(day))

    def _after(self, day: date) -> int:
        """The first session after a day."""
        return int(np.searchsorted(self._calendar.days, day_number(day), side="right"))

    def _add_dated(self, session: int, rank: int, index: int, make: _Dated) -> None:
        if session < len(self._calendar.days):
            self._add(session, rank, index, make(self._calendar.date(session)))

    def _add(self, session: int, rank: int, index: int, event: CorporateEvent) -> None:
        if session < len(self._calendar.days):
            self._events.setdefault(session, []).append((rank, index, event))

    def _number(self) -> None:
        """Give every event the time of its session's open and its place."""
        for session, found in self._events.items():
            found.sort(key=lambda one: one[:2])
            at_ns = AtNs(int(self._calendar.open_ns[session]))
            self._events[session] = [
                (rank, index, event._replace(at_ns=at_ns, seq=place))
                for place, (rank, index, event) in enumerate(found)
            ]
