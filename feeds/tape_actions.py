"""Corporate actions as a tape records them.

One record per instrument, kind and day.  A day on which nothing trades stands for the next session.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from matching.corporate_actions import ExTerms
from matching.instrument import InstrumentId

MOST_SHARES = 1_000_000
MOST_CASH_MICRO = 10**12
MOST_PRICE_TICKS = 10**12


class ActionKind(StrEnum):
    EX = "ex"  # session: the ex-date of cash, bonus shares and rights
    SUSPENSION = "suspension"  # session: the first without trading, until: the last
    DELISTING = "delisting"  # session: the last one
    CODE = "code"  # session: the first under the code of new_id


class TapeAction(msgspec.Struct, frozen=True, omit_defaults=True):
    """``pay_session``, ``bonus_session`` and ``rights_session`` are the days on which cash is paid
    and new shares can be traded, None: the ex-date itself (rights: the session after the
    deadline).  ``rights_deadline`` is the last day for subscribing.  ``period_session`` begins the
    period before a delisting that has rules of its own.  ``announced`` is when the market knew;
    None: never told in advance."""

    instrument_id: InstrumentId
    session: date
    kind: ActionKind
    announced: date | None = None
    cash_micro: int = 0
    bonus_new: int = 0
    bonus_old: int = 1
    rights_new: int = 0
    rights_old: int = 1
    rights_ticks: int = 0
    pay_session: date | None = None
    bonus_session: date | None = None
    rights_deadline: date | None = None
    rights_session: date | None = None
    until: date | None = None
    period_session: date | None = None
    cash_ticks: int | None = None
    new_id: InstrumentId | None = None

    @property
    def terms(self) -> ExTerms:
        return ExTerms(
            self.cash_micro, self.bonus_new, self.bonus_old, self.rights_new, self.rights_old,
            self.rights_ticks,
        )  # fmt: skip


def sort_key(action: TapeAction) -> tuple[date, str, str]:
    return (action.session, action.instrument_id, action.kind.value)


def action_faults(
    actions: Collection[TapeAction],
    ids: Collection[InstrumentId],
    split_days: Collection[tuple[InstrumentId, date]] = (),
) -> Iterator[tuple[TapeAction, str]]:
    """What is wrong with the actions of a tape of these instruments, one sentence each."""
    seen: dict[tuple[InstrumentId, date, ActionKind], None] = {}
    renamed: dict[InstrumentId, None] = {}
    for action in actions:
        name = (action.instrument_id, action.session, action.kind)
        if name in seen:
            yield action, "there are two of a kind on one day"
        seen[name] = None
        if action.instrument_id not in ids:
            yield action, "its instrument is unknown"
        if action.announced is not None and action.announced > action.session:
            yield action, "it was announced after it happened"
        for fault in _FAULTS[action.kind](action):
            yield action, fault
        if action.kind is ActionKind.CODE and action.new_id is not None:
            if action.new_id not in ids or action.new_id == action.instrument_id:
                yield action, "its new instrument is unknown"
            if action.new_id in renamed:
                yield action, "two instruments get the same code"
            renamed[action.new_id] = None
    yield from _pending_faults(actions, split_days)


def _ex_faults(action: TapeAction) -> Iterator[str]:
    if not (action.cash_micro or action.bonus_new or action.rights_new):
        yield "an ex-date gives nothing"
    if not 0 <= action.cash_micro <= MOST_CASH_MICRO:
        yield "its cash is negative or too large"
    counts = (action.bonus_new, action.rights_new)
    olds = (action.bonus_old, action.rights_old)
    if not all(0 <= one <= MOST_SHARES for one in counts) or not all(
        0 < one <= MOST_SHARES for one in olds
    ):
        yield "its shares are negative or too many"
    for day in (action.pay_session, action.bonus_session, action.rights_deadline):
        if day is not None and day < action.session:
            yield "a day comes before the ex-date"
    if action.rights_new:
        if not 0 < action.rights_ticks < MOST_PRICE_TICKS:
            yield "rights need a price"
        if action.rights_deadline is None:
            yield "rights need a last day for subscribing"
        elif action.rights_session is not None and action.rights_session <= action.rights_deadline:
            yield "subscribed shares are listed after the last day for subscribing"


def _suspension_faults(action: TapeAction) -> Iterator[str]:
    if action.until is None or action.until < action.session:
        yield "a suspension needs a last day"


def _delisting_faults(action: TapeAction) -> Iterator[str]:
    if action.cash_ticks is not None and not 0 <= action.cash_ticks < MOST_PRICE_TICKS:
        yield "its cash is negative or too large"
    if action.period_session is not None and action.period_session > action.session:
        yield "the delisting period begins after the last session"


def _code_faults(action: TapeAction) -> Iterator[str]:
    if action.new_id is None:
        yield "a change of code needs the new code"


_FAULTS = {
    ActionKind.EX: _ex_faults,
    ActionKind.SUSPENSION: _suspension_faults,
    ActionKind.DELISTING: _delisting_faults,
    ActionKind.CODE: _code_faults,
}


def last_pending_day(action: TapeAction) -> date:
    """Until when new shares of an ex-date are not listed or may be subscribed for."""
    days = (action.bonus_session, action.rights_deadline, action.rights_session)
    return max([action.session, *(day for day in days if day is not None)])


def _pending_faults(
    actions: Collection[TapeAction], split_days: Collection[tuple[InstrumentId, date]]
) -> Iterator[tuple[TapeAction, str]]:
    """Shares that are not listed yet can't be split, change their code or leave the market."""
    ends: dict[InstrumentId, list[date]] = {}
    for instrument_id, day in split_days:
        ends.setdefault(instrument_id, []).append(day)
    for one in actions:
        if one.kind in (ActionKind.DELISTING, ActionKind.CODE):
            ends.setdefault(one.instrument_id, []).append(one.session)
    for action in (one for one in actions if one.kind is ActionKind.EX):
        for day in ends.get(action.instrument_id, ()):
            if action.session < day <= last_pending_day(action):
                yield action, "its new shares are not listed before a split, a new code or the end"
