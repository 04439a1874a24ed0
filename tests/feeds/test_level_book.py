"""A displayed book against a plain dictionary of prices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import feeds.level_book
from feeds.level_book import LevelBook
from matching.orders import Side

PUTS = st.lists(st.tuples(st.sampled_from(Side), st.integers(1, 12), st.integers(0, 3)))


@given(PUTS)
def test_a_book_is_what_was_last_said_of_each_price(puts: list[tuple[Side, int, int]]) -> None:
    book = LevelBook()
    plain: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}
    for side, price, qty in puts:
        book.put(side, ((price, qty),))
        plain[side][price] = qty
        for one in Side:
            standing = {p: q for p, q in plain[one].items() if q}
            best_first = sorted(standing.items(), reverse=one is Side.BUY)
            assert book.levels(one) == tuple(best_first)
            assert book.levels(one, 2) == tuple(best_first[:2])
            assert book.best(one) == (best_first[0] if best_first else None)
            assert book.size(one, price) == plain[one].get(price, 0)
        bids, asks = book.levels(Side.BUY), book.levels(Side.SELL)
        assert book.crossed == bool(bids and asks and bids[0].price_ticks >= asks[0].price_ticks)


@pytest.mark.parametrize("level", [(0, 1), (-5, 1), (5, -1)])
def test_what_is_no_level_is_refused(level: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no level"):
        LevelBook().put(Side.BUY, (level,))


def test_far_levels_of_a_market_that_drifted_away_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feeds.level_book, "MOST_LEVELS", 3)
    book = LevelBook()
    book.put(Side.BUY, ((price, 1) for price in (5, 1, 4, 2, 3)))
    assert book.levels(Side.BUY) == ((5, 1), (4, 1), (3, 1))
    assert book.size(Side.BUY, 1) == 0
    book.clear()
    assert book.depth(5) == ((), ())
