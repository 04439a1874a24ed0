"""Compiled readers of single cells: plain decimals, words, dates and times by a format."""

from __future__ import annotations

import numpy as np
from numba import njit

from feeds.imports.csv_time import MOST_DAYS

_MOST_DIGITS = 17
_MOST_VALUE = 10**15  # matching.units.LARGEST
_MOST_EPOCH_NS = 4_000_000_000 * 10**9  # the year 2096


@njit(cache=True, error_model="numpy")
def _trimmed(data, begin, end):  # type: ignore[no-untyped-def]
    """Begin and end of a cell without the blanks around it."""
    while begin < end and data[begin] == 32:
        begin += 1
    while end > begin and data[end - 1] == 32:
        end -= 1
    return begin, end


@njit(cache=True, error_model="numpy")
def _digits(data, begin, end):  # type: ignore[no-untyped-def]
    """A plain decimal without its point: (value, decimals); (-1, 0) for anything else."""
    begin, end = _trimmed(data, begin, end)
    value = np.int64(0)
    digits = 0
    point = -1
    for k in range(begin, end):
        byte = data[k]
        if 48 <= byte <= 57:
            value = value * 10 + (byte - 48)
            digits += 1 if value else 0
        elif byte == 46 and point < 0:
            point = k
        else:
            return np.int64(-1), 0
        if digits > _MOST_DIGITS:
            return np.int64(-1), 0
    if begin == end or (point >= 0 and end - begin == 1):
        return np.int64(-1), 0
    return value, end - point - 1 if point >= 0 else 0


@njit(cache=True, error_model="numpy")
def decimal_in(data, begin, end, exponent, multiplier, rounding):  # type: ignore[no-untyped-def]
    """A written decimal times 10^exponent and the multiplier: (value, rounded); a negative value
    is not plain."""
    value, decimals = _digits(data, begin, end)
    if value <= 0:
        return value, 0
    shift = exponent - decimals
    rounded = 0
    while shift < 0 and value % 10 == 0:
        value //= 10
        shift += 1
    if shift < 0:
        if not rounding or shift < -_MOST_DIGITS:
            return np.int64(-1), 0
        unit = np.int64(10) ** (-shift)
        value = value // unit + (1 if 2 * (value % unit) >= unit else 0)
        rounded = 1
    for _ in range(shift):
        if value > _MOST_VALUE:
            return np.int64(-1), 0
        value *= 10
    if value > _MOST_VALUE // multiplier:
        return np.int64(-1), 0
    return value * multiplier, rounded


@njit(cache=True, error_model="numpy")
def word_in(data, begin, end):  # type: ignore[no-untyped-def]
    """Up to seven bytes as a number; -1 for more."""
    begin, end = _trimmed(data, begin, end)
    if end - begin > 7:
        return -1
    value = np.int64(0)
    for k in range(begin, end):
        value = value * 256 + data[k]
    return value


@njit(cache=True, error_model="numpy")
def days_in(year, month, day):  # type: ignore[no-untyped-def]
    """Days since 1970-01-01 of a date of the Gregorian calendar; a very low number for none."""
    none = np.int64(-(1 << 40))
    if year < 1 or month < 1 or month > 12 or day < 1:
        return none
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    last = 31
    if month in (4, 6, 9, 11):
        last = 30
    elif month == 2:
        last = 29 if leap else 28
    if day > last:
        return none
    # Howard Hinnant's days_from_civil: years begin in March, so the leap day comes last.
    years = year - (1 if month <= 2 else 0)
    era = years // 400
    of_era = years - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return days if abs(days) <= MOST_DAYS else none


@njit(cache=True, error_model="numpy")
def _epoch(data, begin, end, unit_ns):  # type: ignore[no-untyped-def]
    """Nanoseconds since 1970 of a whole number of units; -1 when it is none."""
    if end == begin or end - begin > 19:
        return np.int64(-1)
    value = np.int64(0)
    for k in range(begin, end):
        if data[k] < 48 or data[k] > 57:
            return np.int64(-1)
        value = value * 10 + (data[k] - 48)
    if value < 0 or value >= _MOST_EPOCH_NS // unit_ns:
        return np.int64(-1)
    return value * unit_ns


@njit(cache=True, error_model="numpy")
def clock_in(data, begin, end, steps, seen):  # type: ignore[no-untyped-def]
    """Read one cell into ``seen`` int64[8] by the steps of its format; whether it follows it."""
    begin, end = _trimmed(data, begin, end)
    at = begin
    for k in range(len(steps)):
        step, fewest, most = steps[k, 0], steps[k, 1], steps[k, 2]
        if step == 8:
            seen[7] = _epoch(data, begin, end, fewest)
            return seen[7] > 0
        if at == end and steps[k, 3] and at > begin:
            return True
        if step == 0:
            if at == end or data[at] != fewest:
                return False
            at += 1
            continue
        value = np.int64(0)
        count = 0
        while at < end and count < most and 48 <= data[at] <= 57:
            value = value * 10 + (data[at] - 48)
            at += 1
            count += 1
        if count < fewest:
            return False
        if step == 7:
            value *= np.int64(10) ** (9 - count)
        seen[step - 1] = value
    return at == end
