"""Notices from the engine's thread, handed over to the event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class Inbox:
    """Whatever is put in on any thread is taken out on the loop; the loop is woken once a batch."""

    def __init__(self, take: Callable[[object], None]) -> None:
        """``take`` is called on the loop, once for each notice."""
        self._take = take
        self._waiting: deque[object] = deque()
        self._woken = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Called on the event loop; what was put in before is taken out then."""
        self._loop = asyncio.get_running_loop()
        self.drain()

    def put(self, notice: object) -> None:
        """On any thread."""
        self._waiting.append(notice)
        if self._woken or self._loop is None or self._loop.is_closed():
            return
        self._woken = True
        self._loop.call_soon_threadsafe(self.drain)

    def drain(self) -> None:
        """Hand over everything that waits."""
        self._woken = False
        while self._waiting:
            self._take(self._waiting.popleft())
