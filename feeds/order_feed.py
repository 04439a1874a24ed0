"""A feed over a day order by order, told whole or as a lesser feed would tell it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from feeds.calendar import Int64s, Part
from feeds.degrade import Timeline, Told, bars_of, degrade
from feeds.feed import Bars, FeedTraits, Interval, LastPrice, Traded, Watch
from feeds.order_day import OrderDay, levels_of
from feeds.order_tape import OrderTape, snapshot_row, street_events
from feeds.prints import chart, last_price
from feeds.tape import TapeError
from feeds.tape_actions import TapeAction
from feeds.tape_listings import session_terms
from feeds.timetable import SessionTimes, session_times
from matching.instrument import Instrument, InstrumentId
from matching.market import (
    AuctionCross,
    AuctionIndication,
    Bar,
    BarOpen,
    DataKind,
    Depth,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Snapshot,
    Split,
    StreetOrder,
    Trade,
)
from matching.orders import Side
from matching.phases import PHASES
from matching.street_book import StreetEvent
from matching.terms import ORDINARY
from matching.units import NS_PER_SECOND, AtNs, PriceTicks, Qty

# Of these the newest is the state of the street.
_STATE = (
    Told.OPEN,
    Told.PHASE,
    Told.INDICATION,
    Told.CROSS,
    Told.DISPLAY,
    Told.PICTURE,
    Told.BAR_OPEN,
    Told.BAR,
    Told.CLOSE,
)


class OrderFeed:
    """A ``Feed`` over a tape of orders; safe for concurrent readers.

    ``kind`` is what it is told as: orders tells the recording, any other kind what such a feed
    would have shown of it.  ``seq`` is the place in what is told.  TapeError when the recording
    ends before continuous trading.
    """

    def __init__(self, tape: OrderTape, kind: DataKind = DataKind.ORDERS) -> None:
        self.tape = tape
        self.kind = kind
        self.day = OrderDay(tape)
        if not any(step.phase is Phase.CONTINUOUS for step in self.day.phases):
            raise TapeError(f"{tape.tape_id}: the recording ends before continuous trading")
        self.timeline: Timeline = degrade(self.day, kind)
        self._id = tape.instrument.instrument_id
        self._bars = bars_of(self.day)
        self._open = [
            (step.at_ns, step.ends_ns)
            for step in self.day.phases
            if PHASES[step.phase].matches or PHASES[step.phase].auction
        ]
        self._parts = tuple(
            Part(step.at_ns, step.ends_ns)
            for step in self.day.phases
            if step.phase not in (Phase.LUNCH, Phase.CLOSED)
        )
        self._traits = FeedTraits(
            kind=kind,
            reconstructed=False,
            synthetic=False,
            time_zone=tape.hours.time_zone,
            source=f"{tape.source}. Licence: {tape.licence}",
            complete=kind in (DataKind.ORDERS, DataKind.DEPTH, DataKind.QUOTES),
        )

    @property
    def traits(self) -> FeedTraits:
        return self._traits

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return (self.tape.instrument,)

    @property
    def start_ns(self) -> AtNs:
        return self.day.start_ns

    @property
    def end_ns(self) -> AtNs:
        return self.day.end_ns

    def events(self, after_ns: AtNs, to_ns: AtNs, watch: Watch) -> Iterator[MarketEvent]:  # noqa: ARG002
        """See ``Feed.events``.  Nothing is left out: the queues change with every event."""
        at_ns = self.timeline.at_ns
        first = int(np.searchsorted(at_ns, after_ns, side="right"))
        stop = int(np.searchsorted(at_ns, to_ns, side="right"))
        for seq in range(first, stop):
            yield self._event(seq)

    def warm(self, at_ns: AtNs) -> Iterator[MarketEvent]:
        """See ``Feed.warm``.  Of a recording of orders, every order that stands, oldest first."""
        stop = int(np.searchsorted(self.timeline.at_ns, at_ns, side="right"))
        if not stop:
            return
        newest = {told: self._newest(told, stop) for told in Told}
        kept = [newest[told] for told in _STATE]
        kept.append(self._begun(stop))  # whether the newest auction came before or after it
        if self.kind is not DataKind.ORDERS:
            prints = np.isin(self.timeline.what[:stop], (Told.ROW, Told.PRINT))
            last = 1 if self.kind is DataKind.TRADES else 0
            rows: Int64s = np.flatnonzero(prints)[-1:][:last]
            if newest[Told.DISPLAY] >= 0:  # the display has not followed these yet
                rows = np.flatnonzero(prints[newest[Told.DISPLAY] :]) + newest[Told.DISPLAY]
            kept += [int(row) for row in rows]
        events = [self._event(seq) for seq in set(kept) if seq >= 0]
        if self.kind is DataKind.ORDERS:
            events += self._standing(stop)
        yield from sorted(events, key=lambda one: one.seq)

    def _begun(self, stop: int) -> int:
        """The newest beginning of continuous trading among the entries before ``stop``; or -1."""
        changes = np.flatnonzero(self.timeline.what[:stop] == Told.PHASE)
        phases = (self.day.phases[int(self.timeline.number[seq])].phase for seq in changes)
        found = zip(changes, phases, strict=True)
        return max((int(seq) for seq, phase in found if phase is Phase.CONTINUOUS), default=-1)

    def _newest(self, told: Told, stop: int) -> int:
        """The last of a kind among the entries before ``stop``; -1 for none."""
        found = np.flatnonzero(self.timeline.what[:stop] == told)
        return int(found[-1]) if len(found) else -1

    def _standing(self, stop: int) -> Iterator[MarketEvent]:
        """The orders that stand after the entries before ``stop``, as they stood before the last of
        those, and that one: how old the display is depends on it."""
        entries = np.flatnonzero(self.timeline.what[:stop] == Told.ROW)
        if not len(entries):
            return
        book = self.day.book_at(len(entries) - 1)
        for event in self.tape.events(0, len(entries) - 1):
            if isinstance(event, StreetOrder):
                place = book.find(event.street_order_id)
                if place is not None:
                    yield event._replace(seq=int(entries[event.seq]), qty=Qty(place.qty))
        yield self._event(int(entries[-1]))

    def advance(self, from_ns: AtNs, open_ns: int) -> AtNs:
        """See ``Feed.advance``.  A call auction is open time too: orders can join it."""
        left = open_ns
        moment = int(from_ns)
        for begins, ends in self._open:
            if left <= 0 or moment >= ends:
                continue
            moment = max(moment, begins)
            step = min(left, ends - moment)
            moment, left = moment + step, left - step
        return AtNs(moment if left <= 0 else max(moment, self.end_ns))

    def next_step(self, from_ns: AtNs) -> AtNs:
        """One second of an open market."""
        return self.advance(from_ns, NS_PER_SECOND)

    def next_session(self, at_ns: AtNs) -> date | None:
        """The one session of the tape, before it begins."""
        return self.tape.session if at_ns < self.start_ns else None

    def sessions(self, first: date, last: date) -> tuple[SessionTimes, ...]:
        """See ``Feed.sessions``; the one of the tape, as far as it was recorded."""
        if not first <= self.tape.session <= last:
            return ()
        phases = ((step.at_ns, step.phase) for step in self.day.phases)
        return (session_times(self.tape.session, phases),)

    def last(self, instrument_id: InstrumentId, at_ns: AtNs) -> LastPrice | None:
        """See ``Feed.last``; KeyError for an instrument that the tape does not have."""
        self._check(instrument_id)
        if at_ns < self.start_ns:
            return None
        return last_price(self.day.prints, self.tape.reference_ticks, at_ns)

    def bars(
        self, instrument_id: InstrumentId, interval: Interval, to_ns: AtNs, count: int
    ) -> Bars:
        """See ``Feed.bars``."""
        self._check(instrument_id)
        return chart(self.day.prints, interval, to_ns, count, self._parts)

    def traded(self, instrument_id: InstrumentId, after_ns: AtNs, to_ns: AtNs) -> Traded | None:
        """See ``Feed.traded``."""
        self._check(instrument_id)
        if self.kind in (DataKind.BARS, DataKind.SNAPSHOTS):
            return None
        prints = self.day.prints
        part = slice(prints.upto(after_ns), prints.upto(to_ns))
        return Traded(prints.at_ns[part], prints.price_ticks[part], prints.qty[part])

    def splits(self, instrument_id: InstrumentId, to_ns: AtNs) -> tuple[Split, ...]:  # noqa: ARG002
        """A day has none."""
        self._check(instrument_id)
        return ()

    def actions(self, to_ns: AtNs) -> tuple[TapeAction, ...]:  # noqa: ARG002
        """A day tells of none."""
        return ()

    def _check(self, instrument_id: InstrumentId) -> None:
        if instrument_id != self._id:
            raise KeyError(instrument_id)

    def _event(self, seq: int) -> MarketEvent:
        at_ns = AtNs(int(self.timeline.at_ns[seq]))
        what, index = Told(int(self.timeline.what[seq])), int(self.timeline.number[seq])
        match what:
            case Told.OPEN:
                reference = (self._id, PriceTicks(self.tape.reference_ticks))
                terms = session_terms(self.tape.status) or ORDINARY
                told = ((self._id, terms),) if terms != ORDINARY else ()
                return SessionOpen(at_ns, seq, self.tape.session, (reference,), told)
            case Told.PHASE:
                step = self.day.phases[index]
                return PhaseChange(at_ns, seq, step.phase, step.due_ns)
            case Told.CLOSE:
                last = last_price(self.day.prints, self.tape.reference_ticks, at_ns)
                close = (self._id, PriceTicks(last.last_ticks))
                return SessionClose(at_ns, seq, self.tape.session, (close,))
            case Told.ROW | Told.PRINT:
                return self._street_event(seq, index, plain=what is Told.PRINT)
            case Told.DISPLAY:
                return self._display(seq, at_ns, index)
            case Told.PICTURE:
                return self._picture(seq, at_ns, index)
            case Told.INDICATION:
                return self._indication(seq, at_ns, index)
            case Told.CROSS:
                found = self.day.crossings[index]
                price = None if found.price_ticks is None else PriceTicks(found.price_ticks)
                side, left = found.unmatched_side, Qty(found.unmatched_qty)
                return AuctionCross(at_ns, at_ns, seq, self._id, price, Qty(found.qty), side, left)
            case Told.BAR_OPEN | Told.BAR:
                return self._bar(seq, at_ns, index, opens=what is Told.BAR_OPEN)

    def _street_event(self, seq: int, row: int, *, plain: bool) -> StreetEvent:
        event = next(street_events(self._id, self.tape.street, row, row + 1))._replace(seq=seq)
        if not isinstance(event, Trade) or self.kind is DataKind.ORDERS:
            return event
        aggressor = None if plain else event.aggressor
        return event._replace(aggressor=aggressor, buy_order_id=None, sell_order_id=None)

    def _display(self, seq: int, at_ns: AtNs, row: int) -> Depth:
        shown = 1 if self.kind is DataKind.QUOTES else len(self.day.displays[row]) // 4
        bids, asks = levels_of(self.day.displays[row].tolist(), shown)
        return Depth(at_ns, at_ns, seq, self._id, bids, asks, shown)

    def _picture(self, seq: int, at_ns: AtNs, row: int) -> Snapshot:
        bids, asks = levels_of(self.day.displays[row].tolist())
        prints = self.day.prints
        count = int(np.searchsorted(self.day.trade_rows, row, side="right"))
        k = count - 1
        traded = count > 0
        return Snapshot(
            at_ns=at_ns,
            heard_ns=at_ns,
            seq=seq,
            instrument_id=self._id,
            bids=bids,
            asks=asks,
            levels_shown=len(self.day.displays[row]) // 4,
            last_ticks=PriceTicks(int(prints.price_ticks[k])) if traded else None,
            high_ticks=PriceTicks(int(prints.high_so_far[k])) if traded else None,
            low_ticks=PriceTicks(int(prints.low_so_far[k])) if traded else None,
            volume=Qty(int(prints.volume_so_far[k]) if traded else 0),
            turnover=int(self.day.turnover_so_far[k]) if traded else 0,
            trades=count,
        )

    def _indication(self, seq: int, at_ns: AtNs, index: int) -> AuctionIndication:
        shown = snapshot_row(self.tape.snapshots[:, index].tolist())
        price, qty = shown.bids[0] if shown.bids else (None, Qty(0))
        left = shown.left_over
        side = Side.BUY if left[0] else Side.SELL if left[1] else None
        return AuctionIndication(at_ns, at_ns, seq, self._id, price, qty, side, Qty(max(left)))

    def _bar(self, seq: int, at_ns: AtNs, index: int, *, opens: bool) -> Bar | BarOpen:
        start, _, opened, high, low, close, volume = self._bars[:, index].tolist()
        if opens:
            before = int(self._bars[6, index - 1]) if index else 0
            return BarOpen(at_ns, at_ns, seq, self._id, PriceTicks(opened), Qty(before))
        return Bar(
            at_ns,
            at_ns,
            seq,
            self._id,
            AtNs(start),
            PriceTicks(opened),
            PriceTicks(high),
            PriceTicks(low),
            PriceTicks(close),
            Qty(volume),
        )
