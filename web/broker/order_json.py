"""The Order object: one version of an order in the words of the broker-compatible API.

Pure: REST answers and trade updates write the same version the same way.
"""

from __future__ import annotations

from matching.orders import GroupKind, OrderKind, Side, TimeInForce, TriggerKind
from matching.units import decimal_text
from simtrade.portfolio.order_versions import OrderVersion, Standing
from simtrade.portfolio.views import OrderState
from web.broker import wire

_STATUS = {
    Standing.HELD: "held",
    Standing.COMING: "pending_new",
    Standing.CANCELLING: "pending_cancel",
    Standing.CHANGING: "pending_replace",
    Standing.ASKED: "pending_new",
    Standing.LOST: "rejected",
    Standing.REPLACED: "replaced",
}
_ENDS = {
    OrderState.FILLED: "filled",
    OrderState.CANCELLED: "canceled",
    OrderState.EXPIRED: "expired",
}
TIMES = {
    TimeInForce.DAY: "day",
    TimeInForce.GTC: "gtc",
    TimeInForce.GTD: "gtc",
    TimeInForce.IOC: "ioc",
    TimeInForce.FOK: "fok",
    TimeInForce.AT_OPEN: "opg",
    TimeInForce.AT_CLOSE: "cls",
}
_CLASSES = {
    None: "simple",
    GroupKind.OCO: "oco",
    GroupKind.OTO: "oto",
    GroupKind.BRACKET: "bracket",
}


def order_type(one: OrderVersion) -> str:
    if one.trigger is None:
        return "limit" if one.kind.names_limit else "market"
    if one.trigger.trails:
        return "trailing_stop"
    return "stop_limit" if one.kind.names_limit else "stop"


def status(one: OrderVersion) -> str:
    """What is on its way is pending; what waits for the next session is accepted."""
    if one.standing in _STATUS:
        return _STATUS[one.standing]
    if one.standing is Standing.ENDED:
        return _ENDS[one.state]
    if one.filled:
        return "partially_filled"
    return "accepted" if one.standing is Standing.EARLY else "new"


def version_id(one: OrderVersion) -> str:
    return wire.order_uuid(one.order_id, one.number)


def client_id(one: OrderVersion) -> str:
    """An order that nobody gave an id of his own is known by that of the order."""
    return one.client_id or version_id(one)


def position_intent(one: OrderVersion) -> str:
    """Of what opened a position and of what closes it; a purchase says only as an exit of borrowed
    shares that it closes."""
    if one.side is Side.SELL:
        return "sell_to_open" if one.short and not one.is_exit else "sell_to_close"
    return "buy_to_close" if one.is_exit else "buy_to_open"


def order_value(one: OrderVersion) -> dict[str, object]:
    """The Order object of one version, with its legs where the version has them."""
    instrument = one.instrument
    ended = wire.moment_or_none(one.ended_at_ns)
    state = status(one)
    kind = order_type(one)
    return {
        "id": version_id(one),
        "client_order_id": client_id(one),
        "created_at": wire.moment(one.submitted_at_ns),
        "updated_at": wire.moment(one.updated_at_ns),
        "submitted_at": wire.moment(one.submitted_at_ns),
        "filled_at": ended if state == "filled" else None,
        "expired_at": ended if state == "expired" else None,
        "expires_at": wire.moment_or_none(one.expires_at_ns),
        "canceled_at": ended if state == "canceled" else None,
        "failed_at": ended if state == "rejected" else None,
        "replaced_at": ended if state == "replaced" else None,
        "replaced_by": _neighbour(one, 1) if state == "replaced" else None,
        "replaces": _neighbour(one, -1) if one.number else None,
        "asset_id": wire.asset_uuid(instrument.instrument_id),
        "symbol": instrument.symbol,
        "asset_class": "us_equity",
        "market": instrument.market,
        "notional": _amount(one),
        "qty": wire.qty(instrument, one.qty),
        "filled_qty": wire.qty(instrument, one.filled),
        "filled_avg_price": _average(one),
        "order_class": _CLASSES[one.group],
        "order_type": kind,
        "type": kind,
        "side": "buy" if one.side is Side.BUY else "sell",
        "position_intent": position_intent(one),
        "time_in_force": time_in_force(one),
        "limit_price": wire.price_or_none(instrument, one.limit_ticks),
        "stop_price": wire.price_or_none(instrument, one.stop_ticks),
        "status": state,
        "extended_hours": one.kind is OrderKind.FIXED_PRICE,
        "legs": [order_value(leg) for leg in one.legs] or None,
        "trail_percent": _trail(one, TriggerKind.TRAIL_PERMILLE),
        "trail_price": _trail(one, TriggerKind.TRAIL),
        "hwm": wire.price_or_none(instrument, one.best_ticks),
        "cause": one.cause or None,
    }


def time_in_force(one: OrderVersion) -> str:
    """An order that may work until the end of the first session it can work in is one for the
    day, also where it was sent on the evening before."""
    if one.one_session:
        return "day"
    return TIMES[one.time_in_force]


def _neighbour(one: OrderVersion, step: int) -> str:
    return wire.order_uuid(one.order_id, one.number + step)


def _amount(one: OrderVersion) -> str | None:
    if one.amount_minor is None:
        return None
    return wire.money(one.instrument.currency, one.amount_minor)


def _average(one: OrderVersion) -> str | None:
    if one.average_ticks_milli is None:
        return None
    return wire.average_price(one.instrument, one.average_ticks_milli)


def _trail(one: OrderVersion, kind: TriggerKind) -> str | None:
    if one.trigger is None or one.trigger.kind is not kind:
        return None
    if kind is TriggerKind.TRAIL:
        return wire.price(one.instrument, one.trigger.amount)
    text = decimal_text(one.trigger.amount, 1)
    return text.removesuffix(".0")
