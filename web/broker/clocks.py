"""``/v2/clock``, ``/v3/clock``: what time it is in the key's venue, and when its market opens and
closes.

In a replay it is the replayed time: programs take every time from here.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.market import Phase
from matching.units import AtNs
from simtrade.venues.timetable import OPEN_PHASES
from web.broker import wire
from web.broker.errors import not_found
from web.broker.identity import Program, client_of, core_of
from web.broker.markets import Market, markets_of, named
from web.broker.queries import Query
from web.broker.replies import tagged

_WORDS = {
    Phase.PRE_OPEN: "pre",
    Phase.OPENING_AUCTION: "pre",
    Phase.OPENING_LOCKED: "pre",
    Phase.OPENED: "pre",
    Phase.CONTINUOUS: "core",
    Phase.LUNCH: "lunch",
    Phase.CLOSING_AUCTION: "core",
    Phase.CLOSING_LOCKED: "core",
    Phase.AFTER_HOURS: "post",
    Phase.CLOSED: "closed",
    Phase.HALTED: "closed",
}


async def clock(request: Request) -> Response:
    """``GET /v2/clock``: {"timestamp", "is_open", "next_open", "next_close"}."""
    program, venues = client_of(request), core_of(request).venues
    now = venues.clock(program.venue.venue_id)
    opens_ns, closes_ns = venues.next_changes(program.venue.venue_id)
    value = {
        "timestamp": _written(program, now.at_ns),
        "is_open": now.phase in OPEN_PHASES and not now.ended,
        "next_open": _written(program, opens_ns),
        "next_close": _written(program, closes_ns),
        "phase": now.phase,
        "running": now.running,
        "speed": now.speed,
        "ended": now.ended,
    }
    return tagged(request, value)


async def clocks(request: Request) -> Response:
    """``GET /v3/clock?markets=``: the same for each of some markets of the venue."""
    program = client_of(request)
    there = markets_of(program.venue)
    asked = Query(request).words("markets")
    found = [named(there, name) for name in asked] if asked else list(there)
    chosen = [one for one in found if one is not None]
    if len(chosen) < len(found):
        raise not_found("market not found")
    value = _clock_value(request, program)
    return tagged(
        request,
        {"clocks": [{"market": market_value(one, program), **value} for one in chosen]},
    )


def _clock_value(request: Request, program: Program) -> dict[str, object]:
    venues = core_of(request).venues
    venue_id = program.venue.venue_id
    now = venues.clock(venue_id)
    opens_ns, closes_ns = venues.next_changes(venue_id)
    today = wire.local_day(now.at_ns, program.venue.traits.time_zone)
    days = venues.trading_days(venue_id, today, today)
    until_ns = now.phase_ends_ns or min(opens_ns, closes_ns)
    return {
        "timestamp": _written(program, now.at_ns),
        "is_market_day": bool(days),
        "next_market_open": _written(program, opens_ns),
        "next_market_close": _written(program, closes_ns),
        "phase": "closed" if now.ended else _WORDS[now.phase],
        "phase_until": _written(program, until_ns),
    }


def market_value(market: Market, program: Program) -> dict[str, object]:
    return {
        "mic": market.mic,
        "bic": None,
        "acronym": market.acronym,
        "name": market.name,
        "timezone": program.venue.traits.time_zone,
    }


def _written(program: Program, at_ns: AtNs) -> str:
    return wire.local_moment(at_ns, program.venue.traits.time_zone)


ROUTES: list[BaseRoute] = [Route("/v2/clock", clock), Route("/v3/clock", clocks)]
