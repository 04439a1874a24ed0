"""The phases of a market's day as dated data: when each board opens, pauses, holds auctions and
closes, on which days, since when, and who says so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from feeds.calendar import Hours, PhaseStep, day_number, local_ns
from feeds.trading_days import trading_days
from matching.market import Phase
from matching.units import AtNs

_FOLDER = Path(__file__).with_name("schedules")

FILES = {
    "SIMA": "xshg",
    "XSHG": "xshg",
    "XSHE": "xshe",
    "BJSE": "bjse",
    "XHKG": "xhkg",
    "US": "us",
    "XNYS": "us",
    "XNAS": "us",
    "COIN": "coin",
}  # market of an instrument: its file


class ScheduleUnknownError(LookupError):
    """Nobody knows a market's hours on a day, or it does not trade then."""


class PhaseMoment(NamedTuple):
    at_ns: AtNs
    phase: Phase


@dataclass(frozen=True, slots=True)
class DatedHours:
    """One record.  ``boards`` empty: every board.  ``half`` are the phases of a day that closes
    early, None where the market has none."""

    boards: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    source: str
    hours: Hours
    half: Hours | None

    def applies(self, board: str, day: date) -> bool:
        if self.boards and board not in self.boards:
            return False
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Schedule:
    """The hours of one market on all its days.  ``exchange`` names the calendar of its days."""

    def __init__(self, market: str, exchange: str, records: Iterable[DatedHours]) -> None:
        self.market = market
        self.exchange = exchange
        self.records = tuple(records)

    def record(self, board: str, day: date) -> DatedHours:
        """The record in force: one of the board itself before one for every board, the youngest.
        ScheduleUnknownError before the first."""
        found = [one for one in self.records if one.applies(board, day)]
        if not found:
            raise ScheduleUnknownError(f"{self.market} {board}: no hours are known on {day}")
        return max(found, key=lambda one: (bool(one.boards), one.valid_from))

    def sessions(self, first: date, last: date) -> tuple[date, ...]:
        """Trading days of [first, last]; DaysUnknownError beyond what is known."""
        found: list[date] = []
        for year in range(first.year, last.year + 1):
            begin, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
            found.extend(trading_days(self.exchange, year).between(begin, end))
        return tuple(found)

    def hours(self, board: str, day: date) -> Hours:
        """The phases of a trading day; ScheduleUnknownError for any other day."""
        days = trading_days(self.exchange, day.year)
        if not days.trades(day):
            raise ScheduleUnknownError(f"{self.market} does not trade on {day}")
        record = self.record(board, day)
        return record.half if day in days.half and record.half else record.hours

    def moments(self, board: str, day: date) -> tuple[PhaseMoment, ...]:
        """Every change of phase of a trading day in UTC nanoseconds, the closing last."""
        hours = self.hours(board, day)
        zone = ZoneInfo(hours.time_zone)
        number = day_number(day)
        return tuple(
            PhaseMoment(AtNs(local_ns(number, step.second, zone)), step.phase)
            for step in hours.steps
        )


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    phases: tuple[str, ...]
    valid_from: date = msgspec.field(name="from")
    valid_to: date | None = msgspec.field(name="to", default=None)
    boards: tuple[str, ...] = ()
    half_day: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    market: str
    time_zone: str
    days: str
    hours: tuple[_Record, ...]


@cache
def schedule_of(market: str) -> Schedule:
    """The schedule of a market's instruments; ScheduleUnknownError where there is none."""
    if market not in FILES:
        raise ScheduleUnknownError(f"{market}: no hours are known")
    path = _FOLDER / f"{FILES[market]}.toml"
    data = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    return Schedule(data.market, data.days, (_dated(data, one) for one in data.hours))


def _dated(data: _File, row: _Record) -> DatedHours:
    half = Hours(data.time_zone, _steps(row.half_day)) if row.half_day else None
    return DatedHours(
        boards=row.boards,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        hours=Hours(data.time_zone, _steps(row.phases)),
        half=half,
    )


def _steps(lines: Iterable[str]) -> tuple[PhaseStep, ...]:
    """``09:30 continuous`` and so on."""
    words = (line.split() for line in lines)
    return tuple(PhaseStep(_second(clock), Phase(phase)) for clock, phase in words)


def _second(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 3600 + int(minute) * 60
