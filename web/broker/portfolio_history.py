"""``/v2/account/portfolio/history``: what the account was worth, window by window."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.units import NS_PER_SECOND, Currency
from simtrade.portfolio.history import HistoryView, HistoryWish, Hours
from simtrade.portfolio.statements import LineKind
from web.broker import wire
from web.broker.activities import OTHERS, TYPE_OF, kinds_of
from web.broker.errors import bad_field
from web.broker.identity import Program, client_of, core_of
from web.broker.queries import Query
from web.broker.replies import tagged

TIMEFRAMES = {"1Min": 1, "5Min": 5, "15Min": 15, "1H": 60, "1D": None}
MINUTE_SESSIONS_MAX = 7
INTRADAY_SESSIONS_MAX = 31
_PERIOD = re.compile(r"([1-9][0-9]{0,3})([DWMA])")
_DAYS_OF = {"D": 1, "W": 7, "M": 30, "A": 365}
_RESETS = ("per_day", "no_reset")
_ENOUGH_DAYS = timedelta(days=30)  # no market was closed for longer


@dataclass(frozen=True, slots=True)
class _Span:
    """The sessions asked for, and as how many days; moments where a query named them."""

    sessions: tuple[date, ...]
    days: int
    begin_ns: int | None
    end_ns: int | None


async def history(request: Request) -> Response:
    """``GET /v2/account/portfolio/history``."""
    program, query = client_of(request), Query(request)
    span = _span(request, program, query)
    timeframe = query.choice("timeframe", TIMEFRAMES, _usual_timeframe(span.days))
    _check_length(timeframe, len(span.sessions))
    kinds = _cashflow_kinds(query)
    minutes = TIMEFRAMES[timeframe]
    hours = Hours(query.choice("intraday_reporting", [one.value for one in Hours], Hours.MARKET))
    if query.truth("extended_hours", default=False) and hours is Hours.MARKET:
        hours = Hours.EXTENDED
    per_day = query.choice("pnl_reset", _RESETS, "per_day") == "per_day"
    wish = HistoryWish(
        first=span.sessions[0],
        last=span.sessions[-1],
        minutes=minutes,
        hours=hours,
        begin_ns=span.begin_ns,
        end_ns=span.end_ns,
        daily_base=per_day and minutes is not None,
        kinds=kinds,
    )
    read, account = core_of(request).account_history.of, program.account
    found = await run_in_threadpool(read, account.account_id, wish)
    return tagged(request, _value(found, account.currency, timeframe))


def _usual_timeframe(days: int) -> str:
    if days < 7:
        return "1Min"
    return "15Min" if days < 30 else "1D"


def _check_length(timeframe: str, sessions: int) -> None:
    if timeframe == "1Min" and sessions > MINUTE_SESSIONS_MAX:
        raise bad_field(f"timeframe 1Min is for at most {MINUTE_SESSIONS_MAX} sessions")
    if timeframe != "1D" and sessions > INTRADAY_SESSIONS_MAX:
        raise bad_field(f"timeframe {timeframe} is for at most {INTRADAY_SESSIONS_MAX} sessions")


def _cashflow_kinds(query: Query) -> tuple[LineKind, ...]:
    words = query.words("cashflow_types")
    if words in ((), ("NONE",)):
        return ()
    return OTHERS if words == ("ALL",) else kinds_of(words)


def _span(request: Request, program: Program, query: Query) -> _Span:
    zone = program.venue.traits.time_zone
    now_ns = core_of(request).venues.clock(program.venue.venue_id).at_ns
    begin_ns, end_ns = query.moment("start", zone), query.moment("end", zone)
    if begin_ns is None:
        begin_ns = query.moment("date_start", zone)
    day = query.day("date_end", zone)
    if day is not None and end_ns is not None:
        raise bad_field("end and date_end cannot be given together")
    period = query.text("period")
    if period is not None and begin_ns is not None and (end_ns or day):
        raise bad_field("only two of start, end and period can be given")
    last_ns = now_ns if end_ns is None else min(end_ns, now_ns)
    last = wire.local_day(last_ns, zone)
    last = last if day is None else min(day, last)
    count, unit = _period(period)
    if begin_ns is None:
        sessions = _until(request, program, last, count, unit)
    else:
        first = wire.local_day(begin_ns, zone)
        if first > last or (end_ns is not None and begin_ns > end_ns):
            raise bad_field("start must not be after end, nor after the venue's time")
        sessions = _since(request, program, first, last, period)
    if not sessions:
        raise bad_field("there is no session in that period")
    days = count * _DAYS_OF[unit]
    if begin_ns is not None and period is None:
        days = (sessions[-1] - sessions[0]).days + 1
    return _Span(sessions, days, begin_ns, end_ns)


def _period(text: str | None) -> tuple[int, str]:
    found = _PERIOD.fullmatch(text or "1M")
    if found is None:
        raise bad_field("invalid period: a number and one of D, W, M, A are expected")
    return int(found[1]), found[2]


def _until(
    request: Request, program: Program, last: date, count: int, unit: str
) -> tuple[date, ...]:
    """The sessions of a period that ends with the last session up to a day; days are counted in
    sessions."""
    newest = _sessions(request, program, last - _ENOUGH_DAYS, last)[-1:]
    if not newest:
        return ()
    if unit != "D":
        first = _moved(newest[0], -count, unit) + timedelta(days=1)
        return _sessions(request, program, first, last)
    reach = timedelta(days=2 * count) + _ENOUGH_DAYS
    first = last - reach if reach < last - date(1900, 1, 1) else date(1900, 1, 1)
    return _sessions(request, program, first, last)[-count:]


def _since(
    request: Request, program: Program, first: date, last: date, period: str | None
) -> tuple[date, ...]:
    """The sessions from a day on, as many as the period says, to another at most."""
    if period is None:
        return _sessions(request, program, first, last)
    count, unit = _period(period)
    if unit == "D":
        return _sessions(request, program, first, last)[:count]
    end = _moved(first, count, unit) - timedelta(days=1)
    return _sessions(request, program, first, min(last, end))


def _sessions(request: Request, program: Program, first: date, last: date) -> tuple[date, ...]:
    """Those that have begun to trade."""
    venues, venue_id = core_of(request).venues, program.venue.venue_id
    now_ns = venues.clock(venue_id).at_ns
    found = venues.trading_days(venue_id, first, last)
    return tuple(one.day for one in found if one.open_times[0].begins_ns <= now_ns)


def _moved(day: date, count: int, unit: str) -> date:
    """So many weeks, months or years on; the last day of a month that is shorter.  Not beyond the
    years that calendars know."""
    if unit == "W":
        reach = timedelta(weeks=min(abs(count), 5_000))
        moved = day + reach if count > 0 else day - reach
        return min(max(moved, date(1900, 1, 1)), date(2200, 1, 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "A" else 1)
    year, month = divmod(min(max(months, 1900 * 12), 2200 * 12), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _value(found: HistoryView, currency: Currency, timeframe: str) -> dict[str, object]:
    pairs = list(zip(found.equity_minor, found.bases_minor, strict=True))
    return {
        "timestamp": [one // NS_PER_SECOND for one in found.begins_ns],
        "equity": [wire.money_number(currency, one) for one in found.equity_minor],
        "profit_loss": [wire.money_number(currency, equity - base) for equity, base in pairs],
        "profit_loss_pct": [float(wire.ratio(equity - base, base)) for equity, base in pairs],
        "base_value": wire.money_number(currency, found.base_minor),
        "base_value_asof": found.base_day.isoformat(),
        "timeframe": timeframe,
        "cashflow": {
            TYPE_OF[kind]: [wire.money_number(currency, one) for one in sums]
            for kind, sums in found.flows.items()
        },
    }


ROUTES: list[BaseRoute] = [Route("/v2/account/portfolio/history", history)]
