"""The words after side and quantity in a scenario: kind, limit, trigger, validity, exits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from matching.events import (
    Event,
    OrderAdjusted,
    OrderCancelled,
    OrderFilled,
    OrderPriced,
    OrderReduced,
    OrderReleased,
    OrderTriggered,
)
from matching.orders import (
    GroupKind,
    OrderId,
    OrderKind,
    PlaceOrder,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.units import PriceTicks, Qty


def told(names: dict[OrderId, str], events: list[Event]) -> str:
    """What happened, in the words of a scenario."""
    found = []
    for event in events:
        name = names[event.order_id]
        match event:
            case OrderFilled():
                found.append(f"{name} {event.qty}@{event.price_ticks}")
            case OrderCancelled():
                found.append(f"{name} {event.cause.value}")
            case OrderTriggered():
                found.append(f"{name} sent {event.print_ticks}")
            case OrderReleased():
                found.append(f"{name} works {event.qty}")
            case OrderReduced():
                found.append(f"{name} left {event.qty}")
            case OrderAdjusted():
                found.append(f"{name} now {event.qty}")
            case OrderPriced():
                found.append(f"{name} limit {event.limit_ticks}")
            case _:
                pass
    return " ".join(found)


def parsed(rest: list[str], next_id: Callable[[], OrderId], **common: Any) -> list[PlaceOrder]:
    """The order of a line and its legs; ``common`` is what they have in common."""
    side, qty, *words = rest
    group, legs = None, list[list[str]]()
    if "or" in words:
        cut = words.index("or")
        group, legs, words = GroupKind.OCO, [words[cut + 1 :]], words[:cut]
    for word, leg in (("profit", "@"), ("loss", "stop"), ("follow", "trail")):
        if word in words:
            cut = words.index(word)
            more = exit_terms(words[cut + 2 :])
            legs.append([leg, words[cut + 1], *more])
            group = GroupKind.BRACKET if len(legs) == 2 else GroupKind.OTO
            words = words[:cut] + words[cut + 2 + len(more) :]
    first = next_id()
    order = PlaceOrder(
        order_id=first,
        side=Side[side.upper()],
        qty=Qty(int(qty)),
        group=group,
        group_id=first if group else None,
        **common,
        **terms_of(words),
    )
    opposite = order.side if group is GroupKind.OCO else order.side.opposite
    force = order.time_in_force if group is GroupKind.OCO else TimeInForce.GTC
    plain = {"good_till": None, "trigger": None}
    return [
        order,
        *(
            replace(order, order_id=next_id(), side=opposite, **{**plain, **terms_of(leg, force)})
            for leg in legs
        ),
    ]


def exit_terms(words: list[str]) -> list[str]:
    """What belongs to a leg of a bracket: its limit and its validity."""
    found: list[str] = []
    for word in words:
        if word in ("profit", "loss", "follow"):
            break
        found.append(word)
    return found


def terms_of(words: list[str], force: TimeInForce = TimeInForce.DAY) -> dict[str, Any]:
    """Kind, limit, trigger and validity from the words after side and quantity."""
    found: dict[str, Any] = {"kind": OrderKind.MARKET, "limit_ticks": None, "time_in_force": force}
    rest = iter(words)
    for word in rest:
        if word == "@":
            found["limit_ticks"] = PriceTicks(int(next(rest)))
            if found["kind"] is OrderKind.MARKET:
                found["kind"] = OrderKind.LIMIT
        elif word == "stop":
            found["trigger"] = Trigger(TriggerKind.STOP, int(next(rest)))
        elif word == "trail":
            away = next(rest)
            if away.endswith("%"):
                permille = round(float(away[:-1]) * 10)
                found["trigger"] = Trigger(TriggerKind.TRAIL_PERMILLE, permille)
            else:
                found["trigger"] = Trigger(TriggerKind.TRAIL, int(away))
        elif word == "till":
            found |= {"time_in_force": TimeInForce.GTD, "good_till": date.fromisoformat(next(rest))}
        elif word == "mkt":  # said outright where an auction is meant
            found["kind"] = OrderKind.MARKET
        elif word in list(OrderKind):
            found["kind"] = OrderKind(word)
        else:
            found["time_in_force"] = TimeInForce(word)
    return found
