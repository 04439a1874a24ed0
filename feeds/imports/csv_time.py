"""Dates and times as files write them: what a format is, and exact reading of one cell.

A format is a list of steps for the compiled reader (``feeds/imports/csv_kernel.py``): digits of
the year, a colon, and so on.  It is found from the first cell of a file; cells that do not follow
it are read here, one by one, in any of the forms that are understood.
"""

from __future__ import annotations

import re
from datetime import date
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from feeds.calendar import Int64s, day_number
from matching.units import NS_PER_SECOND

NS_PER_DAY = 86_400 * NS_PER_SECOND
# Days before and after 1970 whose nanoseconds fit into 64 bits with room to spare.
MOST_DAYS = 80_000


class Step(IntEnum):
    """What a step of a format reads: an exact byte, or a field's digits."""

    BYTE = 0
    YEAR = 1
    MONTH = 2
    DAY = 3
    HOUR = 4
    MINUTE = 5
    SECOND = 6
    FRACTION = 7
    EPOCH = 8  # the whole number since 1970 in UTC


class TimeFormat(NamedTuple):
    """``steps`` is int64[n, 4]: step, fewest and most digits (of ``BYTE``: the byte, of ``EPOCH``
    the nanoseconds of a unit), and whether a cell may end before it.  ``offset_ns`` is how far the
    written time is ahead of UTC, None: it is the market's own."""

    steps: Int64s
    offset_ns: int | None


class Moment(NamedTuple):
    """``day`` since 1970 and ``ns`` of that day on the clock that wrote it; ``offset_ns`` as
    above."""

    day: int
    ns: int
    offset_ns: int | None


EPOCHS = {"unix": NS_PER_SECOND, "unix_ms": 10**6, "unix_us": 10**3, "unix_ns": 1}

_ZONE = r"(?P<zone>Z|[+-]\d\d:?\d\d)?"
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})"
    r"(?::(?P<second>\d{1,2})(?:\.(?P<fraction>\d{1,9}))?)?"
)
_FORMS = tuple(
    re.compile(one)
    for one in (
        rf"(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})"
        rf"(?:[T ]{_CLOCK}{_ZONE})?",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
        r"(?:(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)[T ]{_CLOCK}{_ZONE}",
        _CLOCK,
        r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?",
    )
)
# A date's digits could be a clock's: the last two forms are those of a time column.
_DATES, _CLOCKS = _FORMS[:3], _FORMS[3:]
_ORDER = ("year", "month", "day", "hour", "minute", "second", "fraction")
_MOST_EPOCH = 4_000_000_000 * NS_PER_SECOND  # the year 2096


def read_moment(text: str, time_format: str = "", *, clock_only: bool = False) -> Moment | None:
    """One cell, exactly; None for no date or time.  ``clock_only``: of a column of times."""
    text = text.strip()
    if time_format in EPOCHS:
        if not re.fullmatch(r"\d{1,19}(\.0*)?", text):
            return None
        ns = int(text.partition(".")[0]) * EPOCHS[time_format]
        return Moment(*divmod(ns, NS_PER_DAY), 0) if ns < _MOST_EPOCH else None
    found = _matched(text, time_format, clock_only=clock_only)
    if found is None:
        return None
    words = found.groupdict()
    try:
        day = 0
        if not clock_only:
            whole = (int(words[one]) for one in ("year", "month", "day"))
            day = day_number(date(*whole))
    except ValueError:
        return None
    if abs(day) > MOST_DAYS:
        return None
    hour, minute, second = (int(words.get(one) or 0) for one in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = int((words.get("fraction") or "").ljust(9, "0"))
    ns = (hour * 3600 + minute * 60 + second) * NS_PER_SECOND + fraction
    return Moment(day, ns, _offset_ns(words.get("zone")))


def format_of(text: str, time_format: str = "", *, clock_only: bool = False) -> TimeFormat | None:
    """The format that a file's first cell follows; None when it is no date or time."""
    text = text.strip()
    if time_format in EPOCHS:
        return TimeFormat(np.array([[Step.EPOCH, EPOCHS[time_format], 0, 0]], np.int64), 0)
    found = _matched(text, time_format, clock_only=clock_only)
    if found is None or read_moment(text, time_format, clock_only=clock_only) is None:
        return None
    spans = {one: found.span(one) for one in _ORDER if found.groupdict().get(one)}
    steps: list[tuple[int, int, int, int]] = []
    at, before = 0, ""
    for name, (begin, end) in sorted(spans.items(), key=lambda item: item[1]):
        optional = int(name in ("second", "fraction") and bool(before))
        steps += [(Step.BYTE, byte, 0, optional) for byte in text[at:begin].encode()]
        loose = begin > at or text[end : end + 1] == ":"
        fewest, most = _digits(name, end - begin, loose=loose)
        steps.append((Step[name.upper()], fewest, most, optional if begin == at else 0))
        at, before = end, name
    if before == "second" and text[at - 3 : at - 2] == ":" and at == len(text):
        steps += [(Step.BYTE, ord("."), 0, 1), (Step.FRACTION, 1, 9, 0)]
    table = np.array(steps, np.int64)
    if at < len(text):
        # The zone has to follow: such a cell can't end early.
        rest = [(Step.BYTE, byte, 0, 0) for byte in text[at:].encode()]
        table[:, 3] = 0
        table = np.concatenate((table, np.array(rest, np.int64)))
    return TimeFormat(table, _offset_ns(found.groupdict().get("zone")))


def _digits(name: str, written: int, *, loose: bool) -> tuple[int, int]:
    if name == "year":
        return 4, 4
    if name == "fraction":
        return 1, 9
    return (1, 2) if loose or written == 1 else (2, 2)


def pattern_of(time_format: str) -> re.Pattern[str] | None:
    """A person's own format, as in ``%d.%m.%Y %H:%M:%S.%f``; None when it is none."""
    words = {
        "%Y": r"(?P<year>\d{4})", "%m": r"(?P<month>\d{1,2})", "%d": r"(?P<day>\d{1,2})",
        "%H": r"(?P<hour>\d{1,2})", "%M": r"(?P<minute>\d{1,2})", "%S": r"(?P<second>\d{1,2})",
        "%f": r"(?P<fraction>\d{1,9})",
    }  # fmt: skip
    made = ""
    for part in re.findall(r"%.|[^%]", time_format):
        if part.startswith("%") and part not in words:
            return None
        made += words.get(part) or re.escape(part)
    try:
        return re.compile(made) if made else None
    except re.error:
        return None


def _matched(text: str, time_format: str, *, clock_only: bool) -> re.Match[str] | None:
    if time_format:
        own = pattern_of(time_format)
        return own.fullmatch(text) if own else None
    forms = _CLOCKS if clock_only else _DATES
    return next((one for one in (form.fullmatch(text) for form in forms) if one), None)


def _offset_ns(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return (seconds if zone[0] == "+" else -seconds) * NS_PER_SECOND
