from __future__ import annotations

import numpy as np
import pytest

from feeds.market_prints import SessionPrices, by_instrument, price_table, prices_of, told_late
from feeds.records import Records, Table
from tests.feeds.market_samples import displays, snapshots, trades


def traded(table: Table, *pieces: Records) -> dict[int, SessionPrices]:
    return by_instrument([prices_of(table, records) for records in pieces])


def test_prices_come_from_the_best_table_that_there_is() -> None:
    assert price_table({"trades": 1, "snapshots": 5, "depth": 9}) is Table.TRADES
    assert price_table({"snapshots": 5, "depth": 9}) is Table.SNAPSHOTS
    assert price_table({"depth": 9}) is Table.DEPTH


def test_trades_are_prices_of_their_instruments() -> None:
    found = traded(
        Table.TRADES, trades((1, 1, 50, 7), (2, 0, 100, 5), (3, 1, 52, 1), (4, 1, 51, 2))
    )
    assert sorted(found) == [0, 1]
    assert found[1].price_ticks.tolist() == [50, 52, 51]
    assert found[1].high_so_far.tolist() == [50, 52, 52]
    assert found[1].low_so_far.tolist() == [50, 50, 50]
    assert found[1].volume_so_far.tolist() == [7, 8, 10]
    assert traded(Table.TRADES, trades()) == {}


def test_odd_lots_count_in_the_volume_alone() -> None:
    rows = trades(
        (1, 0, 999, 7, 0, 0, 1), (2, 0, 100, 5), (3, 0, 1, 3, 0, 0, 1), (4, 0, 1, 3, 0, 0, 3)
    )
    (found,) = traded(Table.TRADES, rows).values()
    assert found.price_ticks.tolist() == [100, 100]
    assert found.qty.tolist() == [12, 3]
    assert (found.high_so_far[-1], found.low_so_far[-1]) == (100, 100)
    assert traded(Table.TRADES, rows[:1]) == {}


def test_snapshots_tell_totals() -> None:
    shown = displays(*((second, 0, [(99, 1)], [(101, 1)]) for second in range(5)))
    totals = [
        (0, 0, 0, 0, 0, 0),
        (100, 102, 99, 10, 1000, 3),
        (101, 102, 99, 12, 1202, 4),
        (100, 105, 98, 30, 3000, 9),
        (100, 105, 98, 25, 2500, 9),  # a correction
    ]
    (found,) = traded(Table.SNAPSHOTS, snapshots(shown, totals)).values()
    assert found.price_ticks.tolist() == [100, 101, 100, 100]
    assert found.qty.tolist() == [10, 2, 18, 0]
    assert found.high_ticks.tolist() == [102, 101, 105, 100]
    assert found.low_ticks.tolist() == [99, 101, 98, 100]
    assert found.high_so_far[-1] == 105


def test_quotes_alone_have_the_middle_as_a_price() -> None:
    rows = displays(
        (1, 0, [(99, 1)], [(102, 1)]),
        (2, 0, [(99, 1)], []),
        (3, 0, [(103, 1)], [(102, 1)]),
        (4, 0, [(101, 1)], [(103, 1)]),
    )
    (found,) = traded(Table.DEPTH, rows).values()
    assert found.price_ticks.tolist() == [100, 102]
    assert found.volume_so_far.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("taker", "auction", "late"),
    [(0, False, False), (0, True, True), (1, True, False), (3, False, True), (3, True, True)],
)
def test_after_the_close_only_its_auction_counts(taker: int, auction: bool, late: bool) -> None:
    row = trades((1, 0, 100, 5, 0, taker))
    assert told_late(Table.TRADES, row, auction=auction).tolist() == [late]
    shown = displays((1, 0, [], []))
    assert told_late(Table.DEPTH, shown, auction=True).tolist() == [False]
    assert told_late(Table.SNAPSHOTS, snapshots(shown, [(0,) * 6]), auction=False).tolist() == [
        True
    ]


def test_rows_of_bars_are_the_prices() -> None:
    (found,) = traded(Table.TRADES, trades((1, 0, 9, 7), (2, 0, 8, 5))).values()
    assert found.rows(1).tolist() == [[found.at_ns[0]], [9], [9], [9], [9], [7]]
    assert found.upto(int(found.at_ns[1]) - 1) == 1
    assert np.array_equal(found.rows(2)[5], [7, 5])


@pytest.mark.parametrize("table", [Table.TRADES, Table.SNAPSHOTS])
def test_pieces_make_the_same_as_the_whole(table: Table) -> None:
    rows = trades(*((second, second % 3, 90 + second * 7 % 11, 5) for second in range(30)))
    rows["flags"][::4] = 1
    if table is Table.SNAPSHOTS:
        shown = displays(*((second, second % 3, [], []) for second in range(30)))
        rows = snapshots(shown, [(90 + k % 5, 95, 90, 10 * k, 0, k) for k in range(30)])
    whole, cut = traded(table, rows), traded(table, rows[:7], rows[7:8], rows[8:])
    assert sorted(whole) == sorted(cut)
    for index, prices in whole.items():
        for one, other in zip(prices, cut[index], strict=True):
            assert np.array_equal(one, other)


def test_rows_of_one_moment_happen_in_the_order_of_their_numbers() -> None:
    rows = trades((1, 0, 50, 1, 9), (1, 1, 7, 1, 1), (1, 0, 51, 1, 3), (2, 0, 52, 1, 1))
    assert traded(Table.TRADES, rows)[0].price_ticks.tolist() == [51, 50, 52]
    assert traded(Table.TRADES, rows[:2], rows[2:])[0].price_ticks.tolist() == [51, 50, 52]
