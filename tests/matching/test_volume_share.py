"""The part of a volume an account may have: drawn on by all its orders, never beyond it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.listing import Listing
from matching.orders import AccountId, Side
from matching.scope import POOL, Scope
from matching.volume_share import budget_of, draw, takers_part
from matching.working import WorkingOrder
from tests.matching.test_listing import listing, working


def order(account: int, qty: int) -> WorkingOrder:
    made = working(account, Side.BUY, 100, qty=qty)
    return replace(made, order=replace(made.order, account_id=AccountId(account)))


@pytest.mark.parametrize(("volume", "part"), [(0, 0), (3, 0), (4, 1), (1_000, 250), (1_003, 250)])
def test_whoever_takes_may_have_a_quarter_rounded_down(volume: int, part: int) -> None:
    assert takers_part(listing(), volume) == part


def get(made: Listing, account: int, qty: int, part: int) -> tuple[int, int]:
    one = order(account, qty)
    budget = budget_of(made, one, part)
    return budget, draw(made, one, budget)


def test_the_orders_of_an_account_draw_on_one_part_and_others_have_their_own() -> None:
    made = listing()
    assert get(made, 1, 60, 100) == (100, 60)
    assert get(made, 1, 60, 100) == (40, 40)
    assert get(made, 1, 60, 100) == (0, 0)
    assert get(made, 2, 60, 100) == (100, 60)
    assert made.bar_used == {1: 100, 2: 60}


def test_a_smaller_part_than_was_had_leaves_nothing() -> None:
    made = listing()
    get(made, 1, 60, 100)
    assert get(made, 1, 60, 50) == (0, 0)
    assert made.bar_used == {1: 60}


def test_who_gets_nothing_is_not_counted() -> None:
    made = listing()
    assert get(made, 1, 60, 0) == (0, 0)
    assert made.bar_used == {}


def test_a_pool_draws_on_one_part() -> None:
    made = listing()
    made.scope = Scope.POOL
    assert get(made, 1, 60, 100) == (100, 60)
    assert get(made, 2, 60, 100) == (40, 40)
    assert made.bar_used == {POOL: 100}


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 99), st.integers(0, 200))))
def test_nobody_has_more_than_the_largest_part_he_was_offered(
    asked: list[tuple[int, int, int]],
) -> None:
    made, had, most = listing(), dict.fromkeys(range(1, 4), 0), dict.fromkeys(range(1, 4), 0)
    for account, qty, part in asked:
        budget, got = get(made, account, qty, part)
        assert got == min(qty, budget)
        had[account] += got
        most[account] = max(most[account], part)
        assert had[account] <= most[account]
    assert made.bar_used == {account: qty for account, qty in had.items() if qty}
