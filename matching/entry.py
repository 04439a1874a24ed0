"""Whether an order may enter: the rules of the day, the state of the market, the account's own.

Pure questions about one listing.  The first reason in order of precedence is the one reported.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from matching.board_rules import BoardRules, LotRules
from matching.crossing import crossed_ticks
from matching.entry_terms import PRICE_MAX, check_good_till, check_stop, check_trigger
from matching.events import Cause
from matching.groups import settles_first
from matching.listing import Listing
from matching.market import Phase
from matching.orders import GroupKind, OrderKind, PlaceOrder, ReplaceOrder, Side
from matching.phases import PHASES
from matching.reasons import Reason, Refused
from matching.short_sales import check_short
from matching.taking import impact_ticks
from matching.units import LARGEST, AtNs, PriceTicks
from matching.working import NOT_AT_MARKET, Stage, WorkingOrder, stage_of

OPEN_ORDERS_MAX = 200  # an account's open orders in one venue
_OPENING = (Phase.OPENING_AUCTION, Phase.OPENING_LOCKED)


class PhaseNow(NamedTuple):
    """The market's phase, and when it ends by the schedule (None: nobody says)."""

    phase: Phase
    ends_ns: AtNs | None


def check_place(
    listing: Listing,
    order: PlaceOrder,
    phase: Phase,
    session: date | None,
    own: Collection[WorkingOrder],
) -> Refused | None:
    """``own`` are all open orders of the account in the venue."""
    rules = listing.rules
    if rules is None:
        return _without_rules(listing)
    refused = (
        _check_offer(rules, order)
        or _check_qty(rules.lots, order, phase, rules.cite("lot"))
        or _check_price(listing, order, order.limit_ticks, order.qty, phase)
        or check_trigger(listing, order)
        or check_good_till(order, phase, session)
        or check_short(listing, order, order.limit_ticks)
    )
    if refused or order.is_exit:
        return refused
    return _check_market(listing, order, phase) or _check_own(listing, order, own)


def check_replace(
    listing: Listing,
    command: ReplaceOrder,
    working: WorkingOrder,
    now: PhaseNow,
    own: Collection[WorkingOrder],
) -> Refused | None:
    """A new quantity, limit and stop for ``working``, one of ``own``."""
    refused = _check_change(command, working)
    if refused is not None:
        return refused
    rules = listing.rules
    if rules is None:
        return _without_rules(listing)
    changed = replace(working.order, qty=command.qty)
    refused = (
        _check_qty(rules.lots, changed, now.phase, rules.cite("lot"))
        or _check_price(listing, changed, command.limit_ticks, command.qty, now.phase)
        or check_stop(listing, working.side, command.stop_ticks)
        or _check_trail(listing, working, command)
        or check_short(listing, changed, command.limit_ticks)
        or check_cancel(listing, working, now)
        or _check_stopped(listing)
    )
    if refused or working.stage in NOT_AT_MARKET or command.limit_ticks is None:
        return refused
    return _check_crossing(listing, own, working.order, command.limit_ticks)


def _check_change(command: ReplaceOrder, working: WorkingOrder) -> Refused | None:
    """Whether there is anything to change, and nothing that cannot be."""
    if working.is_market and working.stage not in NOT_AT_MARKET:
        return Refused(Reason.ORDER_NOT_OPEN)
    if not _can_change(command, working):
        return Refused(Reason.REPLACE_NOT_POSSIBLE)
    limit_ticks = working.limit_ticks if command.limit_ticks is None else command.limit_ticks
    stop_ticks = working.stop_ticks if command.stop_ticks is None else command.stop_ticks
    distance = working.order.trigger.amount if working.order.trigger else None
    trail = distance if command.trail is None else command.trail
    now = (working.qty, working.limit_ticks, working.stop_ticks, distance)
    if (command.qty, limit_ticks, stop_ticks, trail) == now:
        return Refused(Reason.REPLACE_CHANGES_NOTHING)
    if command.qty != working.qty and working.order.group_id is not None:
        return Refused(Reason.GROUP_QTY_FIXED)
    if command.qty <= working.filled:
        return Refused(Reason.QTY_BELOW_FILLED, {"filled": working.filled})
    return None


def _can_change(command: ReplaceOrder, working: WorkingOrder) -> bool:
    """A limit for who has one; for who still waits, a stop that stands still or the distance of
    one that trails."""
    waits = working.stage in NOT_AT_MARKET
    has_limit = working.order.kind.names_limit or not waits
    if has_limit != (command.limit_ticks is not None):
        return False
    if not waits or working.order.trigger is None:
        return command.stop_ticks is None and command.trail is None
    if working.trails:
        return command.stop_ticks is None
    return command.stop_ticks is not None and command.trail is None


def _check_trail(listing: Listing, working: WorkingOrder, command: ReplaceOrder) -> Refused | None:
    trigger = working.order.trigger
    if trigger is None or command.trail is None:
        return None
    return check_trigger(
        listing, replace(working.order, trigger=trigger.at_distance(command.trail))
    )


def _check_offer(rules: BoardRules, order: PlaceOrder) -> Refused | None:
    """Whether the market offers such an order on that day; the refusal names what it offers."""
    kinds = rules.orders.kinds
    times = kinds.get(order.kind)
    if times is None:
        offered = {f"kind_{kind.value}": 1 for kind in kinds}
        cited = (rules.cite(f"kinds:{kind.value}") for kind in kinds)
        return Refused(Reason.KIND_NOT_OFFERED, offered, next(iter(filter(None, cited)), ""))
    if order.time_in_force not in times:
        offered = {f"time_{force.value}": 1 for force in times}
        return Refused(Reason.TIME_NOT_OFFERED, offered, rules.cite(f"kinds:{order.kind.value}"))
    return None


def check_cancel(listing: Listing, working: WorkingOrder, now: PhaseNow) -> Refused | None:
    """In the locked minutes of an auction nobody may take an order back or change it; the refusal
    says when that is possible again.  What is not in the market has no part in it."""
    if PHASES[now.phase].cancels or working.stage in NOT_AT_MARKET:
        return None
    if working.order.kind is OrderKind.FIXED_PRICE:
        return None
    numbers = {} if now.ends_ns is None else {"until_ns": now.ends_ns}
    return Refused(Reason.CANCEL_LOCKED, numbers, _auction_rule(listing, "auction_cancel"))


def _kind_rule(listing: Listing, order: PlaceOrder) -> str:
    return listing.rules.cite(f"kinds:{order.kind.value}") if listing.rules else ""


def _auction_rule(listing: Listing, kind: str) -> str:
    """``auction_orders``: what an auction takes; ``auction_cancel``: when nothing can leave it.
    Beside the rule that makes its price."""
    return listing.rules.cite(kind) if listing.rules else ""


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
    after_hours = phase is Phase.AFTER_HOURS or order.kind is OrderKind.FIXED_PRICE
    most = lots.most(market=not order.kind.names_limit, after_hours=after_hours)
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
    listing: Listing, order: PlaceOrder, limit_ticks: int | None, qty: int, phase: Phase
) -> Refused | None:
    """A limit for who names one, inside the day's rules; those of another day count for an exit
    that works from the next session on."""
    if limit_ticks is None:
        return Refused(Reason.PRICE_MISSING) if order.kind.names_limit else None
    if limit_ticks <= 0:
        return Refused(Reason.PRICE_NOT_POSITIVE)
    if limit_ticks > PRICE_MAX or limit_ticks * qty > LARGEST:
        return Refused(Reason.PRICE_TOO_LARGE)
    rules = listing.rules
    assert rules is not None
    refused = _check_tick(listing, rules, limit_ticks)
    if refused or (order.is_exit and settles_first(listing, order.side.opposite)):
        return refused
    refused = _check_limit(listing, rules, limit_ticks, phase)
    if refused or order.is_exit or order.trigger or order.kind is OrderKind.FIXED_PRICE:
        return refused  # the cage is round the market of the moment at which it enters
    return _check_cage(listing, rules, order.side, limit_ticks, phase) or _check_nominal(
        listing, rules, limit_ticks
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
    waits = order.trigger is not None
    if order.kind is OrderKind.FIXED_PRICE:
        taken = allows.fixed_price
        return None if taken else Refused(Reason.FIXED_PRICE_HOURS, rule=_kind_rule(listing, order))
    if allows.auction and not force.for_auction and not waits:
        cited = _auction_rule(listing, "auction_orders")
        if force.immediate:
            return Refused(Reason.IMMEDIATE_IN_AUCTION, rule=cited)
        if not order.kind.names_limit:
            return Refused(Reason.MARKET_ORDER_IN_AUCTION, rule=cited)
    if force.for_auction:
        if force not in allows.auctions_ahead:
            return Refused(Reason.AUCTION_OVER)
        accepted = True
    elif force.immediate and not waits:
        accepted = allows.accepts_immediate
    elif force.carried and (order.kind.names_limit or waits):
        accepted = allows.accepts_carried
    else:
        accepted = allows.accepts_waiting
    return None if accepted else Refused(Reason.MARKET_CLOSED)


def _check_market(listing: Listing, order: PlaceOrder, phase: Phase) -> Refused | None:
    refused = _check_phase(listing, order, phase) or _check_stopped(listing)
    if refused is not None:
        return refused
    waits = order.trigger is not None
    if order.time_in_force.immediate and not waits and listing.pauses.active(order.at_ns):
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


def check_room(own: Collection[WorkingOrder], more: int) -> Refused | None:
    """Whether an account may have ``more`` open orders beside its ``own``."""
    if len(own) + more <= OPEN_ORDERS_MAX:
        return None
    return Refused(Reason.TOO_MANY_OPEN_ORDERS, {"max_orders": OPEN_ORDERS_MAX})


def _check_own(
    listing: Listing, order: PlaceOrder, own: Collection[WorkingOrder]
) -> Refused | None:
    refused = check_room(own, 1)
    if refused is not None:
        return refused
    if order.trigger is not None or order.group is GroupKind.OCO:
        return None  # not in the market, or exempt
    price_ticks = order.limit_ticks or listing.expected_ticks(order.side)
    assert price_ticks is not None
    return _check_crossing(listing, own, order, price_ticks)


def _check_crossing(
    listing: Listing, own: Collection[WorkingOrder], order: PlaceOrder, price_ticks: int
) -> Refused | None:
    """E14: refuse only what would really cross an own order; legs of groups are exempt."""
    if order.group_id not in (None, order.order_id):
        return None
    first = crossed_ticks(own, listing.instrument.instrument_id, order.side, price_ticks)
    return None if first is None else Refused(Reason.SELF_TRADE, {"limit_ticks": first})


def working_of(listing: Listing, order: PlaceOrder) -> WorkingOrder:
    """An order that ``check_place`` let pass, as it starts."""
    stage, mark = stage_of(order), None
    if order.trigger is not None:
        stage = Stage.WAITING
        if order.trigger.trails and not order.is_exit:
            mark = listing.street.last_ticks or listing.expected_ticks(order.side)
    return WorkingOrder(
        order=order,
        qty=order.qty,
        limit_ticks=_worst_ticks(listing, order),
        stage=Stage.HELD if order.is_exit else stage,
        since_ns=order.at_ns,
        priority=order.order_id,
        mark_ticks=mark,
        impact_ticks=0 if listing.shows_depth else impact_ticks(listing.day, order.qty),
    )


def _worst_ticks(listing: Listing, order: PlaceOrder) -> PriceTicks:
    """The worst price the order can trade at: its limit, or a market order's collar around what it
    can expect, which is its stop while it waits for one."""
    if order.limit_ticks is not None:
        return order.limit_ticks
    expected = listing.expected_ticks(order.side)
    assert expected is not None
    if order.trigger is not None:
        expected = order.trigger.first_stop_ticks(order.side, expected)
    return listing.collar_ticks(order.side, expected)


def over(working: WorkingOrder, session: date | None) -> Cause | None:
    """Why an order does not outlive a session that closes, None when it does."""
    order = working.order
    if not order.time_in_force.carried:
        return Cause.DAY_OVER
    if working.is_market and working.stage not in NOT_AT_MARKET:
        return Cause.DAY_OVER
    if order.good_till is not None and session is not None and session >= order.good_till:
        return Cause.GOOD_TILL_OVER
    return None
