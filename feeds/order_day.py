"""A recorded day laid out: its phases, its auctions, and what it displayed after each event."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from feeds.calendar import Calendar, Int64s, day_number
from feeds.order_tape import LEVELS, STREET, OrderTape, StreetKind, street_events
from feeds.prints import Prints, prints_of
from feeds.street_check import NOBODY
from matching.auction import NOTHING, Crossing, TieRule, cross
from matching.instrument import InstrumentId
from matching.market import Level, Phase, Trade
from matching.orders import Side
from matching.phases import PHASES
from matching.street_book import StreetBook
from matching.units import AtNs, PriceTicks, Qty

SHANGHAI_TIE = TieRule.MIDDLE  # of the markets with tapes of orders only Shanghai has auctions

_, TIME, KIND, SIDE, _, _, PRICE, QTY = range(len(STREET))


class DayPhase(NamedTuple):
    """``ends_ns`` is when it ended, with the recording at the latest; ``due_ns`` when it would end
    by the hours, None for the last one."""

    at_ns: AtNs
    phase: Phase
    ends_ns: AtNs
    due_ns: AtNs | None


class Auction(NamedTuple):
    """A call auction: its result came at ``at_ns`` by the trades of rows [first_row, stop_row).

    Orders are collected from ``from_ns`` on, which is ``from_row``; nothing is displayed before
    ``stop_row``.
    """

    at_ns: AtNs
    from_ns: AtNs
    from_row: int
    first_row: int
    stop_row: int


@dataclass(frozen=True)
class OrderDay:
    """A tape with everything that follows from its rows and hours.  Nothing is computed before it
    is asked for, and then once."""

    tape: OrderTape

    @property
    def end_ns(self) -> AtNs:
        """The last moment: a recording may end before its session does."""
        return AtNs(self.tape.span_ns[1])

    @cached_property
    def _scheduled(self) -> list[tuple[int, Phase]]:
        days = np.array([day_number(self.tape.session)], np.int64)
        return Calendar(self.tape.hours, days).phases(0)

    @cached_property
    def start_ns(self) -> AtNs:
        """When the session opens: by its hours, or with the first order if that was earlier."""
        return AtNs(min(self._scheduled[0][0], int(self.tape.street[TIME, 0])))

    @cached_property
    def phases(self) -> tuple[DayPhase, ...]:
        """The phases that the recording reaches; the last one is ``CLOSED``."""
        closed = min(self._scheduled[-1][0], self.end_ns)
        found: list[DayPhase] = []
        for (at_ns, phase), (due_ns, _) in pairwise(self._scheduled):
            begins = at_ns if found else self.start_ns
            if begins < self.end_ns:
                ends_ns = AtNs(min(due_ns, closed))
                found.append(DayPhase(AtNs(begins), phase, ends_ns, AtNs(due_ns)))
        return (*found, DayPhase(AtNs(closed), Phase.CLOSED, self.end_ns, None))

    @cached_property
    def auctions(self) -> tuple[Auction, ...]:
        """The auctions that the recording reaches, one without trades at its scheduled end."""
        found: list[Auction] = []
        begun: AtNs | None = None
        for step in self.phases:
            auction = PHASES[step.phase].auction
            if begun is None and auction:
                begun = step.at_ns
            elif begun is not None and not auction:
                found.append(self._auction(begun, step.at_ns, step.ends_ns))
                begun = None
        return tuple(found)

    def _auction(self, from_ns: AtNs, ended_ns: AtNs, until_ns: AtNs) -> Auction:
        """Its trades name no aggressor; they come at its end or soon after."""
        street, from_row = self.tape.street, self.row_at(from_ns)
        stop = int(np.searchsorted(street[TIME], until_ns, side="right"))
        crossed = (street[KIND] == StreetKind.TRADE) & (street[SIDE] == NOBODY)
        rows = np.flatnonzero(crossed[from_row:stop]) + from_row
        if not len(rows):
            row = self.row_at(ended_ns)
            return Auction(ended_ns, from_ns, from_row, row, row)
        first, last = int(rows[0]), int(rows[-1])
        at_ns = AtNs(max(ended_ns, int(street[TIME, first])))
        return Auction(at_ns, from_ns, from_row, first, last + 1)

    def row_at(self, at_ns: int) -> int:
        """The first row that is not before a moment."""
        return int(np.searchsorted(self.tape.street[TIME], at_ns))

    @cached_property
    def displayed(self) -> Int64s:
        """Rows after which the market shows its book: all but those of a running auction."""
        shown = np.ones(self.tape.street.shape[1], bool)
        for auction in self.auctions:
            held = auction.stop_row > auction.first_row
            shown[auction.from_row : auction.stop_row - held] = False
        return np.flatnonzero(shown)

    @cached_property
    def prints(self) -> Prints:
        """The day's trades."""
        street = self.tape.street[:, self.trade_rows]
        return prints_of(street[TIME], street[PRICE], street[QTY])

    @cached_property
    def turnover_so_far(self) -> Int64s:
        """Sum of price in ticks times quantity up to each trade."""
        turnover: Int64s = np.cumsum(self.prints.price_ticks * self.prints.qty)
        return turnover

    @cached_property
    def trade_rows(self) -> Int64s:
        return np.flatnonzero(self.tape.street[KIND] == StreetKind.TRADE)

    @cached_property
    def displays(self) -> Int64s:
        """The ten best levels after each row: int64[rows, 4 * LEVELS], bids' prices, bids'
        sizes, asks' prices, asks' sizes, best first, zeros where there is none."""
        return displays_of(self.tape.street)

    def book_at(self, row: int) -> StreetBook:
        """The street's book after the rows before ``row``."""
        book = StreetBook()
        for event in self.tape.events(0, row):
            book.on(event)
        return book

    @cached_property
    def crossings(self) -> tuple[Crossing, ...]:
        """What each auction gives by our own rules, from the orders that stood; nothing where the
        market reported no trade."""
        return tuple(self._crossing(auction) for auction in self.auctions)

    def _crossing(self, auction: Auction) -> Crossing:
        if auction.first_row == auction.stop_row:
            return NOTHING
        book = self.book_at(auction.first_row)
        sides = [dict[int, int](book.levels(side)) for side in Side]
        return cross(sides[0], sides[1], SHANGHAI_TIE, self.tape.reference_ticks)


def displays_of(street: Int64s) -> Int64s:
    """See ``OrderDay.displays``."""
    book, shown = StreetBook(), [0] * (4 * LEVELS)
    found = np.empty((street.shape[1], 4 * LEVELS), np.int64)
    for row, event in enumerate(street_events(InstrumentId(""), street)):
        book.on(event)
        for side in Side if isinstance(event, Trade) else (event.side,):
            levels = book.levels(side, LEVELS)
            none = [0] * (LEVELS - len(levels))
            start = 2 * LEVELS * side
            shown[start : start + LEVELS] = [one.price_ticks for one in levels] + none
            shown[start + LEVELS : start + 2 * LEVELS] = [one.qty for one in levels] + none
        found[row] = shown
    return found


def levels_of(display: list[int], levels: int = LEVELS) -> tuple[tuple[Level, ...], ...]:
    """A row of ``displays`` as bids and asks, at most ``levels`` each."""
    return tuple(
        tuple(
            Level(PriceTicks(price), Qty(qty))
            for price, qty in zip(
                display[start : start + levels],
                display[start + LEVELS : start + LEVELS + levels],
                strict=True,
            )
            if price
        )
        for start in (0, 2 * LEVELS)
    )
