"""Host allow-list: stops DNS rebinding and poisoned links.

Routing and authorization use ``scope["path"]`` and never a URL built from this header.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from web.problems import Fault, refuse


def host_name(host: str) -> str:
    """``127.0.0.1:8000`` is ``127.0.0.1``, ``[::1]:8000`` is ``[::1]``; lower case."""
    name, colon, port = host.rpartition(":")
    bare = name if colon and port.isascii() and port.isdigit() else host
    return bare.lower()


class HostAllowList:
    """Refuses requests whose Host is missing, given twice or not one of ``allowed``."""

    def __init__(self, app: ASGIApp, allowed: tuple[str, ...]) -> None:
        self._app = app
        self._allowed = frozenset(name.lower() for name in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) == 1 and host_name(hosts[0]) in self._allowed:
            await self._app(scope, receive, send)
        else:
            await refuse(scope, receive, send, Fault.HOST_NOT_ALLOWED)
