"""An order in words: its kind, what triggers it, what it belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from matching.instrument import Instrument
from matching.orders import Trigger, TriggerKind
from simtrade.desk.lending import MARGIN_CALL_KEY
from simtrade.portfolio.views import OrderView
from web import formats
from web.i18n import N_, Language, translate
from web.words import KINDS, TIMES_IN_FORCE, worded

# By kind of the order that is sent ("limit" or anything else) and kind of trigger.
STOPS: Mapping[tuple[bool, str], str] = {
    (False, "stop"): N_("Stop order"),
    (True, "stop"): N_("Stop limit"),
    (False, "trail"): N_("Trailing stop"),
    (False, "trail_permille"): N_("Trailing stop"),
}

ROLES: Mapping[str, str] = {
    "": "",
    "entry": N_("entry with exits"),
    "take_profit": N_("take-profit"),
    "stop_loss": N_("stop-loss"),
    "pair": N_("one of a pair: one cancels the other"),
}

STATES: Mapping[str, str] = {
    "open": N_("Open"),
    "filled": N_("Filled"),
    "cancelled": N_("Cancelled"),
    "expired": N_("Expired"),
}

_STOP = N_("stop at {stop}")
_TRAILS = N_("trails by {distance}")
_TRAILS_FROM = N_("trails by {distance}, stop now at {stop}")
_SENT = N_("sent by a trade at {price}")
_PLATFORM = N_("kept by this platform: the market itself knows no stop orders")
_SHORT = N_("sold short")
_MARGIN_CALL = N_("placed by a margin call")
_GOOD_TILL = N_("valid until {day}")


def kind_words(order: OrderView, language: Language) -> str:
    """ "Stop limit", "Best five levels" ...: never the bare word of the vocabulary."""
    trigger = order.trigger
    if trigger is None:
        return worded(KINDS, order.kind.value, language)
    return translate(STOPS[order.kind.names_limit, trigger.kind.value], language)


def distance_words(trigger: Trigger, instrument: Instrument) -> str:
    """How far a trailing stop follows: "1.5 %" or a price difference."""
    if trigger.kind is TriggerKind.TRAIL_PERMILLE:
        return f"{trigger.amount // 10}.{trigger.amount % 10} %"
    return formats.price(trigger.amount, instrument)


def trigger_words(order: OrderView, language: Language) -> str:
    """What sends the order, or sent it; empty without a trigger."""
    trigger, instrument = order.trigger, order.instrument
    if trigger is None:
        return ""
    if order.triggered_ticks is not None:
        price = formats.price(order.triggered_ticks, instrument)
        return translate(_SENT, language).format(price=price)
    stop = formats.price(order.stop_ticks, instrument) if order.stop_ticks is not None else ""
    if not trigger.trails:
        return translate(_STOP, language).format(stop=stop)
    message = _TRAILS_FROM if stop else _TRAILS
    distance = distance_words(trigger, instrument)
    return translate(message, language).format(distance=distance, stop=stop)


def terms_words(order: OrderView, language: Language) -> str:
    """Everything special about an order in one line: trigger, place in its group, validity."""
    parts = [trigger_words(order, language), worded(ROLES, order.role, language)]
    if order.short:
        parts.append(translate(_SHORT, language))
    if order.good_till is not None:
        day = formats.day(order.good_till, language)
        parts.append(translate(_GOOD_TILL, language).format(day=day))
    elif order.time_in_force != "day":
        parts.append(worded(TIMES_IN_FORCE, order.time_in_force.value, language))
    if order.key.startswith(MARGIN_CALL_KEY):
        parts.append(translate(_MARGIN_CALL, language))
    if order.platform_stop and order.triggered_ticks is None:
        parts.append(translate(_PLATFORM, language))
    return " · ".join(part for part in parts if part)


def can_move_stop(order: OrderView) -> bool:
    """Whether the order still waits for a stop that can be put elsewhere."""
    trigger = order.trigger
    waits = order.waiting_for in ("trigger", "entry", "settlement")
    return trigger is not None and not trigger.trails and waits


def can_change(order: OrderView) -> bool:
    """Whether a replace can mean anything: a market order and a trailing stop have no price."""
    if order.trigger is not None and order.triggered_ticks is None:
        return can_move_stop(order)
    return order.limit_ticks is not None
