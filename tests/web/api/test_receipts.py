"""Receipts in the units that people write; a receipt with every member that a rule can need."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec

from matching.events import AuctionPlace, FillRule, Receipt
from matching.market import DataKind
from matching.orders import FillProfile, OrderId, Side
from matching.scope import Scope
from matching.units import AtNs, PriceTicks, Qty
from simtrade.portfolio.views import FeeItem, FillView
from tests.web.core_double import START_NS, instrument
from web.api.receipts import fill_value, receipt_value

RECEIPT = Receipt(
    profile=FillProfile.STRICT, rule=FillRule.QUEUE, event_seq=9, event_at_ns=AtNs(START_NS + 1),
    rule_date=date(2023, 8, 28), bid_ticks=PriceTicks(999), bid_qty=Qty(300),
    ask_ticks=PriceTicks(1001), ask_qty=Qty(200), ahead_at_entry_milli=1500,
    ahead_before_milli=0, consumed_before_milli=250, budget_qty=Qty(70), half_spread_ticks=1,
    impact_ticks=2, reference_ticks=PriceTicks(1000), reference_half=1,
    bar_low_ticks=PriceTicks(990), bar_high_ticks=PriceTicks(1010), bar_volume=Qty(5000),
    latency_ns=2_000_000, pair_trades=2, interval_average_milli=1000500, auction_qty=Qty(900),
    auction_place=AuctionPlace.HEAVIER, unmatched_side=Side.SELL, unmatched_qty=Qty(10),
)  # fmt: skip
FILL = FillView(
    OrderId(5), 2, instrument(0), Side.SELL, 1000, 70, 70_000,
    (FeeItem("commission", 500), FeeItem("stamp_duty", 35)), START_NS,
    msgspec.to_builtins(RECEIPT), DataKind.DEPTH, Scope.ACCOUNT,
)  # fmt: skip


def test_every_member_is_written_in_peoples_units() -> None:
    told = msgspec.to_builtins(receipt_value(FILL, "en"))
    sentences = told.pop("sentences")
    assert told == {
        "profile": "strict", "rule": "queue", "rule_name": "Your turn in the queue",
        "rule_date": "2023-08-28", "data": "depth", "scope": "account",
        "event_at": "2023-11-14T22:13:20.000000001Z", "bid": "9.99", "bid_quantity": "300",
        "ask": "10.01", "ask_quantity": "200", "ahead_at_entry": "1.500", "ahead_before": "0.000",
        "consumed_before": "0.250", "budget": "70", "half_spread": "0.01", "impact": "0.02",
        "reference": "10.005", "low": "9.90", "high": "10.10", "volume": "5000",
        "average": "10.005", "latency_ns": 2_000_000, "pair_trades": 2, "auction_quantity": "900",
        "auction_place": "heavier", "unmatched_side": "sell", "unmatched_quantity": "10",
    }  # fmt: skip
    assert any("waited in line" in one for one in sentences)
    assert receipt_value(FILL, "zh").rule_name != "Your turn in the queue"


def test_a_short_receipt_leaves_the_rest_out() -> None:
    short = Receipt(FillProfile.STANDARD, FillRule.BAR_OPEN, 1, START_NS, date(2023, 1, 2))
    told = msgspec.to_builtins(
        receipt_value(replace(FILL, receipt=msgspec.to_builtins(short)), "en")
    )
    assert told.keys() == {
        "profile", "rule", "rule_name", "rule_date", "data", "scope", "event_at", "sentences",
    }  # fmt: skip


def test_a_fill_names_its_fees() -> None:
    told = fill_value(FILL, "en")
    assert (told.side, told.price, told.value) == ("sell", "10.00", "700.00")
    assert [(one.code, one.amount) for one in told.fees] == [
        ("commission", "5.00"), ("stamp_duty", "0.35"),
    ]  # fmt: skip
