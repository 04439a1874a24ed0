"""What if: the page, the second market, and who may have one."""

from __future__ import annotations

import re
import time

import pytest

from tests.web.pages.person import Person, texts


def key_of(text: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', text)
    assert found
    return found[1]


def bought(person: Person) -> tuple[int, str]:
    """A market with one filled order; the account and the order."""
    account = person.start()
    page = person.get(f"/trade/AAPL?account={account}")
    answer = person.post(
        "/orders", account=account, instrument="XNAS:AAPL", side="buy", kind="market", qty=10,
        key=key_of(page.text), tif="day",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    for _ in range(300):
        time.sleep(0.1)
        found = re.search(
            r"/practice/branch\?account=\d+&amp;order=(\d+)", person.get("/portfolio").text
        )
        if found:
            return account, found[1]
    raise AssertionError("nothing was filled")


def test_before_an_order_there_is_a_market_without_it(person: Person) -> None:
    account, order = bought(person)
    page = person.get(f"/practice/branch?account={account}&order={order}")
    assert "A second market begins just before you placed this order" in texts(page)
    key = key_of(page.text)
    desk = person.post("/practice/branch", account=account, order=order, key=key, name="Without")
    other = desk.url.params["account"]
    assert other != str(account)
    assert desk.url.path == "/trade/AAPL"
    assert "Without" in desk.text
    assert "You own nothing yet" in texts(desk)
    again = person.post("/practice/branch", account=account, order=order, key=key, name="Without")
    assert again.url.params["account"] == other


def test_from_now_the_shares_are_there_too(person: Person) -> None:
    account, _ = bought(person)
    assert f"/practice/branch?account={account}" in person.get("/practice").text
    page = person.get(f"/practice/branch?account={account}")
    desk = person.post("/practice/branch", account=account, key=key_of(page.text))
    assert desk.url.params["account"] != str(account)
    assert "You own nothing yet" not in texts(desk)


def test_what_is_not_ones_own_is_not_there(person: Person, stranger: Person) -> None:
    account, order = bought(person)
    stranger.start()
    for path in (f"account={account}", f"account={account}&order={order}"):
        assert stranger.get(f"/practice/branch?{path}").status_code == 404
    assert stranger.post("/practice/branch", account=account, key="k").status_code == 404
    own = stranger.start()
    assert stranger.get(f"/practice/branch?account={own}&order={order}").status_code == 404
    assert stranger.get(f"/practice/branch?account={own}&order=x").status_code == 404


def test_the_floor_has_no_other_way(person: Person) -> None:
    account = person.join()
    assert person.get(f"/practice/branch?account={account}").status_code == 404
    assert person.post("/practice/branch", account=account, key="k").status_code == 404


@pytest.mark.parametrize("name", ["x" * 41, "a\u202eb"])
def test_a_name_that_cannot_be_used_is_refused(person: Person, name: str) -> None:
    account = person.start()
    answer = person.post("/practice/branch", account=account, key="some-key-1", name=name)
    assert answer.status_code == 422
    assert 'id="branch-error"' in answer.text
