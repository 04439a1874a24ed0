"""Trading days of a venue as its owner's programs plan with them: open, pause, close, settlement.

A market is open while it trades continuously and during its closing auction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from feeds.feed import Feed
from feeds.timetable import SessionTimes
from matching.instrument import Instrument
from matching.market import Phase
from matching.rulebook import RulesUnknownError
from matching.units import NS_PER_SECOND, AtNs
from simtrade.venues.feeds import session_of
from simtrade.venues.rules import market_book

OPEN_PHASES = (Phase.CONTINUOUS, Phase.CLOSING_AUCTION, Phase.CLOSING_LOCKED)
_SATURDAY = 5
_LOOK_DAYS = 30  # no market of ours was closed for longer
_NS_PER_DAY = 86_400 * NS_PER_SECOND
_SETTLES_MAX = 30  # days


@dataclass(frozen=True, slots=True)
class OpenTime:
    """A stretch in which the market is open, up to but without ``ends_ns``."""

    begins_ns: AtNs
    ends_ns: AtNs


@dataclass(frozen=True, slots=True)
class TradingDay:
    """``settles``: the day on which money from a sale may leave an account."""

    times: SessionTimes
    settles: date

    @property
    def day(self) -> date:
        return self.times.day

    @property
    def open_times(self) -> tuple[OpenTime, ...]:
        """In order, phases that follow each other in one; a lunch break parts two."""
        return open_times(self.times)

    def moment_of(self, phase: Phase) -> AtNs | None:
        """When a phase first begins."""
        return next((at_ns for at_ns, one in self.times.phases if one is phase), None)


def open_times(times: SessionTimes) -> tuple[OpenTime, ...]:
    found: list[OpenTime] = []
    for (begins, phase), (ends, _) in pairwise(times.phases):
        if phase not in OPEN_PHASES or ends <= begins:
            continue
        if found and found[-1].ends_ns == begins:
            found[-1] = OpenTime(found[-1].begins_ns, ends)
        else:
            found.append(OpenTime(begins, ends))
    return tuple(found)


def trading_days(feed: Feed, first: date, last: date) -> tuple[TradingDay, ...]:
    """The sessions of [first, last]."""
    found = feed.sessions(first, last)
    if not found:
        return ()
    following = feed.sessions(last + timedelta(days=1), last + timedelta(days=_SETTLES_MAX))
    days = [one.day for one in (*found, *following)]
    waits = _settlement_of(feed.instruments[0])
    return tuple(
        TradingDay(one, _after(days, place, waits(one.day))) for place, one in enumerate(found)
    )


def _settlement_of(instrument: Instrument) -> Callable[[date], int]:
    """How many sessions after a sale its money may leave an account; 0 where no rule is known."""

    def waits(day: date) -> int:
        try:
            rules = market_book(instrument.market).on(instrument.board, day)
        except RulesUnknownError:
            return 0
        return rules.settlement.cash_withdrawable_sessions

    return waits


def _after(days: Sequence[date], place: int, sessions: int) -> date:
    """So many sessions later; beyond the last one known, weekdays."""
    if place + sessions < len(days):
        return days[place + sessions]
    found = days[-1]
    for _ in range(place + sessions - len(days) + 1):
        found = _next_weekday(found)
    return found


def _next_weekday(day: date) -> date:
    following = day + timedelta(days=1)
    while following.weekday() >= _SATURDAY:
        following += timedelta(days=1)
    return following


def next_changes(feed: Feed, at_ns: AtNs) -> tuple[AtNs, AtNs]:
    """When the market opens next and when it closes next, a lunch break included.  After a
    recording's last session: as on the next weekday."""
    today = session_of(feed, at_ns)
    following = feed.next_session(at_ns)  # recordings may have longer holes
    last = max(today + timedelta(days=_LOOK_DAYS), following or today)
    sessions = feed.sessions(today - timedelta(days=1), last)
    times = [one for session in sessions for one in open_times(session)]
    opens = next((one.begins_ns for one in times if one.begins_ns > at_ns), None)
    closes = next((one.ends_ns for one in times if one.ends_ns > at_ns), None)
    if opens is not None and closes is not None:
        return opens, closes
    guessed = _guessed(feed, at_ns)
    return opens or guessed.begins_ns, closes or guessed.ends_ns


def _guessed(feed: Feed, at_ns: AtNs) -> OpenTime:
    """The hours of the last session there was, on the first weekday after a moment."""
    today = session_of(feed, at_ns)
    end_ns = feed.end_ns
    ended = today if end_ns is None else min(today, session_of(feed, end_ns))
    lately = feed.sessions(ended - timedelta(days=_LOOK_DAYS), ended)
    last = (lately or feed.sessions(session_of(feed, feed.start_ns), ended))[-1]
    usual = open_times(last)[0]
    day, shift_ns = last.day, 0
    while usual.begins_ns + shift_ns <= at_ns or day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
        shift_ns += _NS_PER_DAY
    return OpenTime(AtNs(usual.begins_ns + shift_ns), AtNs(usual.ends_ns + shift_ns))
