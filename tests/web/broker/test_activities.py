from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from feeds.tape_store import write_tape
from matching.orders import AccountId
from simtrade.desk.requests import ClockAction
from simtrade.venues.feeds import TAPES
from tests.simtrade.desk.corporate import market
from tests.simtrade.desk.test_corporate_actions import DIVIDEND
from tests.web.broker.orders import buy, sell
from tests.web.broker.program import Program, practice
from tests.web.serving import Site
from web.broker.activities import TYPE_OF, kinds_of, place_of
from web.broker.errors import ApiError
from web.formats import midnight_ns

PATH = "/v2/account/activities"
# What alpaca-py can read as an activity.
TYPES = {
    "FILL", "ACATC", "ACATS", "CFEE", "CIL", "CSD", "CSW", "DIV", "DIVCGL", "DIVCGS", "DIVNRA",
    "DIVROC", "DIVTXEX", "DIVWH", "EXTRD", "FEE", "FXTRD", "INT", "INTPNL", "JNLC", "JNLS", "MA",
    "MEM", "NC", "OCT", "OPASN", "OPCSH", "OPEXC", "OPEXP", "OPTRD", "PTC", "REORG", "SPIN",
    "SPLIT", "SWP", "VOF", "WH",
}  # fmt: skip


def everything(program: Program, **query: Any) -> list[dict[str, Any]]:
    """All pages put together."""
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = program.get(PATH, page_size=3, **query, **token)
        found += page
        if len(page) < 3:
            return found
        token = {"page_token": page[-1]["id"]}


def check_cash(program: Program) -> list[dict[str, Any]]:
    """cash = start + fills + activities, to the cent."""
    found = everything(program)
    total = Decimal(0)
    for one in found:
        if one["activity_type"] != "FILL":
            total += Decimal(one["net_amount"])
            continue
        value = Decimal(one["price"]) * Decimal(one["qty"])
        assert Decimal(one["net_amount"]) == (-value if one["side"] == "buy" else value)
        total += Decimal(one["net_amount"])
    assert total == Decimal(program.get("/v2/account")["cash"])
    return found


def go_to(program: Program, day: date) -> None:
    """Ten o'clock."""
    ten = midnight_ns(day, "America/New_York") + 36_000 * 10**9
    program.clock(ClockAction.SEEK, ten)


def test_fills_and_dividends_add_up_to_the_cash(broker: Site) -> None:
    tape = market(DIVIDEND)
    write_tape(broker.core.settings.data / TAPES, tape)
    held = practice(broker, tape.tape_id, date(2024, 1, 2))
    buy(held, "XNAS:ONE", 1_000)
    for day in (4, 5, 8):
        go_to(held, date(2024, 1, day))
        check_cash(held)
    sell(held, "XNAS:ONE", 400)
    found = check_cash(held)
    told = [(one["activity_type"], one.get("net_amount")) for one in found]
    assert ("DIV", "500.00") in told
    assert ("DIVNRA", "-50.00") in told
    assert [one for one, _ in told].count("FILL") == 2
    assert told[-1] == ("JNLC", "100000.00")
    ids = [one["id"] for one in found]
    assert ids == sorted(ids, reverse=True)
    assert [one["id"] for one in everything(held, direction="asc")] == ids[::-1]


def test_one_fill(replay: Program) -> None:
    order_id = buy(replay, "XNAS:AAPL", 100)
    (fill,) = replay.get(f"{PATH}/FILL")
    account = replay.get("/v2/account")
    order = replay.get(f"/v2/orders/{fill['order_id']}")
    assert order["filled_qty"] == fill["cum_qty"] == "100"
    assert fill["account_id"] == account["id"]
    assert (fill["type"], fill["leaves_qty"], fill["side"]) == ("fill", "0", "buy")
    assert (fill["symbol"], fill["order_status"]) == ("AAPL", "filled")
    moment, _, uuid = fill["id"].partition("::")
    assert (len(moment), len(uuid)) == (17, 36)
    assert moment.startswith("20050201")
    assert order_id


def test_pages_are_chosen(replay: Program) -> None:
    buy(replay, "XNAS:AAPL", 10)
    sell(replay, "XNAS:AAPL", 10)
    both = replay.get(PATH, category="trade_activity")
    assert [one["side"] for one in both] == ["sell", "buy"]
    assert replay.get(PATH, activity_types="FILL") == both
    others = replay.get(PATH, category="non_trade_activity")
    assert "FILL" not in {one["activity_type"] for one in others}
    assert len(replay.get(PATH)) == len(both) + len(others)
    assert replay.get(PATH, activity_types="JNLC,SPIN")[0]["net_amount"] == "100000.00"
    assert replay.get(PATH, activity_types="SPIN") == []
    assert replay.get(PATH, date="2005-02-01") == replay.get(PATH)
    assert replay.get(PATH, date="2005-02-02") == []
    last = both[0]["transaction_time"]
    assert replay.get(f"{PATH}/FILL", until=last) == both[1:]
    assert replay.get(f"{PATH}/FILL", after=both[1]["transaction_time"]) == both[:1]


def test_a_page_token_of_another_account(replay: Program, bot: Program) -> None:
    (start,) = replay.get(f"{PATH}/JNLC")
    assert replay.get(PATH, page_token=start["id"]) == []
    status, body = bot.refused("GET", PATH, params={"page_token": start["id"]})
    assert (status, body["code"]) == (422, 40010001)


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0", "page_size=101", "page_size=1e400", "page_size=x", "direction=up",
        "category=fees", "activity_types=FILL&category=trade_activity", "activity_types=X",
        "date=2005-02-01&after=2005-02-01", "date=x", "after=NaN", "until=2005-13-01",
        "page_token=x", "page_token=20050201::00000000-0000-4000-8000-000000000000",
        "direction=asc&direction=asc", "activity_types=%00",
    ],
)  # fmt: skip
def test_wrong_queries(replay: Program, query: str) -> None:
    status, body = replay.refused("GET", f"{PATH}?{query}")
    assert (status, body["code"]) == (422, 40010001)


def test_an_activity_type_that_there_is_not(replay: Program) -> None:
    for path in ("/XYZ", "/fill", "/FILL?activity_types=FEE", "/FILL?category=trade_activity"):
        assert replay.refused("GET", PATH + path)[0] == 422


def test_every_type_is_one_that_clients_know() -> None:
    assert set(TYPE_OF.values()) <= TYPES
    assert kinds_of(tuple(sorted(TYPES))) == tuple(TYPE_OF)
    with pytest.raises(ApiError):
        kinds_of(("NOTHING",))


def test_what_is_no_id() -> None:
    for text in ("", "::", "x::y", "20050201::00000000-0000-4000-8000-000000000000"):
        assert place_of(AccountId(1), text) is None
