"""A feed that never ends: a seeded, invented market of some companies with five-level depth.

Everything is a pure function of (version, seed, session): any moment of any year can be asked for
without what came before.  Prices are invented and say so (``traits.synthetic``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from feeds.bounded import BoundedCache
from feeds.calendar import Int64s
from feeds.feed import Bars, FeedTraits, Interval, LastPrice, Traded, Watch
from feeds.generator.calendar import (
    CLOSE_NS,
    OPEN_NS,
    TIME_ZONE,
    advance,
    midnight_ns,
    next_second,
    phases,
    session_at,
    session_date,
    sessions_between,
)
from feeds.generator.days import HISTORY
from feeds.generator.maker import Maker
from feeds.generator.session import (
    GeneratedSessions,
    make_auction,
    make_depth,
    make_trade,
    market_seq,
)
from feeds.generator.views import chart, last_price, trades_between
from feeds.tape_actions import TapeAction
from feeds.timetable import SessionTimes, session_times
from matching.instrument import Instrument, InstrumentId
from matching.market import (
    AuctionCross,
    AuctionIndication,
    Band,
    DataKind,
    Depth,
    Halt,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Split,
    Trade,
)
from matching.terms import ORDINARY
from matching.units import NS_PER_MINUTE, AtNs, PriceTicks

_MarketEvent = SessionOpen | PhaseChange | Halt | SessionClose
_InstrumentEvent = Depth | Trade | AuctionIndication | AuctionCross

_MOST_CACHED_CALENDARS = 64
# Events are put in order for this much time at once.
_WINDOW_NS = NS_PER_MINUTE


_Make = Callable[[InstrumentId, int, int, list[Any]], _InstrumentEvent]
# How an event is made, and when, numbered how and from which rows: equally long columns.
_Columns = tuple[_Make, Int64s, Int64s, np.ndarray[Any, Any]]
# Phases in which instruments have something to say.
_LIVELY = (
    Phase.OPENING_AUCTION,
    Phase.OPENING_LOCKED,
    Phase.OPENED,
    Phase.CONTINUOUS,
    Phase.CLOSING_LOCKED,
)


class _Place(NamedTuple):
    """An event of an instrument before it is made from its recorded row, ``cells``."""

    seq: int
    at_ns: int
    instrument: int
    make: _Make
    cells: list[int]


class GeneratorFeed:
    """A ``Feed`` of one version of the invented market.

    Safe for concurrent readers.  Memory is bounded (60 sessions of one instrument, 1,024 of their
    minute charts) but for the daily bars, 960 bytes a session.  Besides ``Feed`` it tells the
    display at any moment (``depth``), which ``events`` leaves out where nobody watches.
    """

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._instruments = maker.instruments
        self._index = {ins.instrument_id: k for k, ins in enumerate(self._instruments)}
        self._sessions = GeneratedSessions(maker)
        self._market_events = BoundedCache(_MOST_CACHED_CALENDARS, self._make_market_events)
        self._traits = FeedTraits(
            kind=DataKind.DEPTH,
            reconstructed=False,
            synthetic=True,
            time_zone=TIME_ZONE,
            source=maker.source,
        )

    @property
    def traits(self) -> FeedTraits:
        return self._traits

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return self._instruments

    @property
    def start_ns(self) -> AtNs:
        return AtNs(midnight_ns(0) + OPEN_NS)

    @property
    def end_ns(self) -> AtNs | None:
        last = self._maker.last
        return None if last is None else AtNs(midnight_ns(last) + CLOSE_NS)

    def _upto_end(self, at_ns: AtNs) -> AtNs:
        end_ns = self.end_ns
        return at_ns if end_ns is None else min(at_ns, end_ns)

    def advance(self, from_ns: AtNs, open_ns: int) -> AtNs:
        return self._upto_end(advance(from_ns, open_ns))

    def next_step(self, from_ns: AtNs) -> AtNs:
        return self._upto_end(next_second(from_ns))

    def next_session(self, at_ns: AtNs) -> date | None:
        coming, last = session_at(at_ns) + 1, self._maker.last
        return session_date(coming) if last is None or coming <= last else None

    def sessions(self, first: date, last: date) -> tuple[SessionTimes, ...]:
        """See ``Feed.sessions``."""
        begin, stop = sessions_between(first, last)
        begin = max(begin, -HISTORY)
        if self._maker.last is not None:
            stop = min(stop, self._maker.last + 1)
        return tuple(
            session_times(session_date(one), ((at, phase) for at, phase, _ in phases(one)))
            for one in range(begin, stop)
        )

    def last(self, instrument_id: InstrumentId, at_ns: AtNs) -> LastPrice | None:
        """See ``Feed.last``; KeyError for an instrument that the market does not have."""
        return last_price(self._sessions, self._index[instrument_id], at_ns)

    def bars(
        self, instrument_id: InstrumentId, interval: Interval, to_ns: AtNs, count: int
    ) -> Bars:
        """See ``Feed.bars``; 250 sessions of history lie before ``start_ns``."""
        return chart(self._sessions, self._index[instrument_id], interval, to_ns, count)

    def traded(self, instrument_id: InstrumentId, after_ns: AtNs, to_ns: AtNs) -> Traded:
        """See ``Feed.traded``; the history before ``start_ns`` has its trades too."""
        return trades_between(self._sessions, self._index[instrument_id], after_ns, to_ns)

    def splits(self, instrument_id: InstrumentId, to_ns: AtNs) -> tuple[Split, ...]:  # noqa: ARG002
        """Nobody splits his shares here."""
        return ()

    def actions(self, to_ns: AtNs) -> tuple[TapeAction, ...]:  # noqa: ARG002
        """Nobody pays a dividend here either."""
        return ()

    def depth(self, instrument_id: InstrumentId, at_ns: AtNs) -> Depth | None:
        """The newest display of the running session at a moment, None before the first.

        It may be older than ``at_ns``: prints after it have taken from it.
        """
        session = session_at(at_ns)
        if session < 0:
            return None
        index = self._index[instrument_id]
        if session < self._maker.first(index):
            return None
        found = self._sessions.get(index, session)
        row = int(np.searchsorted(found.depth_at, at_ns, side="right")) - 1
        return self._sessions.depth_event(index, found, row) if row >= 0 else None

    def warm(self, at_ns: AtNs) -> Iterator[MarketEvent]:
        """See ``Feed.warm``.  After a session's close, its last displays and the closed phase."""
        session = session_at(self._upto_end(at_ns))
        if session < 0:
            return
        found: list[MarketEvent] = []
        phase: MarketEvent | None = None
        halts: dict[InstrumentId, MarketEvent] = {}
        for event in self._market_events.get(session):
            if isinstance(event, SessionOpen):
                found.append(event)
            elif isinstance(event, PhaseChange) and event.at_ns <= at_ns:
                phase = event
            elif isinstance(event, Halt) and event.at_ns <= at_ns:
                halts[event.instrument_id] = event
        if phase is not None:
            found.append(phase)
        found += halts.values()
        for index in self._listed(session):
            found.extend(self._warm_instrument(index, session, at_ns))
        yield from sorted(found, key=lambda event: event.seq)

    def events(self, after_ns: AtNs, to_ns: AtNs, watch: Watch) -> Iterator[MarketEvent]:
        """See ``Feed.events``.  An instrument is left out whole while nobody waits in it: its
        next display says everything that a new order needs."""
        session, to_ns = max(0, session_at(after_ns)), self._upto_end(to_ns)
        while midnight_ns(session) + OPEN_NS <= to_ns:
            cursor, phase = int(after_ns), Phase.CLOSED
            for event in self._market_events.get(session):
                upto = min(event.at_ns - 1, to_ns)
                if phase in _LIVELY and upto > cursor:
                    yield from self._instrument_events(session, cursor, upto, watch)
                # The market's events come first of their millisecond: what an instrument shows
                # in it belongs to the next stretch.
                cursor = max(cursor, upto)
                if after_ns < event.at_ns <= to_ns:
                    yield event
                if isinstance(event, PhaseChange):
                    phase = event.phase
            session += 1

    def _warm_instrument(self, index: int, session: int, at_ns: int) -> Iterator[MarketEvent]:
        """The last display and the prints since then, or what an auction has come to since."""
        found = self._sessions.get(index, session)
        row = int(np.searchsorted(found.depth_at, at_ns, side="right")) - 1
        if at_ns < found.depth_at[0] or at_ns > found.print_at[-1]:
            auctions = self._sessions.auctions(index, session)
            place = int(np.searchsorted(auctions.at, at_ns, side="right")) - 1
            if place >= 0 and (row < 0 or auctions.at[place] > found.depth_at[row]):
                yield self._sessions.auction_event(index, auctions, place)
        if row < 0:
            return
        yield self._sessions.depth_event(index, found, row)
        first = int(np.searchsorted(found.print_seq, found.depth_seq[row], side="right"))
        stop = int(np.searchsorted(found.print_at, at_ns, side="right"))
        for number in range(first, stop):
            yield self._sessions.trade_event(index, found, number)

    def _listed(self, session: int) -> list[int]:
        every = range(len(self._instruments))
        return [k for k in every if session >= self._maker.first(k)]

    def _make_market_events(self, session: int) -> list[_MarketEvent]:
        """The events of the whole market in a session, in order."""
        midnight, day = midnight_ns(session), session_date(session)
        opened, closed = AtNs(midnight + OPEN_NS), AtNs(midnight + CLOSE_NS)
        maker = self._maker
        listed = self._listed(session)
        bars = [(self._instruments[k].instrument_id, maker.bar(k, session)) for k in listed]
        terms = [(self._instruments[k].instrument_id, maker.terms(k, session)) for k in listed]
        steps = [
            PhaseChange(
                AtNs(at), market_seq(session, at, 1), phase, None if end is None else AtNs(end)
            )
            for at, phase, end in phases(session)
        ]
        found: list[_MarketEvent] = [
            SessionOpen(
                opened,
                market_seq(session, opened, 0),
                day,
                tuple((key, PriceTicks(bar.reference_ticks)) for key, bar in bars),
                tuple((key, one) for key, one in terms if one != ORDINARY),
            ),
            *steps,
            *self._halts(session, listed),
            SessionClose(
                closed,
                market_seq(session, closed, 2),
                day,
                tuple((key, PriceTicks(bar.close_ticks)) for key, bar in bars),
            ),
        ]
        return sorted(found, key=lambda event: event.seq)

    def _halts(self, session: int, listed: list[int]) -> Iterator[Halt]:
        """Halts and resumptions; those of one moment are numbered from 3."""
        midnight = midnight_ns(session)
        moments = sorted(
            (midnight + at_ns, k, halted)
            for k in listed
            for pause in self._maker.pauses(k, session)
            for at_ns, halted in ((pause.from_ns, True), (pause.to_ns, False))
        )
        number, before = 3, -1
        for at_ns, k, halted in moments:
            number = number + 1 if at_ns == before else 3
            before = at_ns
            seq = market_seq(session, at_ns, number)
            yield Halt(AtNs(at_ns), seq, self._instruments[k].instrument_id, halted)

    def _instrument_events(
        self, session: int, after_ns: int, to_ns: int, watch: Watch
    ) -> Iterator[MarketEvent]:
        """Everything with after_ns < at_ns <= to_ns of whoever is watched."""
        everyone = self._listed(session)
        # Without an event nobody's mind can change: a stretch that nobody watches is skipped.
        while after_ns < to_ns and _watched(self._bands(watch, everyone)):
            upto = min(to_ns, after_ns + _WINDOW_NS)
            yield from self._window(session, after_ns, upto, watch)
            after_ns = upto

    def _window(
        self, session: int, after_ns: int, to_ns: int, watch: Watch
    ) -> Iterator[MarketEvent]:
        everyone = self._listed(session)
        watched = _watched(self._bands(watch, everyone))
        passed = -1
        complete = False
        while watched and not complete:
            complete = True
            asleep = [k for k in everyone if k not in watched]
            for place in self._places(session, sorted(watched), (after_ns, to_ns), passed):
                if not _watched(self._bands(watch, (place.instrument,))):
                    watched.discard(place.instrument)
                    complete = False
                    break
                yield self._event(place)
                passed = place.seq
                woken = _watched(self._bands(watch, asleep)) if asleep else None
                if woken:
                    watched |= woken
                    complete = False
                    break

    def _bands(self, watch: Watch, indices: Iterable[int]) -> Iterator[tuple[int, Band]]:
        return ((k, watch(self._instruments[k].instrument_id)) for k in indices)

    def _places(
        self, session: int, watched: list[int], span: tuple[int, int], passed: int
    ) -> list[_Place]:
        """Events of the watched instruments in (after, to] with a number beyond ``passed``."""
        places: list[_Place] = []
        for index in watched:
            for make, moments, numbers, rows in self._columns(index, session, span):
                start, stop = np.searchsorted(moments, span, side="right").tolist()
                start = max(start, int(np.searchsorted(numbers, passed, side="right")))
                part = slice(start, stop)
                places += map(
                    _Place,
                    numbers[part].tolist(),
                    moments[part].tolist(),
                    repeat(index),
                    repeat(make),
                    rows[part].tolist(),
                )
        places.sort()
        return places

    def _columns(self, index: int, session: int, span: tuple[int, int]) -> list[_Columns]:
        """What an instrument has to say in (after, to], which lies within one phase."""
        found = self._sessions.get(index, session)
        if found.depth_at[0] <= span[1] and span[0] < found.print_at[-1]:
            return [
                (make_depth, found.depth_at, found.depth_seq, found.depth),
                (make_trade, found.print_at, found.print_seq, found.prints),
            ]
        auctions = self._sessions.auctions(index, session)
        return [(make_auction, auctions.at, auctions.seq, auctions.rows)]

    def _event(self, place: _Place) -> _InstrumentEvent:
        instrument_id = self._instruments[place.instrument].instrument_id
        return place.make(instrument_id, place.seq, place.at_ns, place.cells)


def _watched(bands: Iterable[tuple[int, Band]]) -> set[int]:
    """Instruments in which somebody waits; with depth every event may move his queue."""
    return {k for k, (low, high, awake) in bands if awake or low is not None or high is not None}
