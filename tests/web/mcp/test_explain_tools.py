"""Explanations: receipts in words and as they are, and why nothing has happened yet."""

from __future__ import annotations

import pytest

from simtrade.desk.requests import ClockAction, VenueId
from tests.web.broker.program import Program
from tests.web.mcp.agent import Agent
from tests.web.mcp.test_order_tools import LIMIT, MARKET, confirmed
from web.explain import explain


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_fill_is_explained_as_on_its_page(tutor: Agent, language: str) -> None:
    number = tutor.ask("place_order", **confirmed(tutor, **MARKET))["order"]["order_id"]
    tutor.program.clock(ClockAction.STEP)
    found = tutor.ask("explain_fill", order_id=number, language=language)
    core, key = tutor.program.site.core, tutor.program.key
    account = core.portfolio.accounts(key.user_id)[0]
    assert account.venue_id == VenueId(key.venue_id)
    fill = core.portfolio.fills(account.account_id, order_id=number)[0]
    (told,) = found["fills"]
    assert told["reasons"] == list(explain(fill, language))  # type: ignore[arg-type]
    assert told["receipt"]["rule"] == fill.receipt["rule"]
    assert told["headline"]
    assert found["receipt_units"]["ticks"] == "0.01"
    assert tutor.ask("explain_fill", order_id=number, fill_number=1)["fills"]
    assert tutor.refused("explain_fill", order_id=number, fill_number=2)["code"] == "not_filled"


def test_an_order_that_waits_says_for_what(tutor: Agent) -> None:
    number = tutor.ask("place_order", **confirmed(tutor, **LIMIT))["order"]["order_id"]
    assert tutor.refused("explain_fill", order_id=number)["code"] == "not_filled"
    tutor.program.clock(ClockAction.STEP)
    found = tutor.ask("why_not_filled", order_id=number, language="en")
    assert found["waiting_code"] == "price"
    assert found["reasons"] == [
        "The clock of this market is paused, so nothing can happen.",
        "waiting until the price gets there",
        "The market now: Market open.",
    ]
    assert found["market"]["symbol"] == "AAPL"
    tutor.ask("cancel_order", order_id=number)
    after = tutor.ask("why_not_filled", order_id=number, language="en")
    assert (after["waiting_code"], after["reasons"]) == ("", ["cancelled by you"])


def test_an_order_that_is_filled_says_so(tutor: Agent) -> None:
    number = tutor.ask("place_order", **confirmed(tutor, **MARKET))["order"]["order_id"]
    tutor.program.clock(ClockAction.STEP)
    found = tutor.ask("why_not_filled", order_id=number, language="en")
    assert found["reasons"] == ["It is filled completely."]


def test_an_order_in_a_queue_says_its_place(bot: Program) -> None:
    """On the floor, whose book is seen; outside its hours it waits for them."""
    agent = Agent(bot)
    symbol = agent.ask("find_instruments", limit=1)["instruments"][0]["symbol"]
    rules, quote = agent.ask("market_rules", symbol=symbol), agent.ask("quotes", symbols=[symbol])
    lowest = rules["lowest_price"] or quote["quotes"][0]["last"]
    terms = {"symbol": symbol, "side": "buy", "quantity": rules["least_quantity"]}
    terms |= {"kind": "limit", "limit_price": lowest, "time_in_force": "gtc"}
    number = agent.ask("place_order", **confirmed(agent, **terms))["order"]["order_id"]
    found = agent.ask("why_not_filled", order_id=number, language="en")
    assert found["reasons"]
    if found["quantity_ahead"] is not None:
        assert any("ahead of it" in one for one in found["reasons"])
