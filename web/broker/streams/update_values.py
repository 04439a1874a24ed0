"""Trade updates: what a websocket and an event stream say of the same event."""

from __future__ import annotations

from typing import Any

from matching.orders import AccountId
from simtrade.portfolio.order_events import OrderUpdate
from web.broker import wire
from web.broker.order_json import order_value
from web.broker.streams.event_ids import event_id


def update_value(account_id: AccountId, update: OrderUpdate) -> dict[str, Any]:
    """Figures of this execution stand beside the order; those in the order are of all so far."""
    order = update.order
    found: dict[str, Any] = {
        "event": update.kind.value,
        "event_id": event_id(account_id, update.number, update.step),
        "timestamp": wire.moment(update.at_ns),
        "order": order_value(order),
    }
    fill = update.fill
    if fill is not None:
        one = order.instrument
        position = fill.position_qty
        found |= {
            "execution_id": wire.execution_uuid(order.order_id, fill.number),
            "price": wire.price(one, fill.price_ticks),
            "qty": wire.qty(one, fill.qty),
            "position_qty": None if position is None else wire.qty(one, position),
        }
    return found
