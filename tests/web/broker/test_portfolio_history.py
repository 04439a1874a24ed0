from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from simtrade.desk.requests import ClockAction
from tests.web.broker.orders import buy
from tests.web.broker.program import Program, practice
from tests.web.serving import Site
from web.broker.portfolio_history import _moved
from web.formats import midnight_ns

PATH = "/v2/account/portfolio/history"


def checked(program: Program, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = program.get(PATH, **query)
    lengths = {len(found[one]) for one in ("timestamp", "equity", "profit_loss", "profit_loss_pct")}
    lengths |= {len(one) for one in found["cashflow"].values()}
    assert len(lengths) == 1
    assert found["timestamp"] == sorted(set(found["timestamp"]))
    for equity, profit in zip(found["equity"], found["profit_loss"], strict=True):
        assert found["timeframe"] != "1D" or equity - profit == pytest.approx(found["base_value"])
    return found


@pytest.fixture(scope="module")
def holder(broker: Site) -> Program:
    """Somebody who has held shares for three months; a later test must not close his connection."""
    one = practice(broker)
    buy(one, "XNAS:AAPL", 500)
    one.clock(ClockAction.SEEK, midnight_ns(date(2005, 5, 3), "America/New_York"))
    return one


@pytest.fixture(autouse=True)
def open_again(holder: Program) -> None:
    holder.connect()


def test_days_by_default(holder: Program) -> None:
    account = holder.get("/v2/account")
    found = checked(holder)
    assert (found["timeframe"], found["cashflow"]) == ("1D", {})
    assert 20 <= len(found["timestamp"]) <= 23
    assert f"{found['equity'][-1]:.2f}" == account["equity"]
    assert found["base_value_asof"] < "2005-04-04"


@pytest.mark.parametrize(
    ("query", "timeframe", "windows"),
    [
        ({"period": "1D"}, "1Min", 390),
        ({"period": "2D", "timeframe": "1H"}, "1H", 14),
        ({"period": "1W"}, "15Min", 5 * 26),
        ({"period": "1W", "timeframe": "1Min"}, "1Min", 5 * 390),
        ({"period": "10D"}, "15Min", 260),
        ({"period": "3M"}, "1D", 61),
        ({"period": "1A", "timeframe": "1D"}, "1D", 63),
        ({"start": "2005-04-01", "end": "2005-04-02", "timeframe": "5Min"}, "5Min", 78),
        ({"start": "2005-04-01", "period": "2D", "timeframe": "1D"}, "1D", 2),
        ({"date_end": "2005-04-01", "period": "3D", "timeframe": "1D"}, "1D", 3),
        ({"date_end": "2030-04-01", "period": "3D", "timeframe": "1D"}, "1D", 3),
        ({"date_start": "2005-05-01", "timeframe": "1D"}, "1D", 1),
        ({"period": "1D", "timeframe": "1H", "extended_hours": "true"}, "1H", 8),
        ({"period": "1D", "timeframe": "1H", "intraday_reporting": "continuous"}, "1H", 7),
    ],
)
def test_which_windows(
    holder: Program, query: dict[str, str], timeframe: str, windows: int
) -> None:
    found = checked(holder, **query)
    assert (found["timeframe"], len(found["timestamp"])) == (timeframe, windows)


def test_profit_counts_from_the_day_or_from_the_beginning(holder: Program) -> None:
    query = {"period": "3D", "timeframe": "1H"}
    each = checked(holder, **query)
    whole = checked(holder, pnl_reset="no_reset", **query)
    assert each["equity"] == whole["equity"]
    assert each["profit_loss"][:7] == whole["profit_loss"][:7]
    assert each["profit_loss"][-1] != whole["profit_loss"][-1]
    assert whole["equity"][-1] - whole["profit_loss"][-1] == pytest.approx(whole["base_value"])


def test_money_that_came_and_went(holder: Program) -> None:
    found = checked(holder, period="1A", timeframe="1D", cashflow_types="JNLC,DIV")
    assert found["cashflow"]["JNLC"] == [100_000.0] + [0.0] * 62
    assert found["cashflow"].keys() == {"JNLC", "DIV"}
    every = checked(holder, period="1A", timeframe="1D", cashflow_types="ALL")["cashflow"]
    assert "FILL" not in every
    assert sum(every["FEE"]) <= 0
    assert checked(holder, period="1A", timeframe="1D", cashflow_types="NONE")["cashflow"] == {}


def test_a_new_account(bot: Program) -> None:
    found = checked(bot, period="1D", timeframe="1D")
    assert found["equity"] == [1_000_000.0]
    assert found["profit_loss"] == [0.0]


@pytest.mark.parametrize(
    "query",
    [
        "period=1Y", "period=0D", "period=D", "period=1e400D", "period=99999D", "timeframe=2Min",
        "period=1M&timeframe=1Min", "period=3M&timeframe=1H", "start=x", "end=2005-02-30",
        "start=2005-04-02&end=2005-04-01", "start=2030-01-01", "date_end=2000-01-01",
        "start=2005-04-01&end=2005-04-02&period=1D", "end=2005-04-01&date_end=2005-04-01",
        "extended_hours=maybe", "intraday_reporting=all", "pnl_reset=never", "cashflow_types=XX",
        "period=1D&period=1D",
    ],
)  # fmt: skip
def test_wrong_queries(holder: Program, query: str) -> None:
    status, body = holder.refused("GET", f"{PATH}?{query}")
    assert (status, body["code"]) == (422, 40010001)


@pytest.mark.parametrize(
    ("count", "unit", "expected"),
    [
        (-1, "M", date(2005, 2, 28)),
        (1, "A", date(2006, 3, 31)),
        (-2, "W", date(2005, 3, 17)),
        (9999, "A", date(2200, 1, 31)),
        (-9999, "A", date(1900, 1, 31)),
        (-9999, "W", date(1909, 6, 3)),
        (9999, "W", date(2101, 1, 27)),
    ],
)
def test_periods(count: int, unit: str, expected: date) -> None:
    assert _moved(date(2005, 3, 31), count, unit) == expected
