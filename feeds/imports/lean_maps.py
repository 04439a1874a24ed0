"""LEAN map files: under which ticker a security traded until when.

A line is ``YYYYMMDD,ticker[,exchange]``: the ticker holds up to and including that day; the first
line is the security's first day.  Data files are named after the ticker of their time, so one file
can hold two securities, and one security can be spread over two files.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from feeds.imports.opening import Part
from feeds.imports.plain_lines import plain_lines
from feeds.imports.report import FileFault, StopImportError
from feeds.us_shares import us_share
from matching.instrument import Instrument, InstrumentId

FOREVER = date(2050, 12, 31)


class MapFault(StrEnum):
    WRONG_NUMBER_OF_CELLS = "wrong_number_of_cells"
    NOT_A_DATE = "not_a_date"
    OUT_OF_ORDER = "out_of_order"


class Period(NamedTuple):
    """``ticker`` from ``first`` to ``last``, both included."""

    ticker: str
    first: date
    last: date


class Security(NamedTuple):
    """``name`` is that of its files, the ticker that it has or had last."""

    name: str
    periods: tuple[Period, ...]


def unmapped(name: str) -> Security:
    """A security without a map file: it always had its ticker."""
    return Security(name, (Period(name, date.min, FOREVER),))


def security_of(name: str, part: Part) -> Security:
    """Read a map file; StopImportError with its first bad line."""
    rows: list[tuple[date, str]] = []
    for line, text in plain_lines(part):
        cells = text.split(",")
        if len(cells) not in (2, 3) or not cells[1]:
            raise StopImportError(part.name, line, MapFault.WRONG_NUMBER_OF_CELLS, text)
        try:
            day = date.fromisoformat(cells[0])
        except ValueError:
            raise StopImportError(part.name, line, MapFault.NOT_A_DATE, text) from None
        if rows and day < rows[-1][0]:
            raise StopImportError(part.name, line, MapFault.OUT_OF_ORDER, text)
        rows.append((day, cells[1].lower()))
    if not rows:
        raise StopImportError(part.name, 0, FileFault.EMPTY_FILE, "")
    first = rows[0][0]
    periods: list[Period] = []
    for day, ticker in rows[1:] or rows:
        if periods and periods[-1].ticker == ticker:
            periods[-1] = periods[-1]._replace(last=day)
        elif day >= first:
            periods.append(Period(ticker, first, day))
        first = max(first, day + timedelta(days=1)) if periods else first
    return Security(name, tuple(periods))


def share_of(security: Security, ticker: str) -> Instrument:
    """The instrument of a security under one of its tickers: the last ticker has the plain id, an
    earlier one the day on which it ended beside it (the ticker may be another company's now)."""
    share, word = us_share(ticker.upper()), ticker.upper()
    if ticker == security.periods[-1].ticker:
        return share
    ended = max(one.last for one in security.periods if one.ticker == ticker)
    return replace(share, instrument_id=InstrumentId(f"{share.market}:{word}-{ended:%Y%m%d}"))
