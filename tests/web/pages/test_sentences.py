"""Every reason, cause and rule has words in both languages, and no number is left out of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from matching.events import Cause, FillRule
from matching.instrument import Instrument, InstrumentId
from matching.orders import FillProfile, OrderId, Side, TimeInForce
from matching.reasons import Reason
from matching.units import CURRENCIES, AtNs
from simtrade.people.model import PersonReason
from simtrade.portfolio.views import FeeItem, FillView, OrderState
from simtrade.venues.rules import rule_book
from web import sentences
from web.explain import RULE_NAMES, RULES, explain, headline
from web.i18n import LANGUAGES, Language
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
        (sentences.CAUSES, [one.value for one in Cause]),
        (sentences.PROFILES, [one.value for one in FillProfile]),
        (sentences.STATES, [one.value for one in OrderState]),
        (sentences.TIMES_IN_FORCE, [one.value for one in TimeInForce]),
        (
            sentences.WAITING,
            ["next_bar", "next_quote", "queue", "price", "market_open", "fresh_quote"],
        ),
        (RULES, [one.value for one in FillRule]),
        (RULE_NAMES, [one.value for one in FillRule]),
    ],
)
def test_every_code_has_words(table: Mapping[str, str], codes: list[str]) -> None:
    assert [code for code in codes if code not in table] == []


@pytest.mark.parametrize("book", ["us", "sima"])
def test_every_fee_of_the_rule_books_has_a_name(book: str) -> None:
    codes = {rule.values["code"] for rule in rule_book(book).rules if rule.kind == "fee"}
    assert sorted(code for code in codes if code not in sentences.FEES) == []


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


RECEIPT: dict[str, object] = {
    "profile": "standard",
    "rule": "queue",
    "bid_ticks": 999,
    "bid_qty": 300,
    "ask_ticks": 1001,
    "ask_qty": 200,
    "ahead_at_entry_milli": 300_000,
    "ahead_before_milli": 500,
    "consumed_before_milli": 50_000,
    "budget_qty": 120,
    "half_spread_ticks": 2,
    "reference_ticks": 1000,
    "bar_low_ticks": 990,
    "bar_high_ticks": 1010,
    "bar_volume": 5000,
    "rule_date": "2023-08-28",
}


def fill(receipt: dict[str, object], side: Side = Side.BUY) -> FillView:
    return FillView(
        order_id=OrderId(1),
        number=1,
        instrument=BANK,
        side=side,
        price_ticks=999,
        qty=100,
        notional_minor=99_900,
        fees=(FeeItem("commission", 500),),
        at_ns=AtNs(0),
        receipt=receipt,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("rule", [one.value for one in FillRule])
def test_a_full_receipt_is_told_completely(rule: str, side: Side, language: Language) -> None:
    lines = explain(fill({**RECEIPT, "rule": rule}, side), language)
    text = "\n".join(lines)
    for number in ("9.99", "10.01", "300", "0.02", "10.00", "50", "120", "9.90", "10.10", "5,000"):
        assert number in text, number
    assert "{" not in text
    assert headline(fill({**RECEIPT, "rule": rule}), language)


@pytest.mark.parametrize("missing", sorted(RECEIPT))
def test_a_receipt_without_a_part_is_still_told(missing: str) -> None:
    part = {name: value for name, value in RECEIPT.items() if name != missing}
    assert explain(fill(part), "en")
    assert explain(fill({**part, missing: None}), "zh")


def test_a_queue_rounds_up_so_that_nobody_is_told_that_nobody_waits() -> None:
    assert any("just before the fill, 1." in line for line in explain(fill(RECEIPT), "en"))
