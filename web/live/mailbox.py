"""One browser: what it may be sent now, and what waits for it.

For public state nothing waits but the fact that it was missed: when the browser reads again it
gets the newest state of each room.  Private events wait in order, up to a limit; beyond it the
browser is closed and comes back with its last number, so none is ever lost.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from web.live.limits import PRIVATE_BYTES, PRIVATE_MESSAGES, Close


class Wire(Protocol):
    """The connection below a mailbox."""

    def write(self, data: bytes) -> None:
        """Hand whole frames to the network; may call the mailbox's ``pause`` before returning."""

    def close_now(self, code: int, reason: str) -> None: ...


class Source(Protocol):
    """A room, as far as a mailbox knows it."""

    def join(self, mailbox: Mailbox) -> None: ...
    def pause(self, mailbox: Mailbox) -> None: ...
    def resume(self, mailbox: Mailbox) -> None: ...
    def leave(self, mailbox: Mailbox) -> None: ...

    def missed_since(self, version: int) -> bytes:
        """Whole frames that bring a browser up to date that saw ``version`` last."""

    version: int
    beaten_at: float


@dataclass(frozen=True, slots=True)
class Patience:
    """How much may wait for one connection."""

    messages: int = PRIVATE_MESSAGES
    size_bytes: int = PRIVATE_BYTES


def nothing(_code: int) -> bytes:
    """The last words of who has none."""
    return b""


class Mailbox:
    """The server's side of one open socket.  Everything happens on the event loop."""

    def __init__(
        self,
        wire: Wire,
        closures: Counter[str] | None = None,
        *,
        patience: Patience | None = None,
        last_words: Callable[[int], bytes] = nothing,
    ) -> None:
        """``closures`` counts closed connections by code; ``last_words`` are whole frames that go
        before a close with a code."""
        self._wire = wire
        self._patience = patience or Patience()
        self.last_words = last_words
        self.closures: Counter[str] = Counter() if closures is None else closures
        self.write = wire.write
        self.rooms: list[Source] = []
        self.paused = False
        self.closed = False
        self.sent_at = 0.0
        self._seen: dict[Source, int] = {}
        self._private: deque[bytes] = deque()
        self._private_bytes = 0

    @property
    def waiting(self) -> int:
        """Private messages that wait."""
        return len(self._private)

    def send(self, frame: bytes, now: float) -> None:
        """A message for this browser alone; never dropped.  ``now`` in monotonic seconds."""
        if self.closed:
            return
        if not self.paused:
            self.sent_at = now
            self._wire.write(frame)
            return
        self._private.append(frame)
        self._private_bytes += len(frame)
        patience = self._patience
        if len(self._private) > patience.messages or self._private_bytes > patience.size_bytes:
            self.close(Close.TOO_SLOW, "too slow")

    def silent_since(self) -> float:
        """Monotonic seconds of the newest message to this browser."""
        return max(self.sent_at, *(room.beaten_at for room in self.rooms), 0.0)

    def enter(self, rooms: list[Source]) -> None:
        """Be in exactly these rooms from now on."""
        for room in self.rooms:
            if room not in rooms:
                room.leave(self)
                self._seen.pop(room, None)
        self.rooms = rooms
        if self.paused:
            for room in rooms:
                self._seen.setdefault(room, room.version)

    def pause(self) -> None:
        """The network is full: stand aside.  It may fill up again in the middle of catching up:
        rooms that are still to be caught up with keep the version that was seen last."""
        self.paused = True
        for room in self.rooms:
            self._seen.setdefault(room, room.version)
            room.pause(self)

    def resume(self) -> None:
        """The network drained: private events first, then the newest state of each room."""
        self.paused = False
        while self._private and not self.paused:
            frame = self._private.popleft()
            self._private_bytes -= len(frame)
            self._wire.write(frame)
        for room in list(self.rooms):
            if self.paused:
                return
            seen = self._seen.pop(room, room.version)
            room.resume(self)
            if seen != room.version:
                self._wire.write(room.missed_since(seen))

    def gone(self) -> None:
        """The connection is lost."""
        self.closed = True
        self.enter([])
        self._private.clear()
        self._private_bytes = 0

    def close(self, code: int, reason: str) -> None:
        """End the connection with a close code."""
        if not self.closed:
            self.closures[str(code)] += 1
            self.gone()
            words = self.last_words(code)
            if words:
                self._wire.write(words)
            self._wire.close_now(code, reason)
