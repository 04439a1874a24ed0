"""The rules of an instrument, as the dated records have them."""

from __future__ import annotations

from tests.web.broker.program import Program
from tests.web.mcp.agent import Agent


def test_rules_of_a_replay_are_those_of_its_day(idle: Agent) -> None:
    found = idle.ask("market_rules", symbol="AAPL", language="en")
    assert (found["session_date"], found["currency"]) == ("2005-02-01", "USD")
    assert (found["lot"], found["price_step"]) == ("1", "0.01")
    (commission,) = (one for one in found["fees"] if one["code"] == "commission")
    assert commission == {
        "code": "commission", "name": "Commission", "side": "both", "role": "",
        "rate_percent": "0", "per_unit": "0.005", "least": "1.00", "most": None,
        "most_percent": "1",
    }  # fmt: skip
    assert {one["kind"] for one in found["kinds"]} == {"market", "limit"}
    assert all(one["written_in"] and one["in_force_since"] for one in found["sources"])


def test_rules_of_the_floor_name_lots_limits_and_t_plus_one(bot: Program) -> None:
    agent = Agent(bot)
    symbol = agent.ask("find_instruments", limit=1)["instruments"][0]["symbol"]
    found = agent.ask("market_rules", symbol=symbol)
    assert found["bought_sellable_after_sessions"] == 1
    assert float(found["lowest_price"]) < float(found["highest_price"])
    assert int(found["lot"]) >= 1
    assert any(one["code"] == "stamp_duty" and one["side"] == "sell" for one in found["fees"])
