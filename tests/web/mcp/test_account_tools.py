"""What tools tell of an account is what its pages tell."""

from __future__ import annotations

from simtrade.desk.requests import ClockAction
from tests.web.mcp.agent import Agent
from tests.web.mcp.test_order_tools import LIMIT, MARKET, confirmed


def test_account_positions_orders_and_fills_agree(tutor: Agent) -> None:
    tutor.ask("place_order", **confirmed(tutor, **MARKET))
    tutor.program.clock(ClockAction.STEP)
    tutor.ask("place_order", **confirmed(tutor, **LIMIT))
    (position,) = tutor.ask("positions")["positions"]
    assert (position["symbol"], position["quantity"], position["currency"]) == ("AAPL", "10", "USD")
    (fill,) = tutor.ask("fills")["fills"]
    assert fill["fees"] == [{"code": "commission", "amount": "1.00"}]
    account = tutor.ask("account")
    assert account["fees_paid"] == "1.00"
    assert account["reserved"] == "701.00"
    paid = float(fill["value"]) + 1 + 701
    assert float(account["cash"]) == round(100_000 - paid, 2)
    assert float(account["equity"]) == round(100_000 - paid + 701 + float(position["value"]), 2)
    waiting, filled = tutor.ask("orders", language="en")["orders"]
    assert (waiting["state"], waiting["limit_price"]) == ("open", "70.00")
    assert (filled["state"], filled["average_price"]) == ("filled", fill["price"])
    only_open = tutor.ask("orders", open_only=True)["orders"]
    assert [one["order_id"] for one in only_open] == [waiting["order_id"]]
    assert tutor.ask("fills", order_id=waiting["order_id"])["fills"] == []


def test_rows_are_as_many_as_asked_for(tutor: Agent) -> None:
    for _ in range(2):
        tutor.ask("place_order", **confirmed(tutor, **LIMIT))
    assert len(tutor.ask("orders", limit=1)["orders"]) == 1
    assert tutor.refused("orders", limit=101)["code"] == "arguments_at_fault"
