"""What the journal says of orders: plain ones say nothing of stops and groups."""

from __future__ import annotations

from dataclasses import replace

from matching.events import OrderTriggered
from matching.orders import GroupKind, Side, Trigger, TriggerKind
from matching.units import PriceTicks
from matching.working import Stage, WorkingOrder
from simtrade.desk.facts import facts, order_body
from simtrade.desk.state import OrderRecord
from tests.matching.test_entry import GOOD

PLAIN = {"order_id", "key", "instrument_id", "side", "order_kind", "qty", "filled", "limit_ticks",
         "state"}  # fmt: skip


def body(**terms: object) -> dict[str, object]:
    order = replace(GOOD, **terms)  # type: ignore[arg-type]
    working = WorkingOrder(order, 10, 100, Stage.WAITING, GOOD.at_ns, 1)
    return order_body(OrderRecord(order, "k", working))


def test_a_plain_order_has_the_plain_words() -> None:
    assert set(body()) == PLAIN


def test_a_stop_and_a_group_say_so() -> None:
    stop = body(side=Side.SELL, trigger=Trigger(TriggerKind.STOP, 90))
    assert (stop["trigger"], stop["stop_ticks"]) == ("stop", 90)
    leg = body(group=GroupKind.OCO, group_id=GOOD.order_id)
    assert (leg["group"], leg["group_id"]) == ("oco", GOOD.order_id)


def test_the_trade_that_sent_a_stop_is_a_fact() -> None:
    event = OrderTriggered(
        GOOD.order_id, GOOD.account_id, GOOD.instrument_id, PriceTicks(89), PriceTicks(90),
        PriceTicks(80), 7, GOOD.at_ns,
    )  # fmt: skip
    found = facts(event)
    assert (found["print_ticks"], found["stop_ticks"], found["event_seq"]) == (89, 90, 7)


def test_how_often_it_was_replaced_is_told_once_it_was() -> None:
    working = WorkingOrder(GOOD, 10, 100, Stage.RESTING, GOOD.at_ns, 1)
    assert order_body(OrderRecord(GOOD, "k", working, replaced=2))["replaced"] == 2
