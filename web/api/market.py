"""``/api/bars``, ``/api/snap``, ``/api/search``: the market as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from feeds.feed import Interval
from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId
from matching.reasons import Reason
from simtrade.desk.requests import Refusal, VenueId
from simtrade.people.authorize import Action, authorize
from simtrade.venues.search import find
from simtrade.venues.views import VenueView
from web.api.queries import QueryError, parse_query
from web.api.replies import json_reply
from web.core import Core
from web.language import language_of
from web.live import vocabulary
from web.live.limits import SYMBOLS_PER_SOCKET
from web.problems import Fault, fault_response, refusal_response

BARS_LIMIT = 2_000
FOUND_LIMIT = 20

Name = Annotated[str, Meta(min_length=1, max_length=64)]


class _BarsQuery(msgspec.Struct, forbid_unknown_fields=True):
    venue: Name
    sym: Name
    iv: Interval = Interval.DAY
    count: Annotated[int, Meta(ge=1, le=BARS_LIMIT)] = 500


class _SnapQuery(msgspec.Struct, forbid_unknown_fields=True):
    venue: Name
    q: Annotated[str, Meta(max_length=SYMBOLS_PER_SOCKET * 65)] = ""
    depth: Annotated[str, Meta(max_length=64)] = ""
    acct: Annotated[int, Meta(ge=0, le=2**53)] | None = None


class _SearchQuery(msgspec.Struct, forbid_unknown_fields=True):
    venue: Name
    text: Annotated[str, Meta(max_length=64)] = ""


async def bars(request: Request) -> Response:
    """``?venue=&sym=&iv=1m|5m|1d&count=``: the newest bars, oldest first.

    {"sym", "dp", "tick", "iv", "partial", "b": [[time, open, high, low, close, volume], ...]}:
    prices in ticks, times as wall-clock-as-UTC seconds; ``partial``: the last bar still runs.
    """
    try:
        query = parse_query(request, _BarsQuery)
    except QueryError as error:
        return fault_response(request.scope, Fault.BAD_QUERY, field=error.field)
    view = _visible(request, query.venue)
    if view is None:
        return refusal_response(Refusal(Reason.VENUE_UNKNOWN), request)
    instrument = _instruments(view).get(InstrumentId(query.sym))
    if instrument is None:
        return refusal_response(Refusal(Reason.INSTRUMENT_UNKNOWN), request)
    core: Core = request.app.state.core
    found = core.venues.bars(view.venue_id, instrument.instrument_id, query.iv, query.count)
    return json_reply(
        request,
        {
            "sym": instrument.instrument_id,
            "dp": instrument.price_decimals,
            "tick": instrument.tick,
            "iv": query.iv.value,
            "partial": found.partial,
            "b": vocabulary.bar_rows(found, view.traits.time_zone),
        },
    )


async def snap(request: Request) -> Response:
    """``?venue=&q=SYM,SYM&depth=SYM&acct=``: what a socket would say, for polling.

    {"snap": ..., "clock": ..., "depth": ... or null, "acct": ... or null}, each as on ``/ws``.
    """
    try:
        query = parse_query(request, _SnapQuery)
    except QueryError as error:
        return fault_response(request.scope, Fault.BAD_QUERY, field=error.field)
    view = _visible(request, query.venue)
    if view is None:
        return refusal_response(Refusal(Reason.VENUE_UNKNOWN), request)
    known = _instruments(view)
    wanted = {InstrumentId(name) for name in query.q.split(",") if name}
    asked = wanted | ({InstrumentId(query.depth)} if query.depth else set())
    if not asked <= known.keys() or len(wanted) > SYMBOLS_PER_SOCKET:
        return refusal_response(Refusal(Reason.INSTRUMENT_UNKNOWN), request)
    if query.acct is not None and not _owns(request, query.acct, view):
        return refusal_response(Refusal(Reason.ACCOUNT_UNKNOWN), request)
    symbols = [one for one in view.instruments if one.instrument_id in wanted]
    return json_reply(request, _snap_value(request, view, symbols, query))


def _snap_value(
    request: Request, view: VenueView, symbols: Sequence[Instrument], query: _SnapQuery
) -> dict[str, object]:
    core: Core = request.app.state.core
    venues = core.venues
    quotes = {quote.instrument_id: quote for quote in venues.quotes(view.venue_id)}
    language = language_of(request.scope)
    depth = venues.depth(view.venue_id, InstrumentId(query.depth)) if query.depth else None
    account = core.portfolio.summary(AccountId(query.acct)) if query.acct is not None else None
    return {
        # The socket's sequence numbers mean nothing between two polls.
        "snap": vocabulary.snap_value(view, symbols, quotes, 0, language),
        "clock": vocabulary.clock_value(venues.clock(view.venue_id), view.traits, view.end_ns),
        "depth": vocabulary.depth_value(depth) if depth else None,
        "acct": vocabulary.account_value(account, None) if account else None,
    }


async def search(request: Request) -> Response:
    """``?venue=&text=``: instruments by code, name in either language, or pinyin of the name.

    {"found": [[sym, symbol, name], ...]}, the likeliest first.
    """
    try:
        query = parse_query(request, _SearchQuery)
    except QueryError as error:
        return fault_response(request.scope, Fault.BAD_QUERY, field=error.field)
    view = _visible(request, query.venue)
    if view is None:
        return refusal_response(Refusal(Reason.VENUE_UNKNOWN), request)
    found = find(view.instruments, query.text, FOUND_LIMIT)
    chinese = language_of(request.scope) == "zh"
    rows = [
        [one.instrument_id, one.symbol, one.name_zh if chinese else one.name_en] for one in found
    ]
    return json_reply(request, {"found": rows})


def _visible(request: Request, name: str) -> VenueView | None:
    """A venue the person may see; others do not exist for him."""
    core: Core = request.app.state.core
    view = core.venues.view(VenueId(name))
    if view is None or not authorize(request.state.user, Action.SEE_VENUE, view.owner):
        return None
    return view


def _instruments(view: VenueView) -> dict[InstrumentId, Instrument]:
    return {one.instrument_id: one for one in view.instruments}


def _owns(request: Request, account_id: int, view: VenueView) -> bool:
    core: Core = request.app.state.core
    account = core.portfolio.account(AccountId(account_id))
    return (
        account is not None
        and account.venue_id == view.venue_id
        and authorize(request.state.user, Action.SEE_ACCOUNT, account.user_id)
    )
