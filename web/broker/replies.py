"""Answers of the broker-compatible API."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from starlette.responses import Response


def reply(value: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
