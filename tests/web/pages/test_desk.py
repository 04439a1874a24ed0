"""The desk as a whole page and in parts."""

from __future__ import annotations

import re

import pytest

from tests.web.pages.person import Person, texts
from tests.web.pages.test_margin import steps


def test_a_visitor_is_led_to_the_start(person: Person) -> None:
    assert person.get("/trade").url.path == "/"
    assert person.get("/trade/AAPL").url.path == "/"


def test_an_unknown_symbol_opens_a_known_one(person: Person) -> None:
    person.start()
    assert person.get("/trade/NOSUCH").url.path == "/trade/AAPL"
    assert person.get("/trade?symbol=IBM").url.path == "/trade/IBM"


def test_the_desk_shows_one_market_and_says_what_it_is(person: Person) -> None:
    account = person.start()
    page = texts(person.get(f"/trade/AAPL?account={account}"))
    for words in ("Play money", "Replay", "reconstructed", "Charts by TradingView", "$100,000.00"):
        assert words in page
    assert "Sep 12, 2008" in page


def test_a_link_can_prepare_the_ticket(person: Person) -> None:
    account = person.start()
    page = person.get(f"/trade/IBM?account={account}&side=sell&qty=7").text
    assert re.search(r'id="side-sell" value="sell" checked', page)
    assert re.search(r'id="qty"[^>]*value="7"', page)


def test_each_fresh_ticket_has_a_fresh_key(person: Person) -> None:
    account = person.start()
    path = f"/f/ticket?account={account}&instrument=XNAS:AAPL"
    keys = [re.findall(r'name="key" value="(\w+)"', person.fragment(path).text) for _ in range(2)]
    assert len(keys[0]) == 1
    assert keys[0] != keys[1]


def test_the_preview_tells_costs_or_why_not(person: Person) -> None:
    account = person.start()
    path = f"/f/preview?account={account}&instrument=XNAS:AAPL&kind=limit&price=100&qty="
    assert "$1,001.00" in texts(person.fragment(path + "10"))
    assert "at least 1" in texts(person.fragment(path + "0"))
    assert "enough available cash" in texts(person.fragment(path + "100000"))


def test_a_sale_tells_how_long_a_broker_keeps_the_money(person: Person) -> None:
    """Three days in the United States of 1995 to 2017; a buy has nothing to pay out."""
    account = person.start()
    person.order(account, kind="market", price="", qty=10)
    steps(person, account, "bought")
    path = f"/f/preview?account={account}&instrument=XNAS:AAPL&kind=market&qty=10&side="
    assert "A broker pays out after (trading days) 3" in texts(person.fragment(path + "sell"))
    assert "broker pays out" not in texts(person.fragment(path + "buy"))


@pytest.mark.parametrize("name", ["positions", "orders", "fills"])
def test_tables_are_parts(person: Person, name: str) -> None:
    account = person.start()
    answer = person.fragment(f"/f/{name}?account={account}")
    assert answer.status_code == 200
    assert "<html" not in answer.text


@pytest.mark.parametrize("path", ["/f/ticket", "/f/preview"])
def test_an_unknown_instrument_is_not_found(person: Person, path: str) -> None:
    account = person.start()
    assert person.fragment(f"{path}?account={account}&instrument=X:Y").status_code == 404
    assert person.fragment(f"/f/result?account={account}&order=999999").status_code == 404


def test_one_person_switches_between_markets(person: Person) -> None:
    practice, floor = person.start(), person.join()
    assert person.get("/trade").url.params["account"] == str(floor)
    person.post("/account", account=practice)
    assert person.get("/trade").url.params["account"] == str(practice)
