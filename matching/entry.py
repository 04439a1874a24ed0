"""Whether an order may enter: the rules of the day, the state of the market, the account's own.

Pure questions about one listing.  The first reason in order of precedence is the one reported.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from matching.board_rules import BoardRules, LotRules
from matching.listing import Listing, WorkingOrder
from matching.market import Phase
from matching.orders import OrderKind, PlaceOrder, ReplaceOrder, Side, TimeInForce
from matching.phases import PHASES
from matching.reasons import Reason
from matching.units import LARGEST, AtNs

OPEN_ORDERS_MAX = 200  # an account's open orders in one venue
_IMMEDIATE = (TimeInForce.IOC, TimeInForce.FOK)
_OPENING = (Phase.OPENING_AUCTION, Phase.OPENING_LOCKED)


class PhaseNow(NamedTuple):
    """The market's phase, and when it ends by the schedule (None: nobody says)."""

    phase: Phase
    ends_ns: AtNs | None


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
        return _without_rules(listing)
    market = order.kind is OrderKind.MARKET
    return (
        _check_qty(listing.rules.lots, order, phase, listing.rules.cite("lot"))
        or (
            None
            if market
            else _check_price(listing, order.side, order.limit_ticks, order.qty, phase)
        )
        or _check_market(listing, order, phase)
        or _check_own(listing, order, own)
    )


def check_replace(
    listing: Listing,
    command: ReplaceOrder,
    working: WorkingOrder,
    now: PhaseNow,
    own: Collection[WorkingOrder],
) -> Refused | None:
    """A new quantity and limit for ``working``, one of ``own``."""
    if working.is_market:
        return Refused(Reason.ORDER_NOT_OPEN)
    if (command.qty, command.limit_ticks) == (working.qty, working.limit_ticks):
        return Refused(Reason.REPLACE_CHANGES_NOTHING)
    if command.qty <= working.filled:
        return Refused(Reason.QTY_BELOW_FILLED, {"filled": working.filled})
    if listing.rules is None:
        return _without_rules(listing)
    changed = replace(working.order, qty=command.qty, limit_ticks=command.limit_ticks)
    return (
        _check_qty(listing.rules.lots, changed, now.phase, listing.rules.cite("lot"))
        or _check_price(listing, working.side, command.limit_ticks, command.qty, now.phase)
        or check_cancel(listing, now)
        or _check_stopped(listing)
        or _check_crossing(listing, own, working.side, command.limit_ticks)
    )


def check_cancel(listing: Listing, now: PhaseNow) -> Refused | None:
    """In the locked minutes of an auction nobody may take an order back or change it; the refusal
    says when that is possible again."""
    if PHASES[now.phase].cancels:
        return None
    numbers = {} if now.ends_ns is None else {"until_ns": now.ends_ns}
    return Refused(Reason.CANCEL_LOCKED, numbers, _auction_rule(listing))


def _auction_rule(listing: Listing) -> str:
    return listing.rules.cite("auction") if listing.rules else ""


def _without_rules(listing: Listing) -> Refused:
    missing = listing.rules_missing
    if missing is None:
        return Refused(Reason.NO_PRICE_YET)
    numbers = {"first_day": missing.first_day} if missing.first_day else {}
    return Refused(Reason.RULES_NOT_KNOWN, numbers, str(missing))


def _check_qty(lots: LotRules, order: PlaceOrder, phase: Phase, rule: str) -> Refused | None:
    qty = order.qty
    if qty <= 0:
        return Refused(Reason.QTY_NOT_POSITIVE)
    most = lots.most(market=order.kind is OrderKind.MARKET, after_hours=phase is Phase.AFTER_HOURS)
    if qty > most:
        return Refused(Reason.QTY_TOO_LARGE, {"max_qty": most}, rule)
    if order.side is Side.SELL and lots.odd_lot_sell:
        return None  # whether it is the rest of a holding, the account knows
    if qty < lots.min_qty and lots.min_qty > lots.lot:
        return Refused(Reason.QTY_TOO_SMALL, {"min_qty": lots.min_qty}, rule)
    if qty % lots.lot:
        below = qty - qty % lots.lot
        numbers = {"lot": lots.lot, "below_qty": below, "above_qty": below + lots.lot}
        return Refused(Reason.QTY_NOT_IN_LOTS, numbers, rule)
    return None


def _check_price(
    listing: Listing, side: Side, limit_ticks: int | None, qty: int, phase: Phase
) -> Refused | None:
    if limit_ticks is None:
        return Refused(Reason.PRICE_MISSING)
    if limit_ticks <= 0:
        return Refused(Reason.PRICE_NOT_POSITIVE)
    if limit_ticks > 2**31 or limit_ticks * qty > LARGEST:
        return Refused(Reason.PRICE_TOO_LARGE)
    rules = listing.rules
    assert rules is not None
    return (
        _check_tick(listing, rules, limit_ticks)
        or _check_limit(listing, rules, limit_ticks, phase)
        or _check_cage(listing, rules, side, limit_ticks, phase)
        or _check_nominal(listing, rules, limit_ticks)
    )


def _check_tick(listing: Listing, rules: BoardRules, limit_ticks: int) -> Refused | None:
    table = rules.tick_table
    near = table.neighbours(listing.instrument, limit_ticks) if table else None
    if near is None:
        return None
    numbers = {"below_ticks": near[0], "above_ticks": near[1]}
    return Refused(Reason.PRICE_NOT_ON_TICK, numbers, rules.cite("tick"))


def _check_limit(
    listing: Listing, rules: BoardRules, limit_ticks: int, phase: Phase
) -> Refused | None:
    """The limits of the day, or those of an opening auction where it has its own."""
    band, kind = listing.price_band, "limit"
    if phase in _OPENING and rules.auction_limit and listing.reference_ticks is not None:
        band, kind = rules.auction_limit.band(listing.reference_ticks), "auction_limit"
    if band is None or band[0] <= limit_ticks <= band[1]:
        return None
    numbers = {"lower_ticks": band[0], "upper_ticks": band[1]}
    above = limit_ticks > band[1]
    reason = Reason.PRICE_ABOVE_LIMIT if above else Reason.PRICE_BELOW_LIMIT
    return Refused(reason, numbers, rules.cite(kind))


def _check_cage(
    listing: Listing, rules: BoardRules, side: Side, limit_ticks: int, phase: Phase
) -> Refused | None:
    """How far an order may go beyond the market while it trades continuously."""
    benchmark = listing.benchmark_ticks(side)
    if rules.cage is None or phase is not Phase.CONTINUOUS or benchmark is None:
        return None
    worst = rules.cage.worst_ticks(side, benchmark)
    if side.sign * (limit_ticks - worst) <= 0:
        return None
    buys = side is Side.BUY
    reason = Reason.PRICE_ABOVE_CAGE if buys else Reason.PRICE_BELOW_CAGE
    numbers = {"most_ticks" if buys else "least_ticks": worst, "benchmark_ticks": benchmark}
    return Refused(reason, numbers, rules.cite("cage"))


def _check_nominal(listing: Listing, rules: BoardRules, limit_ticks: int) -> Refused | None:
    """Hong Kong: nine times the nominal price or more, or a ninth or less, is a slip."""
    nominal = listing.street.last_ticks or listing.reference_ticks
    multiple = rules.nominal_multiple
    if multiple is None or nominal is None:
        return None
    lower, upper = nominal // multiple + 1, nominal * multiple - 1
    if lower <= limit_ticks <= upper:
        return None
    numbers = {"least_ticks": lower, "most_ticks": upper, "nominal_ticks": nominal}
    return Refused(Reason.PRICE_FAR_FROM_NOMINAL, numbers, rules.cite("nominal"))


def _check_phase(listing: Listing, order: PlaceOrder, phase: Phase) -> Refused | None:
    allows = PHASES[phase]
    force = order.time_in_force
    if allows.auction and not force.for_auction:
        if force in _IMMEDIATE:
            return Refused(Reason.IMMEDIATE_IN_AUCTION, rule=_auction_rule(listing))
        if order.kind is OrderKind.MARKET:
            return Refused(Reason.MARKET_ORDER_IN_AUCTION, rule=_auction_rule(listing))
    if force.for_auction:
        if force not in allows.auctions_ahead:
            return Refused(Reason.AUCTION_OVER)
        accepted = True
    elif force in _IMMEDIATE:
        accepted = allows.accepts_immediate
    elif force is TimeInForce.GTC and order.kind is OrderKind.LIMIT:
        accepted = allows.accepts_carried
    else:
        accepted = allows.accepts_waiting
    return None if accepted else Refused(Reason.MARKET_CLOSED)


def _check_market(listing: Listing, order: PlaceOrder, phase: Phase) -> Refused | None:
    refused = _check_phase(listing, order, phase) or _check_stopped(listing)
    if refused is not None:
        return refused
    if order.time_in_force in _IMMEDIATE and listing.pauses.active(order.at_ns):
        return Refused(Reason.INSTRUMENT_HALTED)
    if not listing.listed:
        return Refused(Reason.INSTRUMENT_NOT_LISTED)
    if listing.expected_ticks(order.side) is None:
        return Refused(Reason.NO_PRICE_YET)
    return None


def _check_stopped(listing: Listing) -> Refused | None:
    """An ordered pause takes orders and cancels; a halt and a suspension take none."""
    if listing.halted:
        return Refused(Reason.INSTRUMENT_HALTED)
    if listing.terms.suspended:
        return Refused(Reason.INSTRUMENT_SUSPENDED)
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
