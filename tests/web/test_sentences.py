"""Every reason, cause and rule has words in both languages, and no number is left out of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from matching.events import Cause, FillRule
from matching.instrument import Instrument, InstrumentId
from matching.orders import FillProfile, TimeInForce
from matching.reasons import Reason
from matching.units import CURRENCIES
from simtrade.people.model import PersonReason
from simtrade.portfolio.views import OrderState
from simtrade.venues.rules import BOOKS, rule_book
from web import words
from web.explain import RULE_NAMES, RULES
from web.order_words import STATES
from web.sentences import sentence

BANK = Instrument(
    InstrumentId("SIMA:600000"), "600000", "Bank", "银行", CURRENCIES["CNY"], "SIMA", "main"
)
ALL = [*Reason, *PersonReason]


@pytest.mark.parametrize("reason", ALL, ids=str)
def test_every_reason_speaks_both_languages(reason: Reason | PersonReason) -> None:
    english, chinese = sentence(reason, {}, "en"), sentence(reason, {}, "zh")
    assert english.isascii()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.CAUSES, [one.value for one in Cause]),
        (words.PROFILES, [one.value for one in FillProfile]),
        (STATES, [one.value for one in OrderState]),
        (words.TIMES_IN_FORCE, [one.value for one in TimeInForce]),
        (
            words.WAITING,
            ["next_bar", "next_quote", "queue", "price", "market_open", "fresh_quote"],
        ),
        (RULES, [one.value for one in FillRule]),
        (RULE_NAMES, [one.value for one in FillRule]),
    ],
)
def test_every_code_has_words(table: Mapping[str, str], codes: list[str]) -> None:
    assert [code for code in codes if code not in table] == []


@pytest.mark.parametrize("book", sorted(set(BOOKS.values())))
def test_every_fee_of_the_rule_books_has_a_name(book: str) -> None:
    codes = {rule.values["code"] for rule in rule_book(book).rules if rule.kind == "fee"}
    assert sorted(code for code in codes if code not in words.FEES) == []


def test_numbers_are_written_with_their_unit() -> None:
    text = sentence(
        Reason.NOT_ENOUGH_CASH, {"needed_minor": 200500, "available_minor": 100}, "en", BANK
    )
    assert text.endswith("It needs ¥2,005.00. You have ¥1.00.")
    text = sentence(Reason.PRICE_ABOVE_LIMIT, {"upper_ticks": 1100}, "zh", BANK)
    assert text == "价格高于今日涨停价。今日最高可报 11.00。"


def test_unknown_numbers_do_no_harm() -> None:
    assert sentence(Reason.SELF_TRADE, {"mystery": 3}, "en") == sentence(
        Reason.SELF_TRADE, {}, "en"
    )


def test_a_time_is_told_on_the_clock_of_the_market() -> None:
    numbers = {"until_ns": 1_675_733_100 * 10**9}  # 2023-02-07 01:25 UTC
    told = sentence(Reason.CANCEL_LOCKED, numbers, "en", time_zone="Asia/Shanghai")
    assert "again at 09:25." in told
    assert "09:25" not in sentence(Reason.CANCEL_LOCKED, numbers, "en")
    assert "09:25 起" in sentence(Reason.CANCEL_LOCKED, numbers, "zh", time_zone="Asia/Shanghai")
