"""An order as those see it who get a new id for it with every replace: one version per replace.

Version 0 is the order as it was placed; a replace that has arrived ends a version and begins the
next.  What an order has filled it keeps over its versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from matching.instrument import Instrument
from matching.market import Phase
from matching.orders import GroupKind, OrderId, OrderKind, Side, TimeInForce, Trigger
from matching.units import AtNs, divide_half_up
from matching.working import Stage
from simtrade.desk.state import birth_of
from simtrade.portfolio.expiry import Expiry
from simtrade.portfolio.views import OrderState
from simtrade.store.engine_rows import trigger_of

# An order that came while nothing traded for the day begins to work when the next session opens.
_EARLY = (Phase.PRE_OPEN, Phase.CLOSED, Phase.AFTER_HOURS)


class Standing(StrEnum):
    """Where a version stands."""

    HELD = "held"  # an exit whose entry has not filled
    COMING = "coming"  # on its way to the exchange
    EARLY = "early"  # waits for the next session
    WORKING = "working"
    CANCELLING = "cancelling"  # a cancel is on its way
    CHANGING = "changing"  # a replace is on its way
    ASKED = "asked"  # the version that a replace on its way will make
    LOST = "lost"  # the version of a replace that came too late
    REPLACED = "replaced"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A replace that has arrived: it made version ``number``.  ``command`` is the place of what
    asked for it, at ``asked_at_ns`` under ``key``; ``filled`` what was filled before.  Of one that
    trails, ``trail`` is its distance and ``trail_before`` what that was."""

    order_id: OrderId
    number: int
    command: int
    key: str
    asked_at_ns: AtNs
    at_ns: AtNs
    qty: int
    filled: int
    limit_ticks: int | None
    stop_ticks: int | None
    trail: int | None = None
    trail_before: int | None = None


@dataclass(frozen=True, slots=True)
class OrderVersion:
    """``client_id`` is the key it was asked under, empty where nobody gave it one of its own (an
    exit, what a plan places).  ``best_ticks``: the best trade since a trailing stop waits;
    ``limit_ticks`` only of kinds that name one.  ``expires_at_ns`` None: until it is cancelled, or
    nobody knows; ``one_session``: it ends with the first session in which it can work.
    ``triggered``: its stop was met."""

    order_id: OrderId
    number: int
    client_id: str
    instrument: Instrument
    side: Side
    kind: OrderKind
    time_in_force: TimeInForce
    qty: int
    filled: int
    average_ticks_milli: int | None
    limit_ticks: int | None
    trigger: Trigger | None
    stop_ticks: int | None
    best_ticks: int | None
    state: OrderState
    cause: str
    standing: Standing
    submitted_at_ns: AtNs
    updated_at_ns: AtNs
    ended_at_ns: AtNs | None
    expires_at_ns: AtNs | None
    one_session: bool
    good_till: date | None
    group: GroupKind | None
    group_id: OrderId | None
    short: bool
    amount_minor: int | None
    triggered: bool = False
    legs: tuple[OrderVersion, ...] = ()

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands in a list by time."""
        return self.submitted_at_ns, self.order_id, self.number

    @property
    def is_exit(self) -> bool:
        """Whether it waits for the entry of its group, or did."""
        return self.group not in (None, GroupKind.OCO) and self.group_id != self.order_id


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an order beside its row: replaces that have arrived, its fills where they
    are needed, when it was filled last, the amount of money it was placed with, its end."""

    instrument: Instrument
    phase: Phase
    replacements: Sequence[Replacement]
    expiry: Expiry
    fills: Sequence[Any] = ()
    last_fill_ns: int | None = None
    amount_minor: int | None = None


def average_milli(instrument: Instrument, notional_minor: int, qty: int) -> int | None:
    """The average price in thousandths of a tick, half up; None of nothing."""
    if not qty:
        return None
    scale = instrument.price_decimals + instrument.qty_decimals - instrument.currency.decimals
    value, per = notional_minor * 1000, qty * instrument.tick
    if scale >= 0:
        return divide_half_up(value * 10**scale, per)
    return divide_half_up(value, per * 10**-scale)


def latest(row: Any, known: Known) -> OrderVersion:
    """The version that an order has reached."""
    before = known.replacements[-1] if known.replacements else None
    ended = None if row.ended_at_ns is None else AtNs(row.ended_at_ns)
    submitted = AtNs(row.placed_at_ns) if before is None else before.asked_at_ns
    touched = [row.triggered_at_ns, known.last_fill_ns, before.at_ns if before else None, submitted]
    return _version(
        row,
        known,
        number=len(known.replacements),
        client_id=_first_key(row) if before is None else before.key,
        qty=row.qty,
        filled=row.filled,
        average=average_milli(known.instrument, row.filled_notional_minor, row.filled),
        limit_ticks=row.limit_ticks,
        stop_ticks=_stop_ticks(row),
        state=OrderState(row.state),
        standing=_standing(row, known.phase),
        submitted_at_ns=submitted,
        updated_at_ns=ended or AtNs(max(one for one in touched if one is not None)),
        ended_at_ns=ended,
    )


def earlier(row: Any, known: Known, number: int) -> OrderVersion:
    """A version that was replaced."""
    after = known.replacements[number]
    before = known.replacements[number - 1] if number else None
    filled = after.filled
    return _version(
        row,
        known,
        number=number,
        client_id=_first_key(row) if before is None else before.key,
        qty=row.placed_qty if before is None else before.qty,
        filled=filled,
        average=_average_of(known, filled),
        limit_ticks=row.placed_limit_ticks if before is None else before.limit_ticks,
        stop_ticks=_first_stop(row) if before is None else before.stop_ticks,
        trail=after.trail_before,
        state=OrderState.CANCELLED,
        standing=Standing.REPLACED,
        submitted_at_ns=AtNs(row.placed_at_ns) if before is None else before.asked_at_ns,
        updated_at_ns=after.at_ns,
        ended_at_ns=after.at_ns,
    )


def asked(row: Any, known: Known, command: Replacement) -> OrderVersion:
    """The version that a replace would make, as long as it has not arrived; or would have made,
    had it come in time."""
    lost = row.change_place != command.command
    now = latest(row, known)
    return _version(
        row,
        known,
        number=len(known.replacements) + 1,
        client_id=command.key,
        qty=command.qty,
        filled=0 if lost else row.filled,
        average=None if lost else now.average_ticks_milli,
        limit_ticks=command.limit_ticks,
        stop_ticks=command.stop_ticks,
        trail=command.trail,
        state=OrderState.CANCELLED if lost else OrderState.OPEN,
        standing=Standing.LOST if lost else Standing.ASKED,
        submitted_at_ns=command.asked_at_ns,
        updated_at_ns=command.asked_at_ns,
        ended_at_ns=command.asked_at_ns if lost else None,
    )


def _version(
    row: Any,
    known: Known,
    *,
    number: int,
    client_id: str,
    qty: int,
    filled: int,
    average: int | None,
    limit_ticks: int | None,
    stop_ticks: int | None,
    state: OrderState,
    standing: Standing,
    submitted_at_ns: AtNs,
    updated_at_ns: AtNs,
    ended_at_ns: AtNs | None,
    trail: int | None = None,
) -> OrderVersion:
    kind, trigger = OrderKind(row.kind), trigger_of(row)
    trails = trigger is not None and trigger.trails
    return OrderVersion(
        order_id=OrderId(row.order_id),
        number=number,
        client_id=client_id,
        instrument=known.instrument,
        side=Side(row.side),
        kind=kind,
        time_in_force=TimeInForce(row.time_in_force),
        qty=qty,
        filled=filled,
        average_ticks_milli=average,
        limit_ticks=limit_ticks if kind.names_limit else None,
        trigger=trigger.at_distance(trail) if trigger else None,
        stop_ticks=stop_ticks,
        best_ticks=row.mark_ticks if trails else None,
        state=state,
        cause=row.cause if standing is Standing.ENDED else "",
        standing=standing,
        submitted_at_ns=submitted_at_ns,
        updated_at_ns=updated_at_ns,
        ended_at_ns=ended_at_ns,
        expires_at_ns=known.expiry.at_ns,
        one_session=known.expiry.one_session,
        good_till=None if row.good_till is None else date.fromisoformat(row.good_till),
        group=None if row.group_kind is None else GroupKind(row.group_kind),
        group_id=None if row.group_id is None else OrderId(row.group_id),
        short=bool(row.short),
        amount_minor=known.amount_minor,
        triggered=row.triggered_at_ns is not None,
    )


def _first_key(row: Any) -> str:
    """Only what a person's command placed has a key of its own."""
    return "" if birth_of(row.order_id)[1] else str(row.key)


def _first_stop(row: Any) -> int | None:
    trigger = trigger_of(row)
    return None if trigger is None or trigger.trails else trigger.amount


def _stop_ticks(row: Any) -> int | None:
    trigger = trigger_of(row)
    if trigger is None or (trigger.trails and row.mark_ticks is None):
        return None
    return trigger.stop_ticks(Side(row.side), row.mark_ticks)


def _average_of(known: Known, filled: int) -> int | None:
    """The average of the oldest fills that make a quantity."""
    qty = notional = 0
    for fill in known.fills:
        if qty >= filled:
            break
        qty, notional = qty + fill.qty, notional + fill.notional_minor
    return average_milli(known.instrument, notional, qty)


def _standing(row: Any, phase: Phase) -> Standing:
    if row.state != OrderState.OPEN:
        return Standing.ENDED
    if row.change_due_ns is not None:
        return Standing.CHANGING if row.change_qty else Standing.CANCELLING
    if row.stage == Stage.HELD:
        return Standing.HELD
    if row.stage == Stage.COMING:
        return Standing.COMING
    after_hours = phase is Phase.AFTER_HOURS and row.kind == OrderKind.FIXED_PRICE
    return Standing.EARLY if phase in _EARLY and not after_hours else Standing.WORKING
