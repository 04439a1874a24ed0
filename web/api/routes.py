"""The addresses of ``/api/*``: those of the table, and the document that describes them."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from web.api import reference
from web.api.table import ENDPOINTS
from web.security import costs

ROUTES: list[BaseRoute] = [
    *(one.route() for one in ENDPOINTS),
    Route("/api/openapi.json", reference.document_file, methods=["GET"], middleware=[costs(1)]),
    Route("/api/docs", reference.docs_page, methods=["GET"], middleware=[costs(1)]),
]
