"""What was heard becomes rows of a market tape: books are brought together with their changes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from feeds.book_sync import BookSync, Chain, Step
from feeds.imports.capture_venues import BestPrices
from feeds.live.heard import BookImage, BookMove, Heard, TradeNumber
from feeds.records import depth_row, trade_row
from matching.instrument import Instrument
from matching.market import Depth, Trade
from matching.orders import Side
from matching.units import AtNs, NumberFault

_MOST_WAITING = 100_000  # best prices that no change has caught up with


@dataclass(slots=True)
class Agreement:
    """How often the book had the best prices that the venue told itself."""

    compared: int = 0
    equal: int = 0


@dataclass(slots=True)
class PairBook:
    """One pair on its way into a tape; the place of its instrument in rows is left open.

    ``levels`` is how many a side are kept.  ``quoted``: there is no book, the venue's best prices
    are the display.
    """

    instrument: Instrument
    chain: Chain
    levels: int
    quoted: bool
    agreement: Agreement = field(default_factory=Agreement)
    lost_trades: int = 0
    displays: list[Any] = field(default_factory=list)
    trades: list[Any] = field(default_factory=list)
    sync: BookSync = field(init=False)
    _newest_number: int = 0
    _shown: Any = None
    _known: tuple[int, int, int] | None = None
    _imaged_ns: int = 0  # when a book came that has not been shown yet
    _best: deque[tuple[int, int, int]] = field(default_factory=lambda: deque(maxlen=_MOST_WAITING))

    def __post_init__(self) -> None:
        self.sync = BookSync(self.chain)

    def connected(self) -> None:
        """A new connection: what comes is not what followed before."""
        self.sync.reset()
        self._newest_number = 0

    def hear(self, heard: Heard, heard_ns: int) -> None:
        """Take one message; ValueError for a book that is none."""
        match heard:
            case BookImage():
                if self.sync.on_snapshot(heard.book) is Step.APPLIED:
                    self._imaged_ns = heard_ns
            case BookMove():
                self._show_image(heard.at_ns, heard_ns)
                step = self.sync.on_change(heard.change)
                if step in (Step.APPLIED, Step.GAP):
                    self._show(heard.at_ns, heard_ns)
                if step is Step.APPLIED:
                    self._compare()
            case TradeNumber():
                if self._newest_number:
                    self.lost_trades += max(0, heard.number - self._newest_number - 1)
                self._newest_number = heard.number
            case Trade():
                self._show_image(heard.at_ns, heard_ns)
                self.trades.append(trade_row(heard, 0))

    def quote(self, best: BestPrices, heard_ns: int) -> None:
        """The venue's own best prices: to compare with, or to show."""
        texts = (best.bid, best.bid_qty, best.ask, best.ask_qty)
        if not all(isinstance(one, str) for one in texts):
            return
        bid, ask = (self.instrument.price_from_text(str(one)) for one in (best.bid, best.ask))
        sizes = [self.instrument.qty_from_text(str(one)) for one in (best.bid_qty, best.ask_qty)]
        numbers = (bid, ask, *sizes)
        if any(isinstance(one, NumberFault) or one < 0 for one in numbers):
            return
        assert not isinstance(bid, NumberFault)
        assert not isinstance(ask, NumberFault)
        if not self.quoted:
            self._best.append((best.last_id, bid, ask))
            return
        at_ns = best.at_ms * 1_000_000 or heard_ns
        row = (at_ns, heard_ns, 0, 0, [bid], [sizes[0]], [ask], [sizes[1]])
        if row[4:] != self._shown:
            self._shown = row[4:]
            self.displays.append(row)

    def finish(self, heard_ns: int) -> None:
        """Show a book of which nothing more was told."""
        self._show_image(AtNs(heard_ns), heard_ns)

    def _show_image(self, at_ns: int, heard_ns: int) -> None:
        """A book tells no time of its own: it is shown when it was heard, or with what comes next
        where that is earlier by the venue's clock.  A numbered one waits for its first change."""
        imaged, self._imaged_ns = self._imaged_ns, 0
        if imaged and self.sync.synced and self.chain is Chain.UNNUMBERED:
            self._show(min(imaged, at_ns), heard_ns)

    def _show(self, at_ns: int, heard_ns: int) -> None:
        """The book as it stands; nothing while it is not known."""
        bids, asks = self.sync.book.depth(self.levels) if self.sync.synced else ((), ())
        name = self.instrument.instrument_id
        shown = Depth(AtNs(at_ns), AtNs(heard_ns), 0, name, bids, asks, self.levels)
        if (bids, asks) != self._shown:
            self._shown = (bids, asks)
            self.displays.append(depth_row(shown, 0, self.levels))

    def _compare(self) -> None:
        """With the newest best prices that the book has caught up with."""
        while self._best and self._best[0][0] <= self.sync.last_id:
            self._known = self._best.popleft()
        if self._known is None:
            return
        bid, ask = (self.sync.book.best(side) for side in Side)
        found = (bid.price_ticks if bid else 0, ask.price_ticks if ask else 0)
        self.agreement.compared += 1
        self.agreement.equal += found == self._known[1:]
