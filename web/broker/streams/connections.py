"""Which programs follow something: counted per key, ended when the key ends."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What is followed; each kind is counted apart."""

    DATA = "data"
    UPDATES = "updates"
    EVENTS = "events"


class Ending(Enum):
    """Why we end a connection."""

    TOO_MANY = "too_many"
    KEY_ENDED = "key_ended"
    RESTART = "restart"
    BUG = "bug"


class Connection(Protocol):
    def end(self, why: Ending) -> None: ...


class Connections:
    """Open connections by key and kind, the oldest first."""

    def __init__(self, per_key: int) -> None:
        self._per_key = per_key
        self._open: dict[tuple[str, Kind], list[Connection]] = {}

    def count(self, kind: Kind) -> int:
        return sum(len(them) for (_, one), them in self._open.items() if one is kind)

    def add(self, key_id: str, kind: Kind, connection: Connection) -> None:
        """A new connection; when there are too many of its key the oldest ends, so that a program
        whose old session hangs can always come back."""
        them = self._open.setdefault((key_id, kind), [])
        them.append(connection)
        if len(them) > self._per_key:
            them.pop(0).end(Ending.TOO_MANY)

    def remove(self, key_id: str, kind: Kind, connection: Connection) -> None:
        them = self._open.get((key_id, kind), [])
        if connection in them:
            them.remove(connection)
        if not them:
            self._open.pop((key_id, kind), None)

    def end_dead(self, alive: Callable[[str], bool]) -> int:
        """End the connections of keys that open nothing any more; how many keys that were."""
        dead = [key_id for key_id in {one for one, _ in self._open} if not alive(key_id)]
        for key_id in dead:
            self._end(Ending.KEY_ENDED, key_id)
        return len(dead)

    def end_all(self, why: Ending) -> None:
        for key_id in {one for one, _ in self._open}:
            self._end(why, key_id)

    def _end(self, why: Ending, key_id: str) -> None:
        for kind in Kind:
            for one in self._open.pop((key_id, kind), []):
                one.end(why)
