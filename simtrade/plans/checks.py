"""Whether a plan can be armed: contradictions are refused as a whole, with the line at fault.

``numbers["line"]`` counts from 1: the condition, order or weight that is wrong.  What only the
moment forbids (a closed market, today's price limits, too little cash) is no fault of the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from feeds.feed import LastPrice
from matching.instrument import InstrumentId
from matching.orders import Side, TimeInForce
from matching.reasons import Reason
from matching.units import LARGEST, AtNs
from simtrade.desk.requests import Refusal
from simtrade.desk.state import VenueState
from simtrade.plans.grid import levels
from simtrade.plans.model import (
    Basket,
    Condition,
    Conditional,
    ConditionKind,
    FixedAmount,
    Grid,
    Leg,
    Limits,
    Rebalance,
    Slices,
    Staged,
    Terms,
    VolumeSlices,
)
from simtrade.plans.time_checks import check_times
from simtrade.venues.feeds import session_of

PLANS_MAX = 20  # living plans of an account
LINES_MAX = 20  # conditions, orders or weights of one plan
LEVELS_MAX = 200
SLICES_MAX = 240
SESSIONS_MAX = 250  # between two purchases
ALL = 1000  # permille

Check = Callable[[Leg], Refusal | None]

_OF_THE_MOMENT = (
    Reason.PRICE_ABOVE_LIMIT,
    Reason.PRICE_BELOW_LIMIT,
    Reason.TOO_MANY_OPEN_ORDERS,
    Reason.SELF_TRADE,
)


def check_terms(venue: VenueState, terms: Terms, check: Check) -> Refusal | None:
    """The first fault of a plan that is to be armed now.  ``check`` asks the exchange."""
    return (
        _check_limits(terms.limits) or _check_spec(venue, terms, check) or check_times(venue, terms)
    )


def _check_spec(venue: VenueState, terms: Terms, check: Check) -> Refusal | None:
    match terms.spec:
        case Staged(leg):
            return _check_legs((leg,), check)
        case Conditional() as spec:
            return _check_conditions(venue, spec) or _check_legs((spec.leg,), check)
        case FixedAmount() as spec:
            return _check_amount(venue, spec)
        case Grid() as spec:
            return _check_grid(venue, spec, terms.limits, check)
        case Basket() as spec:
            return _check_lines(spec.legs) or _check_legs(spec.legs, check)
        case Rebalance() as spec:
            return _check_lines(spec.weights) or _check_weights(venue, spec)
        case _ as spec:
            return _check_slices(venue, spec) or _check_slice_leg(spec, check)


def _check_limits(limits: Limits) -> Refusal | None:
    positive = (limits.max_money_minor, limits.max_qty, limits.max_steps)
    prices = (limits.lowest_ticks, limits.highest_ticks)
    given = [one for one in (*positive, *prices) if one is not None]
    if any(one <= 0 for one in given):
        return Refusal(Reason.PLAN_LIMIT_TOO_SMALL)
    if any(one > LARGEST for one in given):
        return Refusal(Reason.PLAN_NUMBER_OUTSIDE)
    lowest, highest = prices
    if lowest is not None and highest is not None and lowest > highest:
        return Refusal(Reason.PLAN_BOUNDS_CROSSED)
    return None


def _check_lines(lines: Sequence[object]) -> Refusal | None:
    if not lines:
        return Refusal(Reason.PLAN_EMPTY)
    if len(lines) > LINES_MAX:
        return Refusal(Reason.PLAN_TOO_LONG, {"max_lines": LINES_MAX})
    return None


def _check_legs(legs: Sequence[Leg], check: Check) -> Refusal | None:
    for line, leg in enumerate(legs, start=1):
        refusal = check(leg)
        if refusal is not None and not _passes(refusal.reason):
            return Refusal(refusal.reason, {**refusal.numbers, "line": line}, refusal.rule)
    return None


def _passes(reason: Reason) -> bool:
    return reason.transient or reason in _OF_THE_MOMENT


# Conditions


def _check_conditions(venue: VenueState, spec: Conditional) -> Refusal | None:
    refusal = _check_lines(spec.conditions)
    if refusal is not None:
        return refusal
    for line, condition in enumerate(spec.conditions, start=1):
        refusal = _check_condition(venue, condition, line)
        if refusal is not None:
            return refusal
    return _check_together(spec.conditions)


def _check_condition(venue: VenueState, condition: Condition, line: int) -> Refusal | None:
    number = condition.number
    fault = Refusal(Reason.PLAN_NUMBER_OUTSIDE, {"line": line})
    never = Refusal(Reason.PLAN_CONDITION_NEVER, {"line": line})
    match condition.kind:
        case ConditionKind.PRICE_AT_LEAST | ConditionKind.PRICE_AT_MOST:
            return None if 0 < number <= 2**31 else fault
        case ConditionKind.TIME_FROM:
            if number <= venue.cursor_ns:
                return Refusal(Reason.PLAN_TIME_PAST, {"line": line})
            return None
        case ConditionKind.DROP_FROM_HIGH:
            return None if 0 < number < ALL else fault
        case ConditionKind.REBOUND_FROM_LOW:
            return None if 0 < number <= 10 * ALL else fault
        case ConditionKind.CHANGE | ConditionKind.POSITION_PROFIT:
            if number <= -ALL:
                return never  # nothing falls by its whole value and trades on
            return None if number and number <= 100 * ALL else fault


def _check_together(conditions: tuple[Condition, ...]) -> Refusal | None:
    """Two lines that no price can satisfy at once; the later one is named."""
    for line, one in enumerate(conditions, start=1):
        for other in conditions[: line - 1]:
            if _exclude(one, other) or _exclude(other, one):
                return Refusal(Reason.PLAN_CONTRADICTS, {"line": line})
    return None


def _exclude(low: Condition, high: Condition) -> bool:
    """``low`` wants a value of at most its number, ``high`` the same value above that."""
    if low.kind is ConditionKind.PRICE_AT_MOST and high.kind is ConditionKind.PRICE_AT_LEAST:
        return low.number < high.number
    signed = (ConditionKind.CHANGE, ConditionKind.POSITION_PROFIT)
    return low.kind is high.kind and low.kind in signed and low.number < 0 < high.number


# The other kinds


def _last(venue: VenueState, instrument_id: str) -> LastPrice | None:
    return venue.feed.last(InstrumentId(instrument_id), venue.cursor_ns)


def _check_amount(venue: VenueState, spec: FixedAmount) -> Refusal | None:
    if spec.instrument_id not in venue.exchange.listings:
        return Refusal(Reason.INSTRUMENT_UNKNOWN, {"line": 1})
    if spec.amount_minor <= 0:
        return Refusal(Reason.PLAN_AMOUNT_NOT_POSITIVE)
    if spec.amount_minor > LARGEST or not 1 <= spec.every_sessions <= SESSIONS_MAX:
        return Refusal(Reason.PLAN_NUMBER_OUTSIDE, {"line": 1})
    return None


def _check_grid(venue: VenueState, spec: Grid, limits: Limits, check: Check) -> Refusal | None:
    if spec.instrument_id not in venue.exchange.listings:
        return Refusal(Reason.INSTRUMENT_UNKNOWN, {"line": 1})
    if spec.lower_ticks >= spec.upper_ticks:
        return Refusal(Reason.PLAN_BOUNDS_CROSSED)
    if spec.step_ticks <= 0:
        return Refusal(Reason.PLAN_STEP_NOT_POSITIVE)
    if levels(spec) < 2:
        return Refusal(Reason.PLAN_STEP_TOO_WIDE)
    if levels(spec) > LEVELS_MAX:
        return Refusal(Reason.PLAN_TOO_MANY_LEVELS, {"max_levels": LEVELS_MAX})
    ends = [spec.lower_ticks, spec.upper_ticks]
    legs = [Leg(spec.instrument_id, Side.BUY, spec.qty, price, TimeInForce.GTC) for price in ends]
    refusal = _check_legs(legs, check)
    if refusal is not None:
        numbers = {key: value for key, value in refusal.numbers.items() if key != "line"}
        return Refusal(refusal.reason, numbers, refusal.rule)
    if limits.max_qty is not None and limits.max_qty < spec.qty:
        return Refusal(Reason.PLAN_LIMIT_TOO_SMALL)
    last = _last(venue, spec.instrument_id)
    if last is not None and not spec.lower_ticks <= last.last_ticks <= spec.upper_ticks:
        return Refusal(Reason.PLAN_OUTSIDE_GRID, {"last_ticks": last.last_ticks})
    return None


def _check_weights(venue: VenueState, spec: Rebalance) -> Refusal | None:
    seen: set[str] = set()
    for line, weight in enumerate(spec.weights, start=1):
        if weight.instrument_id not in venue.exchange.listings:
            return Refusal(Reason.INSTRUMENT_UNKNOWN, {"line": line})
        if weight.instrument_id in seen:
            return Refusal(Reason.PLAN_INSTRUMENT_TWICE, {"line": line})
        if not 0 <= weight.permille <= ALL:
            return Refusal(Reason.PLAN_NUMBER_OUTSIDE, {"line": line})
        seen.add(weight.instrument_id)
    if not 0 <= spec.reserve_permille <= ALL:
        return Refusal(Reason.PLAN_NUMBER_OUTSIDE)
    if sum(weight.permille for weight in spec.weights) + spec.reserve_permille > ALL:
        return Refusal(Reason.PLAN_WEIGHTS_ABOVE_ALL)
    return None


def _check_slices(venue: VenueState, spec: Slices) -> Refusal | None:
    if not 1 <= spec.slices <= SLICES_MAX:
        return Refusal(Reason.PLAN_NUMBER_OUTSIDE, {"line": 1})
    if isinstance(spec, VolumeSlices) and not 1 <= spec.share_permille <= ALL:
        return Refusal(Reason.PLAN_NUMBER_OUTSIDE, {"line": 1})
    if spec.end_ns - spec.start_ns < spec.slices:
        return Refusal(Reason.PLAN_WINDOW_EMPTY)
    if spec.start_ns < venue.cursor_ns:
        return Refusal(Reason.PLAN_TIME_PAST)
    first, last = (session_of(venue.feed, AtNs(one)) for one in (spec.start_ns, spec.end_ns))
    if first != last:
        return Refusal(Reason.PLAN_WINDOW_TOO_LONG)
    return None


def _check_slice_leg(spec: Slices, check: Check) -> Refusal | None:
    """Slices are orders for the day: the rest of one goes into the next."""
    if spec.leg.time_in_force is not TimeInForce.DAY:
        return Refusal(Reason.PLAN_CONTRADICTS, {"line": 1})
    return _check_legs((spec.leg,), check)
