"""Is the process alive, is it ready, and its numbers."""

from __future__ import annotations

import ipaddress
import shutil

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from simtrade.people.authorize import Action, authorize
from web.core import Core
from web.problems import Fault, fault_response

# A full disk must be noticed while the journal can still be written.
DISK_FREE_BYTES = 256 * 1024 * 1024


async def healthz(_request: Request) -> Response:
    """200 while the event loop turns."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """200 when orders can be taken, else 503 and one reason a line."""
    reasons = not_ready(request.app.state.core)
    if reasons:
        return PlainTextResponse("\n".join(reasons) + "\n", status_code=503)
    return PlainTextResponse("ready\n")


def not_ready(core: Core) -> list[str]:
    """Why the process cannot take orders; empty when it can."""
    reasons = []
    if not core.gateway.alive:
        reasons.append("the engine has stopped")
    if shutil.disk_usage(core.settings.data).free < DISK_FREE_BYTES:
        reasons.append(f"less than {DISK_FREE_BYTES >> 20} MiB of disk are free")
    return reasons


async def metrics(request: Request) -> Response:
    """Prometheus text, for this machine, its private network and administrators."""
    allowed = authorize(request.state.user, Action.SEE_METRICS, None)
    if not allowed and not _is_near(request.client.host if request.client else ""):
        return fault_response(request.scope, Fault.NOT_ALLOWED)
    text, media_type = request.app.state.metrics.exposition()
    return Response(text, media_type=media_type)


def _is_near(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
