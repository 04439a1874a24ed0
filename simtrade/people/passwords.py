"""Password hashes that cost an attacker much and the site a bounded amount.

argon2id with 19 MiB, two passes, one lane takes some 35 ms of one core; two run at a time and
fifty wait, so that a flood of sign-ins slows sign-ins, never the market.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
AT_ONCE = 2
WAITING_AT_MOST = 50

_Result = TypeVar("_Result")


class Busy(Exception):  # noqa: N818 - not a fault: the caller turns it into a refusal
    """More people are waiting than the queue holds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``new_hash`` is set when the password is right and its hash has outdated costs."""

    right: bool
    new_hash: str | None = field(default=None, repr=False)


class Passwords:
    """Hashes and checks passwords in two threads.  Its methods may be used from any event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(
            memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=LANES
        )
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._lock = threading.Lock()
        self._pending = 0
        # Checked for names that nobody has, so that the answer's time says nothing.
        self._nobody = self._hasher.hash("nobody has this password")

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def hash_now(self, password: str) -> str:
        """Hash on the calling thread (for the command line)."""
        return self._hasher.hash(password)

    async def hash(self, password: str) -> str:
        """The text to store.  Raises Busy."""
        return await self._run(lambda: self._hasher.hash(password))

    async def check(self, stored: str | None, password: str) -> Verdict:
        """Whether the password is the stored hash's.  Equally slow without one.  Raises Busy."""
        return await self._run(lambda: self._check_now(stored, password))

    def _check_now(self, stored: str | None, password: str) -> Verdict:
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return Verdict(right=False)
        if stored is None:
            return Verdict(right=False)
        outdated = self._hasher.check_needs_rehash(stored)
        return Verdict(right=True, new_hash=self._hasher.hash(password) if outdated else None)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        with self._lock:
            if self._pending >= AT_ONCE + WAITING_AT_MOST:
                raise Busy
            self._pending += 1
        future = self._pool.submit(work)
        # A visitor who gave up while waiting frees the place when the thread is free, not before.
        future.add_done_callback(self._done)
        return await asyncio.wrap_future(future)

    def _done(self, _future: Future[_Result]) -> None:
        with self._lock:
            self._pending -= 1
