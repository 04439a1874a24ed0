"""What the compiled helpers draw and leave behind, called one by one on a small book."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from feeds.generator import traders
from feeds.generator.agents import Agents, agents_file
from feeds.generator.traders import (
    DIRTY,
    DONE,
    HIGHEST,
    LAST,
    LOWEST,
    MOST,
    NOW,
    NUMBERS,
    PRINTED,
    SCALE,
    SEEN,
    TAKER,
    TOLD,
    VALUE,
    Desk,
)
from feeds.prng import new_state
from matching.book import Book

AGENTS = agents_file().agents
TABLE = np.array([[0, 10], [500, 10], [750, 20], [1000, 100]], np.int64)


@njit
def draws(state, knots, count):  # type: ignore[no-untyped-def]
    found = np.empty(count, np.int64)
    for k in range(count):
        found[k] = traders.drawn(state, knots)
    return found


@njit
def lots(state, knots, scale, count):  # type: ignore[no-untyped-def]
    found = np.empty(count, np.int64)
    for k in range(count):
        found[k] = traders.lots_of(state, knots, scale)
    return found


@njit
def joins(book, state, desk, agents, count):  # type: ignore[no-untyped-def]
    for _ in range(count):
        traders.join(book, state, desk, agents)


@njit
def leaves(book, state, desk, agents, count):  # type: ignore[no-untyped-def]
    for _ in range(count):
        traders.leave(book, state, desk, agents)


@njit
def wishes(book, state, desk, agents, budget):  # type: ignore[no-untyped-def]
    traders.look(book, desk)
    return traders.wish(book, state, desk, agents, desk.numbers[SCALE], budget)


@njit
def taken(book, desk, order):  # type: ignore[no-untyped-def]
    traders.take(book, desk, order)


@njit
def cleared(book, desk, side, price):  # type: ignore[no-untyped-def]
    traders.clear_beyond(book, desk, side, price)


def desk(value: int = 1_000) -> Desk:
    made = Desk(
        np.zeros(len(NUMBERS), np.int64),
        np.zeros(20, np.int64),
        np.zeros((AGENTS.parents, 2), np.int64),
        np.empty(100, np.int64),
        np.empty((100, 20), np.int32),
        np.empty((100, 5), np.int32),
        np.empty((5_000, 7), np.int64),
    )
    numbers = made.numbers
    numbers[LOWEST], numbers[HIGHEST], numbers[MOST] = 900, 1_100, 1_100
    numbers[VALUE], numbers[SEEN], numbers[SCALE], numbers[NOW] = value, value, 1024, 7_003
    return made


def filled(book: Book, made: Desk) -> None:
    for k in range(5):
        for side, price in ((0, 999 - k), (1, 1_001 + k)):
            made.numbers[LAST] += 1
            book.limit(int(made.numbers[LAST]), side, price, 500)


def test_a_distribution_is_drawn_as_its_knots_say() -> None:
    found = draws(new_state(1), TABLE, 20_000)
    assert (found.min(), found.max() <= 100) == (10, True)
    assert 0.48 < (found == 10).mean() < 0.54
    assert 0.73 < (found < 20).mean() < 0.77
    assert abs(found[found >= 20].mean() - 60) < 2
    even = draws(new_state(1), np.array([[0, 5], [1000, 5]], np.int64), 100)
    assert set(even.tolist()) == {5}


def test_sizes_are_whole_lots_and_scale_on_average() -> None:
    knots = np.array([[0, 100], [1000, 300]], np.int64)
    for scale in (1024, 3 * 1024, 1024 * 5 // 2):
        found = lots(new_state(2), knots, scale, 5_000)
        assert (found % 100 == 0).all()
        assert abs(found.mean() / (200 * scale / 1024) - 1) < 0.03
    assert set(lots(new_state(2), knots, 1, 500).tolist()) == {100}, "at least one"


def test_whoever_joins_never_takes_and_stays_inside_the_limits() -> None:
    book, made = Book(), desk()
    filled(book, made)
    joins(book.state, new_state(3), made, AGENTS, 2_000)
    assert made.numbers[DONE] == 0
    assert book.best(0) < book.best(1)
    rows = book.orders()
    assert (rows["price_ticks"] >= 900).all()
    assert (rows["price_ticks"] <= 1_100).all()
    told = made.told[: made.numbers[TOLD]]
    assert set(told[:, 1].tolist()) == {traders.ORDER}
    assert (told[:, 0] == 7_003).all()
    assert len(rows) == len(told) + 10


def test_whoever_leaves_is_told_with_what_he_had() -> None:
    book, made = Book(), desk()
    filled(book, made)
    leaves(book.state, new_state(3), made, AGENTS, 40)
    told = made.told[: made.numbers[TOLD]]
    assert len(told) > 3
    assert set(told[:, 1].tolist()) == {traders.GONE}
    assert (told[:, 6] == 500).all()
    assert len(set(told[:, 3].tolist())) == len(told) == 10 - len(book)
    sides = np.where(told[:, 5] < 1_000, 0, 1)
    assert (told[:, 2] == sides).all()


def test_a_taker_s_prints_are_one_for_each_price() -> None:
    book, made = Book(), desk()
    filled(book, made)
    made.numbers[LAST] += 1
    book.limit(int(made.numbers[LAST]), 1, 1_001, 300)
    taken(book.state, made, (np.int64(0), np.int64(1_002), np.int64(1_000)))
    prints = made.prints[: made.numbers[PRINTED]].tolist()
    assert prints == [[7, 3, 1_001, 800, 0], [7, 3, 1_002, 200, 0]]
    assert made.numbers[DONE] == 1_000
    assert (made.numbers[TAKER], made.numbers[DIRTY]) == (0, 1)
    told = made.told[: made.numbers[TOLD]]
    assert told[:, 6].tolist() == [500, 300, 200]
    assert set(told[:, 3].tolist()) == {int(made.numbers[LAST])}, "the buyer"


def test_a_wish_is_no_more_than_is_displayed_or_allowed() -> None:
    book, made = Book(), desk()
    filled(book, made)
    state = new_state(5)
    for _ in range(500):
        side, price, qty = wishes(book.state, state, made, AGENTS, 900)
        assert 0 < qty <= 900
        assert (995 <= price <= 999) if side else (1_001 <= price <= 1_005)
    assert wishes(book.state, state, made, AGENTS, 99)[2] == 0
    made.numbers[MOST] = 998
    assert all(
        wish[2] == 0 or wish[0] == 1
        for wish in (wishes(book.state, state, made, AGENTS, 900) for _ in range(50))
    )


def test_the_informed_take_towards_what_they_see() -> None:
    informed = AGENTS._replace(informed=1_000, value=0, momentum=0)
    for seen, side in ((1_020, 0), (980, 1)):
        book, made = Book(), desk()
        filled(book, made)
        made.numbers[SEEN] = seen
        assert wishes(book.state, new_state(1), made, informed, 900)[0] == side


def test_large_orders_are_worked_off_on_one_side() -> None:
    alone = AGENTS._replace(informed=0, value=0, momentum=0, parents=1)
    parts: Any = np.array([[0, 10], [1000, 10]], np.int64)
    book, made = Book(), desk()
    filled(book, made)
    patient: Agents = alone._replace(parts=parts)
    state = new_state(9)
    sides = [int(wishes(book.state, state, made, patient, 900)[0]) for _ in range(100)]
    runs = [sides[k : k + 10] for k in range(0, 100, 10)]
    assert all(len(set(run)) == 1 for run in runs)
    assert len({run[0] for run in runs}) == 2


def test_what_is_priced_better_is_cleared() -> None:
    book, made = Book(), desk()
    filled(book, made)
    cleared(book.state, made, 0, 997)
    cleared(book.state, made, 1, 1_004)
    assert (book.best(0), book.best(1)) == (997, 1_004)
    assert len(book) == 10 - 5
