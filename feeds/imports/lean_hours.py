"""Regular trading hours of US shares: from LEAN's market hours file, or from our own schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from feeds.imports.importer import Job
from feeds.imports.report import FileFault, StopImportError
from feeds.schedule import schedule_of
from feeds.trading_days import DaysUnknownError
from matching.market import Phase

HOURS = "market-hours/market-hours-database.json"
_ENTRY = "Equity-usa-[*]"
_MOST_BYTES = 64 << 20
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _Span(msgspec.Struct):
    start: str
    end: str
    state: str


class _Entry(msgspec.Struct, rename="camel"):
    exchange_time_zone: str
    monday: list[_Span]
    tuesday: list[_Span]
    wednesday: list[_Span]
    thursday: list[_Span]
    friday: list[_Span]
    saturday: list[_Span]
    sunday: list[_Span]
    holidays: list[str] = []
    early_closes: dict[str, str] = {}


class _Database(msgspec.Struct):
    entries: dict[str, msgspec.Raw]


@dataclass(frozen=True, slots=True)
class RegularHours:
    """When trading is regular: seconds of the local day, by weekday and by date."""

    week: tuple[tuple[int, int] | None, ...]
    holidays: frozenset[date]
    early: dict[date, int]

    def on(self, day: date) -> tuple[int, int] | None:
        """First second and end of a day's trading; None for a day without."""
        span = self.week[day.weekday()]
        if span is None or day in self.holidays:
            return None
        return span[0], min(span[1], self.early.get(day, span[1]))


class OwnHours:
    """The same from our schedule."""

    def on(self, day: date) -> tuple[int, int] | None:
        try:
            steps = schedule_of("US").hours("main", day).steps
        except DaysUnknownError:
            return 34_200, 57_600
        except LookupError:
            return None
        first = next(one.second for one in steps if one.phase is Phase.CONTINUOUS)
        return first, steps[-1].second


def hours_of(job: Job, root: Path) -> RegularHours | OwnHours:
    """The hours of the file beside equity/usa, where there is one.  StopImportError for a file that
    is no such database."""
    for ending in ("", ".gz"):
        path = root.parent.parent / f"{HOURS}{ending}"
        if path.is_file():
            with job.parts(path) as parts:
                part = next(parts)
                return regular_hours(part.name, part.stream.read(_MOST_BYTES))
    return OwnHours()


def regular_hours(name: str, data: bytes) -> RegularHours:
    """Read a database's entry for US shares."""
    try:
        entries = msgspec.json.decode(data, type=_Database).entries
        entry = msgspec.json.decode(entries[_ENTRY], type=_Entry)
        week = tuple(_regular(getattr(entry, word)) for word in _DAYS)
        holidays = frozenset(map(_date, entry.holidays))
        early = {_date(day): _second(clock) for day, clock in entry.early_closes.items()}
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        raise StopImportError(name, 0, FileFault.NOT_THIS_FORMAT, str(error)) from error
    return RegularHours(week, holidays, early)


def _regular(spans: list[_Span]) -> tuple[int, int] | None:
    found = [(_second(one.start), _second(one.end)) for one in spans if one.state == "market"]
    return found[0] if len(found) == 1 else None


def _second(clock: str) -> int:
    hour, minute, second = map(int, clock.split(":"))
    return hour * 3600 + minute * 60 + second


def _date(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)
