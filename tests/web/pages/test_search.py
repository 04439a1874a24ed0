"""The search page and its fragment, in the market of the account used last."""

from __future__ import annotations

import re

import pytest

from tests.web.pages.person import Person


def links(text: str) -> list[str]:
    return re.findall(r'<li[^>]*><a href="/trade/([^"?]+)\?account=\d+"', text)


def test_a_visitor_is_sent_to_the_beginning(person: Person) -> None:
    assert person.get("/search?text=1").url.path == "/"
    assert links(person.fragment("/f/search?text=1").text) == []


def test_the_floor_is_searched_by_code_name_and_pinyin(chinese: Person) -> None:
    account = chinese.join()
    desk = chinese.get(f"/trade/600000?account={account}").text
    symbols = re.findall(r'<option value="(\d{6})"', desk)
    assert f'href="/search?account={account}"' in desk
    assert 'hx-get="/f/search?account=' in desk
    symbol = symbols[0]
    assert links(chinese.get(f"/search?text={symbol}").text)[0] == symbol
    page = chinese.get(f"/search?text=zzzz&account={account}")
    assert links(page.text) == []
    assert "没有这样的代码、名称或拼音。" in page.text
    found = links(chinese.fragment(f"/f/search?text={symbol[:3]}").text)
    assert found
    assert all(symbol[:3] in one for one in found)
    assert links(chinese.fragment("/f/search?text=").text) == []


@pytest.mark.parametrize("text", ["<script>", "%22%3E%3Cb%3E", "x" * 5000, "%00", "%F0%9F%99%82"])
def test_whatever_is_typed_is_shown_as_text(person: Person, text: str) -> None:
    person.join()
    answer = person.get(f"/search?text={text}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text.replace("<script ", "")
    assert '<b>"' not in answer.text


def test_a_market_of_a_few_is_not_searched(person: Person) -> None:
    account = person.start()
    assert "/search" not in person.get(f"/trade/AAPL?account={account}").text
    assert links(person.get("/search?text=aa").text) == ["AAPL"]


def test_nobody_searches_with_an_account_of_another(person: Person, stranger: Person) -> None:
    account = person.start()
    stranger.start()
    assert stranger.get(f"/search?account={account}&text=a").status_code == 404
