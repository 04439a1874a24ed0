"""The account side by the clients that people have."""

from __future__ import annotations

from datetime import date

from simtrade.desk.requests import ClockAction
from tests.web.broker.orders import buy
from tests.web.broker.program import Program
from web.formats import midnight_ns


def test_alpaca_py(replay: Program) -> None:
    buy(replay, "XNAS:AAPL", 100)
    found = replay.run("account_alpaca_py.py")
    assert found["account"]["status"] == "ACTIVE"
    assert found["account"]["suspended"] == [True, True]
    assert found["account"]["equity"] == replay.get("/v2/account")["equity"]
    market = found["market"]
    assert (market["open"], market["ordered"], market["by_id"]) == (True, True, "AAPL")
    assert market["days"] == [["2005-07-01", "09:30", "16:00"], ["2005-07-05", "09:30", "16:00"]]
    assert {"AAPL", "IBM"} <= set(market["active"])
    assert market["apple"][:2] == [1.0, 0.01]
    assert market["unknown"] == [404, 40410000]
    assert found["activities"]["types"][-1] == "JNLC"
    assert "FILL" in found["activities"]["types"]
    assert found["activities"]["fills"] == ["100"]
    assert len(set(found["activities"]["lengths"])) == 1
    assert found["activities"]["start"] == 100_000.0
    assert found["watchlists"] == {
        "left": ["IBM"],
        "assets": ["IBM"],
        "named": ["New"],
        "again": [422, 40010001],
        "gone": [404, 40410000],
    }
    assert found["announcements"] == []


def test_alpaca_py_on_announcements(replay: Program) -> None:
    buy(replay, "XNAS:AAPL", 100)
    replay.clock(ClockAction.SEEK, midnight_ns(date(2005, 3, 1), "America/New_York"))
    found = replay.run("account_alpaca_py.py")
    assert found["announcements"] == [["AAPL", "stock_split", "2005-02-28"]]
    assert found["activities"]["types"][0] == "SPLIT"
    assert found["market"]["open"] is False


def test_alpaca_trade_api(replay: Program) -> None:
    buy(replay, "XNAS:AAPL", 100)
    found = replay.run("account_alpaca_trade_api.py")
    assert found["account"][:2] == ["ACTIVE", "USD"]
    assert found["settings"] == [True, "none"]
    assert found["clock"] == [True, "2005-02-01"]
    assert found["days"] == ["2005-07-01", "2005-07-05"]
    assert found["asset"] == ["AAPL", 404]
    assert found["assets"] >= 2
    assert found["watchlists"] == [["IBM"], ["Tech"], "Other"]
    assert found["gone"] == 404
    assert found["fills"] == ["buy"]
    assert found["some"] == ["JNLC", "FILL"]
    assert set(found["activities"]) <= {"JNLC", "FILL", "FEE"}
    assert found["history"] == ["1H", True]
    assert found["frame"] > 0


def test_the_floor_in_alpaca_py(bot: Program) -> None:
    """Chinese shares in a client that knows American exchanges only."""
    assert bot.run("floor_alpaca_py.py") == ["", "CNY", "1D", 1]
