"""``/api/bars``, ``/api/snap``, ``/api/search``: the market as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from feeds.feed import Interval
from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId
from matching.reasons import Reason
from simtrade.desk.requests import Refusal
from simtrade.venues.search import find
from simtrade.venues.views import VenueView
from web.api.askers import seen_account, seen_venue
from web.api.bodies import query_of
from web.api.refused import Refused
from web.api.replies import json_reply
from web.core import Core
from web.language import language_of
from web.live import vocabulary
from web.live.limits import SYMBOLS_PER_SOCKET

BARS_LIMIT = 2_000
FOUND_LIMIT = 20

Name = Annotated[str, Meta(min_length=1, max_length=64)]


class BarsQuery(msgspec.Struct, forbid_unknown_fields=True):
    venue: Name
    sym: Name
    iv: Interval = Interval.DAY
    count: Annotated[int, Meta(ge=1, le=BARS_LIMIT)] = 500


class SnapQuery(msgspec.Struct, forbid_unknown_fields=True):
    venue: Name
    q: Annotated[str, Meta(max_length=SYMBOLS_PER_SOCKET * 65)] = ""
    depth: Annotated[str, Meta(max_length=64)] = ""
    acct: Annotated[int, Meta(ge=0, le=2**53)] | None = None


class SearchQuery(msgspec.Struct, forbid_unknown_fields=True):
    venue: Name
    text: Annotated[str, Meta(max_length=64)] = ""


Bar = tuple[int, int, int, int, int, int]


class BarsReply(msgspec.Struct):
    """``b``: rows of time, open, high, low, close, volume.  Prices are in ticks, times seconds of
    the market's wall clock; ``partial``: the last bar still runs."""

    sym: str
    dp: int
    tick: int
    iv: str
    partial: bool
    b: list[Bar]


class SnapReply(msgspec.Struct):
    """What the live socket would say: its ``snap``, ``clock``, ``depth`` and ``acct`` messages."""

    snap: dict[str, Any]
    clock: dict[str, Any]
    depth: dict[str, Any] | None
    acct: dict[str, Any] | None


class SearchReply(msgspec.Struct):
    """Rows of instrument, symbol and name, the likeliest first."""

    found: list[tuple[str, str, str]]


async def bars(request: Request) -> Response:
    """``?venue=&sym=&iv=1m|5m|1d&count=``: the newest bars, oldest first.

    {"sym", "dp", "tick", "iv", "partial", "b": [[time, open, high, low, close, volume], ...]}:
    prices in ticks, times as wall-clock-as-UTC seconds; ``partial``: the last bar still runs.
    """
    query = query_of(request, BarsQuery)
    view = _visible(request, query.venue)
    instrument = _instruments(view).get(InstrumentId(query.sym))
    if instrument is None:
        raise Refused(Refusal(Reason.INSTRUMENT_UNKNOWN))
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
    query = query_of(request, SnapQuery)
    view = _visible(request, query.venue)
    known = _instruments(view)
    wanted = {InstrumentId(name) for name in query.q.split(",") if name}
    asked = wanted | ({InstrumentId(query.depth)} if query.depth else set())
    if not asked <= known.keys() or len(wanted) > SYMBOLS_PER_SOCKET:
        raise Refused(Refusal(Reason.INSTRUMENT_UNKNOWN))
    if query.acct is not None and not _owns(request, query.acct, view):
        raise Refused(Refusal(Reason.ACCOUNT_UNKNOWN))
    symbols = [one for one in view.instruments if one.instrument_id in wanted]
    return json_reply(request, _snap_value(request, view, symbols, query))


def _snap_value(
    request: Request, view: VenueView, symbols: Sequence[Instrument], query: SnapQuery
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
    query = query_of(request, SearchQuery)
    view = _visible(request, query.venue)
    found = find(view.instruments, query.text, FOUND_LIMIT)
    chinese = language_of(request.scope) == "zh"
    rows = [
        [one.instrument_id, one.symbol, one.name_zh if chinese else one.name_en] for one in found
    ]
    return json_reply(request, {"found": rows})


def _visible(request: Request, name: str) -> VenueView:
    """A venue the asker may see; others do not exist for him."""
    view = seen_venue(request, name)
    if view is None:
        raise Refused(Refusal(Reason.VENUE_UNKNOWN))
    return view


def _instruments(view: VenueView) -> dict[InstrumentId, Instrument]:
    return {one.instrument_id: one for one in view.instruments}


def _owns(request: Request, account_id: int, view: VenueView) -> bool:
    account = seen_account(request, account_id)
    return account is not None and account.venue_id == view.venue_id
