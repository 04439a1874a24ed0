"""How the broker-compatible API says no: an HTTP status and ``{"code", "message", ...}``."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

CODE_OF_RULE = 42210000
CODE_OF_FIELD = 40010001


def usual_code(status: int) -> int:
    """The code of a status where the contract names no other: 404 has 40410000."""
    return status * 100_000 + 10_000


class ApiError(HTTPException):
    """A refusal with its code, its message and further members for programs."""

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        *,
        code: int | None = None,
        more: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, headers)
        self.message = message
        self.code = usual_code(status) if code is None else code
        self.more = more or {}


def error_body(code: int, message: str, more: Mapping[str, object] | None = None) -> bytes:
    return msgspec.json.encode({"code": code, "message": message, **(more or {})})


def error_response(
    status: int,
    message: str,
    *,
    code: int | None = None,
    more: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(
        error_body(usual_code(status) if code is None else code, message, more),
        status_code=status,
        media_type="application/json",
        headers={**(headers or {}), "cache-control": "no-store"},
    )


def api_error(_request: Request, error: Exception) -> Response:
    """The application's answer to a raised ApiError."""
    assert isinstance(error, ApiError)
    return error_response(
        error.status_code,
        error.message,
        code=error.code,
        more=error.more,
        headers=error.headers,
    )


def unauthorized() -> ApiError:
    return ApiError(HTTPStatus.UNAUTHORIZED, "request is not authorized")


def not_found(message: str) -> ApiError:
    return ApiError(HTTPStatus.NOT_FOUND, message)


def forbidden(message: str, **more: object) -> ApiError:
    """The account may not, or cannot afford it."""
    return ApiError(HTTPStatus.FORBIDDEN, message, more=more)


def bad_body() -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, "request body format is invalid")


def bad_field(message: str, **more: object) -> ApiError:
    """A field is missing or cannot be read."""
    return ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, message, code=CODE_OF_FIELD, more=more)


def against_rule(message: str, **more: object) -> ApiError:
    """What is asked can be read and breaks a rule."""
    return ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, message, code=CODE_OF_RULE, more=more)
