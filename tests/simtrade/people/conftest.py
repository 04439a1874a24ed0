"""People on a new database, with a clock and secrets that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from simtrade.people.passwords import Passwords
from simtrade.people.service import Outside, People
from simtrade.settings import Settings
from simtrade.store.app_store import AppStore

NOON_NS = 1_700_000_000 * 1_000_000_000


class World:
    """``now_ns`` is both clocks; secrets are 1, 2, 3 ... as 32 bytes."""

    def __init__(self) -> None:
        self.now_ns = NOON_NS
        self._secrets = 0

    def outside(self) -> Outside:
        return Outside(lambda: self.now_ns, lambda: self.now_ns, self.secret_bytes)

    def secret_bytes(self, size: int) -> bytes:
        self._secrets += 1
        return self._secrets.to_bytes(size, "big")

    def wait(self, **parts: int) -> None:
        seconds = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
        self.now_ns += sum(seconds[name] * count for name, count in parts.items()) * 10**9


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def hasher() -> PasswordHasher:
    """Costs nothing, so that a test may sign in often."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def passwords(hasher: PasswordHasher) -> Iterator[Passwords]:
    passwords = Passwords(hasher)
    yield passwords
    passwords.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AppStore]:
    store = AppStore.open(tmp_path)
    yield store
    store.close()


@pytest.fixture
def people(store: AppStore, passwords: Passwords, world: World) -> People:
    return People(store, passwords, Settings(), world.outside())
