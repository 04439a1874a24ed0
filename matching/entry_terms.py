"""Whether triggers, dates and groups can work: contradictions are refused at entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matching.groups import settles_first
from matching.listing import Listing
from matching.market import Phase
from matching.orders import GroupKind, OrderKind, PlaceOrder, Side, TimeInForce
from matching.reasons import Reason, Refused
from matching.units import LARGEST

PRICE_MAX = 2**31

_TRIGGERED = (OrderKind.MARKET, OrderKind.LIMIT, OrderKind.BEST_FIVE)


def check_trigger(listing: Listing, order: PlaceOrder) -> Refused | None:
    """A trigger that can work: a stop on the far side of the market, a distance inside it."""
    trigger = order.trigger
    if trigger is None:
        return None
    if order.time_in_force.for_auction:
        return Refused(Reason.TRIGGER_NOT_POSSIBLE)
    if order.kind not in _TRIGGERED or (trigger.trails and order.kind.names_limit):
        return Refused(Reason.TRIGGER_NOT_POSSIBLE)
    if trigger.trails:
        if trigger.amount <= 0:
            return Refused(Reason.TRAIL_NOT_POSITIVE)
        last = listing.street.last_ticks or listing.expected_ticks(order.side)
        if last is not None and trigger.amount > PRICE_MAX:
            return Refused(Reason.TRAIL_TOO_FAR)
        if last is not None and trigger.stop_ticks(order.side, last) <= 0:
            return Refused(Reason.TRAIL_TOO_FAR)
        return None
    if trigger.amount <= 0:
        return Refused(Reason.STOP_NOT_POSITIVE)
    if trigger.amount > PRICE_MAX or trigger.amount * order.qty > LARGEST:
        return Refused(Reason.STOP_TOO_LARGE)
    return None if order.is_exit else check_stop(listing, order.side, trigger.amount)


def check_stop(listing: Listing, side: Side, stop_ticks: int | None) -> Refused | None:
    """A stop that is not met already; None: there is none."""
    if stop_ticks is None:
        return None
    if stop_ticks <= 0:
        return Refused(Reason.STOP_NOT_POSITIVE)
    if stop_ticks > PRICE_MAX:
        return Refused(Reason.STOP_TOO_LARGE)
    last = listing.street.last_ticks or listing.expected_ticks(side)
    if last is not None and side.sign * (stop_ticks - last) <= 0:
        return Refused(Reason.STOP_WRONG_SIDE, {"last_ticks": last})
    return None


def check_good_till(order: PlaceOrder, phase: Phase, session: date | None) -> Refused | None:
    """The last session of a dated order still has to end."""
    last = order.good_till
    if order.time_in_force is not TimeInForce.GTD:
        return None if last is None else Refused(Reason.GOOD_TILL_NOT_POSSIBLE)
    if last is None:
        return Refused(Reason.GOOD_TILL_MISSING)
    if session is not None and (last < session or (last == session and phase is Phase.CLOSED)):
        return Refused(Reason.GOOD_TILL_PAST)
    return None


def check_group(listing: Listing, order: PlaceOrder, legs: Sequence[PlaceOrder]) -> Refused | None:
    """Whether the legs of a group fit each other; each alone has passed ``check_place``."""
    needed = {None: 0, GroupKind.OCO: 1, GroupKind.OTO: 1, GroupKind.BRACKET: 2}[order.group]
    if len(legs) != needed:
        return Refused(Reason.GROUP_LEGS_WRONG)
    if legs and any(one.kind is OrderKind.FIXED_PRICE for one in (order, *legs)):
        return Refused(Reason.GROUP_LEGS_WRONG)
    if order.group is GroupKind.OCO:
        return _check_pair(order, legs[0])
    for leg in legs:
        refused = _check_exit(listing, order, leg)
        if refused is not None:
            return refused
    if order.group is GroupKind.BRACKET and not (_is_limit(legs[0]) and legs[1].trigger):
        return Refused(Reason.GROUP_LEGS_WRONG)
    return None


def _is_limit(order: PlaceOrder) -> bool:
    return order.kind.names_limit and order.trigger is None


def _check_pair(order: PlaceOrder, leg: PlaceOrder) -> Refused | None:
    """One side of the market each: a limit on the better one, a stop on the worse one."""
    limit, stop = (order, leg) if _is_limit(order) else (leg, order)
    if not _is_limit(limit) or stop.trigger is None or order.time_in_force.immediate:
        return Refused(Reason.GROUP_LEGS_WRONG)
    assert limit.limit_ticks is not None
    if not stop.trigger.trails and order.side.sign * (stop.trigger.amount - limit.limit_ticks) <= 0:
        return Refused(Reason.LEGS_CROSSED, {"limit_ticks": limit.limit_ticks})
    return None


def _check_exit(listing: Listing, entry: PlaceOrder, leg: PlaceOrder) -> Refused | None:
    force = leg.time_in_force
    waits = settles_first(listing, entry.side) or entry.time_in_force.carried
    if force.immediate or force.for_auction or (waits and not force.carried):
        return Refused(Reason.LEG_TOO_SHORT)
    expected = _entry_ticks(listing, entry)
    numbers = {"entry_ticks": expected}
    if leg.trigger is not None:
        if not leg.trigger.trails and entry.side.sign * (expected - leg.trigger.amount) <= 0:
            return Refused(Reason.STOP_LOSS_WRONG_SIDE, numbers)
        return None
    if leg.limit_ticks is None:
        return Refused(Reason.GROUP_LEGS_WRONG)
    if entry.side.sign * (leg.limit_ticks - expected) <= 0:
        return Refused(Reason.TAKE_PROFIT_WRONG_SIDE, numbers)
    return None


def _entry_ticks(listing: Listing, entry: PlaceOrder) -> int:
    """The price at which an entry is likely to be filled: the market's, but not beyond its limit;
    its stop while it waits for one."""
    expected = listing.expected_ticks(entry.side)
    assert expected is not None
    if entry.trigger is not None:
        return entry.trigger.first_stop_ticks(entry.side, expected)
    if entry.limit_ticks is None:
        return expected
    better = min if entry.side is Side.BUY else max
    return better(expected, entry.limit_ticks)
