"""The door to the writer: a bounded inbox in front of one thread.

``submit`` returns when the request is durable.  A full inbox refuses at once
(``Reason.INBOX_FULL``): nothing was accepted, asking again is safe.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from matching.reasons import Reason
from simtrade.desk.requests import Refusal, Reply, Request
from simtrade.desk.shard import Shard

INBOX_MAX = 4_096
BATCH_MAX = 256
TICK_SECONDS = 0.1
EXIT_CRASHED = 70  # EX_SOFTWARE: memory may be ahead of the disk, start again

log = logging.getLogger(__name__)


def end_process() -> None:
    """Memory may be ahead of the disk: nothing in this process may go on."""
    logging.shutdown()
    os._exit(EXIT_CRASHED)


@dataclass(slots=True)
class _Waiting:
    request: Request
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Reply]


class Gateway:
    """Requests in, replies out, in the order of the journal."""

    def __init__(self, shard: Shard, on_crash: Callable[[], None] = end_process) -> None:
        self._shard = shard
        self._on_crash = on_crash
        self._inbox: deque[_Waiting] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Requests in the inbox."""
        return len(self._inbox)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def seq(self) -> int:
        """Place of the newest durable command."""
        return self._shard.seq

    async def submit(self, request: Request) -> Reply:
        """Durable when it returns.  Call it from an event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Reply] = loop.create_future()
        with self._wake:
            if self._stopping or len(self._inbox) >= INBOX_MAX:
                return Refusal(Reason.INBOX_FULL)
            self._inbox.append(_Waiting(request, loop, future))
            self._wake.notify()
        return await future

    def stop(self) -> None:
        """Finish what waits and end the thread.  A crash needs no call: recovery is the same."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while True:
                batch = self._next_batch()
                replies = self._shard.turn([one.request for one in batch])
                _resolve(batch, replies)
                if self._stopping and not self._inbox:
                    return
        except BaseException:
            log.critical("the desk has to stop", exc_info=True)
            self._on_crash()

    def _next_batch(self) -> list[_Waiting]:
        """What waits, or nothing after a tick: markets have to move."""
        with self._wake:
            if not self._inbox and not self._stopping:
                self._wake.wait(TICK_SECONDS)
            size = min(len(self._inbox), BATCH_MAX)
            return [self._inbox.popleft() for _ in range(size)]


def _resolve(batch: list[_Waiting], replies: list[Reply]) -> None:
    """Hand replies over to the loops that wait, one wake-up per loop."""
    per_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Reply], Reply]]] = {}
    for one, reply in zip(batch, replies, strict=True):
        per_loop.setdefault(one.loop, []).append((one.future, reply))
    for loop, answers in per_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_set_all, answers)


def _set_all(answers: list[tuple[asyncio.Future[Reply], Reply]]) -> None:
    for future, reply in answers:
        if not future.done():
            future.set_result(reply)
