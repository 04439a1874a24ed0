"""A feed over a market tape, told as recorded or as a lesser feed would tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property

import numpy as np

from feeds.bar_actions import BarActions, SplitAt
from feeds.bar_listings import BarListings
from feeds.bounded import BoundedCache
from feeds.calendar import Int64s, Part, sessions_between
from feeds.feed import Bars, FeedTraits, Interval, LastPrice, Traded, Watch
from feeds.market_days import MarketDays
from feeds.market_events import EventMaker
from feeds.market_prices import MarketPrices
from feeds.market_rows import PartCache
from feeds.market_session import MARKET, MarketSession, Told
from feeds.market_state import state_before
from feeds.market_store import MarketTape
from feeds.records import StatusKind, Table
from feeds.share_changes import ShareChanges
from feeds.tape import TapeError
from feeds.tape_actions import TapeAction
from feeds.tape_files import Manifest
from feeds.timeframes import aggregate, running
from feeds.timetable import SessionTimes, session_times
from matching.instrument import Instrument, InstrumentId
from matching.market import (
    Band,
    Bar,
    BarOpen,
    DataKind,
    MarketEvent,
    SessionClose,
    SessionOpen,
    Split,
    Trade,
)
from matching.terms import ORDINARY, ListingTerms
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs, PriceTicks

_MOST_SESSIONS = 3
# Numbers of a session's events: as many as fit below the next one's.
_STRIDE = 1 << 32


def kinds_of(counts: Mapping[str, int], levels: int) -> tuple[DataKind, ...]:
    """What a market tape can be told as, by the rows of its tables: first as it was recorded."""
    trades, depth = bool(counts.get(Table.TRADES)), bool(counts.get(Table.DEPTH))
    snapshots = bool(counts.get(Table.SNAPSHOTS))
    found: list[DataKind] = []
    if depth:
        found += [DataKind.DEPTH] if levels > 1 else []
        found += [DataKind.QUOTES]
    if snapshots or (depth and trades):
        found.append(DataKind.SNAPSHOTS)
    if trades:
        found.append(DataKind.TRADES)
    return (*found, DataKind.BARS) if found else ()


def has_sessions(manifest: Manifest) -> bool:
    """Whether a market tape has anything to trade on."""
    if not kinds_of(manifest.counts, manifest.levels):
        return False
    # Only the first and the last one can be too short.
    return len(manifest.sessions) > 2 or len(_days(manifest)) > 0


def _days(manifest: Manifest) -> MarketDays:
    first_ns = min(part.first_ns for part in manifest.parts)
    last_ns = max(part.last_ns for part in manifest.parts)
    return MarketDays(manifest.hours, manifest.sessions, first_ns, last_ns)


class MarketFeed:
    """A ``Feed`` over a market tape; safe for concurrent readers.

    ``kind`` is what it is told as; None: as it was recorded.  In memory are the order of three
    sessions' rows and a few parts of the tape, whatever its size.  An instrument takes part in the
    sessions in which anything is told of it.  ``seq`` is the session's number times 2^32 and the
    place in what is told of it.  TapeError when the tape has no continuous trading or cannot be
    told like that.
    """

    def __init__(self, tape: MarketTape, kind: DataKind | None = None) -> None:
        manifest = tape.manifest
        kinds = kinds_of(manifest.counts, manifest.levels)
        if not kinds or (kind is not None and kind not in kinds):
            raise TapeError(f"{manifest.tape_id}: can't be told as {kind or 'anything'}")
        self.tape = tape
        self.kind = kind or kinds[0]
        self.days = _days(manifest)
        if not len(self.days):
            raise TapeError(f"{manifest.tape_id}: the recording has no continuous trading")
        self._ids = [one.instrument_id for one in tape.header.instruments]
        self._index = {one: k for k, one in enumerate(self._ids)}
        self.prices = MarketPrices(PartCache(tape), self.days)
        self._plain = self.kind is not kinds[0]
        self._actions = BarActions(tape.header.actions, self._ids, self.days)
        self._listings = BarListings(tape.header.listings, self._ids, self.days)
        self._changes = ShareChanges(
            tape.header.splits, self._actions, tape.header.instruments, self.days
        )
        self._sessions = BoundedCache(_MOST_SESSIONS, self._make)
        self._reference = BoundedCache(64, self._references)
        self._before = BoundedCache(1_024, self._find_close_before)
        self._traits = FeedTraits(
            kind=self.kind,
            reconstructed=False,
            synthetic=False,
            time_zone=tape.header.hours.time_zone,
            source=f"{tape.header.source}. Licence: {tape.header.licence}",
        )

    @property
    def traits(self) -> FeedTraits:
        return self._traits

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return self.tape.header.instruments

    @property
    def start_ns(self) -> AtNs:
        return AtNs(int(self.days.open_ns[0]))

    @cached_property
    def end_ns(self) -> AtNs:
        return AtNs(self._sessions.get(len(self.days) - 1).told.end_ns)

    def advance(self, from_ns: AtNs, open_ns: int) -> AtNs:
        """See ``Feed.advance``.  A call auction is open time too where it is told."""
        if open_ns <= 0:
            return from_ns
        moved = self.days.advance(from_ns, open_ns, auctions=self.kind is not DataKind.BARS)
        return AtNs(self.end_ns) if moved >= self.days.close_ns[-1] else moved

    def next_step(self, from_ns: AtNs) -> AtNs:
        """The end of the next minute of bars, else one second of an open market."""
        if self.kind is not DataKind.BARS:
            return self.advance(from_ns, NS_PER_SECOND)
        return self.advance(from_ns, NS_PER_MINUTE - from_ns % NS_PER_MINUTE)

    def next_session(self, at_ns: AtNs) -> date | None:
        return self.days.next_date(at_ns)

    def sessions(self, first: date, last: date) -> tuple[SessionTimes, ...]:
        """See ``Feed.sessions``; with the parts of them that were recorded."""
        begin, stop = sessions_between(self.days.days, first, last)
        return tuple(
            session_times(
                self.days.date(one), ((step.at_ns, step.phase) for step in self.days.phases(one))
            )
            for one in range(begin, stop)
        )

    def events(self, after_ns: AtNs, to_ns: AtNs, watch: Watch) -> Iterator[MarketEvent]:
        """See ``Feed.events``.  Left out is what comes of an instrument in which nobody waits, and
        prints and bars that reach nobody."""
        session = max(0, self.days.session_at(after_ns))
        while session < len(self.days) and int(self.days.open_ns[session]) <= to_ns:
            made = self._sessions.get(session)
            at_ns = made.told.entries.at_ns
            first = int(np.searchsorted(at_ns, after_ns, side="right"))
            stop = int(np.searchsorted(at_ns, to_ns, side="right"))
            for entry, event in made.stretch(first, stop):
                index = int(made.told.entries.instrument[entry])
                if index == MARKET or _matters(made, entry, event, watch(self._ids[index])):
                    yield event
            session += 1

    def warm(self, at_ns: AtNs) -> Iterator[MarketEvent]:
        """See ``Feed.warm``."""
        session = self.days.session_at(at_ns)
        if session < 0:
            return
        made = self._sessions.get(session)
        stop = int(np.searchsorted(made.told.entries.at_ns, at_ns, side="right"))
        yield from (event for _, event in made.some(state_before(made.told, stop)))

    def last(self, instrument_id: InstrumentId, at_ns: AtNs) -> LastPrice | None:
        """See ``Feed.last``; KeyError for an instrument that the tape does not have."""
        index = self._index[instrument_id]
        session = self.days.session_at(at_ns)
        if session < 0:
            return None
        reference = self._reference.get(session).get(index)
        if reference is None:
            before = self._close_before(index, session)
            return None if before is None else LastPrice(before, before, before, before, 0)
        prices = self.prices.of(session).get(index)
        row = -1 if prices is None else prices.upto(at_ns) - 1
        if prices is None or row < 0:
            return LastPrice(reference, reference, reference, reference, 0)
        last = int(prices.price_ticks[row])
        if at_ns >= self._sessions.get(session).told.end_ns:
            last = self.prices.day(session)[index].close_ticks
        return LastPrice(
            last,
            reference,
            int(prices.high_so_far[row]),
            int(prices.low_so_far[row]),
            int(prices.volume_so_far[row]),
        )

    def bars(
        self, instrument_id: InstrumentId, interval: Interval, to_ns: AtNs, count: int
    ) -> Bars:
        """See ``Feed.bars``."""
        index, width = self._index[instrument_id], interval.width_ns
        session = self.days.session_at(to_ns)
        table = np.empty((6, 0), np.int64)
        parts: tuple[Part, ...] = ()
        coarse = self.kind is DataKind.BARS and width < NS_PER_MINUTE
        newest = session
        while newest >= 0 and table.shape[1] < count and not coarse:
            own = self._bars_of(index, newest, interval, to_ns)
            if own.shape[1] and not parts:
                parts = self._parts(newest, interval)
            table = np.concatenate((own, table), axis=1)
            newest -= 1
        table = table[:, -count:] if count > 0 else table[:, :0]
        partial = running(table, parts, width, to_ns)
        return Bars(table[0], table[1], table[2], table[3], table[4], table[5], partial)

    def _parts(self, session: int, interval: Interval) -> tuple[Part, ...]:
        parts = self.days.parts(session)
        if interval is Interval.DAY:
            return (Part(parts[0].begins_ns, int(self.days.close_ns[session])),)
        return parts

    def _bars_of(self, index: int, session: int, interval: Interval, to_ns: int) -> Int64s:
        """The bars of one session as far as they were known."""
        parts = self._parts(session, interval)
        over = session < self.days.session_at(to_ns)
        if interval is Interval.DAY and over:
            day = self.prices.day(session).get(index)
            found = [] if day is None else [(parts[0].begins_ns, *day)]
            return np.array(found, np.int64).reshape(-1, 6).T
        if over and interval.width_ns >= NS_PER_MINUTE:
            minutes = self.prices.minutes(session).get(index)
            rows = np.empty((6, 0), np.int64) if minutes is None else minutes
        else:
            prices = self.prices.of(session).get(index)
            if prices is None:
                return np.empty((6, 0), np.int64)
            rows = prices.rows(prices.upto(to_ns))
        return aggregate(rows, parts, interval.width_ns)

    def traded(self, instrument_id: InstrumentId, after_ns: AtNs, to_ns: AtNs) -> Traded | None:
        """See ``Feed.traded``; None too where the tape has no table of trades."""
        index = self._index[instrument_id]
        counted = self.tape.manifest.counts.get(Table.TRADES, 0) > 0
        if self.kind in (DataKind.BARS, DataKind.SNAPSHOTS) or not counted:
            return None
        return self.prices.traded(index, after_ns, to_ns)

    def splits(self, instrument_id: InstrumentId, to_ns: AtNs) -> tuple[Split, ...]:
        """See ``Feed.splits``."""
        index, upto = self._index[instrument_id], self.days.session_at(to_ns)
        found = self._changes.splits_between(index, -1, upto)
        return tuple(self._split(one, 0) for one in found)

    def actions(self, to_ns: AtNs) -> tuple[TapeAction, ...]:
        """See ``Feed.actions``."""
        return self._actions.known(self.days.session_at(to_ns))

    # What a session is made of

    def _make(self, session: int) -> EventMaker:
        changes: list[MarketEvent] = [
            self._split(one, 0) for one in self._changes.splits if one.session == session
        ]
        changes += self._actions.of(session)
        told = MarketSession(self.days, self.prices, session, self.kind, len(changes))
        fixed: dict[tuple[Told, int], MarketEvent] = {
            (Told.CHANGE, number): event for number, event in enumerate(changes)
        }
        fixed[Told.OPEN, 0] = self._open(session, told)
        fixed[Told.CLOSE, 0] = self._close(session, told)
        return EventMaker(
            told,
            self._ids,
            fixed,
            self.prices.of(session),
            session * _STRIDE,
            plain=self._plain,
        )

    def _split(self, split: SplitAt, seq: int) -> Split:
        return Split(
            at_ns=AtNs(int(self.days.open_ns[split.session])),
            seq=seq,
            instrument_id=self._ids[split.instrument],
            new_shares=split.new_shares,
            old_shares=split.old_shares,
        )

    def _open(self, session: int, told: MarketSession) -> SessionOpen:
        references = self._reference.get(session)
        halts = self.tape.manifest.counts.get(Table.STATUS, 0) > 0 and self._tells_halts(told)
        return SessionOpen(
            AtNs(told.open_ns),
            0,
            self.days.date(session),
            tuple((self._ids[k], PriceTicks(references[k])) for k in sorted(references)),
            tuple(self._terms(session, sorted(references))),
            halts_told=halts,
        )

    def _tells_halts(self, told: MarketSession) -> bool:
        return bool((told.entries.what == Told.STATUS).any())

    def _terms(
        self, session: int, listed: list[int]
    ) -> Iterator[tuple[InstrumentId, ListingTerms]]:
        traded = self.prices.present(session)
        for index in listed:
            terms = self._listings.on(index, session)
            day = self._actions.delisting_day(index, session)
            if day:
                terms = replace(terms, delisting_day=day)
            if index not in traded:
                terms = replace(terms, suspended=True)
            if terms != ORDINARY:
                yield self._ids[index], terms

    def _close(self, session: int, told: MarketSession) -> SessionClose:
        bars = self.prices.day(session)
        references = self._reference.get(session)
        closes = {k: bars[k].close_ticks if k in bars else references[k] for k in references}
        return SessionClose(
            AtNs(told.end_ns),
            0,
            self.days.date(session),
            tuple((self._ids[k], PriceTicks(closes[k])) for k in sorted(closes)),
        )

    def _references(self, session: int) -> dict[int, int]:
        """The previous close of everything that is listed in a session, in terms of that day: as
        the tape tells it, else the last close before it, else the first price of the day."""
        told = self.prices.official(session, StatusKind.REFERENCE)
        found: dict[int, int] = {}
        for index in self.prices.present(session):
            price = told.get(index) or self._close_before(index, session)
            if price is None:
                price = self.tape.header.reference(self._ids[index])
            if price is None:
                price = self._first_price(index, session)
            if price is not None:
                found[index] = price
        for index in range(len(self._ids)):
            if index not in found and self._actions.suspended(index, session):
                price = told.get(index) or self._close_before(index, session)
                if price is not None:
                    found[index] = price
        return found

    def _close_before(self, index: int, session: int) -> int | None:
        """The last close before a session, in terms of that session; None where there is none."""
        return self._before.get((index, session))

    def _find_close_before(self, key: tuple[int, int]) -> int | None:
        index, session = key
        for earlier in range(session - 1, -1, -1):
            bar = self.prices.day(earlier).get(index)
            if bar is not None:
                return self._changes.carry(index, bar.close_ticks, earlier, session)
        return None

    def _first_price(self, index: int, session: int) -> int | None:
        """The first price of a day, or the middle of its first quote with two sides."""
        prices = self.prices.of(session).get(index)
        if prices is not None:
            return int(prices.price_ticks[0])
        return self.prices.first_middle(session, index)


def _matters(made: EventMaker, entry: int, event: MarketEvent, band: Band) -> bool:
    """Whether an event of an instrument can matter to anybody."""
    if band.awake or int(made.told.entries.what[entry]) == Told.STATUS:
        return True
    match event:
        case Trade() if made.told.kind is DataKind.TRADES:
            return band.touched_by(event.price_ticks, event.price_ticks)
        case Bar() | BarOpen():
            number = int(made.told.entries.number[entry])
            high, low = made.told.bars[3:5, number].tolist()
            return band.touched_by(low, high)
    return band.low_ticks is not None or band.high_ticks is not None
