"""Our rules against an independent record: vectors of marina-rules, see the head of the file.

A vector with which we do not agree is named here with its reason, and so in docs/market-rules.md.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from feeds.schedule import schedule_of
from matching.market import Phase
from matching.orders import Side
from matching.rulebook import RulesUnknownError
from matching.terms import ListingTerms
from simtrade.venues.rules import market_book

FILE = json.loads(Path(__file__).with_name("marina_vectors.json").read_text(encoding="utf-8"))
PAGE = Path(__file__).parents[3] / "docs" / "market-rules.md"

ST = ListingTerms(risk_warned=True)
FIRST, FOURTH = ListingTerms(listing_day=1), ListingTerms(listing_day=4)
LEAVING, LEAVING_FIRST = ListingTerms(delisting_day=2), ListingTerms(delisting_day=1)
SCOPES = {
    "stock": ("main", ListingTerms()),
    "main_board": ("main", ListingTerms()),
    "st_main": ("main", ST),
    "ipo_day1_main": ("main", FIRST),
    "ipo_first5_main": ("main", FOURTH),
    "chinext": ("chinext", ListingTerms()),
    "st_chinext": ("chinext", ST),
    "ipo_first5_chinext": ("chinext", FOURTH),
    "star": ("star", ListingTerms()),
    "st_star": ("star", ST),
    "ipo_first5_star": ("star", FOURTH),
    "bse": ("bse", ListingTerms()),
    "st_bse": ("bse", ST),
    "ipo_day1_bse": ("bse", FIRST),
    "b_share": ("b", ListingTerms()),
    "st_b_share": ("b", ST),
    "etf": ("fund", ListingTerms()),
    "etf_20pct": ("fund", ListingTerms(variety="growth")),
    "etf_bond": ("fund", ListingTerms(variety="bond")),
    "etf_money": ("fund", ListingTerms(variety="money")),
    "etf_gold": ("fund", ListingTerms(variety="gold")),
    "etf_commodity": ("fund", ListingTerms(variety="commodity")),
    "etf_crossborder": ("fund", ListingTerms(variety="cross_border")),
    "reits": ("reit", ListingTerms()),
    "reits_day1": ("reit", FIRST),
    "convertible": ("convertible", ListingTerms()),
    "convertible_day1": ("convertible", FIRST),
    "delisting": ("main", LEAVING),
    "delisting_day1": ("main", LEAVING_FIRST),
    "delisting_chinext": ("chinext", LEAVING),
    "delisting_star": ("star", LEAVING),
    "delisting_day1_star": ("star", LEAVING_FIRST),
    "delisting_bse": ("bse", LEAVING),
    "delisting_day1_bse": ("bse", LEAVING_FIRST),
}

FINER = "Before 2006-07-01 it knows no tick of funds and B shares and rounds to 0.01; we to 0.001."
LATER = "It knows T+1 of shares since 1995-01-01; our books begin with the price limit, 1996-12-16."
# (rule, scope, day): why we differ
DISAGREE = {
    ("limit", "b_share", "1996-12-16"): FINER,
    ("limit", "st_b_share", "1998-04-22"): FINER,
    ("limit", "etf", "1996-12-16"): FINER,
    ("min_holding_days", "stock", "1995-01-01"): LATER,
}


def _differs(vector: dict[str, Any]) -> bool:
    """In Shenzhen B shares have a tick of 0.01 anyway."""
    key = (vector["rule"], vector["scope"], vector["date"])
    return key in DISAGREE and not (vector["market"] == "XSHE" and "b_share" in vector["scope"])


def _name(vector: dict[str, Any]) -> str:
    return "-".join(
        str(vector.get(key, "")) for key in ("rule", "market", "scope", "date", "input")
    )


def ours(vector: dict[str, Any]) -> object:
    """What our books say, written as the vector writes it."""
    day = date.fromisoformat(vector["date"])
    board, terms = SCOPES[vector["scope"]]
    if vector["rule"] == "session":
        return _session(vector["market"], board, day)
    rules = market_book(vector["market"]).on(board, day, terms)
    match vector["rule"]:
        case "limit":
            decimals = len(vector["input"].partition(".")[2])
            band = rules.band(int(vector["input"].replace(".", "")))
            if band is None:
                return None
            return [f"{Decimal(one).scaleb(-decimals):.{decimals}f}" for one in band]
        case "min_holding_days":
            return str(rules.settlement.buys_sessions)
        case "stamp_duty_sell":
            return _rate(dict(rules.fee_items(Side.SELL, 10**9, 1)), "stamp_duty")
        case "transfer_fee_each_side":
            return _rate(dict(rules.fee_items(Side.BUY, 10**9, 1)), "transfer_fee")
        case "commission_min_per_order_cny":
            return str(dict(rules.fee_items(Side.BUY, 100, 1))["commission"] // 100)
        case "tick":
            table = rules.tick_table
            assert table is not None
            return f"{float(Decimal(table.step(1000)).scaleb(-table.decimals)):g}"
    raise AssertionError(vector)


def _rate(items: dict[str, int], code: str) -> str:
    return f"{items[code] / 10**9:g}"


def _session(market: str, board: str, day: date) -> object:
    """Call auctions and continuous trading as pairs of clock times."""
    steps = schedule_of(market).record(board, day).hours.steps
    clock = [f"{one.second // 3600:02}:{one.second // 60 % 60:02}" for one in steps]
    spans = list(zip(steps, clock, clock[1:], strict=False))
    opening = [(a, b) for s, a, b in spans if s.phase.value.startswith("opening")]
    closing = [(a, b) for s, a, b in spans if s.phase is Phase.CLOSING_LOCKED]
    return {
        "open_call": [opening[0][0], opening[-1][1]],
        "continuous": [[a, b] for s, a, b in spans if s.phase is Phase.CONTINUOUS],
        "close_call": list(closing[0]) if closing else None,
    }


@pytest.mark.parametrize("vector", [v for v in FILE["vectors"] if not _differs(v)], ids=_name)
def test_a_vector(vector: dict[str, Any]) -> None:
    assert ours(vector) == vector["expect"]


@pytest.mark.parametrize("vector", [v for v in FILE["vectors"] if _differs(v)], ids=_name)
def test_a_disagreement_is_real_and_on_the_page(vector: dict[str, Any]) -> None:
    reason = DISAGREE[vector["rule"], vector["scope"], vector["date"]]
    assert reason in " ".join(PAGE.read_text(encoding="utf-8").split())
    if reason is LATER:
        with pytest.raises(RulesUnknownError):
            ours(vector)
    else:
        assert ours(vector) != vector["expect"]


def test_the_file_says_where_it_comes_from() -> None:
    assert "marina-rules 2026.10.26.5" in FILE["source"]
    assert FILE["licence"] == "CC0-1.0"
    assert len(FILE["vectors"]) == 268
