"""Our matching makes an invented day again that the tests' plain book made first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from feeds.imports.sse_l2 import import_sse_l2
from feeds.order_tape import STREET, OrderTape, StreetKind
from simtrade.bench.reproduce import Reproduced, run
from tests.feeds.l2_sample import SampleDay, described

SHARED = Path(__file__).parents[4] / "shared" / "data" / "ashare_l3_sse_600519_am"
DAY = SampleDay()
TAPE = DAY.tape()
KIND, SIDE, PRICE, QTY = (STREET.index(one) for one in ("kind", "side", "price_ticks", "qty"))


def reproduced(tape: OrderTape) -> Reproduced:
    return run(tape, lambda _done, _total: None)


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_day_comes_out_as_it_was(seed: int) -> None:
    day = SampleDay(seed)
    result = reproduced(day.tape())
    assert result.first_difference is None
    assert result.equal
    assert (result.trades, result.trades_equal) == (len(day.trades), len(day.trades))
    shown = sum(row[2] == 2 for row in day.snapshots)
    assert (result.snapshots, result.snapshots_equal) == (shown, shown)
    assert result.indications == result.indications_equal == 14
    assert result.opening == {"price": "10.01", "qty": 200, "trades": 2, "equal": True}
    assert result.closing is not None
    assert result.closing["qty"] == 900


def street_with(row: int, **cells: int) -> OrderTape:
    street = TAPE.street.copy()
    for name, value in cells.items():
        street[STREET.index(name), row] = value
    return replace(TAPE, street=street)


def first(kind: StreetKind, side: int) -> int:
    return int(np.flatnonzero((TAPE.street[KIND] == kind) & (TAPE.street[SIDE] == side))[0])


def test_a_trade_out_of_its_turn_is_named() -> None:
    row = first(StreetKind.TRADE, 0)
    result = reproduced(street_with(row, other_id=777))
    assert result.first_difference is not None
    assert result.first_difference.startswith(f"row {row}: recorded Made(")
    assert "777" in result.first_difference
    assert result.trades_equal < result.trades


def test_an_auction_at_another_price_is_named() -> None:
    row = first(StreetKind.TRADE, -1)
    result = reproduced(street_with(row, price_ticks=1_000))
    assert result.opening is not None
    assert (result.opening["price"], result.opening["equal"]) == ("10.01", False)
    assert not result.equal


def test_a_cancel_of_nobody_is_named() -> None:
    row = first(StreetKind.CANCEL, 0)
    result = reproduced(street_with(row, order_id=777))
    assert result.first_difference == f"row {row}: order 777 is not in our book"


@pytest.mark.parametrize(
    "column", ["bid_qty_0", "ask_ticks_3", "trades", "volume", "turnover", "bid_qty_1"]
)
def test_a_snapshot_that_never_was_is_named(column: str) -> None:
    from feeds.order_tape import SNAPSHOTS

    snapshots = TAPE.snapshots.copy()
    row = 7 if column == "bid_qty_1" else 40  # the second size of an auction is what is left over
    snapshots[SNAPSHOTS.index(column), row] += 1
    result = reproduced(replace(TAPE, snapshots=snapshots))
    missed = (result.snapshots - result.snapshots_equal) + (
        result.indications - result.indications_equal
    )
    assert missed >= 1
    assert result.first_difference is not None
    assert result.first_difference.startswith("snapshot of ")
    assert result.trades == result.trades_equal


def test_the_shared_morning_comes_out_as_it_was() -> None:
    if not SHARED.is_dir():
        pytest.skip("ashare_l3_sse_600519_am is not here")
    tape = import_sse_l2(SHARED, described()).tape
    assert tape is not None
    assert reproduced(tape).as_json() == {
        "snapshots": 2_420,
        "snapshots_equal": 2_420,
        "indications": 127,
        "indications_equal": 127,
        "trades": 11_537,
        "trades_equal": 11_537,
        "opening": {"price": "1808.08", "qty": 42_718, "trades": 334, "equal": True},
        "closing": None,
        "first_difference": None,
        "equal": True,
    }
