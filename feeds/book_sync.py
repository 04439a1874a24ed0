"""A book from a snapshot and the changes around it, without a hole: recordings and live alike.

Changes come over one connection, the snapshot over another (or the same); which changes it already
holds is told by the market's update numbers.  Until a snapshot fits, changes are kept; a missing
number makes the book unusable until the next snapshot.

Rules (developers.binance.com, "How to manage a local order book correctly", spot and futures;
okx.com/docs-v5, "books"): a change of updates U to u follows the book at u' on spot when U is
u' + 1, on futures and OKX when its "previous" number is u'.  The first change after a snapshot may
overlap it: quantities are absolute.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import NamedTuple

from feeds.level_book import LevelBook
from matching.orders import Side

MOST_KEPT = 10_000  # changes that wait for a snapshot; the oldest are of no use to a later one

Levels = tuple[tuple[int, int], ...]


class Chain(StrEnum):
    """How a change names the one before it."""

    CONTIGUOUS = "contiguous"  # first_id is the number after the last one: Binance spot
    LINKED = "linked"  # previous_id is the last one: Binance futures, OKX
    ASCENDING = "ascending"  # numbers only grow, holes can't be seen: Bitstamp's clock
    UNNUMBERED = "unnumbered"  # the order of the connection is all there is: Coinbase, Gemini


class BookSnapshot(NamedTuple):
    """The whole book after the update ``last_id``: (price_ticks, qty) in any order."""

    last_id: int
    bids: Levels
    asks: Levels


class BookChange(NamedTuple):
    """What stands at some prices after the updates first_id to last_id; 0 is nothing."""

    first_id: int
    last_id: int
    previous_id: int
    bids: Levels
    asks: Levels


class Step(StrEnum):
    """What became of a snapshot or a change."""

    KEPT = "kept"  # a change that waits for a snapshot
    APPLIED = "applied"
    STALE = "stale"  # the book already knows it, or a snapshot older than what was kept
    GAP = "gap"  # something is missing before it: the book is unusable until a snapshot


class BookSync:
    """One instrument's book; ``book`` is only true while ``synced``.

    ``steps`` counts what became of changes and snapshots since the beginning.  ValueError from a
    level that is none (see ``LevelBook.put``) leaves the book unsynced.
    """

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.book = LevelBook()
        self.synced = False
        self.last_id = -1
        self.steps = dict.fromkeys(Step, 0)
        self._kept: deque[BookChange] = deque(maxlen=MOST_KEPT)
        self._fresh = False  # nothing was applied since the snapshot

    def reset(self) -> None:
        """The connection was lost: nothing is known until the next snapshot."""
        self.synced = False
        self._kept.clear()
        self.book.clear()

    def on_snapshot(self, snapshot: BookSnapshot) -> Step:
        """Take a snapshot over and apply the kept changes that follow it.

        STALE: it is older than the book or than the first kept change, another one is needed.
        GAP: the kept changes have a hole; those after it are kept for another snapshot.
        """
        return self._told(self._take(snapshot))

    def on_change(self, change: BookChange) -> Step:
        """Apply a change, or keep it while there is no snapshot."""
        if not self.synced:
            self._kept.append(change)
            return self._told(Step.KEPT)
        return self._told(self._apply(change))

    def _told(self, step: Step) -> Step:
        self.steps[step] += 1
        return step

    def _take(self, snapshot: BookSnapshot) -> Step:
        numbered = self.chain is not Chain.UNNUMBERED
        if numbered and self.synced and snapshot.last_id < self.last_id:
            return Step.STALE
        if self._kept and self._begins_after(snapshot.last_id, self._kept[0]):
            return Step.STALE
        kept = tuple(self._kept)
        self.reset()
        self.book.put(Side.BUY, snapshot.bids)
        self.book.put(Side.SELL, snapshot.asks)
        self.last_id, self.synced, self._fresh = snapshot.last_id, True, True
        if not numbered:
            return Step.APPLIED  # what came before a snapshot on the same connection is in it
        for place, change in enumerate(kept):
            if self._apply(change) is Step.GAP:
                self._kept.extend(kept[place + 1 :])
                return Step.GAP
        return Step.APPLIED

    def _begins_after(self, last_id: int, change: BookChange) -> bool:
        """Whether something between a snapshot and the first kept change is missing."""
        if self.chain is Chain.CONTIGUOUS:
            return change.first_id > last_id + 1
        return self.chain is Chain.LINKED and change.previous_id > last_id

    def _apply(self, change: BookChange) -> Step:
        step = self._step(change)
        if step is Step.GAP:
            self.reset()
            self._kept.append(change)
        elif step is Step.APPLIED:
            self.synced = False  # until both sides are in
            self.book.put(Side.BUY, change.bids)
            self.book.put(Side.SELL, change.asks)
            self.last_id, self.synced, self._fresh = change.last_id, True, False
        return step

    def _step(self, change: BookChange) -> Step:
        match self.chain:
            case Chain.CONTIGUOUS if change.last_id <= self.last_id:
                return Step.STALE
            case Chain.CONTIGUOUS if change.first_id > self.last_id + 1:
                return Step.GAP
            case Chain.ASCENDING if change.last_id <= self.last_id:
                return Step.STALE
            case Chain.LINKED if change.previous_id != self.last_id:
                if change.last_id <= self.last_id:
                    return Step.STALE
                if not (self._fresh and change.previous_id <= self.last_id):
                    return Step.GAP
        return Step.APPLIED
