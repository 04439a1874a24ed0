"""JSON answers with an ETag, compressed where it pays."""

from __future__ import annotations

import hashlib

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from web.static_files import accepts_gzip, compress


def json_reply(request: Request, value: object) -> Response:
    """200 with the value, or 304 when the browser already holds exactly this.

    The answer depends on who asks, so only his own browser keeps it, and asks each time.
    """
    body = msgspec.json.encode(value)
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "accept-encoding, cookie"}
    given = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if tag in given or f"W/{tag}" in given:
        return Response(status_code=304, headers=headers)
    packed = compress(body, level=1) if accepts_gzip(request) else b""
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(packed or body, media_type="application/json", headers=headers)
