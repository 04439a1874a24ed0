"""Whether an order may enter: the rules of the day, the state of the market, the account's own.

Pure questions about one listing.  The first reason in order of precedence is the one reported.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from matching.listing import Listing, WorkingOrder
from matching.market import Phase
from matching.orders import OrderKind, PlaceOrder, ReplaceOrder, Side, TimeInForce
from matching.phases import PHASES
from matching.reasons import Reason
from matching.rulebook import BoardRules
from matching.units import LARGEST

OPEN_ORDERS_MAX = 200  # an account's open orders in one venue


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an order is not taken; ``numbers`` are what the sentence needs."""

    reason: Reason
    numbers: Mapping[str, int] = field(default_factory=dict)
    rule: str = ""


def check_place(
    listing: Listing, order: PlaceOrder, phase: Phase, own: Collection[WorkingOrder]
) -> Refused | None:
    """``own`` are all open orders of the account in the venue."""
    if listing.rules is None:
        return Refused(Reason.NO_PRICE_YET)
    return (
        _check_qty(listing.rules, order.side, order.qty)
        or _check_price(listing, order)
        or _check_market(listing, order, phase)
        or _check_own(listing, order, own)
    )


def check_replace(
    listing: Listing, command: ReplaceOrder, working: WorkingOrder, own: Collection[WorkingOrder]
) -> Refused | None:
    """A new quantity and limit for ``working``, one of ``own``."""
    if working.is_market:
        return Refused(Reason.ORDER_NOT_OPEN)
    if (command.qty, command.limit_ticks) == (working.qty, working.limit_ticks):
        return Refused(Reason.REPLACE_CHANGES_NOTHING)
    if command.qty <= working.filled:
        return Refused(Reason.QTY_BELOW_FILLED, {"filled": working.filled})
    assert listing.rules is not None
    refused = _check_qty(listing.rules, working.side, command.qty) or _check_limit(
        listing, command.limit_ticks, command.qty
    )
    if refused is None and listing.halted:
        return Refused(Reason.INSTRUMENT_HALTED)
    return refused or _check_crossing(listing, own, working.side, command.limit_ticks)


def _check_qty(rules: BoardRules, side: Side, qty: int) -> Refused | None:
    if qty <= 0:
        return Refused(Reason.QTY_NOT_POSITIVE)
    if qty > rules.max_qty:
        return Refused(Reason.QTY_TOO_LARGE, {"max_qty": rules.max_qty}, rules.sources["lot"])
    if qty % rules.lot and not (side is Side.SELL and rules.odd_lot_sell):
        return Refused(Reason.QTY_NOT_IN_LOTS, {"lot": rules.lot}, rules.sources["lot"])
    return None


def _check_price(listing: Listing, order: PlaceOrder) -> Refused | None:
    if order.kind is OrderKind.MARKET:
        return None
    if order.limit_ticks is None:
        return Refused(Reason.PRICE_MISSING)
    return _check_limit(listing, order.limit_ticks, order.qty)


def _check_limit(listing: Listing, limit_ticks: int, qty: int) -> Refused | None:
    if limit_ticks <= 0:
        return Refused(Reason.PRICE_NOT_POSITIVE)
    if limit_ticks > 2**31 or limit_ticks * qty > LARGEST:
        return Refused(Reason.PRICE_TOO_LARGE)
    band = listing.price_band
    if band is not None and listing.rules is not None:
        numbers = {"lower_ticks": band[0], "upper_ticks": band[1]}
        rule = listing.rules.sources.get("limit", "")
        if limit_ticks > band[1]:
            return Refused(Reason.PRICE_ABOVE_LIMIT, numbers, rule)
        if limit_ticks < band[0]:
            return Refused(Reason.PRICE_BELOW_LIMIT, numbers, rule)
    return None


def _check_market(listing: Listing, order: PlaceOrder, phase: Phase) -> Refused | None:
    allows = PHASES[phase]
    force = order.time_in_force
    if force in (TimeInForce.IOC, TimeInForce.FOK):
        accepted = allows.accepts_immediate
    elif force is TimeInForce.GTC and order.kind is OrderKind.LIMIT:
        accepted = allows.accepts_carried
    else:
        accepted = allows.accepts_waiting
    if not accepted:
        return Refused(Reason.MARKET_CLOSED)
    if listing.halted:
        return Refused(Reason.INSTRUMENT_HALTED)
    if not listing.listed:
        return Refused(Reason.INSTRUMENT_NOT_LISTED)
    if listing.expected_ticks(order.side) is None:
        return Refused(Reason.NO_PRICE_YET)
    return None


def _check_own(
    listing: Listing, order: PlaceOrder, own: Collection[WorkingOrder]
) -> Refused | None:
    if len(own) >= OPEN_ORDERS_MAX:
        return Refused(Reason.TOO_MANY_OPEN_ORDERS, {"max_orders": OPEN_ORDERS_MAX})
    price_ticks = order.limit_ticks or listing.expected_ticks(order.side)
    assert price_ticks is not None
    return _check_crossing(listing, own, order.side, price_ticks)


def _check_crossing(
    listing: Listing, own: Collection[WorkingOrder], side: Side, price_ticks: int
) -> Refused | None:
    """E14: refuse only what would really cross an own order; the one it would meet first is
    named, whatever order they were loaded in."""
    crossed = [
        other.limit_ticks
        for other in own
        if other.order.instrument_id == listing.instrument.instrument_id
        and other.side is not side
        and not other.is_market
        and side.sign * (price_ticks - other.limit_ticks) >= 0
    ]
    if not crossed:
        return None
    first = min(crossed) if side is Side.BUY else max(crossed)
    return Refused(Reason.SELF_TRADE, {"limit_ticks": first})
