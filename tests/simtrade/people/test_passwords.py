"""Hashes: right and wrong passwords, equal work for unknown people, a bounded queue."""

from __future__ import annotations

import asyncio
import threading

import pytest
from argon2 import PasswordHasher

from simtrade.people.passwords import AT_ONCE, WAITING_AT_MOST, Busy, Passwords, Verdict

pytestmark = pytest.mark.anyio


class SlowHasher(PasswordHasher):
    """Works only while its gate is open, and counts."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.gate = threading.Event()
        self.gate.set()
        self.checked: list[str] = []
        self.running = 0
        self.most = 0
        self._lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
        with self._lock:
            self.checked.append(str(hash))
            self.running += 1
            self.most = max(self.most, self.running)
        self.gate.wait(10)
        with self._lock:
            self.running -= 1
        return super().verify(hash, password)


async def test_costs_are_those_of_the_design() -> None:
    passwords = Passwords()
    try:
        hashed = await passwords.hash("correct horse")
        assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert await passwords.check(hashed, "correct horse") == Verdict(right=True)
        assert await passwords.check(hashed, "correct mule") == Verdict(right=False)
    finally:
        passwords.close()


async def test_nobody_costs_as_much_as_somebody() -> None:
    hasher = SlowHasher()
    passwords = Passwords(hasher)
    assert await passwords.check(None, "nobody has this password") == Verdict(right=False)
    (checked,) = hasher.checked
    assert not hasher.check_needs_rehash(checked)
    passwords.close()


async def test_a_damaged_hash_is_a_wrong_password(passwords: Passwords) -> None:
    assert await passwords.check("not a hash", "correct horse") == Verdict(right=False)


async def test_outdated_costs_give_a_new_hash(passwords: Passwords) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("correct horse")
    verdict = await passwords.check(old, "correct horse")
    assert verdict.right
    assert verdict.new_hash is not None
    assert verdict.new_hash not in repr(verdict)
    assert await passwords.check(verdict.new_hash, "correct horse") == Verdict(right=True)


async def test_two_run_fifty_wait_and_the_next_is_told_busy() -> None:
    hasher = SlowHasher()
    passwords = Passwords(hasher)
    hasher.gate.clear()
    waiting = [
        asyncio.ensure_future(passwords.check(None, "x")) for _ in range(AT_ONCE + WAITING_AT_MOST)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await passwords.check(None, "x")
    waiting[-1].cancel()
    hasher.gate.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert hasher.most <= AT_ONCE
    assert await passwords.check(None, "x") == Verdict(right=False)
    passwords.close()
