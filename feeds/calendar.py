"""Trading hours, and the sessions of a tape laid out on the UTC time line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from matching.market import Phase
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs

Int64s = NDArray[np.int64]

_EPOCH = date(1970, 1, 1)
_EPOCH_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_PER_DAY = 86_400


class Part(NamedTuple):
    """A stretch of a session in which bars run, up to but without ``ends_ns``."""

    begins_ns: int
    ends_ns: int


class PhaseStep(NamedTuple):
    """From ``second`` of the local day (0 to 86,400) the market is in ``phase``."""

    second: int
    phase: Phase


@dataclass(frozen=True, slots=True)
class Hours:
    """The phases of every session of a market.

    The first step opens the session, the last one is ``CLOSED`` and ends it.  Trading minutes
    are those of the ``CONTINUOUS`` steps.  Raises ValueError when the steps are not like that.
    """

    time_zone: str
    steps: tuple[PhaseStep, ...]

    def __post_init__(self) -> None:
        seconds = [step.second for step in self.steps]
        if seconds != sorted(seconds) or not all(0 <= s <= _SECONDS_PER_DAY for s in seconds):
            raise ValueError("phase steps must be in order within one day")
        if any(second % 60 for second in seconds):
            raise ValueError("phase steps must be whole minutes")
        phases = [step.phase for step in self.steps]
        if Phase.CONTINUOUS not in phases or phases[-1] is not Phase.CLOSED:
            raise ValueError("a session needs a continuous phase and must end closed")
        if Phase.CLOSED in phases[:-1]:
            raise ValueError("a session closes once")


def _at(hour: int, minute: int) -> int:
    return hour * 3600 + minute * 60


US_HOURS = Hours(
    "America/New_York",
    (
        PhaseStep(_at(9, 0), Phase.PRE_OPEN),
        PhaseStep(_at(9, 30), Phase.CONTINUOUS),
        PhaseStep(_at(16, 0), Phase.CLOSED),
    ),
)
CHINA_HOURS = Hours(
    "Asia/Shanghai",
    (
        PhaseStep(_at(9, 15), Phase.PRE_OPEN),
        PhaseStep(_at(9, 30), Phase.CONTINUOUS),
        PhaseStep(_at(11, 30), Phase.LUNCH),
        PhaseStep(_at(13, 0), Phase.CONTINUOUS),
        PhaseStep(_at(15, 0), Phase.CLOSED),
    ),
)
ALWAYS_OPEN_HOURS = Hours(
    "UTC",
    (PhaseStep(0, Phase.CONTINUOUS), PhaseStep(_SECONDS_PER_DAY, Phase.CLOSED)),
)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    """Inverse of ``day_number``."""
    return _EPOCH + timedelta(days=number)


def utc_ns(moment: datetime) -> int:
    """Nanoseconds UTC of a moment with a time zone, exact to the microsecond."""
    elapsed = moment.astimezone(UTC) - _EPOCH_TIME
    seconds = elapsed.days * _SECONDS_PER_DAY + elapsed.seconds
    return seconds * NS_PER_SECOND + elapsed.microseconds * 1000


def time_of(at_ns: int, time_zone: str) -> datetime:
    """A moment on a market's clock, cut to the microsecond; inverse of ``utc_ns``."""
    return (_EPOCH_TIME + timedelta(microseconds=at_ns // 1000)).astimezone(ZoneInfo(time_zone))


def local_ns(number: int, second: int, zone: ZoneInfo) -> int:
    """UTC nanoseconds of a second of the local wall clock on day ``number``."""
    day = day_of(number + second // _SECONDS_PER_DAY)
    return utc_ns(
        datetime.combine(day, time(), zone) + timedelta(seconds=second % _SECONDS_PER_DAY)
    )


def sessions_between(days: Int64s, first: date, last: date) -> tuple[int, int]:
    """Of ascending day numbers, the first in [first, last] and the one behind the last of them."""
    begin = np.searchsorted(days, day_number(first), side="left")
    stop = np.searchsorted(days, day_number(last), side="right")
    return int(begin), int(stop)


class Sessions(Protocol):
    """Sessions in order: day numbers and when each opens, int64 of equal length."""

    @property
    def days(self) -> Int64s: ...
    @property
    def open_ns(self) -> Int64s: ...

    def date(self, session: int) -> date:
        """The local date of a session."""


class Calendar:
    """Sessions of a market: when each opens, trades and closes (int64 UTC nanoseconds).

    ``days`` are day numbers in ascending order without repetition; ``open_ns`` and ``close_ns``
    have one entry per session.
    """

    def __init__(self, hours: Hours, days: Int64s) -> None:
        self.hours = hours
        self.days = days
        zone = ZoneInfo(hours.time_zone)
        steps = np.empty((len(days), len(hours.steps)), np.int64)
        for row, number in enumerate(days.tolist()):
            for column, step in enumerate(hours.steps):
                steps[row, column] = local_ns(number, step.second, zone)
        self._steps = steps
        self.open_ns: Int64s = steps[:, 0].copy()
        self.close_ns: Int64s = steps[:, -1].copy()
        opening = [k for k, s in enumerate(hours.steps) if s.phase is Phase.CONTINUOUS]
        self._opening = opening
        self._starts: Int64s = steps[:, opening].ravel()
        self._ends: Int64s = steps[:, [k + 1 for k in opening]].ravel()
        # Open time before each interval, and after the last one.
        self._elapsed: Int64s = np.concatenate(
            ([0], np.cumsum(self._ends - self._starts, dtype=np.int64))
        )
        minutes = (self._ends - self._starts) // NS_PER_MINUTE
        per_session = minutes.reshape(len(days), len(opening)).sum(axis=1)
        self.minute_counts: Int64s = per_session.astype(np.int64)
        self.most_minutes = int(self.minute_counts.max(initial=0))

    def session_at(self, at_ns: int) -> int:
        """Index of the newest session that has opened at ``at_ns``; -1 before the first."""
        return int(np.searchsorted(self.open_ns, at_ns, side="right")) - 1

    def next_date(self, at_ns: int) -> date | None:
        """The local date of the session after ``session_at``; None after the last one."""
        following = self.session_at(at_ns) + 1
        return self.date(following) if following < len(self.days) else None

    def date(self, session: int) -> date:
        """The local date of a session."""
        return day_of(int(self.days[session]))

    def phases(self, session: int) -> list[tuple[int, Phase]]:
        """Moment and phase of each step of a session, the closing one last."""
        moments = self._steps[session].tolist()
        return [(at, step.phase) for at, step in zip(moments, self.hours.steps, strict=True)]

    def parts(self, session: int) -> tuple[Part, ...]:
        """The continuous phases of a session."""
        row = self._steps[session].tolist()
        return tuple(Part(row[k], row[k + 1]) for k in self._opening)

    def first_trade_ns(self, session: int) -> int:
        """Start of the first continuous phase of a session."""
        return int(self._steps[session, self._opening[0]])

    def minute_starts(self, session: int, minutes: int = 1) -> Int64s:
        """Start of each trading minute of a session: int64[minute_counts[session]]; or of each
        bar of more ``minutes``, counted from the start of each continuous phase."""
        width_ns = minutes * NS_PER_MINUTE
        pieces = [
            np.arange(self._steps[session, k], self._steps[session, k + 1], width_ns)
            for k in self._opening
        ]
        return np.concatenate(pieces).astype(np.int64)

    def minute_ends(self, session: int, minutes: int = 1) -> Int64s:
        """Exclusive ends of ``minute_starts``: none is after its phase's."""
        starts = self.minute_starts(session, minutes)
        ends = self._steps[session, [k + 1 for k in self._opening]]
        own = ends[np.searchsorted(ends, starts, side="right")]
        return np.minimum(starts + minutes * NS_PER_MINUTE, own)

    def advance(self, from_ns: int, open_ns: int) -> AtNs:
        """The moment when ``open_ns`` more nanoseconds of continuous trading have passed.

        Stays at ``from_ns`` for zero; never before it, never after the last session's close.
        """
        if open_ns <= 0 or not len(self._starts):
            return AtNs(from_ns)
        index = int(np.searchsorted(self._ends, from_ns, side="right"))
        if index == len(self._ends):
            return AtNs(max(from_ns, int(self._ends[-1])))
        done = int(self._elapsed[index]) + max(0, from_ns - int(self._starts[index])) + open_ns
        target = int(np.searchsorted(self._elapsed, done, side="left")) - 1
        if target >= len(self._starts):
            return AtNs(int(self._ends[-1]))
        return AtNs(int(self._starts[target]) + done - int(self._elapsed[target]))

    def next_minute_end(self, from_ns: int, minutes: int = 1) -> AtNs:
        """End of the trading minute (bar of more ``minutes``) that is running or comes next; the
        last close at the end."""
        index = int(np.searchsorted(self._ends, from_ns, side="right"))
        if index == len(self._ends):
            return AtNs(max(from_ns, int(self._ends[-1]))) if len(self._ends) else AtNs(from_ns)
        start = int(self._starts[index])
        width_ns = minutes * NS_PER_MINUTE
        bars = max(0, from_ns - start) // width_ns + 1
        return AtNs(min(start + bars * width_ns, int(self._ends[index])))
