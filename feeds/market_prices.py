"""What traded in each session of a market tape: prices, minutes and days of its instruments."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feeds.bounded import BoundedCache
from feeds.calendar import Int64s
from feeds.feed import Traded
from feeds.market_days import MarketDays
from feeds.market_prints import (
    Prices,
    SessionPrices,
    by_instrument,
    price_table,
    prices_of,
    told_late,
)
from feeds.market_rows import PartCache, SessionRows
from feeds.records import STATUS, StatusKind, Table
from feeds.timeframes import aggregate
from matching.units import NS_PER_MINUTE

_MOST_SESSIONS = 4
_MOST_MINUTES = 64


class DayBar(NamedTuple):
    """A session of one instrument in ticks and base units; ``close_ticks`` is the official price
    where the tape has it."""

    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume: int


class MarketPrices:
    """Prices by session; instruments are their index in the tape.  Days stay in memory once they
    are known, prices of four sessions and minutes of sixty-four."""

    def __init__(self, parts: PartCache, days: MarketDays) -> None:
        self._parts = parts
        self._days = days
        self._table = price_table(parts.tape.manifest.counts)
        self._rows = BoundedCache(_MOST_SESSIONS, self._make_rows)
        self._sessions = BoundedCache(_MOST_SESSIONS, self._make)
        self._minutes = BoundedCache(_MOST_MINUTES, self._make_minutes)
        self._bars: dict[int, dict[int, DayBar]] = {}
        self._official: dict[int, dict[StatusKind, dict[int, int]]] = {}

    def rows(self, session: int) -> SessionRows:
        """The rows of a session's day, what came before its open among them."""
        return self._rows.get(session)

    def _make_rows(self, session: int) -> SessionRows:
        return SessionRows(
            self._parts, self._days.midnight_ns(session), self._days.stop_ns(session)
        )

    def of(self, session: int) -> dict[int, SessionPrices]:
        """Prices of everything that traded in a session."""
        return self._sessions.get(session)

    def _make(self, session: int) -> dict[int, SessionPrices]:
        opened, closed = self._days.open_ns[session], self._days.close_ns[session]
        auction = int(closed) in [part.ends_ns for part in self._days.auctions(session)]
        pieces: list[Prices] = []
        for records in self.rows(session).parts(self._table):
            at_ns = records["at_ns"]
            late = told_late(self._table, records, auction=auction)
            kept = (at_ns >= opened) & ((at_ns <= closed) | late)
            pieces.append(prices_of(self._table, records[kept]))
        return by_instrument(pieces)

    def traded(self, index: int, after_ns: int, to_ns: int) -> Traded:
        """What happened to one instrument with after_ns < at_ns <= to_ns."""
        pieces = [np.empty((3, 0), np.int64)]
        first = max(0, self._days.session_at(after_ns))
        for session in range(first, self._days.session_at(to_ns) + 1):
            prices = self.of(session).get(index)
            if prices is not None:
                part = slice(prices.upto(after_ns), prices.upto(to_ns))
                columns = (prices.at_ns, prices.price_ticks, prices.qty)
                pieces.append(np.stack([column[part] for column in columns]))
        return Traded(*np.concatenate(pieces, axis=1))

    def minutes(self, session: int) -> dict[int, Int64s]:
        """Bars of a minute of everything that traded: int64[6, bars] as of ``aggregate``."""
        return self._minutes.get(session)

    def _make_minutes(self, session: int) -> dict[int, Int64s]:
        parts = self._days.parts(session)
        return {
            index: aggregate(prices.rows(len(prices.at_ns)), parts, NS_PER_MINUTE)
            for index, prices in self.of(session).items()
        }

    def day(self, session: int) -> dict[int, DayBar]:
        """The day's bar of everything that traded."""
        found = self._bars.get(session)
        if found is None:
            closes = self.official(session, StatusKind.CLOSE)
            found = self._bars[session] = {
                index: DayBar(
                    int(prices.price_ticks[0]),
                    int(prices.high_so_far[-1]),
                    int(prices.low_so_far[-1]),
                    closes.get(index, int(prices.price_ticks[-1])),
                    int(prices.volume_so_far[-1]),
                )
                for index, prices in self.of(session).items()
            }
        return found

    def official(self, session: int, kind: StatusKind) -> dict[int, int]:
        """Previous closes or closing prices that the tape tells of a session, by instrument."""
        found = self._official.get(session)
        if found is None:
            told = self.rows(session).everything(Table.STATUS)
            assert told.dtype == STATUS
            found = {one: {} for one in (StatusKind.REFERENCE, StatusKind.CLOSE)}
            for one, prices in found.items():
                own = told[told["kind"] == one]
                pairs = zip(own["instrument"].tolist(), own["price_ticks"].tolist(), strict=True)
                prices.update(pairs)
            self._official[session] = found
        return found[kind]

    def present(self, session: int) -> list[int]:
        """Instruments of which anything but a status is told in a session."""
        rows = self.rows(session)
        opened = self._days.open_ns[session]
        found = [
            index.instrument[index.at_ns >= opened]
            for index in (rows.index(table) for table in Table if table is not Table.STATUS)
        ]
        present: list[int] = np.unique(np.concatenate(found)).tolist()
        return present

    def first_middle(self, session: int, instrument: int) -> int | None:
        """The middle of an instrument's first quote with two sides; None when there is none."""
        for table in (Table.DEPTH, Table.SNAPSHOTS):
            rows = self.rows(session)
            records = rows.fetch(table, np.flatnonzero(rows.index(table).instrument == instrument))
            bid, ask = records["bid_ticks"][:, 0], records["ask_ticks"][:, 0]
            both = (records["bid_qty"][:, 0] > 0) & (records["ask_qty"][:, 0] > 0) & (bid < ask)
            if both.any():
                first = int(np.flatnonzero(both)[0])
                return int(bid[first] + ask[first]) // 2
        return None
