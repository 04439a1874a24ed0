"""What the imports of all LEAN resolutions share: securities, hours, closes, corporate actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import prod
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import US_HOURS, Int64s, day_number, day_of, local_ns
from feeds.imports.importer import Job
from feeds.imports.lean_factors import FactorEvent, factor_events
from feeds.imports.lean_files import FACTORS, MAPS, Resolution
from feeds.imports.lean_hours import hours_of
from feeds.imports.lean_maps import Period, Security, security_of, share_of, unmapped
from feeds.imports.lean_rows import DAILY_BAR, daily_bars
from feeds.imports.naming import source_and_licence, tape_name
from feeds.imports.number_rows import number_rows
from feeds.market_manifest import TapeHeader
from feeds.tape import TapeSplit
from feeds.tape_actions import ActionKind, TapeAction
from matching.instrument import InstrumentId

_LARGEST_SPLIT = 1000
_SPLIT_AT_LEAST = 1.2  # fewer new shares for an old one are a stock dividend


class LeanData:
    """The folder equity/usa of one import."""

    def __init__(self, job: Job, root: Path) -> None:
        self.job = job
        self.root = root
        self.hours = hours_of(job, root)
        self.zone = ZoneInfo(US_HOURS.time_zone)

    def header(self, resolution: Resolution) -> TapeHeader:
        """The facts of a tape of a resolution before anything of it is read."""
        source, licence = source_and_licence(self.job)
        wanted = self.job.wanted
        words = wanted.name or tape_name("", self._words())
        name = words if wanted.kind else f"{words[: 39 - len(resolution)]}_{resolution}"
        return TapeHeader(tape_name(name, ""), source, licence, US_HOURS)

    def _words(self) -> str:
        path = self.job.wanted.path.resolve()
        words = self.job.words() if path.is_file() else path.name
        return words if path in self.root.parents or path == self.root else f"lean {words}"

    def midnight_ns(self, day: date) -> int:
        return local_ns(day_number(day), 0, self.zone)

    @cached_property
    def securities(self) -> dict[str, Security]:
        """By the name of their files: those that have a map file."""
        found: dict[str, Security] = {}
        for path in sorted((self.root / MAPS).glob("*.csv")):
            with self.job.parts(path) as parts:
                found[path.stem] = security_of(path.stem, next(parts))
        return found

    def owners(self, ticker: str) -> list[tuple[Security, Period]]:
        """Whose data a ticker's file holds, and from when to when; days beyond are another
        company's."""
        mapped = [
            (security, period)
            for security in self.securities.values()
            for period in security.periods
            if period.ticker == ticker
        ]
        alone = unmapped(ticker)
        return mapped or [(alone, alone.periods[0])]

    def owner(self, ticker: str, day: date) -> Security:
        """The security that a ticker's file is about on a day."""
        found = [one for one, period in self.owners(ticker) if period.first <= day <= period.last]
        return found[0] if found else unmapped(ticker)

    def security(self, name: str, ticker: str) -> Security:
        """The security with these files that had a ticker; one without a map file otherwise."""
        found = self.securities.get(name)
        known = found is not None and any(one.ticker == ticker for one in found.periods)
        return found if found is not None and known else unmapped(ticker)

    def events(self, name: str) -> tuple[FactorEvent, ...]:
        """What the factor file of a security tells."""
        path = self.root / FACTORS / f"{name}.csv"
        if not path.is_file():
            return ()
        with self.job.parts(path) as parts:
            return factor_events(next(parts))

    @cached_property
    def closes(self) -> dict[str, tuple[Int64s, Int64s]]:
        """By ticker: day numbers and closes in ticks of the daily bars; what is no bar is left to
        the import of daily bars to tell."""
        found = {}
        for path in sorted((self.root / Resolution.DAILY).glob("*.zip")):
            days, closes = [], []
            with self.job.parts(path) as parts:
                for rows in number_rows(next(parts), DAILY_BAR):
                    bars = daily_bars(rows.values, 0)
                    days.append(bars["time"])
                    closes.append(bars["close_ticks"])
            if days:
                found[path.stem] = (np.concatenate(days), np.concatenate(closes))
        return found

    def close_before(self, ticker: str, day: date) -> int | None:
        """The newest daily close before a day."""
        if ticker not in self.closes:
            return None
        days, closes = self.closes[ticker]
        place = int(np.searchsorted(days, day_number(day))) - 1
        return int(closes[place]) if place >= 0 else None

    def close_of(self, ticker: str, day: date) -> int | None:
        """The daily close of a day."""
        if ticker not in self.closes:
            return None
        days, closes = self.closes[ticker]
        place = int(np.searchsorted(days, day_number(day)))
        there = place < len(days) and int(days[place]) == day_number(day)
        return int(closes[place]) if there else None


Traded = Mapping[tuple[str, str], Int64s]
"""By security (its name) and ticker: the day numbers on which a tape has rows, in order."""


def actions_of(
    data: LeanData, traded: Traded
) -> tuple[tuple[TapeSplit, ...], tuple[TapeAction, ...]]:
    """Splits, and dividends and changes of ticker, on the sessions of a tape."""
    splits: list[TapeSplit] = []
    actions: list[TapeAction] = []
    for (name, ticker), days in traded.items():
        security = data.security(name, ticker)
        own = share_of(security, ticker).instrument_id
        later = _following(security, ticker, traded)
        sessions: dict[date, list[FactorEvent]] = {}
        for event in data.events(name):
            session = _session_after(event.last, days, None if later is None else later[1])
            if session is not None:
                sessions.setdefault(session, []).append(event)
        for session, events in sessions.items():
            _tell(events, own, session, splits, actions)
        if later is not None:
            begun, new_id = day_of(int(later[1][0])), share_of(security, later[0]).instrument_id
            actions.append(TapeAction(own, begun, ActionKind.CODE, new_id=new_id))
    return tuple(splits), tuple(actions)


def _following(security: Security, ticker: str, traded: Traded) -> tuple[str, Int64s] | None:
    """The next ticker of a security that has rows, with their days."""
    ended = int(traded[security.name, ticker][-1])
    later = (one.ticker for one in security.periods if one.ticker != ticker)
    found = ((one, traded[security.name, one]) for one in later if (security.name, one) in traded)
    return next((one for one in found if int(one[1][0]) > ended), None)


def _session_after(last: date, days: Int64s, later: Int64s | None) -> date | None:
    """The first session after a day, under the own ticker or on the first day of the next one; None
    where the tape does not reach from before to after it."""
    place = int(np.searchsorted(days, day_number(last), side="right"))
    if place == 0:
        return None
    if place < len(days):
        return day_of(int(days[place]))
    behind = later is not None and day_number(last) < int(later[0])
    return day_of(int(later[0])) if later is not None and behind else None


def _tell(
    events: list[FactorEvent],
    own: InstrumentId,
    session: date,
    splits: list[TapeSplit],
    actions: list[TapeAction],
) -> None:
    """A few new shares for many old ones are a stock dividend, and told with the cash.

    What happened while the tape has no rows comes together on its next session.
    """
    shares = prod(Fraction(one.new, one.old) for one in events)
    new, old = shares.numerator, shares.denominator
    cash_micro = sum(one.cash_micro for one in events)
    few = old < new < old * _SPLIT_AT_LEAST or max(new, old) > _LARGEST_SPLIT
    if new != old and not few:
        splits.append(TapeSplit(own, session, new, old))
    bonus = (new - old, old) if few else (0, 1)
    if cash_micro or bonus[0]:
        told = TapeAction(
            own,
            session,
            ActionKind.EX,
            cash_micro=cash_micro,
            bonus_new=bonus[0],
            bonus_old=bonus[1],
        )
        actions.append(told)
