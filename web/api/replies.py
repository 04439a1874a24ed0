"""JSON answers with an ETag, compressed where it pays."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simtrade.desk.requests import Done
from web.api import shapes
from web.api.refused import REPLAYED
from web.static_files import accepts_gzip, compress

VARY = "accept-encoding, accept-language, cookie"


def json_reply(request: Request, value: object) -> Response:
    """200 with the value, or 304 when the browser already holds exactly this.

    The answer depends on who asks, so only his own browser keeps it, and asks each time.
    """
    body = msgspec.json.encode(value)
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": VARY}
    given = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if tag in given or f"W/{tag}" in given:
        return Response(status_code=304, headers=headers)
    packed = compress(body, level=1) if accepts_gzip(request) else b""
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(packed or body, media_type="application/json", headers=headers)


def done_reply(done: Done, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """What the desk has carried out; the same again for a repetition, which the header tells."""
    value = shapes.Done(done.seq, done.venue_id, done.account_id, done.plan_id)
    headers = {"cache-control": "no-store"} | ({REPLAYED: "true"} if done.replayed else {})
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        media_type="application/json",
        headers=headers,
    )
