"""The invented market's endless calendar: every Monday to Friday, in China's hours.

China's clocks do not change, so everything is arithmetic.  Sessions are counted from the first
one, 0; the ones before it are the market's history and have negative numbers.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np

from feeds.calendar import CHINA_HOURS, Int64s, day_number, day_of
from matching.market import Phase
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs

FIRST_DAY = date(2026, 1, 5)  # a Monday
TIME_ZONE = CHINA_HOURS.time_zone

_FIRST = day_number(FIRST_DAY)
_DAY_NS = 86_400 * NS_PER_SECOND
_OFFSET_NS = 8 * 3600 * NS_PER_SECOND
_STEPS_NS = tuple((step.second * NS_PER_SECOND, step.phase) for step in CHINA_HOURS.steps)
OPEN_NS = _STEPS_NS[0][0]  # since local midnight, as the next ones
CLOSE_NS = _STEPS_NS[-1][0]
# Continuous trading: (start, end) of the morning and of the afternoon.
PARTS_NS = tuple(
    (at, after) for (at, phase), (after, _) in pairwise(_STEPS_NS) if phase is Phase.CONTINUOUS
)
TRADING_NS = sum(end - start for start, end in PARTS_NS)
TRADING_SECONDS = TRADING_NS // NS_PER_SECOND
TRADING_MINUTES = TRADING_SECONDS // 60


def _numbered(parts: tuple[tuple[int, int], ...], step: int) -> Int64s:
    return np.concatenate([np.arange(start, end, step, dtype=np.int64) for start, end in parts])


# Start of each trading second and minute since local midnight.
SECOND_STARTS_NS = _numbered(PARTS_NS, NS_PER_SECOND)
MINUTE_STARTS_NS = _numbered(PARTS_NS, NS_PER_MINUTE)


def session_date(session: int) -> date:
    """Local date of a session."""
    weeks, weekday = divmod(session, 5)
    return day_of(_FIRST + 7 * weeks + weekday)


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


def phases(session: int) -> list[tuple[int, Phase]]:
    """Moment in UTC nanoseconds and phase of each step of a session."""
    midnight = midnight_ns(session)
    return [(midnight + at, phase) for at, phase in _STEPS_NS]


def trading_ns(at_ns: int) -> int:
    """Open time that had passed at a moment since the start of session 0."""
    session = session_at(at_ns)
    within = at_ns - midnight_ns(session)
    done = sum(min(max(0, within - start), end - start) for start, end in PARTS_NS)
    return session * TRADING_NS + done


def advance(from_ns: int, open_ns: int) -> AtNs:
    """See ``Feed.advance``.  A pause is left at its end, a session not before it is needed."""
    if open_ns <= 0:
        return AtNs(from_ns)
    session, within = divmod(trading_ns(from_ns) + open_ns - 1, TRADING_NS)
    for start, end in PARTS_NS:
        if within < end - start:
            return AtNs(midnight_ns(session) + start + within + 1)
        within -= end - start
    raise AssertionError("the parts of a session are its trading time")


def next_second(from_ns: int) -> AtNs:
    """The end of the trading second that is running or comes next."""
    done = trading_ns(from_ns)
    return advance(from_ns, NS_PER_SECOND - done % NS_PER_SECOND)
