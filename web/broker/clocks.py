"""``/v2/clock``: what time it is in the key's venue, and whether its market is open.

In a replay it is the replayed time: programs take every time from here.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.phases import PHASES
from web.broker import wire
from web.broker.identity import client_of, core_of
from web.broker.replies import reply


async def clock(request: Request) -> Response:
    """``GET /v2/clock``: {"timestamp", "is_open", ...}."""
    program = client_of(request)
    now = core_of(request).venues.clock(program.venue.venue_id)
    return reply({"timestamp": wire.moment(now.at_ns), "is_open": PHASES[now.phase].matches})


ROUTES: list[BaseRoute] = [Route("/v2/clock", clock)]
