"""What the desk refuses, in the words of the broker-compatible API: one entry per reason.

``reason`` in the answer is our own name of it, ``rule`` cites the dated rule that decided, and the
figures of the refusal stand beside them as texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from matching.instrument import Instrument
from matching.orders import OrderKind, TimeInForce
from matching.reasons import Reason
from simtrade.desk.requests import Refusal
from web.broker import wire
from web.broker.errors import CODE_OF_FIELD, CODE_OF_RULE, ApiError, usual_code
from web.broker.order_body import NO_SHORTS
from web.broker.order_json import TIMES


class Answer(NamedTuple):
    """``message`` may name members of the answer in braces."""

    status: HTTPStatus
    code: int
    message: str


def _rule(message: str) -> Answer:
    return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, CODE_OF_RULE, message)


def _field(message: str) -> Answer:
    return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, CODE_OF_FIELD, message)


def _usual(status: HTTPStatus, message: str) -> Answer:
    return Answer(status, usual_code(status), message)


_NO, _NOWHERE = HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
_BUSY = HTTPStatus.TOO_MANY_REQUESTS
_SUB_PENNY = (
    "invalid limit_price {limit_price}. sub-penny increment does not fulfill minimum pricing "
    "criteria"
)
_TOO_LITTLE = (
    "insufficient qty available for order (requested: {requested}, available: {available})"
)
_ONLY_HERE = "this is not done through this interface"
_POWER = "insufficient buying power"

REFUSALS: Mapping[Reason, Answer] = {
    Reason.KEY_INVALID: _field("client_order_id must be 1 to 128 printable characters"),
    Reason.KEY_REUSED: _rule("client_order_id must be unique"),
    Reason.ACCOUNT_UNKNOWN: _usual(_NOWHERE, "account not found"),
    Reason.VENUE_UNKNOWN: _usual(_NOWHERE, "market not found"),
    Reason.INSTRUMENT_UNKNOWN: _field('could not find asset "{symbol}"'),
    Reason.ORDER_UNKNOWN: _usual(_NOWHERE, "order not found for {order_id}"),
    Reason.ORDER_NOT_OPEN: _rule('order is already in "{status}" state'),
    Reason.CHANGE_ON_ITS_WAY: _rule('order is already in "{status}" state'),
    Reason.REPLACE_CHANGES_NOTHING: _rule("nothing to replace: the order is like that already"),
    Reason.REPLACE_NOT_POSSIBLE: _rule("this order cannot be replaced that way"),
    Reason.GROUP_QTY_FIXED: _rule("qty of a complex order cannot be replaced"),
    Reason.RULES_NOT_KNOWN: _rule("the rules of this market are not known on that day"),
    Reason.KIND_NOT_OFFERED: _rule("this market does not offer that order type"),
    Reason.TIME_NOT_OFFERED: _rule("this market does not offer that time_in_force for the type"),
    Reason.AMOUNT_NOT_OFFERED: _rule("notional orders are not available in this market"),
    Reason.AMOUNT_TOO_SMALL: _rule("notional must be >= {least}"),
    Reason.QTY_NOT_POSITIVE: _field("qty must be > 0"),
    Reason.QTY_TOO_LARGE: _rule("qty must be <= {max_qty}"),
    Reason.QTY_TOO_SMALL: _rule("qty must be >= {min_qty}"),
    Reason.QTY_NOT_IN_LOTS: _rule("qty must be a multiple of {lot}"),
    Reason.QTY_BELOW_FILLED: _rule("qty must be > filled_qty ({filled})"),
    Reason.PRICE_MISSING: _field("limit orders require a limit price"),
    Reason.PRICE_NOT_POSITIVE: _field("limit_price must be > 0"),
    Reason.PRICE_TOO_LARGE: _rule("limit_price is too large"),
    Reason.PRICE_NOT_ON_TICK: _rule(_SUB_PENNY),
    Reason.PRICE_ABOVE_LIMIT: _rule("limit_price must be <= limit_up ({limit_up})"),
    Reason.PRICE_BELOW_LIMIT: _rule("limit_price must be >= limit_down ({limit_down})"),
    Reason.PRICE_ABOVE_CAGE: _rule("limit_price must be <= {most_price}: too far from the market"),
    Reason.PRICE_BELOW_CAGE: _rule("limit_price must be >= {least_price}: too far from the market"),
    Reason.PRICE_FAR_FROM_NOMINAL: _rule("limit_price is too far from the nominal price"),
    Reason.TRIGGER_NOT_POSSIBLE: _rule("a stop price does not go with that type or time_in_force"),
    Reason.TRAIL_NOT_POSITIVE: _field("trail_price or trail_percent must be > 0"),
    Reason.TRAIL_TOO_FAR: _rule("the trail is larger than the price"),
    Reason.STOP_NOT_POSITIVE: _field("stop_price must be > 0"),
    Reason.STOP_TOO_LARGE: _rule("stop_price is too large"),
    Reason.STOP_WRONG_SIDE: _rule(
        "stop_price would be met at once: above the last price for buy, below it for sell"
    ),
    Reason.GOOD_TILL_NOT_POSSIBLE: _rule("an expiry does not go with that time_in_force"),
    Reason.GOOD_TILL_MISSING: _rule("that time_in_force needs an expiry"),
    Reason.GOOD_TILL_PAST: _rule("the order would have expired already"),
    Reason.GROUP_LEGS_WRONG: _rule("these legs do not make a complex order"),
    Reason.LEGS_CROSSED: _rule("take_profit and stop_loss are on the wrong sides of each other"),
    Reason.LEG_TOO_SHORT: _rule("an exit would expire before it could work: use gtc"),
    Reason.STOP_LOSS_WRONG_SIDE: _rule(
        "stop_loss.stop_price must be on the losing side of base_price ({base_price})"
    ),
    Reason.TAKE_PROFIT_WRONG_SIDE: _rule(
        "take_profit.limit_price must be on the winning side of base_price ({base_price})"
    ),
    Reason.MARKET_CLOSED: _rule("the market is closed for such an order"),
    Reason.AUCTION_OVER: _rule("opg or cls orders are not accepted any more at this time"),
    Reason.FIXED_PRICE_HOURS: _rule("extended hours orders are not accepted at this time"),
    Reason.IMMEDIATE_IN_AUCTION: _rule("ioc and fok orders are not accepted in a call auction"),
    Reason.MARKET_ORDER_IN_AUCTION: _rule("market orders are not accepted in a call auction"),
    Reason.CANCEL_LOCKED: _rule("orders cannot be canceled or replaced in this phase"),
    Reason.INSTRUMENT_HALTED: _rule("trading is halted"),
    Reason.INSTRUMENT_SUSPENDED: _rule("trading is suspended"),
    Reason.INSTRUMENT_NOT_LISTED: _rule('asset "{symbol}" is not listed'),
    Reason.NO_PRICE_YET: _rule("there is no price yet"),
    Reason.VENUE_ENDED: _rule("this market has come to its end"),
    Reason.SHORT_NOT_ALLOWED: _usual(_NO, 'asset "{symbol}" cannot be sold short'),
    Reason.SHORT_NOT_PLAIN: _rule("short sales must be simple market or limit orders"),
    Reason.SHORT_PRICE_TOO_LOW: _rule("a short sale must be priced at or above {least_price}"),
    Reason.MARGIN_NOT_ON: _usual(_NO, NO_SHORTS),
    Reason.MARGIN_NOT_OFFERED: _usual(_NO, NO_SHORTS),
    Reason.MARGIN_NOT_CONFIRMED: _rule(_ONLY_HERE),
    Reason.MARGIN_ENTRY_TOO_SMALL: _rule(_ONLY_HERE),
    Reason.MARGIN_IN_USE: _rule(_ONLY_HERE),
    Reason.SHORT_BESIDE_LONG: _usual(_NO, "cannot sell short beside a long position or its orders"),
    Reason.SHORT_NONE_TO_BORROW: _usual(_NO, _TOO_LITTLE),
    Reason.COVER_TOO_LARGE: _usual(_NO, "cannot buy back more than is owed (max: {max_qty})"),
    Reason.COVER_NOT_YET: _usual(_NO, "cannot buy back on the same day (max: {max_qty})"),
    Reason.MARGIN_EQUITY_TOO_SMALL: _usual(_NO, "account equity is too small to borrow"),
    Reason.MARGIN_TOO_SMALL: _usual(_NO, _POWER),
    Reason.TOO_MANY_OPEN_ORDERS: _usual(_NO, "too many open orders (max: {max_orders})"),
    Reason.NOT_ENOUGH_CASH: _usual(_NO, _POWER),
    Reason.NOT_ENOUGH_TO_SELL: _usual(_NO, _TOO_LITTLE),
    Reason.NOT_SETTLED_YET: _usual(_NO, _TOO_LITTLE),
    Reason.ODD_LOT_SPLIT: _rule("the odd lot of {odd_qty} can only be sold whole"),
    Reason.SELF_TRADE: _usual(_NO, "potential wash trade detected. use complex orders"),
    Reason.PLAN_UNKNOWN: _usual(_NOWHERE, "plan not found"),
    Reason.MARKET_NOT_HEARD: _rule("there is no connection to this market now: try again later"),
    Reason.INBOX_FULL: _usual(_BUSY, "too much is waiting: nothing was done, try again"),
} | dict.fromkeys(
    # What people do on pages of their own: no request of this interface comes to these.
    (
        Reason.VENUE_NAME_TOO_LONG,
        Reason.VENUE_NAME_NOT_ALLOWED,
        Reason.BRANCH_SHARED,
        Reason.BRANCH_TOO_LONG,
        Reason.TAPE_UNKNOWN,
        Reason.TOO_MANY_VENUES,
        Reason.TOO_MANY_AWAKE,
        Reason.CLOCK_NOT_YOURS,
        Reason.SPEED_NOT_OFFERED,
        Reason.SEEK_BACKWARDS,
        Reason.SEEK_OUTSIDE_TAPE,
        Reason.CLOCK_IS_LIVE,
        Reason.RIGHTS_NOT_OPEN,
        Reason.RIGHTS_QTY_TOO_LARGE,
        Reason.PLAN_OVER,
        Reason.TOO_MANY_PLANS,
        Reason.PLAN_EMPTY,
        Reason.PLAN_TOO_LONG,
        Reason.PLAN_INSTRUMENT_TWICE,
        Reason.PLAN_NUMBER_OUTSIDE,
        Reason.PLAN_CONDITION_NEVER,
        Reason.PLAN_CONTRADICTS,
        Reason.PLAN_AMOUNT_NOT_POSITIVE,
        Reason.PLAN_BOUNDS_CROSSED,
        Reason.PLAN_STEP_NOT_POSITIVE,
        Reason.PLAN_STEP_TOO_WIDE,
        Reason.PLAN_TOO_MANY_LEVELS,
        Reason.PLAN_OUTSIDE_GRID,
        Reason.PLAN_WEIGHTS_ABOVE_ALL,
        Reason.PLAN_WINDOW_EMPTY,
        Reason.PLAN_WINDOW_TOO_LONG,
        Reason.PLAN_TIME_PAST,
        Reason.PLAN_WINDOW_CLOSED,
        Reason.PLAN_BEYOND_TAPE,
        Reason.PLAN_END_BEYOND_TAPE,
        Reason.PLAN_EXPIRED,
        Reason.PLAN_LIMIT_TOO_SMALL,
        Reason.PLAN_LIMIT_STEPS,
        Reason.PLAN_LIMIT_PRICE,
        Reason.PLAN_LIMIT_QTY,
        Reason.PLAN_LIMIT_MONEY,
    ),
    _rule(_ONLY_HERE),
)

_NAMES = {
    "lower_ticks": "limit_down",
    "upper_ticks": "limit_up",
    "entry_ticks": "base_price",
    "available_minor": "buying_power",
    "needed_minor": "cost_basis",
}
_COUNTS = ("max_orders",)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: members that a refusal's message or a program may need."""

    instrument: Instrument
    members: Mapping[str, str]


def refused(refusal: Refusal, asked: Asked) -> ApiError:
    """The error that stands for a refusal of the desk."""
    answer = REFUSALS[refusal.reason]
    figures = dict(_figures(refusal.numbers, asked.instrument))
    more = {"reason": refusal.reason.code, "symbol": asked.instrument.symbol, **asked.members}
    more |= {name: str(value) for name, value in figures.items()}
    if refusal.rule:
        more["rule"] = refusal.rule
    message = answer.message.format_map(_Members(more))
    offered = _offered(refusal.numbers)
    listed: dict[str, object] = {"offered": offered} if offered else {}
    headers = {"retry-after": "1"} if answer.status is _BUSY else None
    return ApiError(
        answer.status, message, code=answer.code, more={**more, **listed}, headers=headers
    )


class _Members(dict[str, str]):
    """A figure that a refusal came without is no reason for another error."""

    def __missing__(self, name: str) -> str:
        return "?"


def _figures(numbers: Mapping[str, int], instrument: Instrument) -> Iterator[tuple[str, str]]:
    """The numbers of a refusal by the names that programs know, as texts."""
    for name, value in numbers.items():
        stem, _, unit = name.rpartition("_")
        if stem in ("kind", "time") or name.startswith(("kind_", "time_")):
            continue
        if unit == "ticks":
            yield _NAMES.get(name, f"{stem}_price"), wire.price(instrument, value)
        elif unit == "minor":
            yield _NAMES.get(name, stem), wire.money(instrument.currency, value)
        elif unit == "ns":
            yield stem, wire.moment(value)
        elif unit == "day":
            yield name, f"{value // 10_000}-{value // 100 % 100:02d}-{value % 100:02d}"
        else:
            yield name, str(value) if name in _COUNTS else wire.qty(instrument, value)


def _offered(numbers: Mapping[str, int]) -> list[str]:
    """What a market offers in place of what it does not: types, or times in force."""
    kinds = [OrderKind(one.removeprefix("kind_")) for one in numbers if one.startswith("kind_")]
    times = [TimeInForce(one.removeprefix("time_")) for one in numbers if one.startswith("time_")]
    words = [one.value for one in kinds] + [TIMES[one] for one in times]
    return list(dict.fromkeys(words))
