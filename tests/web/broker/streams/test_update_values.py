"""What an update says beside its order."""

from __future__ import annotations

from tests.web.broker.program import Program
from tests.web.broker.streams.trading import account_of, pass_minutes, place
from web.broker import wire
from web.broker.streams.event_ids import place_of
from web.broker.streams.update_values import update_value


def test_figures_of_the_fill_stand_beside_those_of_the_order(replay: Program) -> None:
    account = account_of(replay)
    place(replay, 5, symbol="MSFT")
    place(replay, 3, symbol="MSFT")
    pass_minutes(replay, 5)
    found = replay.site.core.order_events.after(account, 0, 100)
    values = [update_value(account, one) for one in found]
    news, fills = values[:2], values[2:]
    for value in news:
        assert value.keys() == {"event", "event_id", "timestamp", "order"}
    assert [(one["qty"], one["position_qty"]) for one in fills] == [("5", "5"), ("3", "8")]
    for value, update in zip(values, found, strict=True):
        assert place_of(account, value["event_id"]) == (update.number, update.step)
        assert value["timestamp"] == wire.moment(update.at_ns)
        if update.fill:
            order_id = update.order.order_id
            assert value["execution_id"] == wire.execution_uuid(order_id, update.fill.number)
            assert value["price"] == value["order"]["filled_avg_price"]
