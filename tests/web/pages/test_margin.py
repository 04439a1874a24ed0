"""Margin as a permission in the browser, without scripts: read, confirm, sell short, buy back."""

from __future__ import annotations

import re

from tests.web.pages.person import Person, texts

APPLE = "XNAS:AAPL"


def short(person: Person, account: int, qty: int = 10, **fields: object):
    return person.order(
        account, side="short", kind="market", qty=qty, price="", tif="day", **fields
    )


def steps(person: Person, account: int, name: str) -> None:
    """Three minutes pass."""
    venue = re.search(r'name="venue" value="([^"]+)"', person.get(f"/trade?account={account}").text)
    assert venue
    for number in range(3):
        person.post("/clock", venue=venue[1], action="step", key=f"{name}-{number}")


def figure(text: str, name: str) -> str:
    found = re.search(rf"{re.escape(name)} (-?\$[0-9,.]+)", text)
    assert found, (name, text)
    return found[1]


def test_it_is_off_until_somebody_has_read_and_confirmed(person: Person) -> None:
    account = person.start()
    refused = short(person, account)
    assert refused.status_code == 422
    assert "needs a margin account" in texts(refused)
    assert f"/margin?account={account}" in refused.text
    assert 'id="side-short"' not in person.get(f"/trade/AAPL?account={account}").text
    page = person.get(f"/margin?account={account}")
    told = texts(page)
    for part in ("can be larger than what you put in", "margin call", "50.00%", "6.00%", "FINRA"):
        assert part in told, part
    unread = person.post("/margin", account=account, key="unread", on=1)
    assert unread.status_code == 422
    assert "confirm that you have read" in texts(unread)
    done = person.post("/margin", account=account, key="read", on=1, understood=1)
    assert done.status_code == 200
    assert "Margin is on" in texts(done)
    assert 'id="side-short"' in person.get(f"/trade/AAPL?account={account}").text


def test_sell_short_see_what_it_costs_and_buy_back(person: Person) -> None:
    account = person.start()
    person.post("/margin", account=account, key="read", on=1, understood=1)
    query = f"account={account}&instrument={APPLE}&side=short&kind=market&qty=100&tif=day"
    preview = texts(person.fragment(f"/f/preview?{query}"))
    for part in (
        "Can sell short",
        "Initial margin",
        "Borrow fee a day",
        "A margin call would come",
    ):
        assert part in preview, preview
    assert "broker pays out" not in preview
    placed = short(person, account, 100)
    assert placed.status_code == 201, texts(placed)
    assert "Sell short" in texts(person.get("/portfolio")) or "sold short" in texts(placed)
    steps(person, account, "step")
    page = person.get(f"/portfolio?account={account}")
    told = texts(page)
    assert "sold short" in told
    assert re.search(r'<span class="side sell">Sell short</span> <b>AAPL</b>', page.text)
    assert "-100" in told
    assert "100 borrowed, fee a day" in told
    assert figure(told, "Borrowed shares, worth now") != "$0.00"
    assert figure(told, "Buying power").startswith("$")
    assert 'aria-label="Buy back AAPL"' in page.text
    off = person.post("/margin", account=account, key="off", on=0)
    assert off.status_code == 422
    assert "Margin stays on while" in texts(off)
    more = person.order(account, side="buy", kind="market", qty=101, price="", tif="day")
    assert more.status_code == 422
    assert "more than you owe" in texts(more)
    covered = person.order(
        account, side="buy", kind="market", qty=100, price="", tif="day", key="c"
    )
    assert covered.status_code == 201, texts(covered)
    steps(person, account, "more")
    off = person.post("/margin", account=account, key="off again", on=0)
    assert off.status_code == 200, texts(off)
    assert "Margin is on" not in texts(off)


def test_chinese_words_and_the_chinese_market(chinese: Person) -> None:
    account = chinese.join()
    page = texts(chinese.get(f"/margin?account={account}"))
    for part in ("融资融券", "融资保证金比例", "追保", "100.00%"):
        assert part in page, part
    done = chinese.post("/margin", account=account, key="read", on=1, understood=1)
    assert "融资融券已开通" in texts(done)
    desk = chinese.get(f"/trade?account={account}")
    assert "融券卖出" in texts(desk)
    quote = re.search(r'name="instrument" value="([^"]+)"', desk.text)
    assert quote
    refused = chinese.order(
        account, side="short", kind="market", qty=100, price="", tif="day", instrument=quote[1]
    )
    assert refused.status_code == 422
    assert "不低于此价" in texts(refused) or "可借" in texts(refused)


def test_accounts_of_others_and_visitors(person: Person, stranger: Person) -> None:
    account = person.start()
    assert stranger.get(f"/margin?account={account}").status_code == 401
    stranger.start()
    assert stranger.get(f"/margin?account={account}").status_code == 404
    taken = stranger.post("/margin", account=account, key="mine", on=1, understood=1)
    assert taken.status_code == 404
