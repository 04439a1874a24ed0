"""``/mcp`` and ``/mcp/orders``: the protocol over HTTP, one request and one JSON answer at a time.

Nothing is kept between requests: every one brings the key, so a revoked key is dead at once and
any process can answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal, InvalidOperation

import msgspec
from mcp import types
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from web.mcp.addresses import PATHS
from web.mcp.confirm import Confirmations
from web.mcp.server import make_server
from web.security.body import BODY_KEY
from web.strict_json import JsonError, parse_value


class Agents:
    """What lives as long as the application: open confirmations and the protocol's machinery."""

    def __init__(self, wall_ns: Callable[[], int]) -> None:
        self.confirmations = Confirmations(wall_ns)
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve while this is open."""
        self._manager = StreamableHTTPSessionManager(
            make_server(), json_response=True, stateless=True
        )
        async with self._manager.run():
            yield

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._manager is not None, "running"
        await self._manager.handle_request(scope, receive, send)


class Endpoint:
    """An address of the protocol, as an ASGI application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            parse_value(scope[BODY_KEY], fraction=Decimal)
        except (JsonError, InvalidOperation) as error:
            await _not_json(str(error))(scope, receive, send)
            return
        agents: Agents = scope["app"].state.agents
        await agents.answer(scope, receive, send)


def _not_json(detail: str) -> Response:
    """What the protocol answers to a body that is none of its messages."""
    error = {"code": types.PARSE_ERROR, "message": f"The body is not the JSON expected: {detail}"}
    return Response(
        msgspec.json.encode({"jsonrpc": "2.0", "id": None, "error": error}),
        status_code=400,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


ROUTES: list[BaseRoute] = [Route(path, Endpoint(), methods=["POST"]) for path in PATHS]
