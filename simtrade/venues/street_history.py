"""Trades, quotes and call auctions of one instrument as its feed told them, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from feeds.feed import Feed
from matching.instrument import InstrumentId
from matching.market import AuctionCross, Band, DataKind, Depth, Phase, PhaseChange, Snapshot, Trade
from matching.orders import TimeInForce
from matching.phases import PHASES
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs
from simtrade.venues.history import History, Part, Place, Span, Work
from simtrade.venues.timeframe import local_midnights

Display = Depth | Snapshot

_AWAKE, _ASLEEP = Band(None, None, awake=True), Band(None, None, awake=False)
# Events are read in windows: short where much happens, long over nights and weekends.
_SHORT_NS, _LONG_NS = 5 * NS_PER_MINUTE, 60 * NS_PER_MINUTE
_WORK_OF_WINDOW = 20
_NS_PER_DAY = 86_400 * NS_PER_SECOND
_BEFORE_ALL = -1  # a number below any event's


class AuctionDay(NamedTuple):
    """The results of one local day's call auctions; ``midnight_ns`` is its beginning."""

    midnight_ns: int
    opening: tuple[AuctionCross, ...]
    closing: tuple[AuctionCross, ...]


@dataclass(frozen=True, slots=True)
class StreetHistory:
    """Reads ``history`` of one instrument.  Nothing is told where the feed never told it."""

    history: History
    instrument_id: InstrumentId

    def trades(
        self, span: Span, limit: int, work: Work, after: Place | None = None
    ) -> Part[list[Trade]]:
        """Single trades; none of a feed of bars or of pictures every few seconds."""
        feed = self.history.feed
        if feed.traits.kind in (DataKind.BARS, DataKind.SNAPSHOTS):
            return Part([], None)
        return self._read(feed, (Trade,), span, limit, work, after)

    def quotes(
        self, span: Span, limit: int, work: Work, after: Place | None = None
    ) -> Part[list[Display]]:
        """Every display that the feed told."""
        feed = self.history.quotes
        if not feed.traits.shows_depth:
            return Part([], None)
        return self._read(feed, (Depth, Snapshot), span, limit, work, after)

    def newest_trade(self, work: Work) -> Trade | None:
        """The last trade, looked for as far back as the work goes."""
        span = Span(0, self.history.at_ns, newest_first=True)
        found = self.trades(span, 1, work).items
        return found[0] if found else None

    def auctions(
        self, span: Span, limit: int, work: Work, after: Place | None = None
    ) -> Part[list[AuctionDay]]:
        """Results of call auctions that had a price, day by day."""
        found: list[AuctionDay] = []
        span = self._known(self.history.feed, span)
        if self.history.feed.traits.kind is DataKind.BARS:
            return Part(found, None)
        for midnight in self._days(span, after):
            if work.over or len(found) == limit:
                back = -1 if span.newest_first else 1
                return Part(found, Place(midnight - back, 0))
            day = self._auctions_of(midnight, span, work)
            if day.opening or day.closing:
                found.append(day)
        return Part(found, None)

    def _days(self, span: Span, after: Place | None) -> Iterator[int]:
        """Local midnights of the days with data in a span, in the order asked for."""
        bars = self.history.days(self.instrument_id, span.from_ns)
        midnights = sorted(set(local_midnights(bars.start_ns, self.history.time_zone).tolist()))
        wanted = [
            one
            for one in midnights
            if span.from_ns - _NS_PER_DAY < one <= span.to_ns
            and (after is None or (one < after.at_ns if span.newest_first else one > after.at_ns))
        ]
        return reversed(wanted) if span.newest_first else iter(wanted)

    def _auctions_of(self, midnight: int, span: Span, work: Work) -> AuctionDay:
        phase = Phase.CLOSED

        def watch(instrument_id: InstrumentId) -> Band:
            ours = instrument_id == self.instrument_id
            # What is said between auctions is not asked for.
            return _AWAKE if ours and not PHASES[phase].matches else _ASLEEP

        results: dict[TimeInForce | None, list[AuctionCross]] = {}
        until = min(midnight + _NS_PER_DAY - 1, span.to_ns)
        for event in self.history.feed.events(AtNs(midnight - 1), AtNs(until), watch):
            work.spend(1)
            if isinstance(event, PhaseChange):
                phase = event.phase
            elif isinstance(event, AuctionCross) and self._priced(event, span):
                results.setdefault(PHASES[phase].crosses, []).append(event)
        return AuctionDay(
            midnight,
            tuple(results.get(TimeInForce.AT_OPEN, ())),
            tuple(results.get(TimeInForce.AT_CLOSE, ())),
        )

    def _priced(self, event: AuctionCross, span: Span) -> bool:
        ours = event.instrument_id == self.instrument_id
        return ours and event.price_ticks is not None and event.at_ns >= span.from_ns

    def _known(self, feed: Feed, span: Span) -> Span:
        """What of a span lies between the feed's beginning and now."""
        now_ns = self.history.at_ns
        return Span(max(span.from_ns, feed.start_ns), min(span.to_ns, now_ns), span.newest_first)

    def _read(
        self,
        feed: Feed,
        kinds: tuple[type, ...],
        span: Span,
        limit: int,
        work: Work,
        after: Place | None,
    ) -> Part[list[Any]]:
        """Events of some kinds, window by window."""
        found: list[Any] = []
        windows = _Windows(self._known(feed, span), after)
        while windows.left:
            if work.over or limit <= 0:
                return Part(found, windows.place)
            # A feed of many instruments passes over what others do.
            work.spend(_WORK_OF_WINDOW + len(feed.instruments))
            events = self._events(feed, kinds, *windows.next())
            work.spend(len(events))
            if after is not None:
                events = [one for one in events if _comes_after(one, after, span)]
            if span.newest_first:
                events.reverse()
            room = limit - len(found)
            found += events[:room]
            if len(events) > room:
                return Part(found, Place(found[-1].at_ns, found[-1].seq))
            windows.widen(empty=not events)
        return Part(found, None)

    def _events(self, feed: Feed, kinds: tuple[type, ...], after_ns: int, to_ns: int) -> list[Any]:
        """Oldest first."""
        ours = self.instrument_id

        def watch(instrument_id: InstrumentId) -> Band:
            return _AWAKE if instrument_id == ours else _ASLEEP

        return [
            event
            for event in feed.events(AtNs(after_ns), AtNs(to_ns), watch)
            if isinstance(event, kinds) and event.instrument_id == ours  # type: ignore[union-attr]
        ]


def _comes_after(event: Any, place: Place, span: Span) -> bool:
    own = (event.at_ns, event.seq)
    return own < place if span.newest_first else own > place


class _Windows:
    """Stretches (after, to] of a span, in the order that was asked for."""

    def __init__(self, span: Span, after: Place | None) -> None:
        self._newest_first = span.newest_first
        self._low, self._high = span.from_ns - 1, span.to_ns
        self._width = _SHORT_NS
        if after is not None:
            if self._newest_first:
                self._high = min(self._high, after.at_ns)
            else:
                self._low = max(self._low, after.at_ns - 1)

    @property
    def left(self) -> bool:
        return self._low < self._high

    @property
    def place(self) -> Place:
        """Everything before what is left has been given."""
        return Place((self._high if self._newest_first else self._low) + 1, _BEFORE_ALL)

    def next(self) -> tuple[int, int]:
        low, high = self._low, self._high
        if self._newest_first:
            low = self._high = max(low, high - self._width)
        else:
            high = self._low = min(high, low + self._width)
        return low, high

    def widen(self, *, empty: bool) -> None:
        self._width = min(2 * self._width, _LONG_NS) if empty else _SHORT_NS
