"""Entries of a market session made into events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from feeds.calendar import Int64s
from feeds.market_prints import SessionPrices
from feeds.market_session import MarketSession, Told
from feeds.records import (
    Records,
    Table,
    depth_of,
    snapshot_of,
    status_of,
    trade_of,
)
from matching.instrument import InstrumentId
from matching.market import (
    AuctionCross,
    AuctionIndication,
    Bar,
    BarOpen,
    DataKind,
    MarketEvent,
    PhaseChange,
    Snapshot,
    StreetData,
)
from matching.units import AtNs, PriceTicks, Qty

_CHUNK = 4_096  # entries whose rows are read at once
_TABLES = {
    Told.STATUS: Table.STATUS,
    Told.PRINT: Table.TRADES,
    Told.DISPLAY: Table.DEPTH,
    Told.PICTURE: Table.DEPTH,
    Told.SNAPSHOT: Table.SNAPSHOTS,
    Told.INDICATION: Table.SNAPSHOTS,
}


class EventMaker:
    """Makes the events of one session.  ``fixed`` are those of the whole market that the feed has
    made: corporate actions, the open and the close."""

    def __init__(
        self,
        told: MarketSession,
        ids: Sequence[InstrumentId],
        fixed: dict[tuple[Told, int], MarketEvent],
        prices: dict[int, SessionPrices],
        first_seq: int,
        *,
        plain: bool,
    ) -> None:
        self.told = told
        self._ids = ids
        self._fixed = fixed
        self._prices = prices
        self._first_seq = first_seq
        self._turnovers: dict[int, list[int]] = {}
        self._plain = plain  # without who took

    def stretch(self, first: int, stop: int) -> Iterator[tuple[int, MarketEvent]]:
        """Entries [first, stop) as (entry, event), read some at a time."""
        for begin in range(first, stop, _CHUNK):
            entries = np.arange(begin, min(stop, begin + _CHUNK))
            yield from self.some(entries)

    def some(self, entries: Int64s) -> Iterator[tuple[int, MarketEvent]]:
        """Any entries in their order."""
        told = self.told.entries
        at_ns, what, instrument = told.at_ns[entries], told.what[entries], told.instrument[entries]
        number = told.number[entries].astype(np.int64)
        rows: dict[int, Records] = {}
        place = np.zeros(len(entries), np.int64)
        for kind, table in _TABLES.items():
            here = np.flatnonzero(what == kind)
            if len(here):
                rows[kind] = self.told.rows.fetch(table, number[here])
                place[here] = np.arange(len(here))
        columns = zip(
            entries.tolist(),
            at_ns.tolist(),
            what.tolist(),
            number.tolist(),
            instrument.tolist(),
            place.tolist(),
            strict=True,
        )
        for entry, at, kind, index, own, row in columns:
            seq = self._first_seq + entry
            if kind in rows:
                event = self._of_row(Told(kind), rows[kind][row], AtNs(at), seq, self._ids[own])
            elif own < 0:
                event = self._of_market(Told(kind), index, AtNs(at), seq)
            else:
                event = self._of_list(Told(kind), index, AtNs(at), seq, self._ids[own])
            yield entry, event

    def _of_market(self, what: Told, index: int, at_ns: AtNs, seq: int) -> MarketEvent:
        if what is Told.PHASE:
            step = self.told.phases[index]
            return PhaseChange(at_ns, seq, step.phase, step.ends_ns)
        return self._fixed[what, index]._replace(at_ns=at_ns, seq=seq)

    def _of_row(
        self, what: Told, row: np.void, at_ns: AtNs, seq: int, instrument_id: InstrumentId
    ) -> MarketEvent:
        match what:
            case Told.STATUS:
                told = status_of(row, instrument_id, seq)
                assert told is not None
                return told
            case Told.PRINT:
                trade = trade_of(row, instrument_id, seq)
                return trade._replace(aggressor=None) if self._plain else trade
            case Told.DISPLAY:
                return self._display(row, at_ns, seq, instrument_id)
            case Told.SNAPSHOT:
                shot = snapshot_of(row, instrument_id, seq)
                return _again(shot, at_ns)
            case Told.INDICATION:
                shot = snapshot_of(row, instrument_id, seq)
                price, qty = shot.bids[0]
                heard = shot.heard_ns
                return AuctionIndication(at_ns, heard, seq, instrument_id, price, qty, None, Qty(0))
            case _:
                return self._picture(row, at_ns, seq, instrument_id)

    def _display(
        self, row: np.void, at_ns: AtNs, seq: int, instrument_id: InstrumentId
    ) -> StreetData:
        depth = depth_of(row, instrument_id, seq)
        if self.told.kind is DataKind.QUOTES:
            depth = depth._replace(bids=depth.bids[:1], asks=depth.asks[:1], levels_shown=1)
        if depth.at_ns != at_ns:  # told again
            depth = depth._replace(at_ns=at_ns, heard_ns=at_ns)
        return depth

    def _picture(
        self, row: np.void, at_ns: AtNs, seq: int, instrument_id: InstrumentId
    ) -> Snapshot:
        depth = depth_of(row, instrument_id, seq)
        shown = (depth.bids, depth.asks, depth.levels_shown)
        index = int(row["instrument"])
        prices = self._prices.get(index)
        count = prices.upto(at_ns) if prices is not None else 0
        if prices is None or not count:
            head = (at_ns, at_ns, seq, instrument_id)
            return Snapshot(*head, *shown, None, None, None, Qty(0), 0, 0)
        return Snapshot(
            *(at_ns, at_ns, seq, instrument_id, *shown),
            last_ticks=PriceTicks(int(prices.price_ticks[count - 1])),
            high_ticks=PriceTicks(int(prices.high_so_far[count - 1])),
            low_ticks=PriceTicks(int(prices.low_so_far[count - 1])),
            volume=Qty(int(prices.volume_so_far[count - 1])),
            turnover=self._turnover(index, prices)[count - 1],
            trades=count,
        )

    def _turnover(self, index: int, prices: SessionPrices) -> list[int]:
        """Sum of price in ticks times quantity up to each row; more than 64 bits hold."""
        found = self._turnovers.get(index)
        if found is None:
            pairs = zip(prices.price_ticks.tolist(), prices.qty.tolist(), strict=True)
            found = list(accumulate(price * qty for price, qty in pairs))
            self._turnovers[index] = found
        return found

    def _of_list(
        self, what: Told, index: int, at_ns: AtNs, seq: int, instrument_id: InstrumentId
    ) -> AuctionCross | Bar | BarOpen:
        head = (at_ns, at_ns, seq, instrument_id)
        if what is Told.CROSS:
            found = self.told.crosses[index]
            price = PriceTicks(found.price_ticks) if found.price_ticks else None
            return AuctionCross(*head, price, Qty(found.qty), None, Qty(0))
        start, _, opened, high, low, close, volume, own = self.told.bars[:, index].tolist()
        if what is Told.BAR_OPEN:
            same = index > 0 and int(self.told.bars[7, index - 1]) == own
            before = int(self.told.bars[6, index - 1]) if same else 0
            return BarOpen(*head, PriceTicks(opened), Qty(before))
        return Bar(
            *head,
            AtNs(start),
            PriceTicks(opened),
            PriceTicks(high),
            PriceTicks(low),
            PriceTicks(close),
            Qty(volume),
        )


def _again(shot: Snapshot, at_ns: AtNs) -> Snapshot:
    """A snapshot that is told again at a later moment."""
    return shot if shot.at_ns == at_ns else shot._replace(at_ns=at_ns, heard_ns=at_ns)
