"""Figures a fresh process or many small timings are needed for."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from simtrade.bench.engines import PART, Engine
from simtrade.bench.flow import Flow, churn

_START = """
import time
began = time.perf_counter(), time.process_time()
from matching.book import LIMIT, MESSAGE, Book
import numpy as np
book = Book()
book.limit(1, 0, 100, 5)
message = np.zeros(1, MESSAGE)
message["order_id"], message["side"], message["price_ticks"], message["qty"] = 2, 1, 100, 5
assert len(book.apply_batch(message)) == 1
print(time.perf_counter() - began[0], time.process_time() - began[1])
"""

_MEMORY = """
import gc
from matching.book import Book
def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
warm = Book()
warm.limit(1, 0, 100, 5)
before = resident()
book = Book()
for i in range({count}):
    side = i & 1
    level = (i >> 1) % 1000
    book.limit(i, side, 50_001 + level if side else 50_000 - level, 100, i + 1)
print((resident() - before) / {count})
"""


def _measured(code: str, cache: str | None = None) -> list[float]:
    environment = dict(os.environ)
    if cache:
        environment["NUMBA_CACHE_DIR"] = cache
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    return [round(float(word), 2) for word in done.stdout.split()]


def start_seconds() -> tuple[list[float], list[float]]:
    """[wall, CPU] seconds to the first order and batch: (nothing compiled yet, compiled).

    CPU seconds leave out what other programs on the machine do, wall seconds are what one waits.
    """
    with tempfile.TemporaryDirectory() as cache:
        cold = _measured(_START, cache)
        return cold, min(_measured(_START, cache) for _ in range(3))


def bytes_per_order(count: int = 200_000) -> float | None:
    """Growth of the process for each resting order on 2,000 levels; None without /proc."""
    if not os.path.exists("/proc/self/statm"):  # noqa: PTH110
        return None
    return _measured(_MEMORY.format(count=count))[0]


def latencies(
    engine: Engine, flow: Flow, *, count: int = 60_000, skip: int = 5_000, rounds: int = 7
) -> npt.NDArray[Any]:
    """Nanoseconds of each message on its own: the least over the rounds, after the book filled."""
    clock = time.perf_counter_ns
    best = np.full(count, np.iinfo(np.int64).max)
    for _ in range(rounds):
        parts = [[row] for row in flow.messages[:count].tolist()]
        engine.start(flow)
        gc.collect()
        gc.disable()
        got: list[int] = []
        keep, run = got.append, engine.run
        for part in parts:
            began = clock()
            run(part)
            keep(clock() - began)
        gc.enable()
        best = np.minimum(best, np.array(got))
    return best[skip:]


def churn_ns(engine: Engine, resting: int, rounds: int) -> float:
    """Nanoseconds a message with so many orders at rest; the least of the rounds.

    The cancels are drawn from everything that rests, the worst case for a processor's caches.
    """
    first, second = churn(resting)
    flow = Flow("churn", np.concatenate((first, second)), resting + len(second), 51_000)
    best = 1 << 62
    for _ in range(rounds):
        engine.start(flow)
        _fed(engine, first)
        gc.collect()
        best = min(best, _fed(engine, second))
    return best / len(second)


def _fed(engine: Engine, messages: npt.NDArray[Any]) -> int:
    """CPU nanoseconds the engine takes, without those that make its rows."""
    clock, size = time.process_time_ns, PART[engine.batch]
    spent = 0
    for start in range(0, len(messages), size):
        part = messages[start : start + size]
        rows = part if engine.batch else part.tolist()
        began = clock()
        engine.run(rows)
        spent += clock() - began
    return spent
