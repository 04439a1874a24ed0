"""Costs and profits of positions on both sides of zero, against a list of what each share cost."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from matching.orders import Side
from simtrade.desk.lending import net_qty, owed_qty
from tests.simtrade.desk.borrower import Borrower, borrower_on
from tests.simtrade.desk.test_settle import ME
from tests.world import World


@pytest.fixture
def borrower(world: World) -> Borrower:
    return borrower_on(world)


@pytest.mark.parametrize("seed", range(8))
def test_costs_are_averages_and_profit_is_what_closing_brings(
    borrower: Borrower, seed: int
) -> None:
    """Profit and cost of any walk over zero, with fractions in place of cents."""
    chance = Random(seed)
    qty, cost, profit = 0, Fraction(0), Fraction(0)
    for _ in range(30):
        price, part = chance.randint(900, 1_100), 100 * chance.randint(1, 9)
        side = chance.choice(list(Side))
        if side is Side.SELL and qty > 0:
            part = min(part, qty)
        borrower.trade(side, part, price, short=qty <= 0)
        sign = side.sign
        closed = min(part, max(0, -sign * qty))
        if closed:
            share = cost * closed / abs(qty)
            profit += -sign * closed * price - share
            cost -= share
        cost += sign * (part - closed) * price
        qty += sign * part
        position = borrower.position
        assert net_qty(borrower.venue, ME, borrower.instrument_id) == qty
        assert owed_qty(borrower.venue, ME, borrower.instrument_id) == max(0, -qty)
        assert abs(position.cost_minor - cost) <= 20
        assert abs(position.realised_minor - profit) <= 20
        assert position.cost_minor + (position.realised_minor - profit) - cost == pytest.approx(
            0, abs=20
        )
        if not qty:
            assert position.cost_minor == 0


def test_the_floor_settles_purchases_and_short_sales_on_the_next_session(
    borrower: Borrower,
) -> None:
    borrower.trade(Side.SELL, 300, 1_000, short=True)
    assert borrower.position.unsettled_qty == 300
    borrower.settlement.settle_session()
    borrower.trade(Side.SELL, 100, 1_000, short=True)
    assert borrower.position.unsettled_qty == 100
    borrower.trade(Side.BUY, 350, 1_000)  # what an order of before still brings
    assert (borrower.position.unsettled_qty, borrower.position.cost_minor) == (50, -50_000)
    borrower.trade(Side.BUY, 150, 1_000)
    assert borrower.position.unsettled_qty == 100
    assert borrower.position.cost_minor == 100_000
