"""Sentences about borrowed money and shares: every kind in both languages, with its figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from matching.units import AtNs
from simtrade.portfolio.corporate import ActivityView
from tests.matching.scenario import INSTRUMENT
from web.borrowing import HAPPENED, borrowed, is_owed
from web.holdings import happened

FIGURES = {"equity_minor": 100_00, "needed_minor": 200_00, "restore_minor": 300_00, "sessions": 2}
EX = {
    "qty": -1_000, "cash_micro": 125_000, "cash_minor": -12_500, "tax_minor": 0, "bonus_new": 3,
    "bonus_old": 10, "bonus_qty": -300, "paid_minor": -50, "rights_new": 0, "rights_qty": 0,
}  # fmt: skip

TOLD = [
    ("borrow_fee", {"qty": 100, "value_minor": 5_000_00, "days": 3, "amount_minor": 84},
     "Fee for 100 borrowed shares worth ¥5,000.00, days: 3. You paid ¥0.84."),
    ("margin_closing", {"qty": 100, "side": 0, "reason": ""},
     "Placed by the margin call: 100 borrowed shares are bought back at the market."),
    ("margin_closing", {"qty": 100, "side": 1, "reason": ""},
     "Placed by the margin call: 100 shares are sold at the market."),
    ("margin_closing", {"qty": 100, "side": 0, "reason": "instrument_suspended"},
     "The margin call tried to close 100 shares and could not: This security is suspended for the "
     "whole day."),
    ("split", {"old_qty": -100, "new_qty": -200, "paid_minor": 0},
     "Split: 100 borrowed shares became 200."),
    ("split", {"old_qty": -105, "new_qty": -10, "paid_minor": -50},
     "Split: 105 borrowed shares became 10. What the lender would have got besides was paid in "
     "cash: ¥0.50."),
    ("delisted", {"qty": -1_000, "paid_minor": -60_000},
     "The security left the market. For 1,000 borrowed shares you paid ¥600.00."),
    ("renamed", {"qty": -1, "new_id": "XNAS:META"},
     "What you have borrowed goes on under a new code: META."),
    ("ex_date", EX,
     "Dividend of ¥0.125 a share on 1,000 borrowed shares: you paid ¥125.00. 3 bonus shares for "
     "every 10: you owe 300 more. What the lender would have got besides was paid in cash: ¥0.50. "
     "Whoever has borrowed shares owes what their lender would have got."),
]  # fmt: skip
OF_THE_ACCOUNT = [
    ("loan_interest", {"loan_minor": 5_000_00, "days": 1, "amount_minor": 83},
     "Interest on a loan of ¥5,000.00, days: 1. You paid ¥0.83."),
    ("margin_on", {}, "Margin was switched on: this account may borrow money and shares."),
    ("margin_off", {}, "Margin was switched off."),
    ("margin_call", FIGURES,
     "Margin call: your equity of ¥100.00 is below the ¥200.00 that has to be there. Bring it to "
     "¥300.00; further trading days left: 2. Buy back or sell. After that positions are closed for "
     "you."),
    ("margin_call_stands", FIGURES,
     "The margin call stands: equity ¥100.00, needed ¥300.00. Further trading days left: 2."),
    ("margin_call_over", FIGURES,
     "The margin call was not met in time. When trading begins, positions are closed at the market "
     "until ¥300.00 is there."),
    ("margin_call_met", FIGURES, "The margin call is met: your equity is ¥100.00."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "told"), [*TOLD, *OF_THE_ACCOUNT])
def test_what_borrowing_did(kind: str, body: dict[str, Any], told: str) -> None:
    view = ActivityView(1, AtNs(0), kind, INSTRUMENT, body, INSTRUMENT.currency)
    if kind in {one for one, _, _ in OF_THE_ACCOUNT}:
        view = replace(view, instrument=None)
    assert borrowed(view, "en") == happened(view, "en") == told
    chinese = borrowed(view, "zh")
    assert "{" not in chinese
    assert chinese != told


def test_every_kind_has_its_sentence() -> None:
    assert {kind for kind, _, _ in (*TOLD, *OF_THE_ACCOUNT)} >= set(HAPPENED)


def test_what_is_owed_is_told_apart_from_what_is_owned() -> None:
    view = ActivityView(1, AtNs(0), "split", INSTRUMENT, {"old_qty": 5}, INSTRUMENT.currency)
    assert not is_owed(view)
    assert is_owed(replace(view, body={"old_qty": -5}))
