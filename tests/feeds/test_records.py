from __future__ import annotations

import numpy as np
import pytest

from feeds.records import (
    STATUS,
    TRADES,
    Aggressor,
    StatusKind,
    Table,
    column_names,
    depth_dtype,
    depth_of,
    depth_row,
    dtype_of,
    empty,
    matrix,
    records_of,
    snapshot_dtype,
    snapshot_of,
    snapshot_row,
    status_of,
    status_row,
    trade_of,
    trade_row,
)
from matching.instrument import InstrumentId
from matching.market import (
    AuctionCross,
    AuctionIndication,
    Depth,
    Halt,
    Level,
    Snapshot,
    Trade,
)
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty

A = InstrumentId("XTST:A")
HEAD = (AtNs(5), AtNs(7), 3, A)


def level(price: int, qty: int) -> Level:
    return Level(PriceTicks(price), Qty(qty))


@pytest.mark.parametrize("aggressor", [Side.BUY, Side.SELL, None])
def test_a_print_comes_back_as_it_was(aggressor: Side | None) -> None:
    trade = Trade(*HEAD, PriceTicks(101), Qty(200), aggressor)
    rows = np.array([trade_row(trade, 1)], TRADES)
    assert trade_of(rows[0], A) == trade
    assert trade_of(rows[0], A, 9).seq == 9
    assert rows["instrument"][0] == 1


def test_nobody_took_in_a_call_auction() -> None:
    trade = Trade(*HEAD, PriceTicks(101), Qty(200), None)
    row = np.array([trade_row(trade, 0, auction=True)], TRADES)[0]
    assert row["aggressor"] == Aggressor.AUCTION
    assert trade_of(row, A).aggressor is None


def test_a_display_comes_back_with_as_many_levels_as_the_tape_shows() -> None:
    bids = (level(99, 10), level(98, 20), level(97, 1))
    depth = Depth(*HEAD, bids, (level(101, 5),), 3)
    told = depth_of(np.array([depth_row(depth, 0, 3)], depth_dtype(3))[0], A)
    assert told == depth
    assert {type(number) for number in (told.at_ns, *told.bids[0], *told.asks[0])} == {int}
    cut = depth_of(np.array([depth_row(depth, 0, 2)], depth_dtype(2))[0], A)
    assert cut == depth._replace(bids=bids[:2], levels_shown=2)


def test_a_snapshot_comes_back_with_its_totals() -> None:
    shot = Snapshot(
        *HEAD,
        bids=(level(99, 10),),
        asks=(),
        levels_shown=2,
        last_ticks=PriceTicks(99),
        high_ticks=PriceTicks(100),
        low_ticks=None,
        volume=Qty(7),
        turnover=700,
        trades=2,
    )
    row = np.array([snapshot_row(shot, 0, 2)], snapshot_dtype(2))[0]
    assert snapshot_of(row, A) == shot


@pytest.mark.parametrize(
    "event",
    [
        Halt(AtNs(5), 3, A, halted=True),
        Halt(AtNs(5), 3, A, halted=False),
        AuctionIndication(*HEAD, PriceTicks(100), Qty(50), Side.SELL, Qty(4)),
        AuctionIndication(*HEAD, None, Qty(0), None, Qty(0)),
        AuctionCross(*HEAD, PriceTicks(100), Qty(50), Side.BUY, Qty(4)),
    ],
)
def test_a_status_comes_back_as_it_was(event: Halt | AuctionIndication | AuctionCross) -> None:
    assert status_of(np.array([status_row(event, 0)], STATUS)[0], A) == event


def test_references_and_closes_are_no_events() -> None:
    for kind in (StatusKind.REFERENCE, StatusKind.CLOSE):
        row = np.array([(5, 5, 0, 0, kind, 100, 0, 0, 0)], STATUS)[0]
        assert status_of(row, A) is None


@pytest.mark.parametrize("table", Table)
def test_records_are_a_matrix_of_their_columns(table: Table) -> None:
    dtype = dtype_of(table, 3)
    names = column_names(dtype)
    records = empty(dtype, 4)
    records["seq"] = [4, 3, 2, 1]
    numbers = matrix(records)
    assert numbers.shape == (4, len(names))
    assert len(set(names)) == len(names)
    assert numbers[:, names.index("seq")].tolist() == [4, 3, 2, 1]
    assert (records_of(numbers[::2], dtype) == records[::2]).all()
    assert (matrix(records[::2]) == numbers[::2]).all()


def test_levels_lie_side_by_side() -> None:
    names = column_names(depth_dtype(2))
    assert names[4:8] == ("bid_ticks_0", "bid_ticks_1", "bid_qty_0", "bid_qty_1")
