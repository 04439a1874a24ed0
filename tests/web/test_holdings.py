"""Sentences about corporate actions: every kind in both languages, with its figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matching.units import AtNs
from simtrade.portfolio.corporate import ACTIVITY_KINDS, ActivityView, ComingView, RightView
from tests.matching.scenario import INSTRUMENT
from web.borrowing import HAPPENED as BORROWING
from web.holdings import comes, happened, may_subscribe

EX = {
    "qty": 1_000, "cash_micro": 125_000, "cash_minor": 12_500, "tax_minor": 1_250,
    "bonus_new": 3, "bonus_old": 10, "bonus_qty": 300, "paid_minor": 50,
    "rights_new": 1, "rights_old": 5, "rights_qty": 200, "rights_ticks": 870,
}  # fmt: skip
NONE = {"cash_micro": 0, "tax_minor": 0, "bonus_new": 0, "paid_minor": 0, "rights_new": 0}

HAPPENED = [
    ("split", {"old_qty": 100, "new_qty": 200, "paid_minor": 0}, "Split: 100 shares became 200."),
    ("split", {"old_qty": 105, "new_qty": 10, "paid_minor": 50},
     "Split: 105 shares became 10. A fraction of a share was paid in cash: ¥0.50."),
    ("dividend_paid", {"paid_minor": 11_250, "tax_minor": 1_250},
     "The dividend was paid: ¥112.50. Tax withheld: ¥12.50."),
    ("dividend_paid", {"paid_minor": 11_250, "tax_minor": 0}, "The dividend was paid: ¥112.50."),
    ("dividend_tax", {"qty": 5, "tax_minor": 100},
     "Tax on earlier dividends, due because these shares were sold: ¥1.00."),
    ("bonus_listed", {"qty": 300}, "300 bonus shares can be traded now."),
    ("subscribed", {"qty": 200, "price_ticks": 870, "paid_minor": 174_000},
     "You subscribed for 200 new shares at 8.70: ¥1,740.00."),
    ("rights_listed", {"qty": 200}, "200 subscribed shares can be traded now."),
    ("rights_closed", {"qty": 200, "price_ticks": 870},
     "The right to 200 shares lapsed: nobody is subscribed for."),
    ("rights_closed", {"qty": 0, "price_ticks": 870},
     "The time for subscribing is over; your right was used."),
    ("delisted", {"qty": 1_000, "paid_minor": 60_000},
     "The security left the market. For 1,000 shares you were paid ¥600.00."),
    ("renamed", {"qty": 1, "new_id": "XNAS:META"},
     "The security goes on under a new code: META."),
    ("ex_date", EX | NONE | {"cash_micro": 125_000},
     "Dividend of ¥0.125 a share on 1,000 shares held the day before: ¥125.00. The price begins "
     "the day without it, so nothing is won or lost."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "told"), HAPPENED)
def test_what_happened(kind: str, body: dict[str, Any], told: str) -> None:
    view = ActivityView(1, AtNs(0), kind, INSTRUMENT, body, INSTRUMENT.currency)
    assert happened(view, "en") == told
    chinese = happened(view, "zh")
    assert chinese.isprintable()
    assert "{" not in chinese
    assert chinese != told


def test_every_kind_has_its_sentence() -> None:
    assert {kind for kind, _, _ in HAPPENED} | set(BORROWING) == set(ACTIVITY_KINDS)


def test_an_ex_date_of_everything() -> None:
    told = happened(ActivityView(1, AtNs(0), "ex_date", INSTRUMENT, EX, INSTRUMENT.currency), "en")
    parts = (
        "Tax withheld: ¥12.50.",
        "3 bonus shares for every 10: 300 shares.",
        "paid in cash: ¥0.50.",
        "buy 1 shares for every 5 at 8.70: 200 shares.",
    )
    assert [part for part in parts if part not in told] == []


COMING = [
    ("dividend_paid", {"paid_minor": 11_250, "tax_minor": 0}, "will be paid: ¥112.50."),
    ("bonus_listed", {"qty": 300}, "300 bonus shares will be listed"),
    ("rights_listed", {"qty": 200}, "200 subscribed shares will be listed"),
    ("suspension", {}, "Trading will be suspended."),
    ("delisting", {}, "Last day of trading"),
    ("code", {"new_id": "XNAS:META"}, "a new code: META."),
    ("ex_date", EX | NONE | {"cash_micro": 500_000}, "a dividend of ¥0.50 a share."),
    ("ex_date", EX, "may buy 1 new shares for every 5 at 8.70."),
]


@pytest.mark.parametrize(("kind", "body", "part"), COMING)
def test_what_is_coming(kind: str, body: dict[str, Any], part: str) -> None:
    view = ComingView(date(2024, 1, 4), kind, INSTRUMENT, body)
    assert part in comes(view, "en")
    assert "{" not in comes(view, "zh")
    assert comes(view, "zh") != comes(view, "en")


def test_a_right() -> None:
    right = RightView(INSTRUMENT, date(2024, 1, 3), 200, 870, 174_000, date(2024, 1, 4))
    assert may_subscribe(right, "en") == (
        "You may buy 200 new shares at 8.70, ¥1,740.00 in all, until the end of Jan 4, 2024. "
        "If you do nothing, the right lapses."
    )
    assert "{" not in may_subscribe(right, "zh")
