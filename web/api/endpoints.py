"""One address of ``/api/*`` with everything that routes and the document need to know of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.security import costs

Handler = Callable[[Request], Awaitable[Response]]
JSON_TYPE = "application/json"
CSV_TYPE = "text/csv"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``reply`` is the Struct of a success, None where ``media`` is no JSON.  ``keyed``: it asks
    the desk, so the request needs a name for its repetition.  ``price`` in credits."""

    method: str
    path: str
    handler: Handler
    tag: str
    summary: str
    reply: type | None
    query: type | None = None
    body: type | None = None
    status: HTTPStatus = HTTPStatus.OK
    media: str = JSON_TYPE
    keyed: bool = False
    price: int = 1
    refusals: tuple[HTTPStatus, ...] = field(default=())

    def route(self) -> Route:
        return Route(self.path, self.handler, methods=[self.method], middleware=[costs(self.price)])
