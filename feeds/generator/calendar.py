"""The invented market's endless calendar: every Monday to Friday, in Shanghai's hours.

China's clocks do not change, so everything is arithmetic.  Sessions are counted from the first
one, 0; the ones before it are the market's history and have negative numbers.

The hours are those of the Shanghai exchange with its two call auctions, but time passes quickly in
them (``AUCTION_PACE``): nobody who has just arrived waits more than a minute to trade.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from feeds.calendar import CHINA_HOURS, Int64s, day_number, day_of
from matching.market import Phase
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs

FIRST_DAY = date(2026, 1, 5)  # a Monday
TIME_ZONE = CHINA_HOURS.time_zone
# Seconds of an auction, and of the minutes until trading begins, that pass in an open second.
AUCTION_PACE = 20

_FIRST = day_number(FIRST_DAY)
_DAY_NS = 86_400 * NS_PER_SECOND
_OFFSET_NS = 8 * 3600 * NS_PER_SECOND


def _at(hour: int, minute: int) -> int:
    """Nanoseconds since local midnight."""
    return (hour * 60 + minute) * NS_PER_MINUTE


OPEN_NS = _at(9, 15)
LOCKED_NS = _at(9, 20)
OPENED_NS = _at(9, 25)
CLOSING_NS = _at(14, 57)
CLOSE_NS = _at(15, 0)
_STEPS_NS = (
    (OPEN_NS, Phase.OPENING_AUCTION),
    (LOCKED_NS, Phase.OPENING_LOCKED),
    (OPENED_NS, Phase.OPENED),
    (_at(9, 30), Phase.CONTINUOUS),
    (_at(11, 30), Phase.LUNCH),
    (_at(13, 0), Phase.CONTINUOUS),
    (CLOSING_NS, Phase.CLOSING_LOCKED),
    (CLOSE_NS, Phase.CLOSED),
)
# Continuous trading: (start, end) of the morning and of the afternoon since local midnight.
PARTS_NS = tuple(
    (at, after) for (at, phase), (after, _) in pairwise(_STEPS_NS) if phase is Phase.CONTINUOUS
)
TRADING_NS = sum(end - start for start, end in PARTS_NS)
TRADING_SECONDS = TRADING_NS // NS_PER_SECOND
MORNING_SECONDS = (PARTS_NS[0][1] - PARTS_NS[0][0]) // NS_PER_SECOND
TRADING_MINUTES = TRADING_SECONDS // 60


class _Part(NamedTuple):
    """A stretch of open time; ``pace`` nanoseconds of it pass in one."""

    start_ns: int
    end_ns: int
    pace: int

    @property
    def open_ns(self) -> int:
        return (self.end_ns - self.start_ns) // self.pace


_OPEN_PARTS = (
    _Part(OPEN_NS, PARTS_NS[0][0], AUCTION_PACE),
    *(_Part(start, end, 1) for start, end in PARTS_NS),
    _Part(CLOSING_NS, CLOSE_NS, AUCTION_PACE),
)
SESSION_OPEN_NS = sum(part.open_ns for part in _OPEN_PARTS)


def _numbered(parts: tuple[tuple[int, int], ...], step: int) -> Int64s:
    return np.concatenate([np.arange(start, end, step, dtype=np.int64) for start, end in parts])


# Start of each trading second and minute since local midnight.
SECOND_STARTS_NS = _numbered(PARTS_NS, NS_PER_SECOND)
MINUTE_STARTS_NS = _numbered(PARTS_NS, NS_PER_MINUTE)


def session_date(session: int) -> date:
    """Local date of a session."""
    weeks, weekday = divmod(session, 5)
    return day_of(_FIRST + 7 * weeks + weekday)


def sessions_between(first: date, last: date) -> tuple[int, int]:
    """The first session on the days [first, last] and the one behind the last of them."""
    return _first_from(day_number(first)), _first_from(day_number(last) + 1)


def _first_from(number: int) -> int:
    """The first session on or after a day."""
    weeks, weekday = divmod(number - _FIRST, 7)
    return 5 * weeks + min(weekday, 5)


def midnight_ns(session: int) -> int:
    """Local midnight at the start of a session's day, in UTC nanoseconds."""
    weeks, weekday = divmod(session, 5)
    return (_FIRST + 7 * weeks + weekday) * _DAY_NS - _OFFSET_NS


def session_at(at_ns: int) -> int:
    """The newest session that has opened (9:15) at a moment; negative in the history."""
    days, within = divmod(at_ns + _OFFSET_NS, _DAY_NS)
    weeks, weekday = divmod(days - _FIRST, 7)
    if weekday > 4:
        return 5 * weeks + 4
    return 5 * weeks + weekday - (within < OPEN_NS)


def phases(session: int) -> list[tuple[int, Phase, int | None]]:
    """Moment, phase and end of each step of a session, in UTC nanoseconds; the last has no end."""
    midnight = midnight_ns(session)
    ends: list[int | None] = [midnight + at for at, _ in _STEPS_NS[1:]]
    return [
        (midnight + at, phase, end)
        for (at, phase), end in zip(_STEPS_NS, [*ends, None], strict=True)
    ]


def trading_ns(at_ns: int) -> int:
    """Open time that had passed at a moment since the start of session 0."""
    session = session_at(at_ns)
    within = at_ns - midnight_ns(session)
    done = sum(
        min(max(0, within - part.start_ns), part.end_ns - part.start_ns) // part.pace
        for part in _OPEN_PARTS
    )
    return session * SESSION_OPEN_NS + done


def advance(from_ns: int, open_ns: int) -> AtNs:
    """See ``Feed.advance``.  A pause is left at its end, a session not before it is needed."""
    if open_ns <= 0:
        return AtNs(from_ns)
    session, within = divmod(trading_ns(from_ns) + open_ns - 1, SESSION_OPEN_NS)
    for part in _OPEN_PARTS:
        if within < part.open_ns:
            return AtNs(midnight_ns(session) + part.start_ns + (within + 1) * part.pace)
        within -= part.open_ns
    raise AssertionError("the parts of a session are its open time")


def next_second(from_ns: int) -> AtNs:
    """The end of the open second that is running or comes next."""
    done = trading_ns(from_ns)
    return advance(from_ns, NS_PER_SECOND - done % NS_PER_SECOND)
