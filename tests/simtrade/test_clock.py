"""Both clocks tick in nanoseconds."""

from __future__ import annotations

import time

from simtrade.clock import monotonic_ns, now_ns


def test_the_wall_clock_is_utc_nanoseconds() -> None:
    assert abs(now_ns() - time.time() * 1e9) < 5e9


def test_the_steady_clock_never_goes_back() -> None:
    readings = [monotonic_ns() for _ in range(100)]
    assert readings == sorted(readings)
