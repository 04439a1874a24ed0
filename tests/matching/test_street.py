"""What the street remembers of its display, and how a change is explained."""

from __future__ import annotations

import pytest

from matching.market import Bar, BarOpen, Depth, Level, StreetCancel, StreetOrder, Trade
from matching.orders import Side
from matching.street import LevelChange, Street
from matching.street_book import StreetBook
from matching.units import AtNs, PriceTicks, Qty
from tests.matching.scenario import INSTRUMENT

ID = INSTRUMENT.instrument_id
Sizes = dict[int, int]


def depth(bids: Sizes, asks: Sizes, shown: int = 5, at: int = 1) -> Depth:
    sides = [
        tuple(Level(PriceTicks(price), Qty(qty)) for price, qty in side.items())
        for side in (bids, asks)
    ]
    return Depth(AtNs(at), AtNs(at), at, ID, sides[0], sides[1], shown)


def trade(price: int, qty: int, aggressor: Side | None, at: int = 2) -> Trade:
    return Trade(AtNs(at), AtNs(at), at, ID, PriceTicks(price), Qty(qty), aggressor)


def showing(bids: Sizes, asks: Sizes, shown: int = 5) -> Street:
    street = Street()
    street.apply_depth(depth(bids, asks, shown))
    return street


@pytest.mark.parametrize(
    ("before", "after", "traded", "by_trades", "by_cancels"),
    [
        (100, 60, 40, 40, 0),
        (100, 60, 0, 0, 40),
        (100, 60, 15, 15, 25),
        (100, 60, 90, 40, 0),  # somebody joined meanwhile
        (100, 130, 20, 0, 0),
        (0, 50, 0, 0, 0),
    ],
)
def test_a_decrease_is_traded_first_and_cancelled_for_the_rest(
    before: int, after: int, traded: int, by_trades: int, by_cancels: int
) -> None:
    change = LevelChange(Side.BUY, 1, before, after, traded)
    assert (change.by_trades, change.by_cancels) == (by_trades, by_cancels)


def test_changes_come_bids_first_best_first_and_only_where_something_happened() -> None:
    street = showing({99: 10, 98: 20, 97: 30}, {101: 10, 102: 20})
    changes = street.apply_depth(depth({98: 25, 97: 30, 96: 1}, {101: 10, 102: 5, 103: 7}))
    assert [(one.side, one.price_ticks, one.before, one.after) for one in changes] == [
        (Side.BUY, 99, 10, 0),
        (Side.BUY, 98, 20, 25),
        (Side.BUY, 96, 0, 1),
        (Side.SELL, 102, 20, 5),
        (Side.SELL, 103, 0, 7),
    ]


def test_what_is_printed_at_a_level_explains_its_next_update_only() -> None:
    street = showing({99: 100}, {101: 50})
    assert street.apply_trade(trade(99, 30, Side.SELL)) == (Side.BUY,)
    assert street.apply_trade(trade(99, 10, Side.SELL)) == (Side.BUY,)
    (change,) = street.apply_depth(depth({99: 60}, {101: 50}))
    assert (change.traded, change.by_trades, change.by_cancels) == (40, 40, 0)
    (change,) = street.apply_depth(depth({99: 20}, {101: 50}))
    assert (change.traded, change.by_cancels) == (0, 40)


def test_a_level_printed_at_and_unchanged_is_a_change() -> None:
    street = showing({99: 100}, {101: 50})
    street.apply_trade(trade(99, 30, Side.SELL))
    assert street.apply_depth(depth({99: 100}, {101: 50})) == [
        LevelChange(Side.BUY, 99, 100, 100, 30)
    ]


def test_a_level_that_left_a_full_window_is_unknown_not_gone() -> None:
    street = showing({99: 1, 98: 2}, {101: 1}, shown=2)
    assert street.apply_depth(depth({100: 5, 99: 1}, {101: 1}, shown=2)) == [
        LevelChange(Side.BUY, 100, 0, 5, 0)
    ]
    assert street.behind_window(Side.BUY, 98)
    assert not street.behind_window(Side.BUY, 99)
    (gone, back) = street.apply_depth(depth({99: 1, 98: 7}, {101: 1}, shown=2))
    assert (gone.price_ticks, gone.after) == (100, 0)
    assert back == LevelChange(Side.BUY, 98, 0, 7, 0)


def test_a_window_that_is_not_full_hides_nothing() -> None:
    street = showing({99: 1}, {101: 1, 102: 1}, shown=2)
    assert not street.behind_window(Side.BUY, 1)
    assert street.behind_window(Side.SELL, 103)
    assert not street.behind_window(Side.SELL, 102)


@pytest.mark.parametrize(
    ("price", "sides"),
    [(98, (Side.BUY,)), (99, (Side.BUY,)), (100, ()), (101, (Side.SELL,)), (105, (Side.SELL,))],
)
def test_an_unknown_taker_is_read_from_the_quote(price: int, sides: tuple[Side, ...]) -> None:
    assert showing({99: 1}, {101: 1}).apply_trade(trade(price, 1, None)) == sides


def test_crossed_or_locked_is_crossed() -> None:
    assert showing({101: 1}, {101: 1}).crossed
    assert showing({102: 1}, {101: 1}).crossed
    assert not showing({100: 1}, {101: 1}).crossed
    assert not showing({100: 1}, {}).crossed


def test_a_print_is_news_but_no_display() -> None:
    street = showing({99: 1}, {101: 1})
    street.apply_trade(trade(99, 1, Side.SELL, at=9))
    assert (street.updated_at_ns, street.displayed_at_ns, street.last_ticks) == (9, 1, 99)
    street.apply_depth(depth({99: 1}, {101: 1}, at=12))
    assert (street.updated_at_ns, street.displayed_at_ns) == (12, 12)


def test_a_new_session_forgets_the_display_and_the_last_price() -> None:
    street = showing({99: 5}, {101: 1})
    street.apply_trade(trade(99, 1, Side.SELL))
    street.clear()
    assert street.best(Side.BUY) is None
    assert street.last_ticks is None
    assert street.apply_depth(depth({99: 4}, {})) == [LevelChange(Side.BUY, 99, 0, 4, 0)]


def test_bars_move_the_last_price_only() -> None:
    street = Street()
    street.apply_bar_open(BarOpen(AtNs(60), AtNs(60), 1, ID, PriceTicks(100), Qty(700)))
    assert (street.last_ticks, street.bar_start_ns, street.previous_volume) == (100, 60, 700)
    prices = [PriceTicks(one) for one in (100, 120, 90, 110)]
    street.apply_bar(Bar(AtNs(120), AtNs(120), 2, ID, AtNs(60), *prices, Qty(50)))
    assert (street.last_ticks, street.bar_start_ns) == (110, None)
    assert street.best(Side.SELL) is None


def test_order_by_order_the_display_is_the_top_of_all() -> None:
    street = Street(book=StreetBook())
    for number in range(12):
        at = AtNs(number)
        order = StreetOrder(at, at, number, ID, number, Side.BUY, PriceTicks(100 - number), Qty(5))
        assert street.apply_order(order) == [LevelChange(Side.BUY, 100 - number, 0, 5, 0)]
    assert [one.price_ticks for one in street.visible[Side.BUY]] == list(range(100, 90, -1))
    assert [one.price_ticks for one in street.levels(Side.BUY)] == list(range(100, 88, -1))
    assert (street.shown(Side.BUY, 89), street.shown(Side.BUY, 88)) == (5, 0)
    assert not street.behind_window(Side.BUY, 80)
    gone = StreetCancel(AtNs(20), AtNs(20), 20, ID, 3, Side.BUY, Qty(5))
    assert street.apply_order(gone) == [LevelChange(Side.BUY, 97, 5, 0, 0)]
    assert [one.price_ticks for one in street.visible[Side.BUY]][-1] == 90
    print_ = trade(100, 2, Side.SELL, at=21)._replace(buy_order_id=0)
    assert street.apply_order(print_) == [LevelChange(Side.BUY, 100, 5, 3, 2)]
    assert (street.last_ticks, street.displayed_at_ns, street.joined[0]) == (100, 21, 0)
    assert 3 not in street.joined
    street.clear()
    assert (street.joined, street.levels(Side.BUY)) == ({}, ())
