"""Which days a market trades, and on which it closes early: from the exchange_calendars package."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

EVERY_DAY = "*"  # a market that never closes


class DaysUnknownError(LookupError):
    """The package does not know the days of a market that far back or ahead."""


@dataclass(frozen=True, slots=True)
class TradingDays:
    """Sessions of [first, last], in order; ``half`` are those that close early."""

    first: date
    last: date
    sessions: tuple[date, ...]
    half: frozenset[date]

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """The sessions of [first, last]; DaysUnknownError outside of what is known."""
        if first < self.first or last > self.last:
            raise DaysUnknownError(f"sessions are known from {self.first} to {self.last}")
        begin = bisect.bisect_left(self.sessions, first)
        return self.sessions[begin : bisect.bisect_right(self.sessions, last)]

    def trades(self, day: date) -> bool:
        return bool(self.between(day, day))


def trading_days(exchange: str, year: int) -> TradingDays:
    """The sessions of a year, by the exchange's code (XSHG, XHKG, XNYS); ``*``: every day.

    DaysUnknownError for a year of which the package knows nothing; a year that it knows in part is
    known up to the last day of its data.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    if exchange == EVERY_DAY:
        every = tuple(first + timedelta(days=k) for k in range((last - first).days + 1))
        return TradingDays(first, last, every, frozenset())
    return _of_package(exchange, first, last)


@cache
def _of_package(exchange: str, first: date, last: date) -> TradingDays:
    # pandas comes with it: half a second that only those pay who ask for days
    from exchange_calendars import get_calendar

    kind = type(get_calendar(exchange, start="2024-01-01", end="2024-12-31"))
    begin, end = kind.bound_min(), kind.bound_max()
    known_first = max(first, begin.date()) if begin is not None else first
    known_last = min(last, end.date()) if end is not None else last
    if known_first > known_last:
        raise DaysUnknownError(f"the sessions of {exchange} in {first.year} are not known")
    calendar = get_calendar(exchange, start=str(known_first), end=str(known_last))
    return TradingDays(
        known_first,
        known_last,
        tuple(one.date() for one in calendar.sessions),
        frozenset(one.date() for one in calendar.early_closes),
    )
