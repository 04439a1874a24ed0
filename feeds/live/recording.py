"""A recording on disk, and an index of it in memory: what was heard at any moment of it.

A folder has ``feed.json`` (what is heard, of whom, with which scales; never changed afterwards) and
numbered files of blocks (``feeds/live/journal.py``).  Blocks are only ever added.  ``upto_ns`` is
how far everything is known and on the disk: no event at or before it will ever be added, so every
answer about a moment up to it stays what it is.
"""

from __future__ import annotations

import os
import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from feeds.live.events import Entry, Kept, decode_entries
from feeds.live.journal import (
    Block,
    BlockKind,
    blocks,
    content_of,
    end_of,
    read_index,
    segment_path,
    segments,
)
from feeds.live.state import Ended, LiveState, Minute
from feeds.tape import TapeError
from matching.instrument import Instrument, InstrumentId
from matching.market import DataKind, SessionOpen

DESCRIPTION = "feed.json"
FORMAT = 1
BLOCKS_KEPT = 512  # decoded, the newest used
STATES_KEPT = 16
STATES_RECENT = 4  # minutes whose blocks are known without looking for them


class Description(msgspec.Struct, frozen=True):
    """``feed.json``.  ``symbols`` are the vendor's, in the order of the watchlist."""

    format: int
    name: str
    vendor: str
    kind: DataKind
    levels: int
    time_zone: str
    source: str
    symbols: dict[str, Instrument]

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return tuple(self.symbols.values())


def read_description(folder: Path) -> Description | None:
    """None where nothing was ever recorded; TapeError for a file that is not understood."""
    path = folder / DESCRIPTION
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Description)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise TapeError(f"{folder.name}: no readable {DESCRIPTION}: {error}") from error
    if found.format != FORMAT:
        raise TapeError(f"{folder.name}: format {found.format} is not {FORMAT}")
    return found


def write_description(folder: Path, description: Description) -> None:
    """Whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{DESCRIPTION}"
    with draft.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(description), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / DESCRIPTION)
    flush_folder(folder)


def flush_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Recording:
    """See the module.  Reading is safe from any thread while one thread adds."""

    def __init__(self, folder: Path, description: Description) -> None:
        """Read the index.  The newest file is checked byte by byte: a torn end is no part of it."""
        self.folder = folder
        self.description = description
        self.upto_ns = 0
        self.sessions: list[SessionOpen] = []
        self.minutes: dict[InstrumentId, list[Minute]] = {
            one.instrument_id: [] for one in description.instruments
        }
        # Blocks of events after ``_recent_ns``; the older ones are found from the state before.
        self._events: list[Block] = []
        self._recent_ns = 0
        self._states: list[Block] = []
        self._event_ends: list[int] = []
        self._state_ends: list[int] = []
        self._decoded: OrderedDict[Block, list[Entry]] = OrderedDict()
        self._known: OrderedDict[int, LiveState] = OrderedDict()
        self._lock = threading.Lock()
        files = segments(folder)
        self.segment = len(files)
        self.good_bytes = 0  # of the newest file
        for number, path in enumerate(files, 1):
            if path != segment_path(folder, number):
                raise TapeError(f"{folder.name}: segment {number} is missing")
            self._read(path, number, newest=number == len(files))
        self.segment = len(files)  # the newest may have nothing yet

    def _read(self, path: Path, number: int, *, newest: bool) -> None:
        index = None if newest else read_index(self.folder, number)
        if index is not None:
            states, upto_ns = index
            for state in states:
                self._add_state(state)
            self.upto_ns = upto_ns
            self._forget_before(upto_ns)
            return
        self.good_bytes = 0
        with path.open("rb") as file:
            for block in blocks(file, number, check=newest):
                if block.upto_ns < self.upto_ns:
                    break
                self.add(block, None)
                self.good_bytes = end_of(block)
            if not newest and self.good_bytes != os.fstat(file.fileno()).st_size:
                raise TapeError(f"{self.folder.name}: segment {number} is damaged")

    @property
    def first_ns(self) -> int | None:
        """The moment from which on every answer is known; None before anything was heard."""
        return self._state_ends[0] if self._state_ends else None

    def add(self, block: Block, entries: list[Entry] | None) -> None:
        """A block is on the disk; ``entries`` are what it holds, if they are at hand."""
        if block.kind is BlockKind.STATE:
            self._add_state(block)
        else:
            with self._lock:
                self._events.append(block)
                self._event_ends.append(block.upto_ns)
                if entries is not None:
                    self._keep(block, entries)
        self.upto_ns, self.segment = block.upto_ns, block.segment

    def _forget_before(self, moment_ns: int) -> None:
        """Leave blocks of events to the disk."""
        with self._lock:
            old = bisect_right(self._event_ends, moment_ns)
            del self._events[:old], self._event_ends[:old]
            self._recent_ns = max(self._recent_ns, moment_ns)

    def states_of(self, segment: int) -> list[Block]:
        """The states of a file."""
        with self._lock:
            return [one for one in self._states if one.segment == segment]

    def _add_state(self, block: Block) -> None:
        state, ended = self._state_of(block)
        with self._lock:
            for key, found in ended.items():
                self.minutes[InstrumentId(key)].extend(found)
            if state.session is not None and state.session not in self.sessions[-1:]:
                self.sessions.append(state.session)
            self._states.append(block)
            self._state_ends.append(block.upto_ns)
        if len(self._states) > STATES_RECENT:
            self._forget_before(self._states[-STATES_RECENT].upto_ns)

    def _keep(self, block: Block, entries: list[Entry]) -> None:
        self._decoded[block] = entries
        self._decoded.move_to_end(block)
        while len(self._decoded) > BLOCKS_KEPT:
            self._decoded.popitem(last=False)

    def _state_of(self, block: Block) -> tuple[LiveState, Ended]:
        content = content_of(self.folder, block)
        try:
            return LiveState.decode(content, block.upto_ns, self.description.kind)
        except (msgspec.MsgspecError, KeyError) as error:
            raise TapeError(f"{self.folder.name}: a state is not understood: {error}") from error

    def _entries_of(self, block: Block) -> list[Entry]:
        with self._lock:
            found = self._decoded.get(block)
            if found is not None:
                self._decoded.move_to_end(block)
                return found
        try:
            entries = decode_entries(content_of(self.folder, block))
        except (msgspec.MsgspecError, KeyError) as error:
            raise TapeError(f"{self.folder.name}: an event is not understood: {error}") from error
        with self._lock:
            self._keep(block, entries)
        return entries

    # What was heard

    def entries(self, after_ns: int, to_ns: int) -> Iterator[Entry]:
        """Everything with after_ns < at_ns <= to_ns, in order."""
        for block in self._between(after_ns, to_ns):
            for entry in self._entries_of(block):
                if after_ns < entry.event.at_ns <= to_ns:
                    yield entry

    def _between(self, after_ns: int, to_ns: int) -> Iterable[Block]:
        """The blocks of events that may have something of (after, to]."""
        with self._lock:
            if after_ns >= self._recent_ns:
                first = bisect_right(self._event_ends, after_ns)
                return self._events[first : bisect_left(self._event_ends, to_ns) + 1]
            place = bisect_right(self._state_ends, after_ns) - 1
            state = self._states[place] if place >= 0 else None
        return self._walk(state, to_ns)

    def _walk(self, state: Block | None, to_ns: int) -> Iterator[Block]:
        """The blocks of events on the disk after a state, up to the one that reaches a moment."""
        first, offset = (1, 0) if state is None else (state.segment, end_of(state))
        for number in range(first, self.segment + 1):
            with segment_path(self.folder, number).open("rb") as file:
                for block in blocks(file, number, check=False, offset=offset):
                    if block.upto_ns > self.upto_ns:
                        return
                    if block.kind is BlockKind.EVENTS:
                        yield block
                    if block.upto_ns >= to_ns and block.kind is BlockKind.EVENTS:
                        return
            offset = 0

    def events(self, after_ns: int, to_ns: int) -> Iterator[Kept]:
        """The same without what the vendor's clock said."""
        return (entry.event for entry in self.entries(after_ns, to_ns))

    def state_at(self, at_ns: int) -> LiveState:
        """What was known at a moment; an empty state before anything was heard.  Not to be
        changed: others are given the same one."""
        with self._lock:
            known = self._known.get(at_ns)
            if known is not None:
                self._known.move_to_end(at_ns)
                return known
            near = max((one for one in self._known if one < at_ns), default=None)
            place = bisect_right(self._state_ends, at_ns) - 1
            stored = self._states[place] if place >= 0 else None
            base = None if near is None else self._known[near]
        if stored is not None and (base is None or base.at_ns < stored.upto_ns):
            base = self._state_of(stored)[0]
        state = LiveState(self.description.kind) if base is None else base.copy()
        for event in self.events(state.at_ns, at_ns):
            state.take(event)
        state.at_ns = at_ns
        with self._lock:
            self._known[at_ns] = state
            while len(self._known) > STATES_KEPT:
                self._known.popitem(last=False)
        return state

    def stop_after(self, from_ns: int) -> int:
        """How far to go on from a moment in one piece: a minute or two of what was heard, or all of
        the time in which nobody listened."""
        with self._lock:
            place = bisect_right(self._state_ends, from_ns) + 1
            return self._state_ends[place] if place < len(self._state_ends) else self.upto_ns

    def sessions_upto(self, at_ns: int) -> list[SessionOpen]:
        """The sessions that had opened at a moment, oldest first."""
        with self._lock:
            found = [one for one in self.sessions if one.at_ns <= at_ns]
        newest = self.state_at(at_ns).session
        return found if newest is None or newest in found[-1:] else [*found, newest]

    def minutes_upto(self, instrument_id: InstrumentId, at_ns: int) -> list[Minute]:
        """The minutes in which anything traded, as they were known at a moment; the last one may be
        running.  KeyError for an instrument that is not recorded."""
        stored = self.minutes[instrument_id]
        state = self.state_at(at_ns)
        figures = state.figures.get(instrument_id)
        if figures is None or figures.minute is None:
            return []
        recent = [*state.over.get(instrument_id, ()), figures.minute]
        with self._lock:
            place = bisect_left(stored, recent[0].start_ns, key=lambda one: one.start_ns)
            return [*stored[:place], *recent]
