"""``/v2/calendar``, ``/v3/calendar/{market}``: the sessions of the key's venue.

Days to come are told as far as calendars are printed: to the end of the next year.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.market import Phase
from matching.units import AtNs
from simtrade.venues.timetable import TradingDay
from web.broker import wire
from web.broker.clocks import market_value
from web.broker.errors import bad_field, not_found
from web.broker.identity import Program, client_of, core_of
from web.broker.markets import markets_of, named
from web.broker.queries import Query
from web.broker.replies import tagged

FIRST_DAY = date(1970, 1, 1)
_SETTLES_WITHIN = timedelta(days=30)
_DATE_TYPES = ("TRADING", "SETTLEMENT")

Written = Callable[[AtNs], str]


async def calendar(request: Request) -> Response:
    """``GET /v2/calendar``: an array of days, wall-clock times of the market."""
    program = client_of(request)
    zone = program.venue.traits.time_zone
    days = _days(request, program)
    return tagged(
        request, [_day_value(one, lambda at_ns: wire.clock_text(at_ns, zone)) for one in days]
    )


async def market_calendar(request: Request) -> Response:
    """``GET /v3/calendar/{market}``: {"market", "calendar": [...]} with the phases of each day."""
    program = client_of(request)
    market = named(markets_of(program.venue), request.path_params["market"])
    if market is None:
        raise not_found("market not found")
    zone = program.venue.traits.time_zone
    days = [
        _phases_value(one, lambda at_ns: wire.local_moment(at_ns, zone))
        for one in _days(request, program)
    ]
    return tagged(request, {"market": market_value(market, program), "calendar": days})


def _days(request: Request, program: Program) -> list[TradingDay]:
    """Those that the query asks for, by trading or by settlement day."""
    venues, venue = core_of(request).venues, program.venue
    zone = venue.traits.time_zone
    query = Query(request)
    known = date(wire.local_day(venues.clock(venue.venue_id).at_ns, zone).year + 1, 12, 31)
    first = max(query.day("start", zone) or FIRST_DAY, FIRST_DAY)
    last = min(query.day("end", zone) or known, known)
    if (query.day("end", zone) or known) < first:
        raise bad_field("end must not be before start")
    by_settlement = query.choice("date_type", _DATE_TYPES, "TRADING") == "SETTLEMENT"
    begin = first - _SETTLES_WITHIN if by_settlement else first
    days = venues.trading_days(venue.venue_id, begin, last)
    return [one for one in days if first <= (one.settles if by_settlement else one.day) <= last]


def _day_value(day: TradingDay, written: Written) -> dict[str, object]:
    opens, closes = day.open_times[0].begins_ns, day.open_times[-1].ends_ns
    lunch_start, lunch_end = _lunch(day)
    return {
        "date": day.day.isoformat(),
        "open": written(opens),
        "close": written(closes),
        "session_open": written(day.times.opens_ns).replace(":", ""),
        "session_close": written(day.times.closes_ns).replace(":", ""),
        "lunch_start": None if lunch_start is None else written(lunch_start),
        "lunch_end": None if lunch_end is None else written(lunch_end),
        "settlement_date": day.settles.isoformat(),
    }


def _phases_value(day: TradingDay, written: Written) -> dict[str, object]:
    opens, closes = day.open_times[0].begins_ns, day.open_times[-1].ends_ns
    early, late = day.times.opens_ns < opens, day.times.closes_ns > closes
    lunch_start, lunch_end = _lunch(day)
    return {
        "date": day.day.isoformat(),
        "pre_start": written(day.times.opens_ns) if early else None,
        "pre_end": written(opens) if early else None,
        "core_start": written(opens),
        "core_end": written(closes),
        "lunch_start": None if lunch_start is None else written(lunch_start),
        "lunch_end": None if lunch_end is None else written(lunch_end),
        "post_start": written(closes) if late else None,
        "post_end": written(day.times.closes_ns) if late else None,
        "settlement_date": day.settles.isoformat(),
    }


def _lunch(day: TradingDay) -> tuple[AtNs | None, AtNs | None]:
    begins = day.moment_of(Phase.LUNCH)
    if begins is None:
        return None, None
    return begins, next(one.begins_ns for one in day.open_times if one.begins_ns > begins)


ROUTES: list[BaseRoute] = [
    Route("/v2/calendar", calendar),
    Route("/v3/calendar/{market}", market_calendar),
]
