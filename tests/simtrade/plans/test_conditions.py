"""Bounds against the plain inequalities, and bands against everything a market could do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feeds.feed import LastPrice
from matching.instrument import InstrumentId
from matching.market import AuctionCross, Bar, BarOpen, Snapshot, Trade
from matching.units import AtNs, PriceTicks, Qty
from simtrade.plans.conditions import (
    Known,
    Point,
    all_hold,
    band_of,
    bound_of,
    joined,
    only_times,
    points_of,
)
from simtrade.plans.model import Condition, ConditionKind, Seen
from tests.feeds.samples import instrument

NAME = InstrumentId("XTST:MADE")
PRICES = st.integers(1, 3000)
PERMILLE = st.integers(1, 400)


def known(reference: int | None = 1000, qty: int = 10, cost: int = 10_000) -> Known:
    return Known(AtNs(50), reference, instrument("MADE"), qty, cost)


def plainly(condition: Condition, point: Point, facts: Known) -> bool:
    """The same in the words of the condition."""
    price, number = point.price_ticks, condition.number
    match condition.kind:
        case ConditionKind.PRICE_AT_LEAST:
            return price >= number
        case ConditionKind.PRICE_AT_MOST:
            return price <= number
        case ConditionKind.DROP_FROM_HIGH:
            return (point.high_ticks - price) * 1000 >= number * point.high_ticks
        case ConditionKind.REBOUND_FROM_LOW:
            return (price - point.low_ticks) * 1000 >= number * point.low_ticks
        case ConditionKind.CHANGE:
            if facts.reference_ticks is None:
                return False
            change = (price - facts.reference_ticks) * 1000
            wanted = number * facts.reference_ticks
            return change >= wanted if number > 0 else change <= wanted
        case ConditionKind.POSITION_PROFIT:
            if not facts.position_qty:
                return False
            value = facts.instrument.notional_minor(price, facts.position_qty)
            profit = (value - facts.cost_minor) * 1000
            wanted = number * facts.cost_minor
            return profit >= wanted if number > 0 else profit <= wanted
        case ConditionKind.TIME_FROM:
            return facts.at_ns >= number


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    kind = draw(st.sampled_from([one for one in ConditionKind if one != ConditionKind.TIME_FROM]))
    number = draw(PRICES if kind.value.startswith("price") else PERMILLE)
    signed = kind in (ConditionKind.CHANGE, ConditionKind.POSITION_PROFIT)
    return Condition(kind, -number if signed and draw(st.booleans()) else number)


@st.composite
def points(draw: st.DrawFn) -> Point:
    price = draw(PRICES)
    return Point(price, draw(st.integers(price, 3000)), draw(st.integers(1, price)))


@given(conditions(), points(), st.integers(0, 50), st.integers(1, 100_000))
def test_a_bound_says_what_the_condition_says(
    condition: Condition, point: Point, qty: int, cost: int
) -> None:
    facts = known(qty=qty, cost=cost)
    bound = bound_of(condition, point, facts)
    holds = bound is not None and bound.holds(point.price_ticks)
    assert holds == plainly(condition, point, facts)


@given(st.lists(conditions(), min_size=1, max_size=3), points(), st.lists(PRICES, max_size=12))
def test_prices_inside_the_band_never_meet_the_conditions(
    lines: list[Condition], start: Point, path: list[int]
) -> None:
    """A feed leaves out what is strictly inside: nothing may be missed by that."""
    facts, now = known(), start
    band = band_of(tuple(lines), now, facts)
    assert band is not None
    for price in path:
        moved = Point(price, max(now.high_ticks, price), min(now.low_ticks, price))
        if band.touched_by(price, price):
            now, band = moved, band_of(tuple(lines), moved, facts)
            assert band is not None
            continue
        assert all_hold(tuple(lines), moved, facts) is None
        now = moved


def test_what_was_seen_is_told_line_by_line() -> None:
    lines = (
        Condition(ConditionKind.TIME_FROM, 40),
        Condition(ConditionKind.DROP_FROM_HIGH, 100),
    )
    assert all_hold(lines, Point(900, 1000, 900), known()) == (Seen(0, 900, 40), Seen(1, 900, 900))
    assert all_hold(lines, Point(901, 1000, 900), known()) is None
    later = (Condition(ConditionKind.TIME_FROM, 51),)
    assert all_hold(later, Point(900, 1000, 900), known()) is None
    assert only_times(later)
    assert band_of(later, Point(900, 1000, 900), known()) is None


def test_without_a_position_or_a_previous_close_nothing_is_compared() -> None:
    point = Point(900, 1000, 900)
    profit = Condition(ConditionKind.POSITION_PROFIT, 10)
    change = Condition(ConditionKind.CHANGE, 10)
    assert bound_of(profit, point, known(qty=0)) is None
    assert bound_of(change, point, known(reference=None)) is None


def _bar(start: int, prices: tuple[int, int, int, int]) -> Bar:
    ticks = [PriceTicks(one) for one in prices]
    return Bar(AtNs(start + 60), AtNs(start + 60), 1, NAME, AtNs(start), *ticks, Qty(9))


def test_a_bar_tells_its_low_and_high_against_what_was_before_it() -> None:
    before = LastPrice(1000, 990, 1010, 995, 7)
    bar = _bar(100, (1000, 1020, 980, 1005))
    assert points_of(bar, before, AtNs(100)) == (
        Point(980, 1010, 980),
        Point(1020, 1020, 995),
        Point(1005, 1020, 980),
    )
    assert points_of(bar, before, AtNs(101)) == (Point(1005, 1020, 980),)


def test_a_first_price_and_a_print_are_one_point() -> None:
    before = LastPrice(1000, 990, 1010, 995, 7)
    opening = BarOpen(AtNs(1), AtNs(1), 1, NAME, PriceTicks(1020), Qty(5))
    trade = Trade(AtNs(1), AtNs(1), 1, NAME, PriceTicks(990), Qty(5), None)
    assert points_of(opening, before, AtNs(0)) == (Point(1020, 1020, 995),)
    assert points_of(trade, before, AtNs(0)) == (Point(990, 1010, 990),)
    assert points_of(trade, None, AtNs(0)) == (Point(990, 990, 990),)


def test_bands_join_to_the_narrowest() -> None:
    lines = (
        Condition(ConditionKind.PRICE_AT_MOST, 900),
        Condition(ConditionKind.PRICE_AT_LEAST, 1100),
    )
    point = Point(1000, 1000, 1000)
    both = joined(band for one in lines if (band := band_of((one,), point, known())))
    assert (both.low_ticks, both.high_ticks, both.awake) == (900, 1100, False)


def test_an_auction_and_a_snapshot_tell_a_price_where_something_was_traded() -> None:
    before = LastPrice(1000, 990, 1010, 995, 7)
    cross = AuctionCross(
        AtNs(1),
        AtNs(1),
        1,
        NAME,
        PriceTicks(1015),
        Qty(5),
        unmatched_side=None,
        unmatched_qty=Qty(0),
    )
    assert points_of(cross, before, AtNs(0)) == (Point(1015, 1015, 995),)
    nothing = cross._replace(price_ticks=None, qty=Qty(0))
    assert points_of(nothing, before, AtNs(0)) == ()
    shown = Snapshot(AtNs(1), AtNs(1), 1, NAME, (), (), 5, None, None, None, Qty(0), 0, 0)
    assert points_of(shown, before, AtNs(0)) == ()
    traded = shown._replace(last_ticks=PriceTicks(999))
    assert points_of(traded, before, AtNs(0)) == (Point(999, 1010, 995),)
