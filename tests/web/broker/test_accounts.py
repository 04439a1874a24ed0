from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from simtrade.desk.requests import MarginRequest
from tests.web.broker.orders import buy, sell
from tests.web.broker.program import Program, practice, submit
from tests.web.serving import Site

FIELDS = {
    "id", "account_number", "status", "currency", "cash", "portfolio_value", "equity",
    "last_equity", "buying_power", "regt_buying_power", "non_marginable_buying_power",
    "long_market_value", "short_market_value", "initial_margin", "maintenance_margin",
    "last_maintenance_margin", "sma", "multiplier", "accrued_fees", "trading_blocked",
    "transfers_blocked", "account_blocked", "trade_suspended_by_user", "shorting_enabled",
    "created_at", "balance_asof",
}  # fmt: skip


def checked(program: Program) -> dict[str, Any]:
    """The account, whose figures fit together."""
    account: dict[str, Any] = program.get("/v2/account")
    parts = ("cash", "long_market_value", "short_market_value")
    assert Decimal(account["equity"]) == sum(Decimal(account[one]) for one in parts)
    assert account["portfolio_value"] == account["equity"]
    view = program.site.core.portfolio.summary(program.account_id)
    if view.seq == account["seq"]:
        assert Decimal(account["equity"]) * 100 == view.equity_minor
    return account


def test_a_new_account_has_its_starting_cash(bot: Program) -> None:
    account = checked(bot)
    assert account.keys() >= FIELDS
    assert (account["status"], account["currency"], account["cash"]) == (
        "ACTIVE",
        "CNY",
        "1000000.00",
    )
    assert account["buying_power"] == account["equity"] == "1000000.00"
    assert (account["venue"], account["bot"], account["multiplier"]) == ("floor", False, "1")
    assert account["seq"] > 0


def test_holdings_and_what_orders_reserve(replay: Program) -> None:
    buy(replay, "XNAS:AAPL", 100)
    held = checked(replay)
    assert Decimal(held["long_market_value"]) > 0
    assert Decimal(held["cash"]) < 100_000
    buy(replay, "XNAS:AAPL", 10, limit=100)
    waiting = checked(replay)
    assert waiting["cash"] == held["cash"]  # still there, but not to be spent
    assert Decimal(waiting["buying_power"]) < Decimal(held["buying_power"])
    assert waiting["seq"] > held["seq"]


def test_a_borrower_s_buying_power_and_short_position(broker: Site) -> None:
    replay = practice(broker, first=date(2010, 2, 1))  # after the uptick rule
    one = MarginRequest(replay.account_id, "margin", on=True, understood=True)
    submit(replay.site, one)
    account = checked(replay)
    assert account["shorting_enabled"] is True
    assert account["multiplier"] == "2"
    assert account["buying_power"] == "200000.00"
    assert account["non_marginable_buying_power"] == "100000.00"
    sell(replay, "XNAS:AAPL", 100, short=True)
    short = checked(replay)
    assert Decimal(short["short_market_value"]) < 0
    assert Decimal(short["cash"]) > 100_000
    assert Decimal(short["maintenance_margin"]) > 0
    assert Decimal(short["initial_margin"]) > 0
    replay.call("PATCH", "/v2/account/configurations", json={"no_shorting": True})
    assert checked(replay)["shorting_enabled"] is False


def test_an_account_that_has_not_changed_is_not_told_again(replay: Program) -> None:
    answer = replay.http.get("/v2/account")
    again = replay.http.get("/v2/account", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
