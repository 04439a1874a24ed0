"""``/v2/watchlists``: named lists of instruments, kept for the key's account."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.instrument import InstrumentId
from simtrade.people.watchlists import (
    INSTRUMENTS_PER_LIST,
    LISTS_PER_ACCOUNT,
    NAME_MAX,
    Watchlist,
    WatchlistReason,
)
from web.broker import wire
from web.broker.assets import asset_value
from web.broker.body import Members, read_object
from web.broker.errors import ApiError, against_rule, bad_field, not_found
from web.broker.identity import Program, client_of, core_of, may_trade
from web.broker.queries import Query
from web.broker.replies import reply

Finder = Callable[[Request, Program], str]

_SYMBOL_MAX = 64


async def index(request: Request) -> Response:
    """``GET /v2/watchlists``: all lists, by name, without their assets."""
    program = client_of(request)
    found = core_of(request).watchlists.of(program.account.account_id)
    return reply([_head(program, one) for one in found])


async def create(request: Request) -> Response:
    """``POST /v2/watchlists``: {"name", "symbols"}."""
    program, body = may_trade(request), read_object(request)
    name = _name(body)
    if name is None:
        raise bad_field("watchlist name is required")
    watchlists = core_of(request).watchlists
    made = watchlists.create(program.account.account_id, name, _symbols(program, body) or ())
    return _answer(request, program, made)


def by_id(request: Request, _program: Program) -> str:
    watchlist_id: str = request.path_params["watchlist_id"]
    return watchlist_id


def by_name(request: Request, program: Program) -> str:
    """The id of the list that ``?name=`` names."""
    name = Query(request).text("name")
    if name is None:
        raise bad_field("watchlist name is required")
    found = core_of(request).watchlists.named(program.account.account_id, name)
    if found is None:
        raise not_found("watchlist not found")
    return found


class Addressed:
    """What can be done with one list, whichever way it is addressed."""

    def __init__(self, find: Finder) -> None:
        self._find = find

    async def show(self, request: Request) -> Response:
        program = client_of(request)
        watchlist_id = self._find(request, program)
        found = core_of(request).watchlists.one(program.account.account_id, watchlist_id)
        return _answer(request, program, found or WatchlistReason.UNKNOWN)

    async def update(self, request: Request) -> Response:
        """{"name", "symbols"}: what is left out stays."""
        program, body = may_trade(request), read_object(request)
        found = core_of(request).watchlists.update(
            program.account.account_id,
            self._find(request, program),
            _name(body),
            _symbols(program, body),
        )
        return _answer(request, program, found)

    async def add(self, request: Request) -> Response:
        """{"symbol"}"""
        program, body = may_trade(request), read_object(request)
        symbol = body.get("symbol")
        if not isinstance(symbol, str) or not symbol:
            raise bad_field("symbol is required")
        found = core_of(request).watchlists.add(
            program.account.account_id, self._find(request, program), *_known(program, [symbol])
        )
        return _answer(request, program, found)

    async def drop(self, request: Request) -> Response:
        program = may_trade(request)
        watchlist_id = self._find(request, program)
        instrument = program.instrument(request.path_params["symbol"])
        if instrument is None:
            raise not_found("asset not found in watchlist")
        found = core_of(request).watchlists.drop(
            program.account.account_id, watchlist_id, instrument.instrument_id
        )
        return _answer(request, program, found)

    async def remove(self, request: Request) -> Response:
        program = may_trade(request)
        account_id = program.account.account_id
        if not core_of(request).watchlists.remove(account_id, self._find(request, program)):
            raise not_found("watchlist not found")
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _name(body: Members) -> str | None:
    name = body.get("name")
    if name is not None and not isinstance(name, str):
        raise bad_field("watchlist name must be a text")
    return name


def _symbols(program: Program, body: Members) -> list[InstrumentId] | None:
    symbols = body.get("symbols")
    if symbols is None:
        return None
    if not isinstance(symbols, list) or not all(isinstance(one, str) for one in symbols):
        raise bad_field("symbols must be a list of symbols")
    return _known(program, symbols)


def _known(program: Program, symbols: list[str]) -> list[InstrumentId]:
    known = []
    for symbol, found in zip(symbols, program.instruments(symbols), strict=True):
        if found is None:
            shown = symbol if len(symbol) <= _SYMBOL_MAX and symbol.isprintable() else "?"
            raise bad_field(f'could not find asset "{shown}"')
        known.append(found.instrument_id)
    return known


def _answer(request: Request, program: Program, found: Watchlist | WatchlistReason) -> Response:
    if isinstance(found, WatchlistReason):
        raise _refusal(found)
    assets = core_of(request).venues.assets(program.venue.venue_id)
    known = {one.instrument.instrument_id: one for one in assets}
    listed = [asset_value(known[InstrumentId(one)]) for one in found.instruments]
    return reply({**_head(program, found), "assets": listed})


def _head(program: Program, one: Watchlist) -> dict[str, object]:
    return {
        "id": one.watchlist_id,
        "account_id": wire.account_uuid(program.account.account_id),
        "created_at": wire.moment(one.created_at_ns),
        "updated_at": wire.moment(one.updated_at_ns),
        "name": one.name,
    }


def _refusal(reason: WatchlistReason) -> ApiError:
    match reason:
        case WatchlistReason.UNKNOWN:
            return not_found("watchlist not found")
        case WatchlistReason.NOT_LISTED:
            return not_found("asset not found in watchlist")
        case WatchlistReason.NAME_TAKEN:
            return bad_field("watchlist name must be unique")
        case WatchlistReason.NAME_NOT_ALLOWED:
            return bad_field(f"watchlist name must have 1 to {NAME_MAX} printable characters")
        case WatchlistReason.TOO_LONG:
            return against_rule(f"a watchlist has at most {INSTRUMENTS_PER_LIST} symbols")
        case WatchlistReason.TOO_MANY:
            return against_rule(f"an account has at most {LISTS_PER_ACCOUNT} watchlists")


def _routes(path: str, one: Addressed) -> list[BaseRoute]:
    return [
        Route(path, one.show, methods=["GET"]),
        Route(path, one.update, methods=["PUT"]),
        Route(path, one.add, methods=["POST"]),
        Route(path, one.remove, methods=["DELETE"]),
        Route(path + "/{symbol:path}", one.drop, methods=["DELETE"]),
    ]


ROUTES: list[BaseRoute] = [
    Route("/v2/watchlists", index, methods=["GET"]),
    Route("/v2/watchlists", create, methods=["POST"]),
    *_routes("/v2/watchlists:by_name", Addressed(by_name)),
    *_routes("/v2/watchlists/{watchlist_id}", Addressed(by_id)),
]
