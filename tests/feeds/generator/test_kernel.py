from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.calendar import Int64s
from feeds.generator.calendar import TRADING_SECONDS
from feeds.generator.days import DayBar, GeneratedDays, limits
from feeds.generator.kernel import SessionRecord, run_session
from matching.orders import Side

DAYS = GeneratedDays(3)


def check(record: SessionRecord, bar: DayBar) -> None:
    prints, depth = record.prints.astype(np.int64), record.depth.astype(np.int64)
    price, qty = prints[:, 2], prints[:, 3]
    made = (price[0], price.max(), price.min(), price[-1], qty.sum())
    assert made == bar[1:]
    assert (qty > 0).all()
    assert (qty % 100 == 0).all()
    check_depth(depth, bar)
    check_prints(record)


def check_depth(depth: Int64s, bar: DayBar) -> None:
    lower, upper = limits(bar.reference_ticks)
    bids, asks = depth[:, 0:10:2], depth[:, 10:20:2]
    both = (bids[:, 0] > 0) & (asks[:, 0] > 0)
    assert (bids[both, 0] < asks[both, 0]).all(), "crossed"
    for prices, worse in ((bids, -1), (asks, 1)):
        shown = prices > 0
        assert ((prices >= lower) & (prices <= upper) | ~shown).all()
        follows = shown[:, 1:] & shown[:, :-1]
        assert ((np.diff(prices, axis=1) * worse > 0) | ~follows).all()
        assert (shown[:, :-1] | ~shown[:, 1:]).all(), "a hole between levels"
    qty = depth[:, 1::2]
    assert ((qty > 0) == (depth[:, 0::2] > 0)).all()


def check_prints(record: SessionRecord) -> None:
    """Every print hits what the display before it shows, and takes no more than that."""
    shown_at = np.searchsorted(record.depth_second, record.prints[:, 0], side="right") - 1
    assert (shown_at >= 0).all()
    left: dict[int, int] = {}
    bids: set[int] = set()
    asks: set[int] = set()
    current = -1
    for row, (_, _, price, qty, side) in zip(
        shown_at.tolist(), record.prints.tolist(), strict=True
    ):
        if row != current:
            current = row
            cells = record.depth[row].tolist()
            left = dict(zip(cells[0::2], cells[1::2], strict=True))
            bids, asks = set(cells[0:10:2]), set(cells[10:20:2])
        assert price in (asks if side == 0 else bids)
        left[price] -= qty
        assert left[price] >= 0


@pytest.mark.parametrize("instrument", range(20))
def test_a_session_meets_its_bar_and_its_displays(instrument: int) -> None:
    bar = DAYS.bar(instrument, 7 * instrument)
    check(run_session(1000 + instrument, bar, Side(instrument % 2)), bar)


@st.composite
def bars(draw: st.DrawFn) -> DayBar:
    reference = draw(st.one_of(st.integers(2, 60), st.integers(60, 20_000)))
    lower, upper = limits(reference)
    price = st.integers(lower, upper)
    low, first, second, high = sorted(draw(st.tuples(price, price, price, price)))
    begin, end = draw(st.permutations([first, second]))
    volume = draw(st.one_of(st.integers(100, 500), st.integers(500, 2_000_000))) * 100
    return DayBar(reference, begin, high, low, end, volume)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**64 - 1), bars())
def test_any_bar_is_met(seed: int, bar: DayBar) -> None:
    check(run_session(seed, bar, Side(seed % 2)), bar)


def test_sealed_at_the_limit_one_side_is_empty() -> None:
    _, upper = limits(1000)
    bar = DayBar(1000, upper, upper, upper, upper, 500_000)
    record = run_session(5, bar, Side.BUY)
    check(record, bar)
    assert (record.depth[:, 10] == 0).mean() > 0.5


def test_it_looks_like_a_market() -> None:
    bar = DAYS.bar(6, 3)
    record = run_session(1, bar, Side.SELL)
    assert 0.5 < len(record.depth) / TRADING_SECONDS < 0.95
    assert 3_000 < len(record.prints) < 12_000
    assert np.diff(record.depth_second).max() <= 10
    assert (record.depth[:, 1::2] > 0).all(axis=1).mean() > 0.9
    buys = (record.prints[:, 4] == 0).mean()
    assert 0.4 < buys < 0.6
    close_share = record.prints[-1, 3] / bar.volume
    assert close_share < 0.1


def test_the_same_seed_is_the_same_session() -> None:
    bar = DAYS.bar(0, 0)
    one, other, third = (run_session(seed, bar, Side.BUY) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert not np.array_equal(one.depth, third.depth)
