"""What is known of a live market at one moment: a fold over everything that was heard.

A recording writes it down every minute, so that nobody has to read more than a minute of events to
know any moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from feeds.feed import LastPrice
from feeds.live.events import Entry, Kept, decode_entries, encode_entries
from matching.market import (
    DataKind,
    Depth,
    Halt,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Silence,
    Snapshot,
    Trade,
)
from matching.units import NS_PER_MINUTE

LARGEST_VOLUME = 1 << 62  # what a file and a chart can hold
PRINTS_MAX = 1_000  # prints since a display that are kept to start a venue from


class Minute(msgspec.Struct, frozen=True, array_like=True):
    """One minute of an instrument: prices in ticks, volume in base units."""

    start_ns: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume: int

    def and_print(self, price_ticks: int, qty: int) -> Minute:
        return Minute(
            self.start_ns,
            self.open_ticks,
            max(self.high_ticks, price_ticks),
            min(self.low_ticks, price_ticks),
            price_ticks,
            min(self.volume + qty, LARGEST_VOLUME),
        )


class Figures(msgspec.Struct, frozen=True, array_like=True):
    """An instrument's session so far; 0 where nothing is known yet.  ``minute`` is the newest one
    in which anything traded."""

    reference_ticks: int = 0
    last_ticks: int = 0
    high_ticks: int = 0
    low_ticks: int = 0
    volume: int = 0
    minute: Minute | None = None


Ended = dict[str, tuple[Minute, ...]]


class _Stored(msgspec.Struct, array_like=True):
    seq: int
    opened: bool
    figures: dict[str, Figures]
    entries: msgspec.Raw
    ended: Ended


class LiveState:
    """See the module.  ``at_ns`` is how far the fold has come; ``over`` are the minutes that have
    ended since the last state on disk."""

    def __init__(self, kind: DataKind = DataKind.DEPTH) -> None:
        self.kind = kind
        # Without displays only the last print says anything of now.
        self.prints_max = 1 if kind is DataKind.TRADES else PRINTS_MAX
        self.at_ns = 0
        self.seq = 0
        self.opened = False
        self.session: SessionOpen | None = None
        self.phase: PhaseChange | None = None
        self.figures: dict[str, Figures] = {}
        self.displays: dict[str, Depth | Snapshot] = {}
        self.prints: dict[str, tuple[Trade, ...]] = {}  # since the display
        self.silent: dict[str, Silence] = {}
        self.halts: dict[str, Halt] = {}
        self.over: Ended = {}

    def copy(self) -> LiveState:
        """An independent one; what it holds is immutable."""
        again = LiveState(self.kind)
        again.at_ns, again.seq, again.opened = self.at_ns, self.seq, self.opened
        again.session, again.phase = self.session, self.phase
        again.figures, again.displays = dict(self.figures), dict(self.displays)
        again.prints, again.silent = dict(self.prints), dict(self.silent)
        again.halts, again.over = dict(self.halts), dict(self.over)
        return again

    def take(self, event: Kept) -> None:
        """Let one event happen; they come in order."""
        self.at_ns, self.seq = event.at_ns, event.seq
        match event:
            case Depth():
                self._display(event)
            case Trade():
                key = event.instrument_id
                self.prints[key] = (*self.prints.get(key, ()), event)[-self.prints_max :]
                self._traded(key, event.at_ns, event.price_ticks, event.qty)
            case Snapshot():
                self._display(event)
                self._totals(event)
            case Halt():
                self.halts[event.instrument_id] = event
            case Silence():
                self.silent[event.instrument_id] = event
            case SessionOpen():
                self._open(event)
            case PhaseChange():
                self.phase = event
            case SessionClose():
                self.opened = False

    def _open(self, event: SessionOpen) -> None:
        """A new session forgets yesterday's display, as the street does."""
        self.session, self.opened = event, True
        self.displays.clear()
        self.prints.clear()
        self.silent.clear()
        for key, reference in event.references:
            old = self.figures.get(key, Figures())
            self.figures[key] = Figures(reference_ticks=reference, minute=old.minute)

    def _display(self, event: Depth | Snapshot) -> None:
        key = event.instrument_id
        self.displays[key] = event
        self.prints.pop(key, None)
        self.silent.pop(key, None)

    def _totals(self, event: Snapshot) -> None:
        """The day's totals are the vendor's own; the minutes have what they grew by."""
        key, last = event.instrument_id, event.last_ticks
        if last is None:
            return
        old = self.figures.get(key, Figures())
        grown = max(0, event.volume - old.volume)
        if grown or not old.last_ticks or last != old.last_ticks:
            # What was traded before the first picture of a session belongs to none of our minutes.
            known = old.volume or old.last_ticks
            self._traded(key, event.at_ns, last, grown if known else 0)
        self.figures[key] = msgspec.structs.replace(
            self.figures.get(key, old),
            high_ticks=event.high_ticks or last,
            low_ticks=event.low_ticks or last,
            volume=event.volume,
        )

    def _traded(self, key: str, at_ns: int, price_ticks: int, qty: int) -> None:
        old = self.figures.get(key, Figures())
        start_ns = at_ns - at_ns % NS_PER_MINUTE
        minute = old.minute
        if minute is None or minute.start_ns != start_ns:
            if minute is not None:
                self.over[key] = (*self.over.get(key, ()), minute)
            minute = Minute(start_ns, price_ticks, price_ticks, price_ticks, price_ticks, qty)
        else:
            minute = minute.and_print(price_ticks, qty)
        self.figures[key] = Figures(
            old.reference_ticks,
            price_ticks,
            max(old.high_ticks, price_ticks),
            min(old.low_ticks or price_ticks, price_ticks),
            min(old.volume + qty, LARGEST_VOLUME),
            minute,
        )

    # What is asked

    def last(self, key: str) -> LastPrice | None:
        """See ``Feed.last``; before the first trade everything is the reference."""
        known = self.figures.get(key)
        reference = 0 if known is None else known.reference_ticks or known.last_ticks
        if known is None or not reference:
            return None
        if not known.last_ticks:
            return LastPrice(reference, reference, reference, reference, 0)
        return LastPrice(
            known.last_ticks, reference, known.high_ticks, known.low_ticks, known.volume
        )

    def warm(self) -> Iterator[Kept]:
        """See ``Feed.warm``, in order."""
        found: list[Kept] = [*self.halts.values(), *self.displays.values(), *self.silent.values()]
        found += [one for prints in self.prints.values() for one in prints]
        found += [one for one in (self.session, self.phase) if one is not None]
        yield from sorted(found, key=lambda one: one.seq)

    # On disk

    def encode(self) -> bytes:
        """The state, and the minutes that have ended since the last one was written."""
        entries = encode_entries([Entry(one.at_ns, one) for one in self.warm()])
        stored = _Stored(self.seq, self.opened, self.figures, msgspec.Raw(entries), self.over)
        return msgspec.msgpack.encode(stored)

    @classmethod
    def decode(cls, content: bytes, at_ns: int, kind: DataKind) -> tuple[LiveState, Ended]:
        """Inverse of ``encode``: the state, in which no minute has ended since, and those that had.
        MsgspecError for bytes that were not written by it."""
        stored = msgspec.msgpack.decode(content, type=_Stored)
        state = cls(kind)
        for _, event in decode_entries(bytes(stored.entries)):
            state._restore(event)
        state.at_ns, state.seq = at_ns, stored.seq
        state.opened, state.figures = stored.opened, stored.figures
        return state, stored.ended

    def _restore(self, event: Kept) -> None:
        """Put back what ``warm`` told, without letting it happen again."""
        places: dict[type[Any], dict[str, Any]] = {
            Depth: self.displays,
            Snapshot: self.displays,
            Silence: self.silent,
            Halt: self.halts,
        }
        if isinstance(event, SessionOpen):
            self.session = event
        elif isinstance(event, PhaseChange):
            self.phase = event
        elif isinstance(event, Trade):
            key = event.instrument_id
            self.prints[key] = (*self.prints.get(key, ()), event)
        elif not isinstance(event, SessionClose):
            places[type(event)][event.instrument_id] = event
