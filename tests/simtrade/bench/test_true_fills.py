"""The exact queue, on days of a few events that can be followed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from feeds.order_day import OrderDay
from feeds.order_tape import STREET, StreetKind
from feeds.street_check import NOBODY
from matching.orders import Side
from matching.units import AtNs
from simtrade.bench.passive_probes import Case, Place, Probe, choose
from simtrade.bench.true_fills import NOTHING, Got, true_fills
from tests.feeds.l2_sample import SampleDay
from tests.feeds.test_order_day import at

TAPE = SampleDay().tape()
OPEN = at(9, 30)
Row = tuple[int, ...]
BUY, SELL = int(Side.BUY), int(Side.SELL)


def joins(side: int, number: int, price: int, qty: int) -> Row:
    return (StreetKind.ORDER, side, number, NOBODY, price, qty)


def leaves(side: int, number: int, price: int, qty: int) -> Row:
    return (StreetKind.CANCEL, side, number, NOBODY, price, qty)


def sells(buyer: int, price: int, qty: int) -> Row:
    """A taker nobody hears of again sells to a buyer."""
    return (StreetKind.TRADE, SELL, buyer, 900, price, qty)


# Buyers 1 and 2 stand at 99, buyer 3 at 98; sellers at 101.
STREET_AT_FIRST = (
    joins(BUY, 1, 99, 300),
    joins(BUY, 2, 99, 200),
    joins(BUY, 3, 98, 400),
    joins(SELL, 4, 101, 500),
)


def day(rows: Sequence[Row]) -> OrderDay:
    """Rows a second apart; ours comes after those of the street at first."""
    table = [(k, OPEN + k * 10**9, *row) for k, row in enumerate((*STREET_AT_FIRST, *rows))]
    street = np.array(table, np.int64).reshape(-1, len(STREET)).T
    return OrderDay(replace(TAPE, street=street))


def got(rows: Sequence[Row], price: int = 99, qty: int = 100, until: int = 100) -> Got:
    probe = Probe(
        AtNs(OPEN + 3 * 10**9), AtNs(OPEN + until * 10**9), Side.BUY, price, qty, Place.BEST
    )
    return true_fills(day(rows), [probe])[0]


def when(second: int) -> AtNs:
    return AtNs(OPEN + second * 10**9)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], NOTHING),
        ([sells(1, 99, 300), sells(2, 99, 200)], NOTHING),  # only those before us
        ([sells(1, 99, 300), sells(2, 99, 200), sells(3, 98, 60)], Got(60, when(6))),
        ([joins(BUY, 5, 99, 70), leaves(BUY, 1, 99, 300), sells(2, 99, 200)], NOTHING),
        ([joins(BUY, 5, 99, 70), sells(5, 99, 70)], Got(70, when(5))),  # it stood behind us
        ([joins(SELL, 6, 99, 80)], Got(80, when(4))),  # would have come to us
        ([joins(SELL, 6, 100, 80)], NOTHING),
        ([joins(SELL, 6, 97, 30), joins(SELL, 7, 98, 30)], Got(60, when(5))),
        ([sells(3, 98, 400)], Got(100, when(4))),  # never more than wanted
        ([(StreetKind.TRADE, BUY, 901, 4, 101, 500)], NOTHING),  # buyers do not fill buyers
    ],
)
def test_the_queue(rows: list[Row], expected: Got) -> None:
    assert got(rows) == expected


def test_inside_the_spread_everybody_comes_to_us_first() -> None:
    assert got([sells(1, 99, 60)], price=100) == Got(60, when(4))
    assert got([joins(SELL, 6, 100, 25), sells(1, 99, 60)], price=100) == Got(85, when(5))


def test_what_comes_too_late_or_at_the_very_moment() -> None:
    rows = [sells(3, 98, 60), sells(3, 98, 30)]
    assert got(rows, until=3) == NOTHING
    assert got(rows, until=4) == Got(60, when(4))  # the market's event of the last moment counts
    assert got(rows, until=5) == Got(90, when(5))


def test_an_auction_fills_nobody_here() -> None:
    assert got([(StreetKind.TRADE, NOBODY, 3, 4, 98, 50)]) == NOTHING


def test_orders_do_not_know_of_each_other() -> None:
    whole = OrderDay(TAPE)
    probes = choose(whole, Case(300, 600), 60, 5)
    together = true_fills(whole, probes)
    assert together == [true_fills(whole, [one])[0] for one in probes]
    assert any(one.qty for one in together)
