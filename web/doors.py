"""Two ways in: people come with a browser and a cookie, programs with a key.

A cookie opens nothing on the programs' addresses, so no foreign page can use them; a key needs no
origin and no form token, because no browser sends it by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from simtrade.people.api_keys import KEY_PREFIX
from web.broker.identity import credentials
from web.mcp.addresses import PATHS
from web.problems import is_broker_path

OWN_API = "/api/"


def is_program(scope: Scope) -> bool:
    """Whether a request comes by the programs' door: by its address, or, where both may ask, by
    the key it carries."""
    path: str = scope["path"]
    if is_broker_path(path) or path in PATHS:
        return True
    return path.startswith(OWN_API) and _has_key(Headers(scope=scope))


def _has_key(headers: Headers) -> bool:
    """An ``Authorization`` may also be for a proxy in front of the site: it is a key when it names
    one of ours."""
    if "apca-api-key-id" in headers or "apca-api-secret-key" in headers:
        return True
    given = credentials(headers)
    return given is not None and given[0].startswith(KEY_PREFIX)


class Doors:
    """The same application behind two chains of middleware."""

    def __init__(
        self, app: ASGIApp, people: Sequence[Middleware], programs: Sequence[Middleware]
    ) -> None:
        self._people = _chain(app, people)
        self._programs = _chain(app, programs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        program = scope["type"] != "lifespan" and is_program(scope)
        await (self._programs if program else self._people)(scope, receive, send)


def _chain(app: ASGIApp, middleware: Sequence[Middleware]) -> ASGIApp:
    for cls, args, kwargs in reversed(middleware):
        app = cls(app, *args, **kwargs)
    return app
