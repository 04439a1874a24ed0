"""Orders by form: once, explained, and only one's own; the clock likewise."""

from __future__ import annotations

import re

import pytest

from tests.web.pages.person import Person, texts


def order_number(text: str) -> str:
    found = re.search(r"order=(\d+)", text)
    assert found
    return found[1]


def test_an_order_with_scripts_is_a_part_and_tells_the_page(person: Person) -> None:
    answer = person.order(person.start())
    assert answer.status_code == 201
    assert "simtrade:account" in answer.headers["hx-trigger"]
    assert "<html" not in answer.text
    assert "Order received" in texts(answer)


def test_an_order_without_scripts_is_a_page_that_may_be_reloaded(person: Person) -> None:
    answer = person.order(person.start(), fragment=False)
    assert answer.history[0].status_code == 303
    assert "Order received" in texts(answer)
    assert "Order received" in texts(person.get(str(answer.url)))


def test_the_same_form_twice_is_one_order(person: Person) -> None:
    account = person.start()
    first, second = person.order(account, key="k1"), person.order(account, key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert order_number(first.text) == order_number(second.text)
    assert len(person.get(f"/portfolio/orders.csv?account={account}").text.splitlines()) == 2


def test_a_used_key_with_another_order_gets_a_fresh_one(person: Person) -> None:
    account = person.start()
    person.order(account, key="k2")
    answer = person.order(account, key="k2", qty=11)
    assert answer.status_code == 422
    assert "already used" in texts(answer)
    assert 'name="key" value="k2"' not in answer.text


def test_a_mistake_brings_the_same_form_back(person: Person) -> None:
    account = person.start()
    answer = person.order(account, fragment=False, qty="ten", price="-1", side="sell")
    assert answer.status_code == 422
    assert re.search(r'id="qty"[^>]*value="ten" aria-invalid="true"[^>]*"qty-note"', answer.text)
    assert re.search(r'id="price"[^>]*value="-1" aria-invalid="true"', answer.text)
    assert 'id="side-sell" value="sell" checked' in answer.text


@pytest.mark.parametrize("wrong", [{"take_profit": "0.50"}, {"tif": "gtd", "good_till": ""}])
def test_a_typed_price_is_kept_whatever_else_is_wrong(
    person: Person, wrong: dict[str, str]
) -> None:
    account = person.start()
    fresh = person.get(f"/trade/AAPL?account={account}").text
    assert re.search(r'id="price"[^>]* data-follow', fresh)
    answer = person.order(account, **wrong)
    assert answer.status_code == 422
    assert re.search(r'id="price"[^>]*value="1.00"', answer.text)
    assert "data-follow" not in answer.text, "the market's price would take its place"


def test_a_refusal_shows_the_rule_and_its_day(person: Person) -> None:
    account = person.start()
    answer = person.order(account, qty=1_000_001)
    assert answer.status_code == 422
    shown = texts(answer)
    assert "At most 1,000,000." in shown
    assert "The rule: US equities trade in single shares" in shown
    assert "[1990-01-01]" in shown


def test_cancel_and_change(person: Person) -> None:
    account = person.start()
    number = order_number(person.order(account).text)
    changed = person.post(
        f"/orders/{number}/replace", fragment=True, account=account, key="r1", qty=20, price="1.50"
    )
    assert "1.50" in texts(changed)
    assert "Order changed." in texts(changed)
    wrong = person.post(
        f"/orders/{number}/replace", fragment=True, account=account, key="r2", qty=0, price="x"
    )
    assert wrong.status_code == 422
    assert "at least 1" in texts(wrong)
    gone = person.post(f"/orders/{number}/cancel", fragment=True, account=account, key="c1")
    assert "No open orders." in texts(gone)
    again = person.post(f"/orders/{number}/cancel", fragment=True, account=account, key="c2")
    assert "no longer open" in texts(again)
    assert again.status_code == 422
    plain = person.post(f"/orders/{number}/cancel", account=account, key="c3")
    assert plain.status_code == 422
    assert "no longer open" in texts(plain)


def test_the_order_of_another_person_does_not_exist(person: Person, stranger: Person) -> None:
    theirs = stranger.start()
    number = order_number(stranger.order(theirs).text)
    account = person.start()
    fields = {"account": account, "key": "x", "qty": 5, "price": "2.00"}
    assert person.post(f"/orders/{number}/replace", **fields).status_code == 404
    person.post(f"/orders/{number}/cancel", fragment=True, account=account, key="y")
    assert "1.00" in texts(stranger.fragment(f"/f/orders?account={theirs}"))


def venue(person: Person, account: int) -> str:
    page = person.get(f"/trade/AAPL?account={account}").text
    found = re.search(r'name="venue" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_clock_obeys_its_owner_only(person: Person, stranger: Person) -> None:
    mine = venue(person, person.start())
    assert person.post("/clock", fragment=True, venue=mine, action="pause").status_code == 204
    assert "Paused" in texts(person.post("/clock", venue=mine, action="pause"))
    stranger.start()
    assert stranger.post("/clock", venue=mine, action="play").status_code == 404
    assert person.post("/clock", venue="floor", action="pause").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"action": "speed", "number": 7}, "speed is not offered"),
        ({"action": "seek", "date": "2008-01-02"}, "only moves forward"),
        ({"action": "seek", "date": "2099-01-02"}, "does not reach"),
    ],
)
def test_what_the_clock_refuses_is_explained(
    person: Person, fields: dict[str, object], words: str
) -> None:
    mine = venue(person, person.start())
    answer = person.post("/clock", venue=mine, **fields)
    assert answer.status_code == 422
    assert words in texts(answer)
    part = person.post("/clock", fragment=True, venue=mine, **fields)
    assert part.headers["hx-retarget"] == "#toast"
    assert person.post("/clock", venue=mine, action="rewind").status_code == 400
    account = person.start()
    back = person.post("/clock", venue=mine, next=f"/trade/AAPL?account={account}", **fields)
    assert back.status_code == 200
    assert words in texts(back)


def test_a_distance_that_cannot_be_is_said_at_the_exit_it_belongs_to(person: Person) -> None:
    account = person.start()
    answer = person.order(
        account, style="market", exits="1", stop_loss_trail="9999", stop_loss_trail_unit="price"
    )
    assert answer.status_code == 422
    note = re.search(r'class="error" id="stop_loss_trail-note">([^<]*)<', answer.text)
    assert note is not None
    assert "larger than the price" in note[1]


def market_time(person: Person, account: int) -> str:
    page = person.get(f"/trade/AAPL?account={account}").text
    found = re.search(r'data-clock="time">([^<]*)<', page)
    assert found is not None
    return found[1]


def test_the_same_press_of_the_clock_counts_once(person: Person) -> None:
    account = person.start()
    page = person.get(f"/trade/AAPL?account={account}").text
    keys = re.findall(r'action="/clock".*?name="key" value="(\w{32})"', page, re.DOTALL)
    assert len(set(keys)) == len(keys) == 3, "each form has its own"
    found = re.search(r'name="venue" value="(p\d+)"', page)
    assert found is not None
    words = {"venue": found[1], "key": keys[0]}
    person.post("/clock", action="pause", **words)
    before = market_time(person, account)
    for _ in range(3):
        person.post("/clock", fragment=True, action="step", **words)
    once = market_time(person, account)
    assert before != once
    person.post("/clock", action="step", venue=found[1], key=keys[1])
    assert market_time(person, account) != once, "another form is another wish"
