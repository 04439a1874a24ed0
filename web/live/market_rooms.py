"""Rooms of one venue: watchlists, charts, depth, the clock.

A room reads the venue's newest state from the ``Board`` that all rooms of the venue share.
"""

from __future__ import annotations

from collections.abc import Callable

from feeds.feed import Interval
from matching.instrument import Instrument, InstrumentId
from simtrade.venues.views import ClockView, DepthView, QuoteView, VenueView
from web.core import Venues
from web.live import vocabulary
from web.live.limits import BARS_PER_FRAME
from web.live.room import Room, Tally

Emptied = Callable[[Room], None]


class Board:
    """The newest public state of a venue, as the notices told it."""

    def __init__(self, view: VenueView, venues: Venues) -> None:
        self.view = view
        self.venues = venues
        self.seq = 0
        self.clock: ClockView = venues.clock(view.venue_id)
        self.quotes: dict[InstrumentId, QuoteView] = {
            quote.instrument_id: quote for quote in venues.quotes(view.venue_id)
        }
        self.depth: dict[InstrumentId, DepthView] = {}


class QuoteRoom(Room):
    """A watchlist: the symbols in the venue's order, changed rows per beat."""

    def __init__(
        self,
        board: Board,
        symbols: tuple[Instrument, ...],
        period: float,
        tally: Tally,
        emptied: Emptied,
        stamp: Callable[[], int],
    ) -> None:
        super().__init__(period, tally, emptied)
        self._board = board
        self._places = {one.instrument_id: place for place, one in enumerate(symbols)}
        self._dirty: set[InstrumentId] = set()
        self._told: dict[InstrumentId, QuoteView] = dict(board.quotes)
        self._stamp = stamp

    def hear(self, quotes: tuple[QuoteView, ...]) -> None:
        heard = [one.instrument_id for one in quotes if one.instrument_id in self._places]
        if heard:
            self._dirty.update(heard)
            self.changed()

    def delta(self) -> bytes:
        dirty = sorted(self._dirty, key=self._places.__getitem__)
        self._dirty.clear()
        quotes = self._board.quotes
        rows = [vocabulary.quote_row(self._places[one], quotes[one]) for one in dirty]
        sessions = [
            (self._places[one], quotes[one])
            for one in dirty
            if _session_differs(self._told.get(one), quotes[one])
        ]
        self._told.update((one, quotes[one]) for one in dirty)
        if not rows:
            return b""
        return vocabulary.quotes(self._board.seq, self._stamp(), rows, sessions)

    def missed_since(self, version: int) -> bytes:  # noqa: ARG002 - state needs no history
        quotes = self._board.quotes
        found = [(place, quotes[one]) for one, place in self._places.items() if one in quotes]
        rows = [vocabulary.quote_row(place, quote) for place, quote in found]
        return vocabulary.quotes(self._board.seq, self._stamp(), rows, found)


def _session_differs(told: QuoteView | None, quote: QuoteView) -> bool:
    return (
        told is None
        or told.reference_ticks != quote.reference_ticks
        or told.upper_ticks != quote.upper_ticks
        or told.lower_ticks != quote.lower_ticks
    )


class DepthRoom(Room):
    """Five levels a side of one symbol, complete in each frame."""

    def __init__(
        self, board: Board, symbol: InstrumentId, period: float, tally: Tally, emptied: Emptied
    ) -> None:
        super().__init__(period, tally, emptied)
        self._board = board
        self._symbol = symbol

    def hear(self, depths: tuple[DepthView, ...]) -> None:
        if any(one.instrument_id == self._symbol for one in depths):
            self.changed()

    def delta(self) -> bytes:
        view = self._board.depth.get(self._symbol) or self._board.venues.depth(
            self._board.view.venue_id, self._symbol
        )
        return vocabulary.value_frame(vocabulary.depth_value(view)) if view else b""

    def missed_since(self, version: int) -> bytes:  # noqa: ARG002 - state needs no history
        return self.delta()


class BarRoom(Room):
    """The running bar of one chart, and every bar that finished since the last beat."""

    def __init__(
        self,
        board: Board,
        symbol: InstrumentId,
        interval: Interval,
        period: float,
        tally: Tally,
        emptied: Emptied,
    ) -> None:
        super().__init__(period, tally, emptied)
        self._board = board
        self._symbol = symbol
        self._interval = interval
        rows, _ = self._rows(1)
        # Start of the newest bar that everybody here knows, wall seconds.
        self._newest = rows[-1][0] if rows else 0
        self._opened_at_version = 0

    def hear(self, quotes: tuple[QuoteView, ...]) -> None:
        if any(one.instrument_id == self._symbol for one in quotes):
            self.changed()

    def delta(self) -> bytes:
        rows, partial = self._rows(2)
        if rows and rows[0][0] > self._newest:
            rows, partial = self._rows(BARS_PER_FRAME)
        if not rows:
            return b""
        too_many = rows[0][0] > self._newest > 0
        if rows[-1][0] != self._newest:
            self._opened_at_version = self.version + 1
        news = [row for row in rows if row[0] >= self._newest]
        self._newest = rows[-1][0]
        return vocabulary.resync("bars") if too_many else self._frames(news, partial=partial)

    def missed_since(self, version: int) -> bytes:
        if version < self._opened_at_version:
            return vocabulary.resync("bars")
        return self.present()

    def present(self) -> bytes:
        """The newest bar for a newcomer, who has loaded the chart before."""
        rows, partial = self._rows(1)
        return self._frames(rows, partial=partial)

    def _rows(self, count: int) -> tuple[list[list[int]], bool]:
        view = self._board.view
        bars = self._board.venues.bars(view.venue_id, self._symbol, self._interval, count)
        return vocabulary.bar_rows(bars, view.traits.time_zone), bars.partial

    def _frames(self, rows: list[list[int]], *, partial: bool) -> bytes:
        last = len(rows) - 1
        return b"".join(
            vocabulary.bar(self._symbol, self._interval, row, done=place < last or not partial)
            for place, row in enumerate(rows)
        )


class ClockRoom(Room):
    """The venue's clock: once a second, and at once when it stops, starts or changes phase."""

    def __init__(self, board: Board, period: float, tally: Tally, emptied: Emptied) -> None:
        super().__init__(period, tally, emptied)
        self._board = board
        self._told = _clock_state(board.clock)

    def hear(self) -> None:
        self.changed(urgent=_clock_state(self._board.clock) != self._told)

    def delta(self) -> bytes:
        self._told = _clock_state(self._board.clock)
        view = self._board.view
        return vocabulary.clock(self._board.clock, view.traits, view.end_ns)

    def missed_since(self, version: int) -> bytes:  # noqa: ARG002 - state needs no history
        return self.delta()


def _clock_state(clock: ClockView) -> tuple[object, ...]:
    return (clock.phase, clock.running, clock.speed, clock.ended)
