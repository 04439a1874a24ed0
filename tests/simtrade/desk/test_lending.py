"""Loans are drawn when cash lacks and repaid when it comes; shares come and go back."""

from __future__ import annotations

from random import Random

import pytest

from matching.orders import Side
from simtrade.desk.ledger import Asset, Balance, holder_of, house, lent_to
from simtrade.desk.lending import (
    Lending,
    loan_minor,
    located_qty,
    margin_book,
    net_qty,
    owed_qty,
    proceeds_minor,
    rules_of,
    spendable_minor,
    venue_rules,
)
from simtrade.desk.requests import FLOOR
from tests.simtrade.desk.borrower import Borrower, borrower_on
from tests.simtrade.desk.test_settle import ME
from tests.world import World


@pytest.fixture
def borrower(world: World) -> Borrower:
    return borrower_on(world, 1_000_000)


def test_a_purchase_beyond_the_cash_is_lent_and_a_sale_repays_first(borrower: Borrower) -> None:
    borrower.trade(Side.BUY, 1_500, 1_000)
    paid = 1_500_000 + borrower.account.fees_minor
    assert loan_minor(borrower.venue, ME) == paid - 1_000_000
    assert (borrower.cash, spendable_minor(borrower.venue, ME)) == (0, 0)
    borrower.settlement.settle_session()
    borrower.trade(Side.SELL, 1_000, 1_000)
    assert (loan_minor(borrower.venue, ME), borrower.cash > 490_000) == (0, True)
    codes = [one.code for one in borrower.books.changes.transfers]
    assert codes.count("loan") == 1
    assert codes.count("repay") == 1


def test_proceeds_of_a_short_sale_pay_for_nothing_else(borrower: Borrower) -> None:
    borrower.trade(Side.SELL, 500, 1_000, short=True)
    fees = borrower.account.fees_minor
    assert owed_qty(borrower.venue, ME, borrower.instrument_id) == 500
    assert proceeds_minor(borrower.venue, ME) == 500_000
    assert borrower.cash == 1_500_000 - fees
    assert spendable_minor(borrower.venue, ME) == 1_000_000 - fees
    Lending(borrower.settlement, borrower.account).pay(house(FLOOR, "grant"), 1_200_000, "gift")
    Lending(borrower.settlement, borrower.account).settle_up()
    assert loan_minor(borrower.venue, ME) == 200_000 + fees
    assert borrower.cash == 500_000
    book = margin_book(borrower.venue, ME, borrower.venue.cursor_ns)
    assert book is not None
    assert (book.loan_minor, book.proceeds_minor) == (200_000 + fees, 500_000)


def test_shares_put_aside_for_an_open_short_sale_are_lent_to_nobody_else(
    borrower: Borrower,
) -> None:
    record = borrower.place(Side.SELL, 300, 1_000, short=True)
    assert located_qty(borrower.venue, ME, borrower.instrument_id) == 300
    assert owed_qty(borrower.venue, ME, borrower.instrument_id) == 0
    rules = rules_of(borrower.venue, borrower.instrument_id)
    assert rules == venue_rules(borrower.venue)
    assert rules is not None
    assert record.hold_minor == 300_000 * rules.short_permille // 1000
    borrower.books.fill(record, (1_000, 100))
    assert located_qty(borrower.venue, ME, borrower.instrument_id) == 300
    assert owed_qty(borrower.venue, ME, borrower.instrument_id) == 100
    assert net_qty(borrower.venue, ME, borrower.instrument_id) == -100


def test_what_is_bought_back_goes_back_at_once(borrower: Borrower) -> None:
    borrower.trade(Side.SELL, 500, 1_000, short=True)
    borrower.trade(Side.BUY, 200, 1_100)
    shares = Asset(borrower.instrument_id)
    assert borrower.venue.ledger.balance(lent_to(ME), shares).posted == -300
    assert borrower.venue.ledger.balance(holder_of(ME), shares).posted == 0
    assert proceeds_minor(borrower.venue, ME) == 300_000


@pytest.mark.parametrize("seed", range(6))
def test_every_ledger_sums_to_zero_and_cash_is_never_lent_for_nothing(
    borrower: Borrower, seed: int
) -> None:
    chance = Random(seed)
    for _ in range(25):
        qty = net_qty(borrower.venue, ME, borrower.instrument_id)
        side = chance.choice(list(Side))
        part = 100 * chance.randint(1, 20)
        if side is Side.SELL and qty > 0:
            part = min(part, qty)
        borrower.trade(side, part, chance.randint(800, 1_200), short=qty <= 0)
        loan, proceeds = loan_minor(borrower.venue, ME), proceeds_minor(borrower.venue, ME)
        assert loan == 0 or borrower.cash == proceeds
        assert borrower.cash >= proceeds >= 0
        sums: dict[Asset, Balance] = {}
        for (_, asset), one in borrower.venue.ledger.balances.items():
            total = sums.setdefault(asset, Balance())
            total.credits_posted += one.posted
            total.credits_pending += one.credits_pending - one.debits_pending
        assert all(not one.credits_posted and not one.credits_pending for one in sums.values())
