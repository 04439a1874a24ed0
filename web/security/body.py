"""Request bodies: at most 64 KB, simple forms or JSON, not compressed, whole before the routes.

Reading the body here lets the form check look at it once and makes a slow or endless body cost
one bounded buffer.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.problems import Fault, refuse

BODY_LIMIT_BYTES = 64 * 1024
BODY_KEY = "simtrade.body"
# No form of ours needs multipart, whose parts name their own encodings.
_TYPES = ("application/x-www-form-urlencoded", "application/json")


class BodyLimit:
    """Puts the body into ``scope[BODY_KEY]`` and replays it as one message."""

    def __init__(self, app: ASGIApp, limit_bytes: int = BODY_LIMIT_BYTES) -> None:
        self._app = app
        self._limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            await refuse(scope, receive, send, Fault.ENCODING_NOT_SUPPORTED)
            return
        declared = headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and self._exceeds(declared):
            await refuse(scope, receive, send, Fault.BODY_TOO_LARGE, {"connection": "close"})
            return
        try:
            body = await self._read(receive)
        except ClientDisconnect:
            return  # nobody is left to answer
        if body is None:
            await refuse(scope, receive, send, Fault.BODY_TOO_LARGE, {"connection": "close"})
            return
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind not in _TYPES:
            await refuse(scope, receive, send, Fault.TYPE_NOT_SUPPORTED)
            return
        scope[BODY_KEY] = body
        await self._app(scope, _replay(body, receive), send)

    def _exceeds(self, declared: str) -> bool:
        return len(declared) > 12 or int(declared) > self._limit_bytes

    async def _read(self, receive: Receive) -> bytes | None:
        """The body, None when it is too large; raises ClientDisconnect."""
        parts: list[bytes] = []
        size = 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part = message.get("body", b"")
            size += len(part)
            if size > self._limit_bytes:
                return None
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
