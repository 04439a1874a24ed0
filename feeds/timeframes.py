"""Bars of any length from finer data: prints into bars, bars into longer ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from feeds.calendar import Int64s, Part


def aggregate(rows: Int64s, parts: Sequence[Part], width_ns: int) -> Int64s:
    """Bars of ``width_ns`` of one session: int64[6, bars], start, open, high, low, close, volume.

    ``rows`` are likewise int64[6, rows] in order of time; a print is a row of four equal prices.
    Bars are aligned with the beginning of each part, and the last one of a part ends with it.  What
    comes before the first part (an opening auction) belongs to the first bar, what comes between
    two parts or after the last one to the bar before.
    """
    if not rows.shape[1] or not parts:
        return np.empty((6, 0), np.int64)
    at_ns, begins, _ = _placed(rows[0], parts)
    starts = begins + (at_ns - begins) // width_ns * width_ns
    first = np.flatnonzero(np.diff(starts, prepend=starts[0] - 1))
    last = np.append(first[1:], len(starts)) - 1
    return np.stack(
        (
            starts[first],
            rows[1, first],
            np.maximum.reduceat(rows[2], first),
            np.minimum.reduceat(rows[3], first),
            rows[4, last],
            np.add.reduceat(rows[5], first),
        )
    )


def _placed(at_ns: Int64s, parts: Sequence[Part]) -> tuple[Int64s, Int64s, Int64s]:
    """Moments brought into the parts that they belong to, and these parts' beginnings and ends."""
    begins = np.array([part.begins_ns for part in parts], np.int64)
    ends = np.array([part.ends_ns for part in parts], np.int64)
    part = np.maximum(np.searchsorted(begins, at_ns, side="right") - 1, 0)
    begins, ends = begins[part], ends[part]
    return np.clip(at_ns, begins, ends - 1), begins, ends


def first_told(
    rows: Int64s, bars: Int64s, parts: Sequence[Part], width_ns: int
) -> tuple[Int64s, Int64s]:
    """When the first price of each bar of ``aggregate`` was known, and when the bar ended."""
    if not bars.shape[1]:
        return bars[0], bars[0]
    at_ns, begins, ends = _placed(rows[0], parts)
    first = np.searchsorted(at_ns, bars[0])
    return np.maximum(rows[0, first], begins[first]), np.minimum(bars[0] + width_ns, ends[first])


def running(bars: Int64s, parts: Sequence[Part], width_ns: int, at_ns: int) -> bool:
    """Whether the last of some bars had not ended at a moment."""
    if not bars.shape[1]:
        return False
    start = int(bars[0, -1])
    ends_ns = next((part.ends_ns for part in parts if part.ends_ns > start), start + width_ns)
    return at_ns < min(start + width_ns, ends_ns)
