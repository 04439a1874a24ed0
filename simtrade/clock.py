"""The one place of simtrade/ that reads a clock; everything else is given the time."""

from __future__ import annotations

import time

from matching.units import AtNs


def now_ns() -> AtNs:
    """Wall-clock time, nanoseconds UTC.  May jump when the machine's clock is set."""
    return AtNs(time.time_ns())


def monotonic_ns() -> int:
    """Nanoseconds since some moment; never goes back.  For durations and throttles."""
    return time.monotonic_ns()
