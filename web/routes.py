"""Every address of the site, in one list.

``costs(n)`` names what one request takes from the asker's credits; routes without it are free.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Route, WebSocketRoute

from web import pages
from web.api.routes import ROUTES as OWN_API
from web.api.udf import ROUTES as UDF
from web.broker.routes import ROUTES as BROKER
from web.health import healthz, metrics, readyz
from web.live.endpoint import live
from web.mcp.endpoint import ROUTES as AGENTS
from web.security import costs
from web.static_files import serve_static

SERVICE: list[BaseRoute] = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
    Route("/static/{version}/{name:path}", serve_static),
]

LIVE: list[BaseRoute] = [WebSocketRoute("/ws", live, middleware=[costs(5)])]

ROUTES: list[BaseRoute] = [*SERVICE, *OWN_API, *UDF, *BROKER, *AGENTS, *LIVE, *pages.ROUTES]
