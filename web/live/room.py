"""A room: browsers that see the same thing at the same rate.

State is encoded once per beat and the same bytes go to everybody who can take them.  Whoever
cannot is out of the room's list, costs nothing, and catches up with the newest state.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import islice

from web.live.limits import CHUNK
from web.live.mailbox import Mailbox


class Tally:
    """What the rooms did, for /metrics."""

    def __init__(self) -> None:
        self.frames = 0  # encoded
        self.delivered = 0  # handed to a connection
        self.conflated = 0  # not sent because the browser was full


class Room(ABC):
    """``period`` seconds between beats; ``emptied`` is called when the last browser leaves."""

    def __init__(self, period: float, tally: Tally, emptied: Callable[[Room], None]) -> None:
        self.version = 0
        self.beaten_at = 0.0
        self._period = period
        self._tally = tally
        self._emptied = emptied
        self._ready: dict[Mailbox, Callable[[bytes], None]] = {}
        self._paused: set[Mailbox] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._beating: asyncio.Task[None] | None = None
        self._again = False

    @abstractmethod
    def delta(self) -> bytes:
        """Frames for browsers that saw the last beat; empty when nothing changed."""

    @abstractmethod
    def missed_since(self, version: int) -> bytes:
        """Frames for a browser that saw ``version`` last."""

    def __len__(self) -> int:
        return len(self._ready) + len(self._paused)

    def join(self, mailbox: Mailbox) -> None:
        """From now on; the newcomer was told the present state by the caller."""
        if mailbox.paused:
            self._paused.add(mailbox)
        else:
            self._ready[mailbox] = mailbox.write

    def leave(self, mailbox: Mailbox) -> None:
        self._ready.pop(mailbox, None)
        self._paused.discard(mailbox)
        if not len(self):
            self._cancel()
            self._emptied(self)

    def pause(self, mailbox: Mailbox) -> None:
        if self._ready.pop(mailbox, None) is not None:
            self._paused.add(mailbox)

    def resume(self, mailbox: Mailbox) -> None:
        if mailbox in self._paused:
            self._paused.discard(mailbox)
            self._ready[mailbox] = mailbox.write

    def changed(self, *, urgent: bool = False) -> None:
        """Something is new: beat when the period since the last beat is over."""
        if self._beating is not None:
            self._again = True
            return
        loop = asyncio.get_running_loop()
        due = 0.0 if urgent else self.beaten_at + self._period
        if self._timer is not None:
            if not urgent:
                return
            self._timer.cancel()
        self._timer = loop.call_at(max(loop.time(), due), self._beat)

    def _beat(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        frames = self.delta()
        if not frames:
            return
        self.version += 1
        self.beaten_at = loop.time()
        self._tally.frames += 1
        self._tally.delivered += len(self._ready)
        self._tally.conflated += len(self._paused)
        members = list(self._ready.items())
        if len(members) <= CHUNK:
            for _, write in members:
                write(frames)
        else:
            self._beating = loop.create_task(self._beat_in_chunks(frames, members))

    async def _beat_in_chunks(
        self, frames: bytes, members: list[tuple[Mailbox, Callable[[bytes], None]]]
    ) -> None:
        """Between chunks the loop serves orders.  Members who paused or left are passed over."""
        ready = self._ready
        rest = iter(members)
        try:
            while chunk := list(islice(rest, CHUNK)):
                for mailbox, write in chunk:
                    if mailbox in ready:
                        write(frames)
                await asyncio.sleep(0)
        finally:
            self._beating = None
        if self._again:
            self._again = False
            self.changed()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._beating is not None:
            self._beating.cancel()
            self._beating = None
