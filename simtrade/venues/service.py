"""What screens read of venues: cheap, from any thread, never the writer's own objects."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feeds.blind import Blind
from feeds.bounded import BoundedCache
from feeds.feed import Bars, Feed, Interval
from feeds.notable import Notable
from feeds.tape_actions import TapeAction
from matching.board_rules import BoardRules
from matching.instrument import Instrument, InstrumentId
from matching.market import Split
from matching.units import AtNs
from simtrade.desk.requests import VenueId
from simtrade.desk.state import VenueState
from simtrade.store.engine_store import EngineStore
from simtrade.venues.assets import AssetView, assets
from simtrade.venues.feeds import Feeds, TapeView
from simtrade.venues.history import History
from simtrade.venues.loader import load_venue
from simtrade.venues.runtime import VenueRuntime
from simtrade.venues.snapshot import Snapshot, snapshot, venue_view
from simtrade.venues.tape_cards import TapeCard
from simtrade.venues.timetable import TradingDay, next_changes, trading_days
from simtrade.venues.views import ClockView, DepthView, QuoteView, VenueView

_MOST_REMEMBERED = 10_000


class Venues:
    """Venues by id.  Reading one keeps its time running for another minute."""

    def __init__(self, store: EngineStore, feeds: Feeds, runtime: VenueRuntime) -> None:
        self._store = store
        self._feeds = feeds
        self._runtime = runtime
        self._fixed: BoundedCache[VenueId, Any] = BoundedCache(_MOST_REMEMBERED, self._found)

    def _found(self, venue_id: VenueId) -> Any:
        row = self._store.venue_row(venue_id)
        if row is None:
            raise LookupError(venue_id)
        return row

    def _row(self, venue_id: VenueId) -> Any | None:
        """The row of a venue, for the facts in it that never change: what it is, not where its time
        stands."""
        try:
            return self._fixed.get(venue_id)
        except LookupError:
            return None

    def _stored(self, venue_id: VenueId) -> VenueState:
        """A private copy from the rows; LookupError when there is no such venue."""
        rows = self._store.load_venue(venue_id)
        if rows is None:
            raise LookupError(venue_id)
        return load_venue(rows, self._feeds)

    def snapshot(self, venue_id: VenueId) -> Snapshot:
        """Clock, quotes and depth of one moment; LookupError when there is no such venue."""
        self._runtime.use(venue_id)
        return self._runtime.shown(venue_id) or snapshot(self._stored(venue_id))

    def view(self, venue_id: VenueId) -> VenueView | None:
        row = self._row(venue_id)
        return None if row is None else venue_view(row, self._feeds.feed(row.tape))

    def clock(self, venue_id: VenueId) -> ClockView:
        return self.snapshot(venue_id).clock

    def quotes(self, venue_id: VenueId) -> tuple[QuoteView, ...]:
        return tuple(self.snapshot(venue_id).quotes.values())

    def quote(self, venue_id: VenueId, instrument_id: InstrumentId) -> QuoteView | None:
        return self.snapshot(venue_id).quotes.get(instrument_id)

    def depth(self, venue_id: VenueId, instrument_id: InstrumentId) -> DepthView | None:
        """None where the data has no depth."""
        return self.snapshot(venue_id).depth.get(instrument_id)

    def rules(self, venue_id: VenueId, instrument_id: InstrumentId) -> BoardRules | None:
        """What the running session allows; None where no record says so."""
        return self.snapshot(venue_id).rules.get(instrument_id)

    def bars(
        self, venue_id: VenueId, instrument_id: InstrumentId, interval: Interval, count: int
    ) -> Bars:
        """The newest bars up to the venue's own time, earlier ones in shares of today (a split is
        no fall); LookupError for an unknown venue."""
        at_ns = self.clock(venue_id).at_ns
        feed = self._feed(venue_id)
        found = feed.bars(instrument_id, interval, at_ns, count)
        for split in feed.splits(instrument_id, at_ns):
            found = adjusted(found, split)
        return found

    def trading_days(self, venue_id: VenueId, first: date, last: date) -> tuple[TradingDay, ...]:
        """The venue's sessions on [first, last], those to come too; LookupError for an unknown
        venue."""
        return trading_days(self._feed(venue_id), first, last)

    def next_changes(self, venue_id: VenueId) -> tuple[AtNs, AtNs]:
        """When its market opens next and closes next."""
        return next_changes(self._feed(venue_id), self.clock(venue_id).at_ns)

    def actions(self, venue_id: VenueId) -> tuple[TapeAction, ...]:
        """Corporate actions that have happened or been announced by the venue's own time, oldest
        first."""
        return self._feed(venue_id).actions(self.clock(venue_id).at_ns)

    def splits(self, venue_id: VenueId, instrument_id: InstrumentId) -> tuple[Split, ...]:
        """Splits and bonus issues that have happened by the venue's own time, oldest first."""
        return self._feed(venue_id).splits(instrument_id, self.clock(venue_id).at_ns)

    def assets(self, venue_id: VenueId) -> tuple[AssetView, ...]:
        """What may be done with each instrument in the running session."""
        view = self.view(venue_id)
        if view is None:
            raise LookupError(venue_id)
        return assets(view, self.snapshot(venue_id))

    def _feed(self, venue_id: VenueId) -> Feed:
        row = self._store.venue_row(venue_id)
        if row is None:
            raise LookupError(venue_id)
        return self._feeds.feed(row.tape)

    def history(self, venue_id: VenueId) -> History:
        """Everything that had happened in a venue by now; LookupError for an unknown venue."""
        clock = self.clock(venue_id)
        row = self._row(venue_id)
        if row is None:
            raise LookupError(venue_id)
        feed = self._feeds.feed(row.tape)
        return History(feed, self._feeds.with_quotes(row.tape), clock.at_ns, clock.session)

    def instruments(self, venue_id: VenueId) -> dict[InstrumentId, Instrument]:
        view = self.view(venue_id)
        if view is None:
            raise LookupError(venue_id)
        return {one.instrument_id: one for one in view.instruments}

    def tapes(self) -> tuple[TapeView, ...]:
        return self._feeds.tapes()

    def notable(self, tape: str) -> tuple[Notable, ...]:
        """Days of a tape (by the name of its ``TapeView``) on which something happened."""
        return self._feeds.notable(tape)

    def hidden(self, tape: str) -> Blind | None:
        """What is behind a hidden tape; None for any other."""
        return self._feeds.hidden(tape)

    def tape_cards(self) -> tuple[TapeCard, ...]:
        """Every tape with its days, for operators.  The first call reads all tapes."""
        return self._feeds.cards.all()


def adjusted(bars: Bars, split: Split) -> Bars:
    """Bars of before a split in shares of after it: prices half up to the tick."""
    before = bars.start_ns < split.at_ns

    def scale(column: NDArray[np.int64], numerator: int, denominator: int) -> NDArray[np.int64]:
        scaled = (2 * column * numerator + denominator) // (2 * denominator)
        return np.where(before, scaled, column)

    old, new = split.old_shares, split.new_shares
    return Bars(
        start_ns=bars.start_ns,
        open_ticks=scale(bars.open_ticks, old, new),
        high_ticks=scale(bars.high_ticks, old, new),
        low_ticks=scale(bars.low_ticks, old, new),
        close_ticks=scale(bars.close_ticks, old, new),
        volume=scale(bars.volume, new, old),
        partial=bars.partial,
    )
