"""The receipt of a fill is told completely, in both languages, and never breaks a page."""

from __future__ import annotations

import pytest

from matching.events import FillRule
from matching.instrument import Instrument, InstrumentId
from matching.market import DataKind
from matching.orders import OrderId, Side
from matching.scope import Scope
from matching.units import CURRENCIES, AtNs
from simtrade.portfolio.views import FeeItem, FillView
from web.explain import explain, headline
from web.i18n import LANGUAGES, Language

BANK = Instrument(
    InstrumentId("SIMA:600000"), "600000", "Bank", "银行", CURRENCIES["CNY"], "SIMA", "main"
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
        data=DataKind.DEPTH,
        scope=Scope.ACCOUNT,
    )


def test_a_reference_between_two_ticks_is_told_to_the_half() -> None:
    half = explain(fill({**RECEIPT, "reference_half": 1}), "en")
    assert "The price without any cost would have been 10.005." in half
    whole = explain(fill({**RECEIPT, "reference_half": None}), "en")
    assert "The price without any cost would have been 10.00." in whole


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_interval_between_two_looks_is_told_with_its_average(language: Language) -> None:
    seen = {**RECEIPT, "rule": "interval_queue", "interval_average_milli": 1_000_250}
    text = "\n".join(explain(fill(seen), language))
    for number in ("10.0025", "9.90", "10.10", "5,000"):
        assert number in text, number


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_impact_of_a_size_is_told_only_where_there_was_one(language: Language) -> None:
    assert any("0.12" in one for one in explain(fill({**RECEIPT, "impact_ticks": 12}), language))
    told, plain = (
        explain(fill({**RECEIPT, "impact_ticks": 0}), language),
        explain(fill(RECEIPT), language),
    )
    assert len(told) == len(plain)


def test_an_auction_says_what_everybody_traded_and_who_had_more() -> None:
    receipt: dict[str, object] = {
        "profile": "standard",
        "rule": "auction",
        "auction_qty": 42_718,
        "unmatched_side": 0,
        "unmatched_qty": 82,
        "rule_date": "2023-08-28",
    }
    english = "\n".join(explain(fill(receipt), "en"))
    assert "42,718 shares" in english
    assert "buyers wanted 82 more" in english
    chinese = "\n".join(explain(fill({**receipt, "unmatched_side": 1}), "zh"))
    assert "卖方还多出 82 股" in chinese
    even = "\n".join(explain(fill({**receipt, "unmatched_side": None, "unmatched_qty": 0}), "en"))
    assert "nothing was left over" in even


PLACED = [
    ("any_price", "standard", "named no price", "没有指定价格"),
    ("better", "strict", "better than that price", "优于"),
    ("lighter", "standard", "everybody at it was served", "全部成交"),
    ("heavier", "standard", "got on average, 71.43%", "71.43%"),
    ("heavier", "beginner", "reaching the auction's price is enough", "达到集合竞价价格即可"),
]


@pytest.mark.parametrize(("place", "profile", "english", "chinese"), PLACED)
def test_an_auction_says_why_this_order_was_served(
    place: str, profile: str, english: str, chinese: str
) -> None:
    receipt: dict[str, object] = {
        "profile": profile, "rule": "auction", "auction_qty": 1_000, "unmatched_side": 0,
        "unmatched_qty": 400, "auction_place": place, "rule_date": "2023-08-28",
    }  # fmt: skip
    told = "\n".join(explain(fill(receipt), "en"))
    assert english in told
    assert ("more than a quarter" in told) == (profile == "strict")
    assert "only a part" not in told
    assert chinese in "\n".join(explain(fill(receipt), "zh"))


def test_a_reopening_says_that_a_pause_was_before_it() -> None:
    receipt: dict[str, object] = {
        "profile": "standard", "rule": "reopening", "auction_qty": 300, "auction_place": "better",
        "rule_date": "2023-08-28",
    }  # fmt: skip
    english = "\n".join(explain(fill(receipt), "en"))
    assert "had been paused" in english
    assert "That first trade was 300 shares" in english
    assert "better than that price" in english
    assert "这第一笔成交为 300 股" in "\n".join(explain(fill(receipt), "zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_auction_of_bars_says_that_its_volume_is_assumed(language: Language) -> None:
    receipt: dict[str, object] = {
        "profile": "beginner", "rule": "auction", "auction_place": "unknown", "bar_volume": 4_321,
        "budget_qty": 1_080, "rule_date": "2023-08-28",
    }  # fmt: skip
    told = explain(fill(receipt), language)
    assert any("4,321" in one for one in told)
    assert len(told) == len(explain(fill({**receipt, "profile": "standard"}), language)) + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_members_are_told_when_they_meet_again_and_again(language: Language) -> None:
    def lines(times: int) -> int:
        return len(explain(fill({**RECEIPT, "rule": "member", "pair_trades": times}), language))

    assert lines(4) == lines(1) + 1


def test_every_receipt_ends_with_how_real_it_is() -> None:
    assert explain(fill(RECEIPT), "en")[-1] == (
        "How real: the displayed book · Standard profile · everyone meets the same market alone."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_time_on_the_way_is_told(language: Language) -> None:
    lines = explain(fill({**RECEIPT, "latency_ns": 83_200_000}), language)
    assert any("84" in one for one in lines)
    assert len(lines) == len(explain(fill({**RECEIPT, "latency_ns": None}), language)) + 1
