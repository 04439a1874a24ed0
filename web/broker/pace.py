"""How many requests a key may make: so many a minute, told in headers on every answer.

The window of a key begins with its first request and lasts a minute.  A refused request was not
carried out, so asking again later is safe.  ``X-Request-ID`` names every answer.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matching.units import NS_PER_MINUTE, NS_PER_SECOND
from web.problems import Fault, refuse

KEYS_LIMIT = 100_000


@dataclass(slots=True)
class _Window:
    ends_ns: int
    left: int


class Paces:
    """Windows of all keys that asked lately.  ``wall_ns``: now, in nanoseconds UTC."""

    def __init__(self, per_minute: int, wall_ns: Callable[[], int]) -> None:
        self.per_minute = per_minute
        self.refused = 0
        self._wall_ns = wall_ns
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def take(self, key_id: str) -> tuple[bool, dict[str, str]]:
        """Whether a key may make one more request now, and the headers that say how it stands."""
        now = self._wall_ns()
        window = self._windows.get(key_id)
        if window is None or now >= window.ends_ns:
            window = self._windows[key_id] = _Window(now + NS_PER_MINUTE, self.per_minute)
            if len(self._windows) > KEYS_LIMIT:
                self._windows.popitem(last=False)
        self._windows.move_to_end(key_id)
        allowed = window.left > 0
        window.left -= allowed
        self.refused += not allowed
        reset_s = -(-window.ends_ns // NS_PER_SECOND)
        headers = {
            "x-ratelimit-limit": str(self.per_minute),
            "x-ratelimit-remaining": str(window.left),
            "x-ratelimit-reset": str(reset_s),
        }
        if not allowed:
            headers["retry-after"] = str(max(1, reset_s - now // NS_PER_SECOND))
        return allowed, headers


class Paced:
    """Refuses what is above the pace of the key in ``request.state.program``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        program = scope["state"]["program"]
        if scope["type"] != "http" or program is None:
            await self._app(scope, receive, send)
            return
        paces: Paces = scope["app"].state.paces
        allowed, headers = paces.take(program.key.key_id)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        if allowed:
            await self._app(scope, receive, send_with_headers)
        else:
            await refuse(scope, receive, send_with_headers, Fault.TOO_MANY_REQUESTS, headers)


class Named:
    """Gives every answer to a program an id that support can ask for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = secrets.token_hex(16)

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        await self._app(scope, receive, send_named)
