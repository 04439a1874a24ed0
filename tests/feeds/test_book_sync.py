"""Snapshots and changes brought together: the book is the market's own, or it says that it is not.

The market is a list of numbered updates of single levels.  Changes are cut from it at random, a
snapshot is taken at random, and whatever is lost or doubled on the way, a synced book is exactly
the market's after the last update that it names.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.book_sync import MOST_KEPT, BookChange, BookSnapshot, BookSync, Chain, Levels, Step
from matching.orders import Side

NUMBERED = (Chain.CONTIGUOUS, Chain.LINKED, Chain.ASCENDING)
NOTHING: Levels = ()


class Market:
    """Update n sets one level; ``book(n)`` is what stands after it."""

    def __init__(self, draw: random.Random, updates: int = 40) -> None:
        self.updates = [
            (draw.choice(list(Side)), draw.randint(1, 8), draw.randint(0, 2))
            for _ in range(updates)
        ]

    def book(self, last_id: int) -> dict[Side, dict[int, int]]:
        found: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}
        for side, price, qty in self.updates[:last_id]:
            found[side][price] = qty
        return {side: {p: q for p, q in one.items() if q} for side, one in found.items()}

    def snapshot(self, last_id: int) -> BookSnapshot:
        book = self.book(last_id)
        return BookSnapshot(last_id, tuple(book[Side.BUY].items()), tuple(book[Side.SELL].items()))

    def changes(self, draw: random.Random) -> list[BookChange]:
        found, before = [], 0
        while before < len(self.updates):
            last = min(len(self.updates), before + draw.randint(1, 5))
            told: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}
            for side, price, qty in self.updates[before:last]:
                told[side][price] = qty
            sides = [tuple(told[side].items()) for side in Side]
            found.append(BookChange(before + 1, last, before, sides[0], sides[1]))
            before = last
        return found


def shown(sync: BookSync) -> dict[Side, dict[int, int]]:
    return {side: dict(sync.book.levels(side)) for side in Side}


@given(st.sampled_from(NUMBERED), st.integers(0, 2**32))
def test_a_synced_book_is_the_markets_own(chain: Chain, seed: int) -> None:
    draw = random.Random(seed)
    market, sync = Market(draw), BookSync(chain)
    changes = market.changes(draw)
    snapshot_after = draw.randint(0, len(changes) - 1)
    for place, change in enumerate(changes):
        sync.on_change(change)
        if place == snapshot_after:
            # At least what was kept first, at most what is known by then.
            sync.on_snapshot(market.snapshot(draw.randint(0, change.last_id)))
            assert sync.synced
        if sync.synced:
            assert shown(sync) == market.book(sync.last_id)
            assert sync.last_id == change.last_id
    assert sync.synced
    assert not sync.steps[Step.GAP]


@given(st.sampled_from((Chain.CONTIGUOUS, Chain.LINKED)), st.integers(0, 2**32))
def test_lost_and_doubled_changes_never_make_a_wrong_book(chain: Chain, seed: int) -> None:
    draw = random.Random(seed)
    market, sync = Market(draw), BookSync(chain)
    sent: list[BookChange] = []
    for change in market.changes(draw):
        sent += [change] * draw.choice((0, 1, 1, 1, 2))
    for change in sent:
        step = sync.on_change(change)
        assert sync.synced == (step in (Step.APPLIED, Step.STALE))
        if not sync.synced and draw.random() < 0.3:
            sync.on_snapshot(market.snapshot(draw.randint(0, change.last_id)))
        if sync.synced:
            assert shown(sync) == market.book(sync.last_id)


@pytest.mark.parametrize("chain", [Chain.CONTIGUOUS, Chain.LINKED])
def test_a_hole_asks_for_a_snapshot_and_goes_on_from_it(chain: Chain) -> None:
    sync = BookSync(chain)
    assert sync.on_snapshot(BookSnapshot(10, ((5, 1),), ((7, 1),))) is Step.APPLIED
    assert sync.on_change(BookChange(11, 12, 10, ((5, 2),), NOTHING)) is Step.APPLIED
    assert sync.on_change(BookChange(14, 15, 13, ((5, 9),), NOTHING)) is Step.GAP
    assert not sync.synced
    assert sync.on_change(BookChange(16, 16, 15, ((4, 1),), NOTHING)) is Step.KEPT
    assert sync.on_snapshot(BookSnapshot(12, ((5, 2),), ((7, 1),))) is Step.STALE  # before the hole
    assert sync.on_snapshot(BookSnapshot(15, ((5, 9),), ((7, 1),))) is Step.APPLIED
    assert shown(sync) == {Side.BUY: {5: 9, 4: 1}, Side.SELL: {7: 1}}
    assert sync.on_change(BookChange(15, 15, 14, ((5, 1),), NOTHING)) is Step.STALE  # known
    assert sync.on_snapshot(BookSnapshot(14, NOTHING, NOTHING)) is Step.STALE
    assert shown(sync) == {Side.BUY: {5: 9, 4: 1}, Side.SELL: {7: 1}}


def test_a_hole_among_the_kept_changes_is_found_when_the_snapshot_comes() -> None:
    sync = BookSync(Chain.CONTIGUOUS)
    for change in (
        BookChange(1, 2, 0, ((5, 1),), NOTHING),
        BookChange(5, 6, 4, ((5, 3),), NOTHING),
    ):
        assert sync.on_change(change) is Step.KEPT
    assert sync.on_snapshot(BookSnapshot(1, NOTHING, ((7, 1),))) is Step.GAP
    assert not sync.synced
    assert sync.on_snapshot(BookSnapshot(4, ((5, 2),), ((7, 1),))) is Step.APPLIED
    assert shown(sync)[Side.BUY] == {5: 3}


def test_futures_may_skip_numbers_but_not_links() -> None:
    sync = BookSync(Chain.LINKED)
    sync.on_snapshot(BookSnapshot(100, ((5, 1),), ((7, 1),)))
    assert sync.on_change(BookChange(95, 103, 94, ((5, 2),), NOTHING)) is Step.APPLIED
    assert sync.on_change(BookChange(110, 112, 103, ((5, 3),), NOTHING)) is Step.APPLIED
    assert sync.on_change(BookChange(113, 114, 111, ((5, 4),), NOTHING)) is Step.GAP


def test_a_connection_without_numbers_is_taken_in_its_own_order() -> None:
    sync = BookSync(Chain.UNNUMBERED)
    assert sync.on_change(BookChange(0, 0, 0, ((5, 1),), NOTHING)) is Step.KEPT
    assert sync.on_snapshot(BookSnapshot(0, ((4, 1),), ((7, 1),))) is Step.APPLIED
    assert shown(sync)[Side.BUY] == {4: 1}  # the change came before the snapshot
    assert sync.on_change(BookChange(0, 0, 0, ((4, 0),), ((6, 2),))) is Step.APPLIED
    assert shown(sync) == {Side.BUY: {}, Side.SELL: {6: 2, 7: 1}}
    assert sync.on_snapshot(BookSnapshot(0, ((3, 1),), NOTHING)) is Step.APPLIED
    assert shown(sync) == {Side.BUY: {3: 1}, Side.SELL: {}}
    assert sync.steps == {Step.KEPT: 1, Step.APPLIED: 3, Step.STALE: 0, Step.GAP: 0}


def test_a_lost_connection_leaves_nothing_and_the_waiting_changes_are_bounded() -> None:
    sync = BookSync(Chain.CONTIGUOUS)
    sync.on_snapshot(BookSnapshot(0, ((5, 1),), NOTHING))
    sync.reset()
    assert (sync.synced, shown(sync)) == (False, {Side.BUY: {}, Side.SELL: {}})
    for number in range(1, MOST_KEPT + 3):
        sync.on_change(BookChange(number, number, number - 1, ((5, number),), NOTHING))
    assert sync.on_snapshot(BookSnapshot(1, NOTHING, NOTHING)) is Step.STALE
    assert sync.on_snapshot(BookSnapshot(2, NOTHING, NOTHING)) is Step.APPLIED
    assert sync.last_id == MOST_KEPT + 2


def test_a_level_that_is_none_leaves_no_book_behind() -> None:
    sync = BookSync(Chain.CONTIGUOUS)
    sync.on_snapshot(BookSnapshot(1, ((5, 1),), NOTHING))
    with pytest.raises(ValueError, match="is no level"):
        sync.on_change(BookChange(2, 2, 1, ((5, 2),), ((0, 1),)))
    assert not sync.synced
