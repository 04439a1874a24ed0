"""What is made of a vendor's words: books without a hole, displays that are true, or silence.

Pure of sockets: messages and time go in, events go to the recorder, and what the connection should
do comes out.  A book that has lost a change, crosses itself, or comes from a connection that says
nothing any more is taken out of sight (``Silence``) before anybody can trade on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from feeds.book_sync import BookSync, Chain, Step
from feeds.live.events import Kept
from feeds.live.heard import (
    BookImage,
    BookMove,
    Heard,
    Reference,
    Said,
    Talk,
    TradeNumber,
    Unreadable,
)
from feeds.live.recorder import Recorder
from feeds.live.sessions import SessionClock
from feeds.live.vendor import Keys, Vendor, Watch
from matching.instrument import InstrumentId
from matching.market import DataKind, Depth, Halt, SessionOpen, Silence, Snapshot, Trade
from matching.units import NS_PER_SECOND, AtNs

SHOW_AGAIN_NS = 20 * NS_PER_SECOND  # a display that nobody changed is still the display
OLD_NS = 60 * NS_PER_SECOND  # so much later than the vendor's own time it is no news
ASK_AGAIN_NS = 5 * NS_PER_SECOND  # for a book that has lost its way
ERRORS_KEPT = 20
_UNSET = AtNs(0)


class Count(StrEnum):
    """What is counted; /metrics has them by these names."""

    MESSAGES = "messages"
    EVENTS = "events"
    UNREADABLE = "unreadable"
    GAPS = "gaps"
    CROSSED = "crossed"
    LATE = "late"
    OLD = "old"
    DUPLICATES = "duplicates"
    TRADES_LOST = "trades_lost"
    CONNECTS = "connects"
    LOSSES = "losses"
    ERRORS = "errors"
    IGNORED = "ignored"
    IMAGES = "images"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Wants:
    """What the connection should do now: send texts, fetch whole books, or begin again."""

    send: tuple[str, ...] = ()
    images: tuple[str, ...] = ()  # the vendor's symbols
    again: str = ""  # why, for the operator


@dataclass(slots=True)
class _Book:
    symbol: str
    sync: BookSync
    asked_ns: int | None = None  # when the whole book was asked for last
    told_ns: int = 0
    begun: bool = False  # it was whole once on this connection


@dataclass(slots=True)
class Times:
    """Clocks from outside: ``monotonic_ns`` for waiting, ``wall_ns`` for what is written down."""

    wall_ns: Callable[[], int]
    monotonic_ns: Callable[[], int]


@dataclass(slots=True)
class EarStatus:
    """For the operator.  ``errors`` are (wall time, text) of the newest, the last one last."""

    connected: bool = False
    heard_ns: int = 0  # wall time of the newest word
    counts: dict[Count, int] = field(default_factory=lambda: dict.fromkeys(Count, 0))
    errors: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=ERRORS_KEPT))


class Ear:
    """One vendor's words on their way into one recording.  Not safe for concurrent use, except that
    anybody may read ``status``."""

    def __init__(
        self, vendor: Vendor, watch: Watch, keys: Keys, recorder: Recorder, times: Times
    ) -> None:
        self.status = EarStatus()
        self._vendor, self._watch, self._keys = vendor, watch, keys
        self._recorder, self._times = recorder, times
        instruments = tuple(watch.values())
        told = vendor.kind is DataKind.SNAPSHOTS
        self._sessions = SessionClock(instruments, told=told)
        self._references: dict[InstrumentId, tuple[int, int]] = {}
        self._books: dict[InstrumentId, _Book] = {}
        if vendor.chain is not None:
            self._books = {
                one.instrument_id: _Book(symbol, BookSync(vendor.chain))
                for symbol, one in watch.items()
            }
        self._numbers: dict[InstrumentId, int] = {}
        self._repeated = self._told_old = False
        self._shown: dict[InstrumentId, Depth] = {}
        self._shown_ns: dict[InstrumentId, int] = {}
        self._told_ns: dict[InstrumentId, int] = {}
        self._word_ns = self._beat_ns = times.monotonic_ns()

    # The connection

    def connected(self) -> Wants:
        """A connection is open: everything begins anew on it."""
        self.count(Count.CONNECTS)
        self.status.connected = True
        self._forget()
        self._word_ns = self._beat_ns = self._times.monotonic_ns()
        return Wants(send=self._vendor.hello(self._watch, self._keys))

    def lost(self, why: str) -> None:
        """The connection is gone, or could not be made."""
        if self.status.connected:
            self.count(Count.LOSSES)
        self.status.connected = False
        self.complain(why)
        self._forget()
        self._silence(self._watch_ids())

    def word(self) -> None:
        """The other end lives: an answer to a ping."""
        self._word_ns = self._times.monotonic_ns()

    @property
    def quiet_ns(self) -> int:
        """How long nothing was heard."""
        return self._times.monotonic_ns() - self._word_ns

    def count(self, what: Count, more: int = 1) -> None:
        self.status.counts[what] += more

    def complain(self, text: str) -> None:
        """Keep a sentence for the operator, without keys."""
        self.count(Count.ERRORS)
        self.status.errors.append((self._times.wall_ns(), self._keys.hide(text)[:300]))

    def _forget(self) -> None:
        for book in self._books.values():
            book.sync.reset()
            book.asked_ns, book.begun = None, False
        self._numbers.clear()
        self._told_old = False
        self._shown.clear()
        self._told_ns.clear()

    def _watch_ids(self) -> list[InstrumentId]:
        return [one.instrument_id for one in self._watch.values()]

    # What comes

    def message(self, body: str | bytes) -> Wants:
        """A message came, or the answer to a poll."""
        self.count(Count.MESSAGES)
        self._word_ns = self._times.monotonic_ns()
        self.status.heard_ns = self._times.wall_ns()
        return self._take(self._vendor.decode(self._watch, body, self.status.heard_ns))

    def image(self, symbol: str, body: bytes) -> Wants:
        """The whole book of a symbol came."""
        self.count(Count.IMAGES)
        found = self._vendor.image(self._watch, symbol, body, self._times.wall_ns())
        return self._take(found)

    def _take(self, heard: Iterable[Heard]) -> Wants:
        send: list[str] = []
        lost: dict[InstrumentId, None] = {}
        for one in heard:
            match one:
                case Said():
                    send += self._said(one)
                case Unreadable():
                    self.count(Count.UNREADABLE)
                    text = f"{one.fault}: {one.text}"
                    self.status.errors.append((self._times.wall_ns(), self._keys.hide(text)))
                case Reference():
                    self._references[one.instrument_id] = one.at_ns, one.price_ticks
                case TradeNumber():
                    self._number(one, lost)
                case BookImage() | BookMove():
                    self._on_book(one, lost)
                case Trade():
                    self._trade(one)
                case Halt():
                    self._halt(one)
                case Depth() | Snapshot():
                    self._display(one)
        return self._mend(lost, send)

    def _said(self, said: Said) -> tuple[str, ...]:
        if said.talk is Talk.ERROR:
            self.complain(f"{self._vendor.name}: {said.text}")
        elif said.talk is Talk.IGNORED:
            self.count(Count.IGNORED)
        return self._vendor.reply(said, self._watch, self._keys)

    def _number(self, told: TradeNumber, lost: dict[InstrumentId, None]) -> None:
        """A hole in the running number of trades; where changes have no number of their own, some
        of those may be lost with it."""
        last = self._numbers.get(told.instrument_id)
        self._repeated = last is not None and told.number <= last
        if last is None or told.number > last:
            self._numbers[told.instrument_id] = told.number
        if last is not None and told.number > last + 1:
            self.count(Count.TRADES_LOST, told.number - last - 1)
            if self._books[told.instrument_id].sync.chain is Chain.UNNUMBERED:
                lost[told.instrument_id] = None

    def _trade(self, trade: Trade) -> None:
        repeated, self._repeated = self._repeated, False
        if repeated:
            self.count(Count.DUPLICATES)
        elif self._is_news(trade.at_ns):
            self._hear(trade.at_ns, trade)

    def _halt(self, halt: Halt) -> None:
        known = self._recorder.state.halts.get(halt.instrument_id)
        if halt.halted != (known is not None and known.halted):
            self._hear(halt.at_ns, halt)

    def _is_news(self, told_ns: int) -> bool:
        age_ns = self._times.wall_ns() - told_ns
        if age_ns <= OLD_NS:
            return True
        self.count(Count.OLD)
        if not self._told_old:
            self._told_old = True
            self.complain(f"what it tells is {age_ns // NS_PER_SECOND} s old and is not used")
        return False

    def _display(self, shown: Depth | Snapshot) -> None:
        """A whole display; one that is older than the one before was overtaken on its way."""
        key = shown.instrument_id
        if shown.at_ns < self._told_ns.get(key, 0):
            self.count(Count.LATE)
        elif self._is_news(shown.at_ns):
            self._told_ns[key] = shown.at_ns
            self._show(shown)

    def _on_book(self, told: BookImage | BookMove, lost: dict[InstrumentId, None]) -> None:
        book = self._books[told.instrument_id]
        try:
            if isinstance(told, BookImage):
                step = book.sync.on_snapshot(told.book)
            else:
                step = book.sync.on_change(told.change)
        except ValueError as error:
            self.complain(f"{book.symbol}: {error}")
            step = Step.GAP
        book.told_ns = told.at_ns
        book.begun = book.begun or book.sync.synced
        if step is Step.STALE and isinstance(told, BookMove):
            self.count(Count.DUPLICATES)
        elif step is Step.GAP:
            self.count(Count.GAPS)
            self._silence([told.instrument_id])
        if not book.sync.synced:
            lost[told.instrument_id] = None
        elif book.sync.book.crossed:
            self.count(Count.CROSSED)
            self._silence([told.instrument_id])
            lost[told.instrument_id] = None
        elif step is Step.APPLIED and self._is_news(told.at_ns):
            self._show_book(told.instrument_id, book)

    def _show_book(self, key: InstrumentId, book: _Book) -> None:
        levels = self._vendor.levels
        bids, asks = book.sync.book.depth(levels)
        before = self._shown.get(key)
        if before is None or (before.bids, before.asks) != (bids, asks):
            moment = AtNs(book.told_ns)
            self._show(Depth(moment, moment, 0, key, bids, asks, levels))

    def _mend(self, lost: Iterable[InstrumentId], send: list[str]) -> Wants:
        """Ask for the books that have lost their way, each every few seconds at most."""
        images: list[str] = []
        now_ns = self._times.monotonic_ns()
        for key in lost:
            book = self._books[key]
            if book.asked_ns is not None and now_ns - book.asked_ns < ASK_AGAIN_NS:
                continue
            comes_by_itself = book.asked_ns is None and not book.begun
            book.asked_ns = now_ns
            if book.sync.synced:  # crossed, or something was lost that it cannot know
                book.sync.reset()
                self._silence([key])
            if self._vendor.image_request(book.symbol) is not None:
                images.append(book.symbol)
            elif not comes_by_itself:
                send += self._vendor.resubscribe(book.symbol)
        return Wants(tuple(send), tuple(images))

    # What is told

    def _hear(self, told_ns: int, *events: Kept) -> None:
        self.count(Count.EVENTS, len(events))
        self._recorder.hear((told_ns, one) for one in events)

    def _show(self, shown: Depth | Snapshot) -> None:
        key = shown.instrument_id
        if isinstance(shown, Depth):
            self._shown[key] = shown
        self._shown_ns[key] = self._times.monotonic_ns()
        self._hear(shown.at_ns, shown)

    def _silence(self, keys: Iterable[InstrumentId]) -> None:
        state = self._recorder.state
        now_ns = self._times.wall_ns()
        for key in keys:
            self._shown.pop(key, None)
            if key in state.displays and key not in state.silent:
                self._hear(now_ns, Silence(_UNSET, 0, key))

    # Time

    def tick(self) -> Wants:
        """Let time pass: sessions, heartbeats, silence, displays that are still true."""
        now_ns, wall_ns = self._times.monotonic_ns(), self._times.wall_ns()
        for event in self._sessions.due(wall_ns, self._recorder.state, self._references):
            self._hear(wall_ns, event)
            if isinstance(event, SessionOpen):
                self._shown_ns.clear()  # a new session has no display yet
        if not self.status.connected:
            return Wants()
        if self.quiet_ns > self._vendor.silent_after_ns:
            seconds = self.quiet_ns // NS_PER_SECOND
            return Wants(again=f"nothing was heard for {seconds} s")
        for key, shown in list(self._shown.items()):
            if now_ns - self._shown_ns.get(key, 0) > SHOW_AGAIN_NS:
                self._show(shown)
        beat = self._vendor.beat
        send: list[str] = []
        if beat is not None and now_ns - self._beat_ns >= beat.every_ns:
            self._beat_ns = now_ns
            send.append(beat.text)
        waiting = [key for key, book in self._books.items() if not book.sync.synced]
        return self._mend([one for one in waiting if self._books[one].asked_ns is not None], send)
