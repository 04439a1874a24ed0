"""A bug is answered with a generic 500 and logged once, with an id to find it.

The log holds the kinds of the exceptions and where they happened.  Their messages are left out:
a database error quotes the row, a parser error the input, and rows and input are about people.
"""

from __future__ import annotations

import logging
import secrets
import traceback

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.problems import Fault, fault_response

logger = logging.getLogger("simtrade.web")


class ErrorBoundary:
    """Catches what the routes let through.  Counts in ``app.state.bugs``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        started = False

        async def watching_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] in (
                "http.response.start",
                "websocket.http.response.start",
                "websocket.accept",
                "websocket.close",
            )
            await send(message)

        try:
            await self._app(scope, receive, watching_send)
        except Exception as error:  # noqa: BLE001, RUF100 - the one place that answers bugs
            error_id = log_bug(error, scope)
            if scope["type"] == "websocket" and started:
                await send({"type": "websocket.close", "code": 1011})
            elif started:
                raise ConnectionAbortedError from None  # half an answer must not look whole
            else:
                await _answer(scope, error_id)(scope, receive, send)


def _answer(scope: Scope, error_id: str) -> Response:
    """The 500; a bug in the error page itself must not hide the first one."""
    try:
        return fault_response(scope, Fault.INTERNAL, error_id=error_id)
    except Exception as error:  # noqa: BLE001, RUF100 - logged, and answered by the first id
        log_bug(error, scope)
        return PlainTextResponse(f"Internal error {error_id}\n", status_code=500)


def log_bug(error: BaseException, scope: Scope) -> str:
    """Write the log entry of a bug and return its id."""
    error_id = secrets.token_hex(8)
    scope["app"].state.bugs += 1
    method = scope.get("method", "WEBSOCKET")
    logger.error("bug %s in %s\n%s", error_id, f"{method} {route_of(scope)}", where(error))
    return error_id


def route_of(scope: Scope) -> str:
    """The handler's name: a path can hold what a person typed."""
    endpoint = scope.get("endpoint")
    return getattr(endpoint, "__qualname__", type(endpoint).__name__) if endpoint else "no route"


def where(error: BaseException) -> str:
    """The traceback of the error and its causes with the messages left out."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(lines) < 10:
        frames = "".join(traceback.format_tb(seen.__traceback__, limit=-30))
        lines.append(f"{frames}{type(seen).__module__}.{type(seen).__qualname__}")
        seen = seen.__cause__ or seen.__context__
    return "\ncaused by\n".join(lines)


def http_error(request: Request, error: Exception) -> Response:
    """404, 405 and every other HTTPException of the framework."""
    assert isinstance(error, HTTPException)
    fault = Fault.of_status(error.status_code)
    return fault_response(request.scope, fault, headers=error.headers)
