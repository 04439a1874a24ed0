"""Orders by an agent: previewed, confirmed, placed once, taken back; never others', never huge."""

from __future__ import annotations

import msgspec
import pytest

from matching.units import NS_PER_SECOND
from simtrade.desk.requests import ClockAction
from tests.web.broker.program import Program, program
from tests.web.mcp.agent import Agent
from tests.web.serving import Site
from web.mcp.confirm import LIFE_SECONDS
from web.mcp.order_tools import ConfirmedTerms, OrderTerms
from web.mcp.tool import NUMBER_MAX

MARKET = {"symbol": "AAPL", "side": "buy", "quantity": 10}
LIMIT = {**MARKET, "kind": "limit", "limit_price": "70.00"}


def confirmed(agent: Agent, **terms: object) -> dict[str, object]:
    return {**terms, "confirmation": agent.ask("preview_order", **terms)["confirmation"]}


def count(agent: Agent) -> int:
    return len(agent.ask("orders")["orders"])


def test_a_preview_says_what_it_costs_and_changes_nothing(idle: Agent) -> None:
    found = idle.ask("preview_order", **LIMIT)
    assert (found["price"], found["value"], found["currency"]) == ("70.00", "700.00", "USD")
    assert found["fees"] == [{"code": "commission", "amount": "1.00"}]
    assert (found["total"], found["cash_after"]) == ("701.00", "99299.00")
    assert count(idle) == 0
    assert idle.ask("account")["reserved"] == "0.00"


def test_a_previewed_order_is_placed_filled_and_counts_as_a_bots(
    broker: Site, tutor: Agent
) -> None:
    key = tutor.program.key
    assert not broker.core.keys.is_bot(key.user_id, key.venue_id)
    placed = tutor.ask("place_order", **confirmed(tutor, **MARKET))
    assert (placed["order"]["symbol"], placed["repeated"]) == ("AAPL", False)
    assert broker.core.keys.is_bot(key.user_id, key.venue_id)
    assert tutor.ask("account")["orders_by_programs"]
    tutor.program.clock(ClockAction.STEP)
    fill = tutor.ask("fills", order_id=placed["order"]["order_id"])["fills"][0]
    assert (fill["quantity"], fill["side"]) == ("10", "buy")


def test_a_confirmation_used_twice_is_one_order(tutor: Agent) -> None:
    terms = confirmed(tutor, **LIMIT)
    first, second = tutor.ask("place_order", **terms), tutor.ask("place_order", **terms)
    assert first["order"]["order_id"] == second["order"]["order_id"]
    assert second["repeated"]
    assert count(tutor) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"quantity": 11},
        {"limit_price": "70.01"},
        {"side": "sell"},
        {"symbol": "MSFT"},
        {"time_in_force": "gtc"},
        {"stop_loss": "60.00"},
        {"confirmation": "A" * 48},
        {"confirmation": "/" * 48},
    ],
)
def test_a_confirmation_is_for_what_was_previewed(tutor: Agent, changed: dict[str, object]) -> None:
    terms = {**confirmed(tutor, **LIMIT), **changed}
    assert tutor.refused("place_order", **terms)["code"] == "confirmation_not_for_this_order"
    assert count(tutor) == 0


def test_a_confirmation_is_for_one_key_and_ends(
    broker: Site, tutor: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms = confirmed(tutor, **LIMIT)
    mine = tutor.program
    other = Agent(program(broker, user=mine.user, venue_id=mine.key.venue_id))
    assert other.refused("place_order", **terms)["code"] == "confirmation_not_for_this_order"
    confirmations = broker.app.state.agents.confirmations
    later = confirmations._wall_ns() + LIFE_SECONDS * NS_PER_SECOND
    monkeypatch.setattr(confirmations, "_wall_ns", lambda: later)
    assert tutor.refused("place_order", **terms)["code"] == "confirmation_expired"
    assert count(tutor) == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quantity": "1" * 30}, "quantity"),
        ({"quantity": "9" * 400}, "quantity"),
        ({"quantity": "-5"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "0.5"}, "quantity"),
        ({"quantity": "1e400"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"limit_price": ""}, "limit_price"),
        ({"limit_price": "1e9"}, "limit_price"),
        ({"limit_price": "70.001"}, "limit_price"),
        ({"limit_price": "9" * 40}, "limit_price"),
        ({"stop_loss": "x"}, "stop_loss"),
    ],
)
def test_numbers_that_cannot_be_are_said_at_their_field(
    idle: Agent, changed: dict[str, object], field: str
) -> None:
    refusal = idle.refused("preview_order", **{**LIMIT, **changed})
    assert refusal["code"] == "field_at_fault"
    assert list(refusal["fields"]) == [field]


def test_a_market_order_with_a_limit_is_no_order(idle: Agent) -> None:
    refusal = idle.refused("preview_order", **MARKET, limit_price="70.00")
    assert (refusal["code"], refusal["field"]) == ("field_at_fault", "limit_price")


def test_an_order_above_the_agents_part_is_refused(idle: Agent) -> None:
    # 20 % of 100,000 at 70: 285 shares.
    refusal = idle.refused("preview_order", **{**LIMIT, "quantity": 286})
    assert refusal["code"] == "order_too_large_for_agents"
    assert (refusal["value"], refusal["most"]) == ("20020.00", "20000.00")
    assert idle.ask("preview_order", **{**LIMIT, "quantity": 285})["confirmation"]


def test_what_the_desk_refuses_is_said_in_words(idle: Agent) -> None:
    refusal = idle.refused("preview_order", **{**MARKET, "side": "sell"})
    assert refusal["code"] == "not_enough_to_sell"
    assert "cannot sell" in refusal["message"]
    chinese = idle.refused("preview_order", **{**MARKET, "side": "sell"}, language="zh")
    assert "卖" in chinese["message"]


def test_cash_that_went_meanwhile_refuses_a_confirmed_order(tutor: Agent) -> None:
    many = [confirmed(tutor, **{**LIMIT, "quantity": 280}) for _ in range(6)]
    for one in many[:5]:
        tutor.ask("place_order", **one)
    refusal = tutor.refused("place_order", **many[5])
    assert refusal["code"] == "not_enough_cash"
    assert count(tutor) == 5


def test_the_owner_can_suspend_programs(broker: Site, tutor: Agent) -> None:
    terms = confirmed(tutor, **LIMIT)
    number = tutor.ask("place_order", **confirmed(tutor, **LIMIT))["order"]["order_id"]
    (account,) = broker.core.portfolio.accounts(tutor.program.user.user_id)
    broker.core.configurations.change(account.account_id, {"suspend_trade": True})
    for tool, given in (("preview_order", LIMIT), ("place_order", terms)):
        assert tutor.refused(tool, **given)["code"] == "not_allowed_by_account"
    assert tutor.ask("cancel_order", order_id=number)["order"]["state"] == "cancelled"
    assert count(tutor) == 1


def test_an_order_with_exits(tutor: Agent) -> None:
    terms = confirmed(tutor, **LIMIT, take_profit="80.00", stop_loss="65.00")
    tutor.ask("place_order", **terms)
    roles = {one["terms"] for one in tutor.ask("orders", language="en")["orders"]}
    assert len(roles) == 3


def test_an_order_is_taken_back_once(tutor: Agent) -> None:
    number = tutor.ask("place_order", **confirmed(tutor, **LIMIT))["order"]["order_id"]
    assert tutor.ask("cancel_order", order_id=number)["order"]["state"] == "cancelled"
    assert tutor.refused("cancel_order", order_id=number)["code"] == "order_not_open"


def test_anothers_order_is_unknown(broker: Site, tutor: Agent, bot: Program) -> None:
    number = tutor.ask("place_order", **confirmed(tutor, **LIMIT))["order"]["order_id"]
    stranger = Agent(bot)
    unknown = {"code": "order_unknown", "message": "This account has no such order."}
    for tool in ("cancel_order", "explain_fill", "why_not_filled", "fills"):
        assert stranger.refused(tool, order_id=number) == {**unknown, "order_id": number}
        assert stranger.refused(tool, order_id=NUMBER_MAX) == {**unknown, "order_id": NUMBER_MAX}
    assert tutor.ask("orders")["orders"][0]["state"] == "open"


def test_placing_takes_the_arguments_of_the_preview() -> None:
    preview, placing = (msgspec.structs.fields(one) for one in (OrderTerms, ConfirmedTerms))
    names = {one.name for one in preview}
    assert names | {"confirmation"} == {one.name for one in placing}
