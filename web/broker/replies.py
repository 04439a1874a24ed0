"""Answers of the broker-compatible API."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response


def tagged(request: Request, value: object) -> Response:
    """200 with an ETag, or 304 when the program already holds exactly this: polling is cheap."""
    body = msgspec.json.encode(value)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    given = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if tag in given or f"W/{tag}" in given:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def reply(value: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
