"""How often one address may try to sign in under one name."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

from matching.units import NS_PER_MINUTE

KEYS_AT_MOST = 10_000


class Throttle:
    """At most ``per_minute`` tries of one key in any minute; remembers the 10,000 newest keys.

    Held in memory: a restart forgets a minute of tries, which is cheaper than writing each.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._tries: OrderedDict[tuple[str, str], deque[int]] = OrderedDict()

    def allow(self, key: tuple[str, str], now_ns: int) -> bool:
        """Count one try at ``now_ns`` (of a clock that never goes back); False: too many."""
        with self._lock:
            tries = self._tries.setdefault(key, deque())
            self._tries.move_to_end(key)
            while tries and now_ns - tries[0] >= NS_PER_MINUTE:
                tries.popleft()
            if len(tries) >= self._per_minute:
                return False
            tries.append(now_ns)
            if len(self._tries) > KEYS_AT_MOST:
                self._tries.popitem(last=False)
            return True

    def forget(self, key: tuple[str, str]) -> None:
        """The person got in: earlier slips no longer count."""
        with self._lock:
            self._tries.pop(key, None)
