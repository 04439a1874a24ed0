"""Sessions of market 2 as properties: the bar, the display, the book, the facts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.generator.agents import agents_file
from feeds.generator.calendar import TRADING_SECONDS
from feeds.generator.days import DayBar
from feeds.generator.order_flow import run_flow, size_scale
from feeds.generator.second_market import SecondMarket
from feeds.order_tape import street_events
from matching.instrument import InstrumentId
from matching.market import StreetCancel, StreetOrder
from matching.orders import Side
from matching.street_book import StreetBook
from tests.feeds.generator.test_kernel import bars, check_prints

MARKET = SecondMarket(3)
AGENTS = agents_file().agents
ROWS = 400_000


def flow(instrument: int, session: int, bar: DayBar, seed: int = 1, rows: int = 0):  # type: ignore[no-untyped-def]
    plan = MARKET.plan(instrument, session, bar)
    return run_flow(seed, bar, Side(seed % 2), plan, AGENTS, rows), plan


def check(record, bar: DayBar, band: tuple[int, int]) -> None:  # type: ignore[no-untyped-def]
    """Everything that must hold of any session."""
    prints, depth = record.prints.astype(np.int64), record.depth.astype(np.int64)
    price, qty = prints[:, 2], prints[:, 3]
    assert (price[0], price.max(), price.min(), price[-1], qty.sum()) == bar[1:]
    assert (qty > 0).all()
    assert (qty % 100 == 0).all()
    bids, asks = depth[:, 0:10:2], depth[:, 10:20:2]
    both = (bids[:, 0] > 0) & (asks[:, 0] > 0)
    assert (bids[both, 0] < asks[both, 0]).all(), "crossed"
    for prices, worse in ((bids, -1), (asks, 1)):
        shown = prices > 0
        assert ((prices >= band[0]) & (prices <= band[1]) | ~shown).all()
        assert ((np.diff(prices, axis=1) * worse > 0) | ~(shown[:, 1:] & shown[:, :-1])).all()
        assert (shown[:, :-1] | ~shown[:, 1:]).all(), "a hole between levels"
    assert ((depth[:, 1::2] > 0) == (depth[:, 0::2] > 0)).all()
    shown_ms = record.depth_second.astype(np.int64) * 1000 + record.depth_ms
    assert (np.diff(shown_ms) > 0).all()
    assert shown_ms[0] == 0
    assert shown_ms[-1] < 1000 * TRADING_SECONDS
    check_moments(shown_ms, prints, record)


def check_moments(shown_ms, prints, record) -> None:  # type: ignore[no-untyped-def]
    """A print comes with or after the display that it hits, one taker in a moment."""
    print_ms = prints[:, 0] * 1000 + prints[:, 1]
    assert (np.diff(print_ms) >= 0).all()
    same = np.flatnonzero(np.diff(print_ms) == 0)
    assert (prints[same, 4] == prints[same + 1, 4]).all()
    rows = np.searchsorted(shown_ms, print_ms, side="right") - 1
    # As ``check_prints`` wants it: numbers of displays for moments.
    check_prints(
        record._replace(
            depth_second=np.arange(len(shown_ms)),
            prints=np.column_stack((rows, record.prints[:, 1:])),
        )
    )


@pytest.mark.parametrize("instrument", range(0, len(MARKET.shares), 3))
def test_a_session_meets_its_bar_and_its_displays(instrument: int) -> None:
    session = 41 + instrument
    bar, band = MARKET.bar(instrument, session), MARKET.band(instrument, session)
    (record, told), _ = flow(instrument, session, bar, seed=instrument)
    check(record, bar, band)
    assert len(told) == 0
    assert 10_000 < len(record.depth) < 30_000
    assert 5_000 < len(record.prints) < 25_000
    assert record.prints[-1, 3] < bar.volume // 10


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), bars())
def test_any_bar_is_met(seed: int, bar: DayBar) -> None:
    band = (max(1, bar.reference_ticks * 9 // 10 - 1), bar.reference_ticks * 11 // 10 + 1)
    band = min(band[0], bar.low_ticks), max(band[1], bar.high_ticks)
    plan = MARKET.plan(0, 0, bar)._replace(band=band)
    record, _ = run_flow(seed, bar, Side(seed % 2), plan, AGENTS)
    check(record, bar, band)


def test_what_is_told_order_by_order_makes_the_displays() -> None:
    """The plain book of the tests, fed with every order, cancel and trade, shows the same."""
    bar = MARKET.bar(2, 5)
    (record, told), _ = flow(2, 5, bar, rows=ROWS)
    assert 30_000 < len(told) < ROWS
    street = np.zeros((8, len(told)), np.int64)
    street[1:] = told.T
    street[0] = np.arange(len(told))
    book = StreetBook()
    moments = (record.depth_second.astype(np.int64) * 1000 + record.depth_ms).tolist()
    row = 0
    kinds = {StreetOrder: 0, StreetCancel: 0}
    for event in street_events(InstrumentId(""), street):
        while row < len(moments) and moments[row] < event.at_ns:
            assert shown(book) == record.depth[row].tolist()
            row += 1
        # A display shows what stood before the taker of its own millisecond.
        if (
            row < len(moments)
            and moments[row] == event.at_ns
            and shown(book) == record.depth[row].tolist()
        ):
            row += 1
        if isinstance(event, StreetOrder):
            assert book.best(event.side.opposite) is None or not crosses(book, event)
        kinds[type(event)] = kinds.get(type(event), 0) + 1
        book.on(event)
    assert row >= len(moments) - 1
    assert min(kinds.values()) > 5_000


def crosses(book: StreetBook, order: StreetOrder) -> bool:
    other = book.best(order.side.opposite)
    return other is not None and order.side.sign * (order.price_ticks - other) >= 0


def shown(book: StreetBook) -> list[int]:
    cells: list[int] = []
    for side in Side:
        levels = [cell for level in book.levels(side, 5) for cell in level]
        cells += levels + [0] * (10 - len(levels))
    return cells


def test_recording_the_orders_changes_nothing() -> None:
    bar = MARKET.bar(4, 9)
    (one, _), _ = flow(4, 9, bar)
    (other, _), _ = flow(4, 9, bar, rows=ROWS)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_same_seed_is_the_same_session() -> None:
    bar = MARKET.bar(0, 0)
    (one, _), _ = flow(0, 0, bar, seed=1)
    (other, _), _ = flow(0, 0, bar, seed=1)
    (third, _), _ = flow(0, 0, bar, seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert not np.array_equal(one.depth, third.depth)


def test_sealed_at_the_limit_one_side_is_empty_and_a_queue_stands() -> None:
    upper = 1_100
    bar = DayBar(1_000, upper, upper, upper, upper, 2_000_000)
    plan = MARKET.plan(6, 0, bar)._replace(band=(900, upper))
    record, _ = run_flow(5, bar, Side.SELL, plan, AGENTS)
    check(record, bar, (900, upper))
    assert (record.depth[:, 10] == 0).mean() > 0.9
    assert (record.depth[5_000:, 1] > 10 * bar.volume // len(record.prints)).all()


def test_a_halted_second_shows_nothing() -> None:
    bar = MARKET.bar(6, 3)
    plan = MARKET.plan(6, 3, bar)
    rate = plan.rate_milli.copy()
    quiet = slice(2_000, 3_000)
    values = plan.path.values.copy()
    values[quiet] = values[1_999]
    rate[quiet] = 0
    inside = bar._replace(high_ticks=int(values.max()), low_ticks=int(values.min()))
    plan = plan._replace(path=plan.path._replace(values=values), rate_milli=rate)
    record, _ = run_flow(5, inside, Side.SELL, plan, AGENTS)
    for seconds in (record.depth_second, record.prints[:, 0]):
        assert not ((seconds >= 2_000) & (seconds < 3_000)).any()
    assert 3_000 in record.depth_second


def test_sizes_grow_with_the_volume() -> None:
    bar = MARKET.bar(6, 3)
    plan = MARKET.plan(6, 3, bar)
    once, twice = (size_scale(plan._replace(volume=n * bar.volume), AGENTS) for n in (1, 2))
    assert abs(twice - 2 * once) <= 2
