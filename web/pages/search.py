"""Finding a security of the market that one trades in.  Works as a page and as a fragment of it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simtrade.venues.search import find
from web.pages.common import OwnAccount, core_of, current_account, language, see_other
from web.pages.desk_view import Row
from web.preferences import user_of
from web.render import render

TEXT_LENGTH_MAX = 64
FOUND_LIMIT = 30


async def search_page(request: Request) -> Response:
    """``GET /search?text=``: what was found in the market of the account used last."""
    own = current_account(request)
    if own is None:
        return see_other("/practice" if user_of(request) else "/")
    return render(request, "search.html", listed=True, **_found(request, own))


async def search_fragment(request: Request) -> Response:
    """``GET /f/search?text=``: the list alone; empty while nothing is typed."""
    own = current_account(request)
    shown = _found(request, own) if own else {"text": "", "found": []}
    return render(request, "_found.html", listed=False, **shown)


def _found(request: Request, own: OwnAccount) -> dict[str, Any]:
    text = request.query_params.get("text", "").strip()[:TEXT_LENGTH_MAX]
    core, spoken = core_of(request), language(request)
    found = find(own.venue.instruments, text, FOUND_LIMIT)
    rows = [
        Row(one, core.venues.quote(own.venue.venue_id, one.instrument_id), spoken) for one in found
    ]
    return {
        "account": own,
        "text": text,
        "found": rows,
        "count": len(own.venue.instruments),
        "market": own.title,
    }
