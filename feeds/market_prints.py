"""Prices of a market tape: from its trades, else its snapshots, else the middle of its quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.records import Aggressor, Records, Table, TradeFlag


class Prices(NamedTuple):
    """Rows that make or may make a price, in order of time for each instrument.

    ``price_ticks`` 0: no price of its own (an odd lot), only volume.  ``high_ticks`` and
    ``low_ticks`` are what the row says of extremes, ``qty`` what was traded since the row before;
    where the source tells totals (``total``) it is the session's volume so far.
    """

    instrument: Int64s
    at_ns: Int64s
    price_ticks: Int64s
    high_ticks: Int64s
    low_ticks: Int64s
    qty: Int64s
    seq: Int64s
    total: bool


def in_order(instrument: Int64s, at_ns: Int64s, seq: Int64s) -> Int64s:
    """Rows by instrument, each one's in the order in which they happened; given as they came, which
    is in order of time."""
    order: Int64s = np.argsort(instrument, kind="stable")
    same = (np.diff(instrument[order]) == 0) & (np.diff(at_ns[order]) == 0)
    if (same & (np.diff(seq[order]) < 0)).any():
        order = np.lexsort((seq, at_ns, instrument))
    return order


def price_table(counts: dict[str, int]) -> Table:
    """The table that a tape's prices come from, by the rows of each of its tables."""
    for table in (Table.TRADES, Table.SNAPSHOTS):
        if counts.get(table):
            return table
    return Table.DEPTH


def told_late(table: Table, records: Records, *, auction: bool) -> NDArray[np.bool_]:
    """Rows that belong to a session also when they come soon after its close, which an ``auction``
    may have made."""
    if table is Table.TRADES:
        taker = records["aggressor"]
        return by_nobody(taker) if auction else taker == Aggressor.AUCTION
    return np.full(len(records), table is not Table.DEPTH)


def by_nobody(taker: Int64s) -> NDArray[np.bool_]:
    """Trades that nobody is known to have taken: at the end of a call auction they are its own."""
    nobody: NDArray[np.bool_] = (taker == Aggressor.AUCTION) | (taker == Aggressor.UNKNOWN)
    return nobody


def prices_of(table: Table, records: Records) -> Prices:
    """What some rows of the price table say."""
    index, at_ns, seq = records["instrument"], records["at_ns"], records["seq"]
    if table is Table.TRADES:
        flags = records["flags"]
        price = np.where(flags & TradeFlag.NO_PRICE, 0, records["price_ticks"])
        qty = np.where(flags & TradeFlag.NO_VOLUME, 0, records["qty"])
        kept = (price > 0) | (qty > 0)
        return _kept(Prices(index, at_ns, price, price, price, qty, seq, total=False), kept)
    if table is Table.SNAPSHOTS:
        last = records["last_ticks"]
        high = np.maximum(records["high_ticks"], last)
        low = np.where(records["low_ticks"] > 0, np.minimum(records["low_ticks"], last), last)
        made = Prices(index, at_ns, last, high, low, records["volume"], seq, total=True)
        return _kept(made, last > 0)
    bid, ask = records["bid_ticks"][:, 0], records["ask_ticks"][:, 0]
    both = (records["bid_qty"][:, 0] > 0) & (records["ask_qty"][:, 0] > 0) & (bid < ask)
    middle = (bid + ask) // 2
    nothing = np.zeros(len(records), np.int64)
    return _kept(Prices(index, at_ns, middle, middle, middle, nothing, seq, total=False), both)


def _kept(prices: Prices, rows: NDArray[np.bool_]) -> Prices:
    index, at_ns, price, high, low, qty, seq, total = prices
    kept = price[rows]
    # Where every row has one price there are no columns of their own for its extremes.
    highs, lows = (kept if one is price else one[rows] for one in (high, low))
    return Prices(index[rows], at_ns[rows], kept, highs, lows, qty[rows], seq[rows], total)


def _joined(pieces: Sequence[Prices]) -> Prices:
    index, at_ns, price, qty, seq = (
        np.concatenate([getattr(piece, name) for piece in pieces])
        for name in ("instrument", "at_ns", "price_ticks", "qty", "seq")
    )
    high, low = (
        price
        if all(getattr(piece, name) is piece.price_ticks for piece in pieces)
        else np.concatenate([getattr(piece, name) for piece in pieces])
        for name in ("high_ticks", "low_ticks")
    )
    return Prices(index, at_ns, price, high, low, qty, seq, pieces[0].total)


class SessionPrices(NamedTuple):
    """What traded of one instrument in one session, oldest first: columns of equal length."""

    at_ns: Int64s
    price_ticks: Int64s
    high_ticks: Int64s
    low_ticks: Int64s
    qty: Int64s
    high_so_far: Int64s
    low_so_far: Int64s
    volume_so_far: Int64s

    def upto(self, at_ns: int) -> int:
        """How many rows had been told."""
        return int(np.searchsorted(self.at_ns, at_ns, side="right"))

    def turnover(self, count: int) -> int:
        """Sum of price in ticks times quantity of the first ``count``."""
        return int((self.price_ticks[:count] * self.qty[:count]).sum())

    def rows(self, count: int) -> Int64s:
        """The first ``count`` as rows of ``timeframes.aggregate``."""
        price = self.price_ticks[:count]
        high, low = self.high_ticks[:count], self.low_ticks[:count]
        return np.stack((self.at_ns[:count], price, high, low, price, self.qty[:count]))


def by_instrument(pieces: Sequence[Prices]) -> dict[int, SessionPrices]:
    """A session's prices of each instrument that has any, from pieces in the order in which they
    came."""
    if not pieces:
        return {}
    prices = pieces[0] if len(pieces) == 1 else _joined(pieces)
    order = in_order(prices.instrument, prices.at_ns, prices.seq)
    index = prices.instrument[order]
    first = np.flatnonzero(np.diff(index, prepend=-1)).tolist()
    stops = [*first[1:], len(index)] if first else []
    found = {}
    for begin, stop in zip(first, stops, strict=True):
        own = _session(prices, order[begin:stop])
        if len(own.at_ns):
            found[int(index[begin])] = own
    return found


def _session(prices: Prices, rows: Int64s) -> SessionPrices:
    price, qty, at_ns = prices.price_ticks[rows], prices.qty[rows], prices.at_ns[rows]
    one_price = prices.high_ticks is prices.price_ticks
    high, low = (price, price) if one_price else (prices.high_ticks[rows], prices.low_ticks[rows])
    if prices.total:
        qty = np.maximum(np.diff(np.maximum.accumulate(qty), prepend=0), 0)
        # An extreme of the session is one of this row when the row before did not know it.
        high = np.where(np.diff(np.maximum.accumulate(high), prepend=0) > 0, high, price)
        below = np.minimum.accumulate(low)
        low = np.where(np.diff(below, prepend=below[:1] + 1) < 0, low, price)
    if (price == 0).any():
        at_ns, price, qty = _repeated(at_ns, price, qty)
        high = low = price
    return SessionPrices(
        at_ns,
        price,
        high,
        low,
        qty,
        np.maximum.accumulate(high),
        np.minimum.accumulate(low),
        np.cumsum(qty),
    )


def _repeated(at_ns: Int64s, price: Int64s, qty: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """Rows without a price of their own repeat the one before; the first ones wait for a price."""
    newest = np.maximum.accumulate(np.where(price > 0, np.arange(len(price)), -1))
    known = newest >= 0
    early, own = int(qty[~known].sum()), qty[known].copy()
    if len(own):
        own[0] += early
    return at_ns[known], price[newest[known]], own
