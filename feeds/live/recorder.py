"""Writes a recording while it happens: nothing can be used before it is on the disk.

``hear`` takes events from whoever listens to a market and stamps them with the moment of hearing;
``flush``, a few times a second, brings them to the disk in one block, and only then do venues see
them.  So a process that is killed loses what came since the last flush, and nobody has traded on
it.  A flush without events says that nothing was heard, once a second: a venue's clock goes on, and
data grows old.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from feeds.live.events import Entry, Kept, encode_entries, stamped
from feeds.live.journal import (
    Block,
    BlockKind,
    encoded,
    segment_path,
    segments,
    write_index,
)
from feeds.live.recording import Recording, flush_folder
from feeds.live.state import LiveState
from matching.market import SessionClose
from matching.units import NS_PER_MINUTE, NS_PER_SECOND

PENDING_MAX = 200_000  # events between two flushes; more means that the disk does not follow
SEGMENT_BYTES = 256 << 20
LOCK = ".lock"

WallClock = Callable[[], int]


def guarded(folder: Path) -> IO[bytes]:
    """An open file that locks a folder until it is closed.  OSError when another process records
    into it."""
    file = (folder / LOCK).open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise OSError(error.errno, "another process records into it", str(folder)) from error
    return file


class Recorder:
    """The one writer of a recording.  Safe to use from several threads.

    ``failed`` is what the disk said; from then on nothing is taken any more, the recording stays as
    it is, and venues on it stand still.
    """

    def __init__(self, recording: Recording, wall_ns: WallClock) -> None:
        """Go on after what is on the disk; a torn end is cut off.  OSError when that fails."""
        self.recording = recording
        self.failed = ""
        self.dropped = 0
        self.cut_bytes = 0
        self._wall_ns = wall_ns
        self._lock = threading.Lock()  # what was heard
        self._disk = threading.Lock()  # one flush at a time
        self._pending: list[Entry] = []
        self.state: LiveState = recording.state_at(recording.upto_ns).copy()
        self._seq = self.state.seq
        self._last_ns = recording.upto_ns
        self._rotate = False
        self._segment = max(1, recording.segment)
        self._guard = guarded(recording.folder)
        self._repair(segments(recording.folder))
        self._file = segment_path(recording.folder, self._segment).open("ab")
        flush_folder(recording.folder)
        self._size = self._file.tell()
        self._checkpoint()

    def _repair(self, files: list[Path]) -> None:
        if not files:
            return
        size = files[-1].stat().st_size
        self.cut_bytes = size - self.recording.good_bytes
        if self.cut_bytes:
            with files[-1].open("r+b") as file:
                file.truncate(self.recording.good_bytes)
                os.fsync(file.fileno())

    @property
    def upto_ns(self) -> int:
        """How far venues may go."""
        return self.recording.upto_ns

    def hear(self, events: Iterable[tuple[int, Kept]]) -> None:
        """Take events with the vendor's own times, in the order in which they are to happen."""
        with self._lock:
            now_ns = max(self._wall_ns(), self._last_ns + 1, self.state.at_ns)
            for told_ns, event in events:
                if self.failed or len(self._pending) >= PENDING_MAX:
                    self.dropped += 1
                    continue
                self._seq += 1
                kept = stamped(event, now_ns, self._seq)
                self._pending.append(Entry(told_ns, kept))
                self.state.take(kept)

    def flush(self) -> bool:
        """Bring what was heard to the disk; whether it was done.  Never raises."""
        with self._disk:
            if self.failed:
                return False
            with self._lock:
                entries, self._pending = self._pending, []
                newest = entries[-1].event.at_ns if entries else 0
                now_ns = max(self._wall_ns(), self._last_ns + 1, newest)
                if not entries and now_ns - self._last_ns < NS_PER_SECOND:
                    return True
                self._last_ns = now_ns
                before_ns = self.recording.upto_ns
                minute_over = now_ns // NS_PER_MINUTE != before_ns // NS_PER_MINUTE
                closed = any(isinstance(one.event, SessionClose) for one in entries)
                state = self.state.copy() if minute_over or closed else None
                if state is not None:
                    self.state.over = {}
            try:
                self._write(BlockKind.EVENTS, now_ns, encode_entries(entries), entries)
                if closed or self._size > SEGMENT_BYTES:
                    self._next_segment()
                if state is not None:
                    self._write(BlockKind.STATE, now_ns, state.encode(), None)
            except OSError as error:
                self.failed = f"{error.strerror or error}"
            except (ValueError, OverflowError) as error:  # what was heard cannot be written down
                self.failed = f"{type(error).__name__}: {error}"
            return not self.failed

    def _checkpoint(self) -> None:
        """What a venue can start from, first of all.  OSError when the disk refuses."""
        now_ns = max(self._wall_ns(), self._last_ns + 1)
        self._last_ns = now_ns
        self._write(BlockKind.STATE, now_ns, self.state.encode(), None)
        self.state.over = {}

    def _write(
        self, kind: BlockKind, upto_ns: int, content: bytes, entries: list[Entry] | None
    ) -> None:
        written = encoded(kind, upto_ns, content)
        block = Block(self._segment, self._size, kind, len(content), upto_ns)
        self._file.write(written)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._size += len(written)
        self.recording.add(block, entries)

    def _next_segment(self) -> None:
        """A session is over, or the file is large."""
        self._file.close()
        recording, number = self.recording, self._segment
        write_index(
            recording.folder, number, recording.states_of(number), self._size, recording.upto_ns
        )
        self._segment += 1
        self._file = segment_path(self.recording.folder, self._segment).open("xb")
        flush_folder(self.recording.folder)
        self._size = 0

    def close(self) -> None:
        """Write what is left."""
        self.flush()
        with self._disk:
            self._file.close()
            self._guard.close()
            self.failed = self.failed or "closed"
