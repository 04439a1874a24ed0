"""Dated rules: which record wins on which day, and what the figures come to."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.orders import Side
from matching.rulebook import BoardRules, DatedRule, MarketRemainder, RuleBook
from simtrade.venues.rules import rule_book
from tests.matching.scenario import rules

DAY = date(2026, 1, 5)


def with_lots(*records: tuple[str, date, date | None, int]) -> RuleBook:
    """The usual rules with lot records of (board, from, to, lot) instead of the usual one."""
    others = [rule for rule in rules().rules if rule.kind != "lot"]
    lots = [
        DatedRule("lot", board, begin, end, f"lot {lot}", {"lot": lot, "odd_lot_sell": False,
                  "max_qty": 10})
        for board, begin, end, lot in records
    ]  # fmt: skip
    return RuleBook("TEST", [*others, *lots])


def limited(permille: int) -> BoardRules:
    return rules(limit__permille=permille).on("main", DAY)


@pytest.mark.parametrize(
    ("day", "lot"),
    [
        (date(2009, 12, 31), 1),
        (date(2010, 1, 1), 10),  # from its first day
        (date(2015, 6, 30), 10),  # to its last day
        (date(2015, 7, 1), 1),  # the older one is in force again
        (date(2020, 1, 1), 100),
    ],
)
def test_a_session_trades_under_the_rules_of_its_own_day(day: date, lot: int) -> None:
    book = with_lots(
        ("*", date(2000, 1, 1), None, 1),
        ("*", date(2010, 1, 1), date(2015, 6, 30), 10),
        ("*", date(2020, 1, 1), None, 100),
    )
    found = book.on("main", day)
    assert (found.lot, found.sources["lot"]) == (lot, f"lot {lot}")
    assert found is book.on("main", day)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_record_of_the_board_beats_one_for_every_board(reverse: bool) -> None:
    records = [("star", date(2000, 1, 1), None, 200), ("*", date(2020, 1, 1), None, 100)]
    book = with_lots(*(reversed(records) if reverse else records))
    assert book.on("star", DAY).lot == 200
    assert book.on("main", DAY).lot == 100


def test_the_date_shown_is_that_of_the_youngest_rule() -> None:
    book = with_lots(("*", date(2024, 2, 29), None, 1))
    assert book.on("main", DAY).rule_date == date(2024, 2, 29)


@pytest.mark.parametrize("kind", ["lot", "settlement", "market_order", "bar_fill", "stale"])
def test_what_is_missing_is_named(kind: str) -> None:
    book = RuleBook("TEST", [rule for rule in rules().rules if rule.kind != kind])
    with pytest.raises(LookupError, match=f"TEST main: no {kind} rule in force on 2026-01-05"):
        book.on("main", DAY)
    before_all = date(1999, 12, 31)
    with pytest.raises(LookupError):
        rules().on("main", before_all)


def test_many_days_are_remembered_within_bounds() -> None:
    book = rules()
    for number in range(5_000):
        book.on("main", date.fromordinal(DAY.toordinal() + number))
    assert len(book._boards) <= 4_097


@pytest.mark.parametrize(
    ("reference", "upper", "lower"),
    [
        (426, 469, 383),  # 4.26 -> 4.686, 3.834
        (4, 5, 3),  # closer than a tick: one tick away
        (1, 2, 1),  # never down to nothing
        (1000, 1100, 900),
        (1005, 1106, 905),  # 11.055 and 9.045 are halves, each beside another even number
        (1015, 1117, 914),
    ],
)
def test_price_limits_are_half_up_and_a_tick_away(reference: int, upper: int, lower: int) -> None:
    assert limited(100).band(reference) == (lower, upper)


@given(st.integers(1, 10**7), st.integers(1, 500))
def test_a_band_holds_its_reference_and_never_reaches_zero(reference: int, permille: int) -> None:
    band = limited(permille).band(reference)
    assert band is not None
    assert 0 < band[0] <= reference < band[1]


def test_without_a_limit_record_there_is_no_band() -> None:
    assert rules().on("main", DAY).band(100) is None


@pytest.mark.parametrize(
    ("side", "ticks", "qty", "total", "codes"),
    [
        (Side.BUY, 1000, 1000, 510, {"commission": 500, "transfer_fee": 10}),
        (Side.SELL, 1020, 1000, 1020, {"commission": 500, "stamp_duty": 510, "transfer_fee": 10}),
        (Side.BUY, 10_000, 10_000, 26_000, {"commission": 25_000, "transfer_fee": 1_000}),
    ],
)
def test_fees_of_the_mainland(
    side: Side, ticks: int, qty: int, total: int, codes: dict[str, int]
) -> None:
    items = rule_book("sima").on("main", DAY).fee_items(side, ticks * qty, qty)
    assert dict(items) == codes
    assert sum(amount for _, amount in items) == total


def test_the_stamp_duty_was_halved_in_august_2023() -> None:
    book = rule_book("sima")
    before, after = (
        dict(book.on("main", day).fee_items(Side.SELL, 10**6, 1000))
        for day in (date(2023, 8, 27), date(2023, 8, 28))
    )
    assert (before["stamp_duty"], after["stamp_duty"]) == (1_000, 500)


@pytest.mark.parametrize(
    ("qty", "ticks", "minor"),
    # 0.005 a share, at least 1.00, at most 1 % of the value
    [(10, 1000, 100), (1000, 1000, 500), (200, 1000, 100), (10, 500, 50), (0, 1000, 0)],
)
def test_fees_of_the_american_practice(qty: int, ticks: int, minor: int) -> None:
    items = rule_book("us").on("main", DAY).fee_items(Side.SELL, ticks * qty, qty)
    assert sum(amount for _, amount in items) == minor


@given(
    st.sampled_from(["sima", "us"]),
    st.sampled_from(list(Side)),
    st.integers(1, 10**6),
    st.integers(1, 10**5),
    st.integers(0, 10**5),
)
def test_fees_of_an_order_never_shrink_as_it_fills(
    name: str, side: Side, ticks: int, qty: int, more: int
) -> None:
    found = rule_book(name).on("main", DAY)
    less = dict(found.fee_items(side, ticks * qty, qty))
    all_of_it = dict(found.fee_items(side, ticks * (qty + more), qty + more))
    assert all(all_of_it[code] >= amount for code, amount in less.items())


def test_a_collar_and_a_half_spread_lie_on_the_bad_side() -> None:
    found = rules(market_order__collar_permille=20).on("main", DAY)
    assert (found.collar_ticks(Side.BUY, 1000), found.collar_ticks(Side.SELL, 1000)) == (1020, 980)
    assert found.collar_ticks(Side.SELL, 1) == 1
    assert (found.half_spread_ticks(10_000), found.half_spread_ticks(25_000)) == (1, 3)
    assert found.half_spread_ticks(1) == 1


def test_what_happens_to_a_remainder_is_a_rule() -> None:
    assert rules().on("main", DAY).market_remainder is MarketRemainder.WORK
    assert rule_book("sima").on("main", DAY).market_remainder is MarketRemainder.CANCEL
