"""Dated rules: which record wins on which day, and what the figures come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.board_rules import BoardRules, MarketRemainder
from matching.orders import Side
from matching.rulebook import DatedRule, RuleBook, RuleBooks, RulesUnknownError
from matching.terms import ListingTerms, Status
from simtrade.venues.rules import rule_book
from tests.matching.scenario import INSTRUMENT, rules

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


@pytest.mark.parametrize("name", ["sima", "xshg", "xshe"])
@pytest.mark.parametrize(
    ("side", "ticks", "qty", "total", "codes"),
    [
        (Side.BUY, 1000, 1000, 510, {"commission": 500, "transfer_fee": 10}),
        (Side.SELL, 1020, 1000, 1020, {"commission": 500, "stamp_duty": 510, "transfer_fee": 10}),
        (Side.BUY, 10_000, 10_000, 26_000, {"commission": 25_000, "transfer_fee": 1_000}),
    ],
)
def test_fees_of_the_mainland(
    name: str, side: Side, ticks: int, qty: int, total: int, codes: dict[str, int]
) -> None:
    items = rule_book(name).on("main", DAY).fee_items(side, ticks * qty, qty)
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


def ranked(*records: DatedRule) -> RuleBook:
    return RuleBook("TEST", [*rules().rules, *records])


def limit(
    permille: int,
    *,
    board: str = "*",
    begin: date = date(2001, 1, 1),
    status: Status = Status.NORMAL,
    days: int = 0,
    variety: str = "",
    pending: bool = False,
) -> DatedRule:
    return DatedRule(
        "limit",
        board,
        begin,
        None,
        f"{permille}",
        {"permille": permille},
        status,
        days,
        variety,
        pending,
    )


def found_limit(book: RuleBook, board: str, terms: ListingTerms) -> int | None:
    found = book.on(board, DAY, terms).limit
    return None if found is None else found.up_permille


@pytest.mark.parametrize(
    ("terms", "permille"),
    [
        (ListingTerms(), 100),
        (ListingTerms(risk_warned=True), 50),
        (ListingTerms(variety="growth"), 200),
        (ListingTerms(risk_warned=True, variety="growth"), 50),
        (ListingTerms(listing_day=5, risk_warned=True), 440),
        (ListingTerms(listing_day=6, risk_warned=True), 50),
    ],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_status_beats_variety_beats_board(
    terms: ListingTerms, permille: int, reverse: bool
) -> None:
    records = [
        limit(440, status=Status.LISTING, days=5),
        limit(50, status=Status.RISK_WARNED),
        limit(200, variety="growth"),
        limit(100, board="main"),
        limit(70, begin=date(2025, 1, 1)),
        limit(999, board="main", begin=date(2025, 1, 1), pending=True),
    ]
    book = ranked(*(reversed(records) if reverse else records))
    assert found_limit(book, "main", terms) == permille


def test_rules_of_the_same_day_are_told_apart_by_terms() -> None:
    book = ranked(limit(100), limit(50, status=Status.RISK_WARNED))
    assert found_limit(book, "main", ListingTerms()) == 100
    assert found_limit(book, "main", ListingTerms(risk_warned=True)) == 50
    assert found_limit(book, "main", ListingTerms()) == 100


def test_the_first_day_is_that_of_the_last_rule_to_come() -> None:
    book = with_lots(("star", date(2019, 7, 22), None, 200))
    with pytest.raises(RulesUnknownError) as raised:
        book.on("star", date(2019, 7, 19))
    assert raised.value.first == date(2019, 7, 22)
    with pytest.raises(RulesUnknownError) as raised:
        book.on("other", DAY)
    assert (raised.value.first, raised.value.first_day) == (None, 0)


def test_each_instrument_has_the_book_of_its_market() -> None:
    one, two = rules(), rules()
    books = RuleBooks({"TEST": one, "MORE": two})
    assert books.of(INSTRUMENT) is one
    assert books.of(replace(INSTRUMENT, market="MORE")) is two
    assert one.of(INSTRUMENT) is one


@pytest.mark.parametrize(
    ("day", "items"),
    [
        # 100,000.00 HKD: stamp 100, levies 2.70 and 0.15, trading fee 5.65 or 5.00
        (date(2026, 1, 5), {"commission": 3000, "stamp_duty": 10_000, "sfc_levy": 270,
                            "afrc_levy": 15, "trading_fee": 565, "settlement_fee": 420}),
        (date(2023, 11, 16), {"commission": 3000, "stamp_duty": 13_000, "sfc_levy": 270,
                              "afrc_levy": 15, "trading_fee": 565, "settlement_fee": 200}),
    ],
)  # fmt: skip
def test_fees_of_hong_kong(day: date, items: dict[str, int]) -> None:
    assert dict(rule_book("xhkg").on("main", day).fee_items(Side.SELL, 10**7, 1000)) == items


def test_funds_and_convertibles_pay_no_duty_and_no_transfer_fee() -> None:
    for board in ("fund", "convertible"):
        items = rule_book("xshg").on(board, DAY).fee_items(Side.SELL, 10**8, 1000)
        assert [code for code, _ in items] == ["commission"]


def test_what_the_commission_holds() -> None:
    found = rule_book("xshg").on("main", DAY).fees
    assert dict(found.included(Side.BUY, 10**8, 1)) == {
        "handling_fee": 3_410, "supervision_fee": 2_000,
    }  # fmt: skip


def test_when_money_is_free() -> None:
    def figures(name: str, day: date) -> tuple[int, int, int]:
        found = rule_book(name).on("spot" if name == "coin" else "main", day).settlement
        return (
            found.buys_sessions, found.cash_usable_sessions, found.cash_withdrawable_sessions
        )  # fmt: skip

    assert figures("xshg", DAY) == (1, 0, 1)
    assert figures("xhkg", DAY) == (0, 0, 2)
    assert figures("us", date(2024, 5, 24)) == (0, 0, 2)
    assert figures("us", date(2024, 5, 28)) == (0, 0, 1)
    assert figures("coin", DAY) == (0, 0, 0)


def test_pauses_belong_to_days_without_a_limit() -> None:
    book = rule_book("xshg")
    assert book.on("main", DAY).halt is None
    new = book.on("main", DAY, ListingTerms(listing_day=1)).halt
    assert new is not None
    assert (new.steps_permille, new.minutes) == ((300, 600), (10, 10))
    assert book.on("convertible", DAY).halt is not None
    state = rule_book("us").on("main", DAY, ListingTerms(variety="tier1")).limit_state
    assert state is not None
    assert state.permille == 50
