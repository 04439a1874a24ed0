"""Requests that change something must come from our own pages.

Two independent proofs, both needed when a session exists:
- the browser says where the request comes from: ``Sec-Fetch-Site`` is same-origin or none, or
  ``Origin`` is ours.  A websocket handshake always needs the Origin: browsers send it always, and
  neither the same-origin policy nor SameSite cookies protect sockets.
- the form carries the token of the session (web/security/csrf.py).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from web.problems import Fault, refuse

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class OriginCheck:
    """``allowed``: further origins.  The own origin is the Host, which is allow-listed before."""

    def __init__(self, app: ASGIApp, allowed: tuple[str, ...], *, secure: bool) -> None:
        self._app = app
        self._allowed = frozenset(allowed)
        self._schemes = ("https",) if secure else ("https", "http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._passes(scope):
            await self._app(scope, receive, send)
        else:
            await refuse(scope, receive, send, Fault.ORIGIN_NOT_ALLOWED)

    def _passes(self, scope: Scope) -> bool:
        if scope["type"] == "lifespan":
            return True
        if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
            return True
        headers = Headers(scope=scope)
        if self._is_ours(headers.getlist("origin"), headers.get("host", "")):
            return True
        return scope["type"] == "http" and headers.getlist("sec-fetch-site") in (
            ["same-origin"],
            ["none"],
        )

    def _is_ours(self, origins: list[str], host: str) -> bool:
        if len(origins) != 1:
            return False
        if origins[0] in self._allowed:
            return True
        try:
            parts = urlsplit(origins[0])
        except ValueError:
            return False
        return parts.scheme in self._schemes and parts.netloc.lower() == host.lower() != ""
