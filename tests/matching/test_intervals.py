"""What two snapshots prove of the trades between them, against every way it could have been."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.intervals import Interval, between
from matching.market import Level, Snapshot
from matching.orders import FillProfile, Side
from matching.units import AtNs, PriceTicks, Qty
from tests.matching.scenario import INSTRUMENT

STRICT, STANDARD, BEGINNER = FillProfile.STRICT, FillProfile.STANDARD, FillProfile.BEGINNER


def interval(
    prices: dict[int, int], low: int, high: int, extremes: tuple[int, ...] = ()
) -> Interval:
    """What is seen of trades of that size at those prices."""
    volume = sum(prices.values())
    turnover = sum(price * qty for price, qty in prices.items())
    return Interval(AtNs(0), AtNs(3), volume, turnover, low, high, extremes)


@pytest.mark.parametrize(
    ("seen", "side", "price", "at", "through"),
    [
        # Everything at one price: all of it, at that price.
        ({100: 50}, Side.BUY, 100, 50_000, 0),
        ({100: 50}, Side.BUY, 101, 0, 50_000),
        ({100: 50}, Side.BUY, 99, 0, 0),
        ({100: 50}, Side.SELL, 100, 50_000, 0),
        ({100: 50}, Side.SELL, 99, 0, 50_000),
        # Half at each of two prices: the lower one is the edge.
        ({100: 30, 102: 30}, Side.BUY, 100, 20_000, 0),
        ({100: 30, 102: 30}, Side.BUY, 101, 0, 40_000),
        ({100: 30, 102: 30}, Side.SELL, 102, 20_000, 0),
    ],
)
def test_standard_spreads_the_volume_around_the_average(
    seen: dict[int, int], side: Side, price: int, at: int, through: int
) -> None:
    found = interval(seen, min(seen), max(seen)).reach(side, price, STANDARD, 1)
    assert (found.at_milli, found.through_milli) == (at, through)


def test_the_range_decides_how_far_the_volume_may_be_spread() -> None:
    wide = interval({100: 10}, 98, 104)  # two ticks to the nearer end
    assert [wide.likely_milli(Side.BUY, price) for price in (97, 98, 100, 102, 103)] == [
        0, 2_000, 6_000, 10_000, 10_000,
    ]  # fmt: skip


def test_strict_counts_what_makes_the_average_possible_and_a_lot_for_a_price_beyond() -> None:
    # Of 100 at an average of 100 with nothing below 98: (101 - 100) / (101 - 98) of it.
    sure = interval({100: 100}, 98, 104).reach(Side.BUY, 100, STRICT, 1)
    assert (sure.at_milli, sure.through_milli) == (33_333, 0)
    assert interval({100: 100}, 98, 104).reach(Side.BUY, 99, STRICT, 1).all_milli == 0
    # The last trade was beyond our price: one lot went through, and nobody is before us now.
    beyond = interval({100: 100}, 98, 104, (98,)).reach(Side.BUY, 99, STRICT, 10)
    assert (beyond.at_milli, beyond.through_milli, beyond.emptied) == (0, 10_000, True)
    at = interval({100: 100}, 98, 104, (99,)).reach(Side.BUY, 99, STRICT, 10)
    assert (at.all_milli, at.emptied) == (0, False)


def test_beginner_needs_only_a_touch() -> None:
    seen = interval({100: 100}, 98, 104, (99,))
    assert seen.reach(Side.BUY, 99, BEGINNER, 1).through_milli == 100_000
    # Nothing is known to have been at 98: only the likely part of the volume.
    assert seen.reach(Side.BUY, 98, BEGINNER, 1).all_milli == seen.likely_milli(Side.BUY, 98)


trades = st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 9)), min_size=1, max_size=4)


@given(trades, st.integers(0, 2), st.integers(0, 2), st.integers(-5, 5), st.sampled_from(Side))
@settings(max_examples=400, deadline=None)
def test_strict_never_claims_more_than_happened_and_the_profiles_are_in_order(
    made: list[tuple[int, int]], below: int, above: int, offset: int, side: Side
) -> None:
    """A truth is drawn, the feed shows its sums: strict is below the truth, always."""
    prices: dict[int, int] = {}
    for price, qty in made:
        prices[100 + price] = prices.get(100 + price, 0) + qty
    seen = interval(prices, min(prices) - below, max(prices) + above, (100 + made[-1][0],))
    limit = 100 + offset
    reached = sum(qty for price, qty in prices.items() if side.sign * (limit - price) >= 0)
    past = sum(qty for price, qty in prices.items() if side.sign * (limit - price) > 0)
    strict, standard, beginner = (
        seen.reach(side, limit, profile, 1) for profile in (STRICT, STANDARD, BEGINNER)
    )
    assert strict.all_milli <= reached * 1000
    assert not strict.emptied or past
    assert strict.all_milli <= standard.all_milli <= beginner.all_milli <= seen.volume * 1000
    assert strict.through_milli <= standard.through_milli <= beginner.through_milli
    assert min(strict.at_milli, standard.at_milli, beginner.at_milli) >= 0


def test_strict_is_the_best_that_can_be_said() -> None:
    """Of all ways to make the sums, one has no more than what strict claims."""
    low, high, volume = 98, 103, 6
    for prices in combinations_with_replacement(range(low, high + 1), volume):
        turnover = sum(prices)
        seen = Interval(AtNs(0), AtNs(3), volume, turnover, low, high, ())
        for limit in range(low, high + 1):
            claimed = seen.reach(Side.BUY, limit, STRICT, 1).all_milli // 1000
            least = min(
                sum(one <= limit for one in other)
                for other in combinations_with_replacement(range(low, high + 1), volume)
                if sum(other) == turnover
            )
            assert claimed <= least


def shot(at: int, bid: int, ask: int, **totals: int) -> Snapshot:
    def price(name: str) -> PriceTicks | None:
        return PriceTicks(totals[name]) if name in totals else None

    return Snapshot(
        AtNs(at), AtNs(at), at, INSTRUMENT.instrument_id,
        (Level(PriceTicks(bid), Qty(5)),), (Level(PriceTicks(ask), Qty(5)),), 5,
        price("last"), price("high"), price("low"),
        Qty(totals.get("volume", 0)), totals.get("turnover", 0), 0,
    )  # fmt: skip


def test_between_two_snapshots_the_range_is_that_of_quotes_and_new_extremes() -> None:
    before = shot(10, 99, 101, low=97, high=105, last=100)
    after = shot(13, 100, 102, low=96, high=105, last=101, volume=10, turnover=1_000)
    found = between(before, after)
    assert found == Interval(AtNs(10), AtNs(13), 10, 1_000, 96, 102, (101, 96))
    assert found.average_milli == 100_000


def test_nothing_is_known_without_a_snapshot_before_without_volume_and_of_crossed_quotes() -> None:
    after = shot(13, 100, 102, volume=10, turnover=1_000)
    assert between(None, after) is None
    assert between(shot(10, 99, 101, volume=10, turnover=1_000), after) is None
    assert between(shot(10, 99, 101, volume=20, turnover=2_000), after) is None
    assert between(shot(10, 102, 101), after) is None
    assert between(shot(10, 99, 101), shot(13, 102, 102, volume=10, turnover=1_000)) is None
    assert between(shot(13, 99, 101), after) is None


def test_totals_that_cannot_be_prove_nothing() -> None:
    before = shot(10, 99, 101, low=97, high=105, last=100)
    for turnover, known in ((960, True), (949, False), (1_060, True), (1_061, False)):
        after = shot(13, 100, 102, low=96, high=105, last=101, volume=10, turnover=turnover)
        assert (between(before, after) is not None) is known
    wild = shot(13, 100, 102, volume=1, turnover=1 << 62)
    assert between(shot(10, 99, 101), wild) is None
