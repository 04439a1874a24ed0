"""Subscriptions: what is wanted, with the whole state in every answer."""

from __future__ import annotations

from web.broker.streams.asked import Asked
from web.broker.streams.channels import COINS, STOCKS, Channel, Wanted


def test_subscriptions_add_up_and_are_taken_back() -> None:
    wanted = Wanted.nothing(STOCKS)
    wanted = wanted.with_more(Asked(trades=["B", "A", "A"], bars=["*"]))
    wanted = wanted.with_more(Asked(trades=["C"]))
    assert wanted.size == 4
    assert wanted.value() == {
        "T": "subscription", "trades": ["A", "B", "C"], "quotes": [], "bars": ["*"],
        "updatedBars": [], "dailyBars": [], "statuses": [], "lulds": [],
    }  # fmt: skip
    wanted = wanted.with_less(Asked(trades=["A", "Z"], bars=["*"]))
    assert wanted.of(Channel.TRADES) == {"B", "C"}
    assert wanted.size == 2


def test_a_star_is_every_symbol() -> None:
    wanted = Wanted.nothing(STOCKS).with_more(Asked(quotes=["*"], trades=["A"]))
    assert wanted.has(Channel.QUOTES, "anything")
    assert wanted.has(Channel.TRADES, "A")
    assert not wanted.has(Channel.TRADES, "B")
    assert not wanted.has(Channel.BARS, "A")


def test_who_wants_the_same_is_the_same() -> None:
    one = Wanted.nothing(STOCKS).with_more(Asked(trades=["A", "B"]))
    two = Wanted.nothing(STOCKS).with_more(Asked(trades=["B"])).with_more(Asked(trades=["A"]))
    assert one == two
    assert hash(one) == hash(two)


def test_books_are_of_coins_and_halts_of_shares() -> None:
    books = Wanted.nothing(STOCKS).with_more(Asked(orderbooks=["A"]))
    assert books.size == 0
    coins = Wanted.nothing(COINS).with_more(Asked(orderbooks=["A"], lulds=["A"]))
    assert coins.value()["orderbooks"] == ["A"]
    assert "lulds" not in coins.value()
