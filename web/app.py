"""The web application around one running simtrade: middleware in order, routes, shared state.

``request.app.state`` holds ``core`` (the application), ``hub`` (live sockets), ``streams``
(what programs follow), ``purses`` and ``paces`` (rate limits of people and of programs), ``agents``
(the MCP server), ``answers`` (first answers to requests with a key), ``metrics``, ``bugs`` (how
many were answered with 500) and the two ways to talk to people:
``error_page(request, fault, error_id)`` and ``sentence(reason, numbers, language, instrument)``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from matching.units import NS_PER_SECOND
from simtrade.clock import monotonic_ns, now_ns
from web import static_files
from web.api.refused import Refused, refused
from web.broker.errors import ApiError, api_error
from web.broker.idempotency import Answers
from web.broker.identity import KeyIdentity
from web.broker.pace import Named, Paced, Paces
from web.broker.streams.connections import Kind
from web.broker.streams.hub import Streams
from web.core import Core
from web.doors import Doors
from web.live.hub import Hub
from web.mcp.endpoint import Agents
from web.metrics import Metrics
from web.pages import error_page
from web.routes import ROUTES
from web.security.body import BodyLimit
from web.security.credits import Allowance, Purses
from web.security.csrf import FormToken
from web.security.errors import ErrorBoundary, http_error
from web.security.headers import SecurityHeaders
from web.security.hosts import HostAllowList
from web.security.origins import OriginCheck
from web.security.session import Session
from web.sentences import sentence


def create_app(
    core: Core, *, allowance: Allowance | None = None, hub: Hub | None = None
) -> Starlette:
    """The ASGI application.  ``core`` is open before and closed after its life."""
    settings = core.settings
    secure = settings.cookie_secure
    app = Starlette(
        routes=ROUTES,
        middleware=[
            Middleware(SecurityHeaders, secure=secure),
            Middleware(ErrorBoundary),
            Middleware(HostAllowList, allowed=settings.allowed_hosts),
            Middleware(
                Doors,
                people=[
                    Middleware(OriginCheck, allowed=settings.allowed_origins, secure=secure),
                    Middleware(BodyLimit),
                    Middleware(Session, people=core.people, settings=settings),
                    Middleware(FormToken),
                ],
                programs=[
                    Middleware(Named),
                    Middleware(BodyLimit),
                    Middleware(KeyIdentity),
                    Middleware(Paced),
                ],
            ),
        ],
        exception_handlers={ApiError: api_error, Refused: refused, HTTPException: http_error},
        lifespan=_lifespan,
    )
    # "/x/" is not "/x": a redirect would carry the Host header into a Location.
    app.router.redirect_slashes = False
    state = app.state
    state.core = core
    state.bugs = 0
    state.purses = Purses(allowance or Allowance(), monotonic_seconds)
    state.answers = Answers()
    state.paces = Paces(settings.api_requests_per_minute, now_ns)
    state.agents = Agents(now_ns)
    state.error_page = error_page
    state.sentence = sentence
    state.hub = hub or Hub(core)
    state.streams = Streams(state.core, monotonic_seconds)
    state.metrics = _metrics(app, core)
    return app


def monotonic_seconds() -> float:
    return monotonic_ns() / NS_PER_SECOND


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
    """``ending`` is called when the server is asked to end, before it waits for open answers."""
    static_files.warm()
    app.state.hub.start()
    app.state.streams.start()
    async with app.state.agents.running():
        yield {"ending": app.state.streams.end_all}
    app.state.streams.stop()
    app.state.hub.stop()


def _heard(core: Core) -> int:
    return sum(core.live.heard(one.name) for one in core.live.status())


def _feed_counts(core: Core) -> dict[str, int]:
    """Counts of every live feed as NAME:WHAT; docs/live.md says what each is."""
    return {
        f"{one.name}:{what}": number
        for one in core.live.status()
        for what, number in one.counts.items()
    }


def _metrics(app: Starlette, core: Core) -> Metrics:
    state = app.state
    hub: Hub = state.hub
    metrics = Metrics()
    gauge, counter = metrics.gauge, metrics.counter
    counter("bugs", "Exceptions answered with 500", lambda: state.bugs)
    counter("requests_refused_rate", "Requests answered 429", lambda: state.purses.refused)
    counter("programs_refused_rate", "Programs answered 429", lambda: state.paces.refused)
    gauge("purses", "People and addresses with a credit purse", lambda: len(state.purses))
    gauge("inbox_depth", "Requests waiting for the engine", lambda: core.gateway.waiting)
    gauge("live_sockets", "Open live sockets", lambda: hub.sockets)
    gauge("live_rooms", "Rooms with at least one socket", lambda: hub.rooms)
    counter("live_frames", "Frames encoded", lambda: hub.tally.frames)
    counter("live_delivered", "Frames handed to sockets", lambda: hub.tally.delivered)
    counter("live_conflated", "Frames passed over for full sockets", lambda: hub.tally.conflated)
    counter("live_revaluations_postponed", "Account updates over the budget", hub.postponed)
    gauge("feeds", "Live market feeds", lambda: len(core.live.status()))
    gauge("feeds_heard", "Live market feeds that venues can trade on", lambda: _heard(core))
    streams: Streams = state.streams
    for kind in Kind:
        gauge(
            f"streams_{kind}",
            f"Open connections of programs to {kind}",
            partial(streams.connections.count, kind),
        )
    counter(
        "streams_frames", "Frames of market data encoded for programs", lambda: streams.tally.frames
    )
    counter(
        "streams_delivered",
        "Frames of market data handed to programs",
        lambda: streams.tally.delivered,
    )
    counter("streams_bugs", "Streams that a bug ended", lambda: streams.bugs)
    metrics.counters("streams_closed", "Streams closed by us", "code", lambda: dict(streams.closed))
    metrics.counters(
        "streams_refused", "Messages on streams refused", "code", lambda: dict(streams.refused)
    )
    metrics.counters("feed", "What live feeds did", "what", lambda: _feed_counts(core))
    metrics.counters("live_closed", "Sockets closed by us", "code", lambda: dict(hub.closed))
    metrics.counters("live_refused", "Messages refused", "code", lambda: dict(hub.refused))
    return metrics
