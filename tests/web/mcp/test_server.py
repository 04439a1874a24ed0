"""Which tools a key is offered, and what a call answers whatever is sent."""

from __future__ import annotations

import json

import jsonschema
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from simtrade.people.api_keys import KeyScope
from tests.web.broker.program import Program, program
from tests.web.mcp.agent import Agent, Mode, text_of
from tests.web.serving import Site
from web.mcp.addresses import PATHS
from web.mcp.server import TOOLS

ORDER_TOOLS = {"preview_order", "place_order", "cancel_order"}
READ_TOOLS = set(TOOLS) - ORDER_TOOLS
TERMS = {"symbol": "AAPL", "side": "buy", "quantity": 1}


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_both_ages_of_the_protocol_are_spoken(replay: Program, mode: Mode) -> None:
    agent = Agent(replay, mode=mode)
    assert set(agent.tools()) == READ_TOOLS | ORDER_TOOLS
    assert agent.ask("account")["cash"] == "100000.00"


def test_orders_need_their_address_and_a_key_that_may_trade(broker: Site, replay: Program) -> None:
    assert set(Agent(replay, "/mcp").tools()) == READ_TOOLS
    assert Agent(replay, "/mcp").refused("preview_order", **TERMS)["code"] == "orders_not_allowed"
    clock_only = frozenset({KeyScope.CLOCK})
    venue_id = replay.key.venue_id
    reader = Agent(program(broker, user=replay.user, venue_id=venue_id, scopes=clock_only))
    assert set(reader.tools()) == READ_TOOLS
    for name in ORDER_TOOLS:
        assert reader.refused(name, **TERMS)["code"] == "orders_not_allowed"
    assert reader.ask("orders")["orders"] == []


def test_an_operator_can_forbid_orders(
    broker: Site, idle: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(broker.core.settings), "mcp_order_permille", 0)
    assert set(idle.tools()) == READ_TOOLS
    assert idle.refused("place_order", **TERMS)["code"] == "orders_not_allowed"


def test_hints_say_what_a_tool_does(idle: Agent) -> None:
    for name, tool in idle.tools().items():
        assert tool.annotations is not None
        reads = name in READ_TOOLS or name == "preview_order"
        assert tool.annotations.read_only_hint is reads, name
        assert tool.annotations.destructive_hint is not reads, name


def test_every_schema_is_a_schema_of_an_object(idle: Agent) -> None:
    for tool in idle.tools().values():
        for one in (tool.input_schema, tool.output_schema):
            assert one is not None
            assert one["type"] == "object"
            jsonschema.Draft202012Validator.check_schema(one)


def test_an_unknown_tool_is_a_fault_of_the_protocol(idle: Agent) -> None:
    async def say(client: Client) -> str:
        with pytest.raises(MCPError) as raised:
            await client.call_tool("nowhere", {})
        return raised.value.error.message

    assert idle.talk(say) == "There is no such tool."


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("quotes", {}),
        ("quotes", {"symbols": []}),
        ("quotes", {"symbols": ["AAPL"] * 51}),
        ("quotes", {"symbols": "AAPL"}),
        ("quotes", {"symbols": [None]}),
        ("bars", {"symbol": "AAPL", "count": 0}),
        ("bars", {"symbol": "AAPL", "count": 1.5}),
        ("bars", {"symbol": "AAPL", "count": 999_999_999_999_999}),
        ("bars", {"symbol": "AAPL", "interval": "1y"}),
        ("bars", {"symbol": "A" * 65}),
        ("account", {"surprise": 1}),
        ("fills", {"order_id": 0}),
        ("fills", {"order_id": True}),
        ("explain_fill", {"order_id": "1"}),
        ("market_clock", {"language": "fr"}),
        ("lesson", {"lesson_id": ""}),
        ("preview_order", {"symbol": "AAPL", "side": "hold", "quantity": 1}),
        ("preview_order", {"symbol": "AAPL", "side": "buy", "quantity": 0.5}),
        ("preview_order", {"symbol": "AAPL", "side": "buy", "quantity": 1, "limit_price": 77.05}),
        ("place_order", TERMS),
        ("place_order", {**TERMS, "confirmation": "x"}),
    ],
)
def test_wrong_arguments_are_refused_in_a_sentence(
    broker: Site, idle: Agent, tool: str, arguments: dict[str, object]
) -> None:
    before = broker.app.state.bugs
    refusal = idle.refused(tool, **arguments)
    assert refusal["code"] == "arguments_at_fault"
    assert refusal["message"]
    assert broker.app.state.bugs == before


@pytest.mark.parametrize("tool", ["depth", "bars", "market_rules", "preview_order"])
@pytest.mark.parametrize("symbol", ["NOPE", "../etc", "a\u0000b", "' or 1=1", "\u202eLPAA"])
def test_an_unknown_instrument_is_a_refusal(idle: Agent, tool: str, symbol: str) -> None:
    more = {"side": "buy", "quantity": 1} if tool == "preview_order" else {}
    assert idle.refused(tool, symbol=symbol, **more)["code"] == "instrument_unknown"


def test_a_bug_is_counted_and_tells_nothing(
    broker: Site, idle: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret row")

    before = broker.app.state.bugs
    monkeypatch.setattr(type(broker.core.portfolio), "summary", broken)
    found = idle.call("account")
    assert found.is_error
    assert "secret" not in text_of(found)
    assert json.loads(text_of(found))["error_id"]
    assert broker.app.state.bugs == before + 1
    broker.app.state.bugs = before


def test_the_addresses_are_those_that_are_served(broker: Site) -> None:
    assert set(PATHS) <= {getattr(route, "path", "") for route in broker.app.routes}
