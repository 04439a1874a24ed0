"""The arithmetic of a borrower: against fractions worked out the long way, and by its own laws."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.instrument import Instrument, InstrumentId
from matching.margin_rules import MarginRules, margin_rules
from matching.orders import Side
from matching.units import CURRENCIES
from simtrade.desk.margin_book import (
    HIGHEST,
    Closing,
    Line,
    MarginBook,
    closed,
    enough_to_close,
    lines_in_order,
)
from simtrade.venues.rules import market_book


def instrument(name: str) -> Instrument:
    return Instrument(InstrumentId(name), name, name, name, CURRENCIES["USD"], "US", "main")


ONE, TWO = instrument("ONE"), instrument("TWO")


def rules(market: str, day: date) -> MarginRules:
    found = margin_rules(market_book(market), "main", day)
    assert found is not None
    return found


US, CHINA = rules("US", date(2024, 1, 2)), rules("SIMA", date(2024, 1, 2))

lines = st.builds(
    lambda qty, mark, sold: (qty, mark, sold),
    st.integers(-5_000, 5_000),
    st.integers(1, 20_000),
    st.integers(1, 20_000),
)


def book_of(
    kind: MarginRules, cash: int, one: tuple[int, int, int], two: tuple[int, int, int]
) -> MarginBook:
    made = [
        Line(which, qty, mark, max(0, -qty) * sold, kind)
        for which, (qty, mark, sold) in ((ONE, one), (TWO, two))
        if qty
    ]
    return MarginBook(cash, tuple(made), kind)


books = st.builds(book_of, st.sampled_from([US, CHINA]), st.integers(-(10**8), 10**8), lines, lines)


@given(books)
def test_every_figure_the_long_way(book: MarginBook) -> None:
    """Money is what is there less the loan; a cent of difference for each half-up rounding."""
    rules = book.rules
    long = sum(one.qty * one.mark_ticks for one in book.lines if one.qty > 0)
    short = sum(-one.qty * one.mark_ticks for one in book.lines if one.qty < 0)
    proceeds = sum(one.proceeds_minor for one in book.lines)
    loan = max(0, proceeds - book.cash_minor)
    assert (book.long_minor, book.short_minor, book.loan_minor) == (long, short, loan)
    assert book.equity_minor == book.cash_minor + long - short
    h, rf, rs = (
        Fraction(one, 1000)
        for one in (rules.collateral_permille, rules.finance_permille, rules.short_permille)
    )
    # What financial textbooks say: cash and counted holdings, less loan and shorts with margin.
    own = max(0, book.cash_minor - proceeds)
    free = own + h * long - (h + rf) * loan - (1 + rs) * short + proceeds
    assert abs(book.free_minor - free) <= 3
    if rules is CHINA:
        needed = Fraction(3, 10) * (loan + short)
        assert abs(book.maintenance_minor - needed) <= 2
        assert abs(book.restore_minor - Fraction(5, 10) * (loan + short)) <= 2
    else:
        assert book.maintenance_minor >= Fraction(25, 100) * long + Fraction(30, 100) * short - 2
        assert book.restore_minor == book.maintenance_minor


@given(books, st.integers(1, 3_000), st.sampled_from(Side), st.integers(1, 20_000))
def test_a_trade_at_the_mark_changes_equity_by_its_fees_alone(
    book: MarginBook, qty: int, side: Side, mark: int
) -> None:
    line = next((one for one in book.lines if one.instrument is ONE), None)
    new = line or Line(ONE, 0, mark, 0, book.rules)
    after = book.with_trade(new, side, qty, new.mark_ticks, 7)
    assert after.equity_minor == book.equity_minor - 7
    back = after.with_trade(new, side.opposite, qty, new.mark_ticks, 0)
    assert back.equity_minor == after.equity_minor
    assert sum(one.qty for one in back.lines) == sum(one.qty for one in book.lines)


@given(books)
def test_the_price_of_a_call_is_the_nearest_one_with_a_call(book: MarginBook) -> None:
    for line in book.lines:
        name = line.instrument.instrument_id
        found = book.call_ticks(name)
        if found is None:
            edge = book.with_mark(name, line.mark_ticks * HIGHEST if line.qty < 0 else 1)
            assert not (edge.in_debt and edge.equity_minor < edge.maintenance_minor)
            continue
        there = book.with_mark(name, found)
        assert there.in_debt
        assert there.equity_minor < there.maintenance_minor
        if found != line.mark_ticks:
            nearer = book.with_mark(name, found + (1 if line.qty > 0 else -1))
            assert nearer.equity_minor >= nearer.maintenance_minor


@given(books)
def test_what_can_be_bought_takes_the_free_margin_and_no_more(book: MarginBook) -> None:
    power = book.buying_power_minor
    if book.free_minor <= 0:
        assert power == 0
        return
    counted = power * book.rules.collateral_permille // 1000
    assert book.free_after(power, counted, 0) >= -3
    more = power + 1_000_000
    assert book.free_after(more, more * book.rules.collateral_permille // 1000, 0) < 0


@given(books, st.sampled_from([1, 100]))
def test_a_call_closes_no_more_than_it_needs(book: MarginBook, lot: int) -> None:
    for line in book.lines:
        closing = Closing(line.mark_ticks, lambda qty: qty, lot)
        most = abs(line.qty)
        qty = enough_to_close(book, line, most, closing)
        assert 0 <= qty <= most

        def ends(qty: int, line: Line = line, closing: Closing = closing) -> bool:
            after = closed(book, line, qty, closing)
            return not after.in_debt or after.equity_minor >= after.restore_minor

        assert qty == most or ends(qty)
        assert qty == 0 or qty % lot or qty == lot or not ends(qty - lot)


def test_what_is_owed_is_closed_first_then_the_largest() -> None:
    made = [
        Line(ONE, 10, 500, 0, US), Line(TWO, 10, 900, 0, US),
        Line(instrument("THREE"), -1, 1, 1, US),
        Line(instrument("FOUR"), -1, 9, 9, US), Line(instrument("FIVE"), 0, 9, 0, US),
    ]  # fmt: skip
    found = [one.instrument.symbol for one in lines_in_order(made)]
    assert found == ["FOUR", "THREE", "TWO", "ONE"]


def test_nothing_is_lent_against_what_has_no_rules() -> None:
    line = Line(ONE, 100, 1_000, 0, None)
    book = MarginBook(50_000, (line,), US)
    assert (book.free_minor, book.maintenance_minor, book.equity_minor) == (50_000, 0, 150_000)
    assert not book.in_debt


@pytest.mark.parametrize(("cash", "loan"), [(1, 0), (0, 0), (-1, 1)])
def test_the_loan_is_what_lacks(cash: int, loan: int) -> None:
    assert MarginBook(cash, (), US).loan_minor == loan
    assert MarginBook(cash + 500, (Line(ONE, -1, 500, 500, US),), US).loan_minor == loan
