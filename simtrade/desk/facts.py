"""What the journal says of an order."""

from __future__ import annotations

import msgspec

from matching.events import OrderPriced, OrderReduced, OrderReleased, OrderTriggered
from simtrade.desk.state import OrderRecord


def facts(event: OrderTriggered | OrderPriced | OrderReduced | OrderReleased) -> dict[str, object]:
    """The figures of an event, for the journal."""
    found: dict[str, object] = msgspec.to_builtins(event)
    return found


def order_body(record: OrderRecord) -> dict[str, object]:
    """What a listener needs to show an order's state."""
    order, working = record.order, record.working
    body: dict[str, object] = {
        "order_id": order.order_id,
        "key": record.key,
        "instrument_id": order.instrument_id,
        "side": int(order.side),
        "order_kind": order.kind.value,
        "qty": working.qty,
        "filled": record.filled,
        "limit_ticks": None if working.is_market else working.limit_ticks,
        "state": record.state.value,
    }
    if order.trigger is not None:
        body["trigger"] = order.trigger.kind.value
        body["stop_ticks"] = working.stop_ticks
    if order.short:
        body["short"] = True
    if record.replaced:
        body["replaced"] = record.replaced
    if order.group_id is not None and order.group is not None:
        body["group_id"] = order.group_id
        body["group"] = order.group.value
    return body
