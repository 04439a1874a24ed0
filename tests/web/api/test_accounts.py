"""What an account holds, by this API, on the page and in the file: one truth at one moment."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape

import pytest

from matching.units import PriceTicks
from simtrade.desk.requests import Done, MarginRequest
from tests.web.api.owner import APPLE, Owner, problem
from tests.web.broker.program import submit
from tests.web.serving import Site
from web.broker import wire


@pytest.fixture(scope="module")
def owner(broker: Site) -> Iterator[Owner]:
    with Owner(broker) as one:
        one.bought(100)
        one.bought(7)
        one.order(3, PriceTicks(100))
        yield one


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_one_truth_by_api_page_and_file(owner: Owner) -> None:
    told = owner.get(owner.path)
    summary = {
        row[0]: row[1] for row in rows(owner.http.get(f"{owner.path}/files/summary.csv").text)
    }
    assert summary["seq"] == str(told["seq"])
    for name in ("equity", "cash", "hold", "receivable", "loan", "start", "realised", "unrealised",
                 "fees", "spread", "twin"):  # fmt: skip
        assert summary[name] == told[name], name
    (position,) = told["positions"]
    head, row = rows(owner.http.get(f"{owner.path}/files/positions.csv").text)
    kept = dict(zip(head, row, strict=True))
    assert {name: position[name] for name in kept} == kept
    page = unescape(owner.http.get(f"/portfolio?account={owner.account_id}").text)
    texts = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    for money in (told["equity"], told["cash"], position["value"]):
        assert f"${Decimal(money):,}" in texts, money
    broker = owner.bot.get("/v2/account")
    assert Decimal(broker["cash"]) == Decimal(told["cash"]) + Decimal(told["hold"])
    assert owner.get(owner.path)["seq"] == told["seq"]


def test_the_parts_add_up(owner: Owner) -> None:
    told = owner.get(owner.path)
    money = {name: Decimal(told[name]) for name in ("equity", "cash", "hold", "receivable", "loan")}
    value = sum(Decimal(one["value"]) for one in told["positions"])
    parts = money["cash"] + money["hold"] + money["receivable"] + value - money["loan"]
    assert money["equity"] == parts
    paid = sum(
        Decimal(one["value"]) + sum(Decimal(fee["amount"]) for fee in one["fees"])
        for one in owner.get(f"{owner.path}/fills")["items"]
    )
    assert Decimal(told["start"]) - paid == money["cash"] + money["hold"]
    assert owner.get(f"{owner.path}/positions")["items"] == told["positions"]


def test_a_fill_explains_itself(owner: Owner) -> None:
    newest, first = owner.get(f"{owner.path}/fills")["items"]
    assert (newest["quantity"], first["quantity"]) == ("7", "100")
    assert (first["instrument"], first["side"], first["number"]) == (APPLE, "buy", 1)
    receipt = first["receipt"]
    assert (receipt["rule"], receipt["data"], receipt["profile"]) == (
        "bar_open", "bars", "standard",
    )  # fmt: skip
    assert receipt["rule_date"] <= "2010-05-06"
    assert Decimal(receipt["half_spread"]) > 0
    assert Decimal(receipt["reference"]) < Decimal(first["price"])
    assert "bid" not in receipt, "these prices have no quotes"
    assert any("first price after it arrived" in one for one in receipt["sentences"])


def test_a_receipt_speaks_the_askers_language(owner: Owner) -> None:
    order = owner.get(f"{owner.path}/fills")["items"][0]["order"]
    path = f"{owner.path}/orders/{order}/receipt"
    english = owner.get(path)
    answer = owner.bot.http.get(path, headers={"accept-language": "zh"})
    # A guest keeps the language he began with: the person's setting goes before the header.
    assert answer.json() == english
    assert english["sentences"][:2] == ["Market", "Filled"]
    assert english["fills"][0]["receipt"]["sentences"]


def test_an_order_that_waits_says_for_what(owner: Owner) -> None:
    (waits,) = owner.get(f"{owner.path}/orders", open=1)["items"]
    assert (waits["state"], waits["limit"], waits["filled"]) == ("open", "1.00", "0")
    told = owner.get(f"{owner.path}/orders/{waits['id']}/receipt")
    assert told["fills"] == []
    assert told["order"] == waits
    assert any(one.startswith("waiting") for one in told["sentences"])


def test_an_order_is_found_by_the_id_that_brokers_clients_know(owner: Owner) -> None:
    order = owner.get(f"{owner.path}/orders")["items"][0]
    by_uuid = owner.get(f"{owner.path}/orders/{wire.order_uuid(order['id'])}")
    assert by_uuid == order
    assert owner.get(owner.path)["account"]["uuid"] == owner.bot.get("/v2/account")["id"]


@pytest.mark.parametrize("tail", ["0", "999999", "x", "%00", "9" * 400, "-1", "1e3", "１"])
def test_orders_that_do_not_exist(owner: Owner, tail: str) -> None:
    for path in (f"{owner.path}/orders/{tail}", f"{owner.path}/orders/{tail}/receipt"):
        assert problem(owner.http.get(path))[:2] == (404, "order_unknown")
    assert problem(owner.http.get(f"/api/accounts/{tail}"))[:2] == (404, "account_unknown")


def test_pages_of_orders_and_fills_tell_everything_once(broker: Site) -> None:
    with Owner(broker) as owner:
        for price in range(50, 57):
            owner.order(1, PriceTicks(price))
        owner.bought(2)
        owner.bought(3)
        for tail, name in (("orders", "id"), ("fills", "order")):
            whole = owner.get(f"{owner.path}/{tail}")["items"]
            walked, query = [], {"limit": 2}
            while True:
                page = owner.get(f"{owner.path}/{tail}", **query)
                walked += page["items"]
                if len(walked) == 2 and tail == "orders":
                    owner.order(1, PriceTicks(60))  # a new one shifts nothing
                if page["next"] is None:
                    break
                query = {"limit": 2, "after": page["next"]}
            assert [one[name] for one in walked] == [one[name] for one in whole], tail
        one = owner.get(f"{owner.path}/fills", order=walked[0]["order"])["items"]
        assert one == walked[:1]


@pytest.mark.parametrize(
    ("tail", "query", "field"),
    [
        ("orders", {"limit": "0"}, "limit"),
        ("orders", {"limit": "201"}, "limit"),
        ("orders", {"limit": "NaN"}, "limit"),
        ("orders", {"limit": "1e2"}, "limit"),
        ("orders", {"after": "!"}, "after"),
        ("orders", {"after": "bnVsbA"}, "after"),
        ("orders", {"after": "WzFd"}, "after"),
        ("orders", {"after": "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw"}, "after"),
        ("orders", {"after": "x" * 201}, "after"),
        ("orders", {"open": "yes"}, "open"),
        ("orders", {"status": "all"}, "status"),
        ("fills", {"after": "MQ"}, "after"),
        ("fills", {"order": "-1"}, "order"),
        ("fills", {"order": "9" * 30}, "order"),
        ("positions", {"after": "MQ"}, "after"),
        ("plans", {"limit": ""}, "limit"),
    ],
)
def test_wrong_questions(owner: Owner, tail: str, query: dict[str, str], field: str) -> None:
    answer = owner.http.get(f"{owner.path}/{tail}", params=query)
    assert problem(answer) == (400, "bad_query", field)


def test_value_over_time(owner: Owner) -> None:
    curve = owner.get(f"{owner.path}/equity")
    assert curve["points"][-1]["equity"] == owner.get(owner.path)["equity"]
    assert {one["twin"] for one in curve["points"]} == {"100000.00"}


def test_activities_are_told_in_words(broker: Site) -> None:
    with Owner(broker) as owner:
        for on in (True, False):
            wish = MarginRequest(owner.account_id, f"margin {on}", on=on, understood=True)
            assert isinstance(submit(broker, wish), Done)
        found = owner.get(f"{owner.path}/activities")["items"]
        assert [one["kind"] for one in found] == ["margin_off", "margin_on"]
        assert all(one["sentence"] and one["at"].endswith("Z") for one in found)
        first = owner.get(f"{owner.path}/activities", limit=1)
        rest = owner.get(f"{owner.path}/activities", limit=1, after=first["next"])
        assert first["items"] + rest["items"] == found
        assert rest["next"] is None
