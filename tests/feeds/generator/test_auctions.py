from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.generator.auctions import INDICATION_MS, Hours, day_parts, indications, surplus
from feeds.generator.days import DayBar, GeneratedDays, limits
from matching.auction import Crossing
from matching.orders import Side

DAYS = GeneratedDays(3)
MORNING = Hours(0, 300_000, 600_000)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**63),
    st.integers(900, 1_100),
    st.integers(1, 500),
    st.sampled_from((None, *Side)),
    st.integers(1, 100),
    st.booleans(),
)
def test_all_orders_together_give_the_result(
    seed: int, price: int, lots: int, heavier: Side | None, left: int, locked: bool
) -> None:
    result = Crossing(price, lots * 100, heavier, 0 if heavier is None else left * 100)
    hours = MORNING._replace(locked_ms=0) if locked else MORNING
    shown = list(indications(seed, result, limits(1_000), hours))
    assert shown[-1] == (600_000, result)
    assert [at for at, _ in shown] == list(range(INDICATION_MS, 600_001, INDICATION_MS))
    lower, upper = limits(1_000)
    for _, one in shown:
        assert one.price_ticks is None or lower <= one.price_ticks <= upper
    assert shown == list(indications(seed, result, limits(1_000), hours))


def test_no_show_in_the_locked_minutes() -> None:
    """Before, orders go again and what would trade can fall; then it only grows."""
    fell = 0
    for seed in range(20):
        result = Crossing(1_000, 50_000, Side.SELL, 3_000)
        shown = list(indications(seed, result, limits(1_000), MORNING))
        volumes = [one.qty for at, one in shown if at > MORNING.locked_ms]
        assert volumes == sorted(volumes)
        before = [one.qty for at, one in shown if at <= MORNING.locked_ms]
        fell += before != sorted(before)
    assert fell


def test_a_day_is_shared_out() -> None:
    for session in range(200):
        bar = DAYS.bar(session % 20, session)
        parts = day_parts(session, bar)
        assert bar.low_ticks <= parts.last_ticks <= bar.high_ticks
        for qty in (parts.opening_qty, parts.closing_qty):
            assert qty % 100 == 0
            assert 0 < qty < bar.volume // 50 + 100
    smallest = day_parts(1, DayBar(100, 100, 100, 100, 100, 10_000))
    assert (smallest.opening_qty, smallest.closing_qty) == (100, 100)
    assert {day_parts(seed, bar).opens for seed in range(20)} == set(Side)


def test_a_surplus_is_no_larger_than_the_auction() -> None:
    found = [surplus(seed, 1_000, 20_000) for seed in range(50)]
    assert {one.unmatched_side for one in found} == {Side.BUY, Side.SELL, None}
    for one in found:
        assert (one.price_ticks, one.qty) == (1_000, 20_000)
        assert (one.unmatched_side is None) == (one.unmatched_qty == 0)
        assert one.unmatched_qty <= 5_000
    assert surplus(1, 1_000, 100) == Crossing(1_000, 100, None, 0)
