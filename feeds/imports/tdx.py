"""TongDaXin's local files: records of 32 bytes, pure functions from bytes to columns.

``.day`` has whole numbers of a hundredth, ``.lc1`` and ``.lc5`` 32-bit floats.  A float is read as
the hundredth (thousandth) that it is the nearest float of; one that is of none is no price.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s

RECORD_BYTES = 32
DAY = np.dtype([("date", "<u4"), ("prices", "<u4", (4,)), ("amount", "<f4"), ("volume", "<u4"),
                ("rest", "<u4")])  # fmt: skip
MINUTE = np.dtype([("date", "<u2"), ("minute", "<u2"), ("prices", "<f4", (4,)), ("amount", "<f4"),
                   ("volume", "<u4"), ("rest", "<u4")])  # fmt: skip

_FIRST_YEAR = 2004
_MINUTES_PER_DAY = 1440
_MOST_PRICE = 10**7  # beyond it a 32-bit float is no longer exact to a tenth of a tick


class Columns(NamedTuple):
    """Records in order, columns of the same length: ``day`` since 1970, ``minute`` of that day,
    prices int64[n, 4] (open, high, low, close) in units of 10^-decimals, ``volume`` as written.
    ``known`` is false where date, time or a price can't be read."""

    day: Int64s
    minute: Int64s
    prices: Int64s
    volume: Int64s
    known: NDArray[np.bool_]


def read_days(data: bytes, decimals: int) -> Columns:
    """Records of a ``.day`` file, whose prices have two decimals."""
    records = np.frombuffer(data, DAY)
    date = records["date"].astype(np.int64)
    day, known = _days(date // 10_000, date // 100 % 100, date % 100)
    prices = records["prices"].astype(np.int64) * 10 ** max(0, decimals - 2)
    minute = np.zeros(len(date), np.int64)
    return Columns(day, minute, prices, records["volume"].astype(np.int64), known)


def read_minutes(data: bytes, decimals: int) -> Columns:
    """Records of an ``.lc1`` or ``.lc5`` file; the minute is the bar's end."""
    records = np.frombuffer(data, MINUTE)
    date = records["date"].astype(np.int64)
    month_day = date % 2048
    day, known = _days(date // 2048 + _FIRST_YEAR, month_day // 100, month_day % 100)
    minute = records["minute"].astype(np.int64)
    known &= minute < _MINUTES_PER_DAY
    written = records["prices"]
    usable = np.isfinite(written) & (written >= 0) & (written < _MOST_PRICE)
    scale = 10**decimals
    prices = np.rint(np.where(usable, written, 0).astype(np.float64) * scale).astype(np.int64)
    usable &= (prices / scale).astype(np.float32) == written
    known &= usable.all(axis=1)
    return Columns(day, minute, prices, records["volume"].astype(np.int64), known)


def _days(year: Int64s, month: Int64s, day: Int64s) -> tuple[Int64s, NDArray[np.bool_]]:
    """Days since 1970, and which dates there are."""
    known = (year > 0) & (year < 3000) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    years = np.where(known, year, 1970) - 1970
    months = (years * 12 + np.where(known, month, 1) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (np.where(known, day, 1) - 1)
    known &= days.astype("datetime64[M]") == months
    return days.astype(np.int64), known
