"""Every address of the site, in one list.

``costs(n)`` names what one request takes from the asker's credits; routes without it are free.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from web.health import healthz, metrics, readyz
from web.static_files import serve_static

SERVICE: list[BaseRoute] = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
    Route("/static/{version}/{name:path}", serve_static),
]

ROUTES: list[BaseRoute] = [*SERVICE]
