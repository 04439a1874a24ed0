"""``/api/accounts/{account}/files/{file}``: an account as the CSV that its owner downloads."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from web.api.askers import account_of_path
from web.api.refused import Refused
from web.pages.export import EXPORTS, file_of
from web.problems import Fault


async def account_file(request: Request) -> Response:
    """One of ``summary.csv``, ``positions.csv``, ``orders.csv`` ...: one header line, UTF-8."""
    own = account_of_path(request)
    kind, dot, ending = request.path_params["file"].partition(".")
    if kind not in EXPORTS or f"{dot}{ending}" != ".csv":
        raise Refused(Fault.NOT_FOUND)
    return await file_of(request, own, kind)
