"""The trading desk and its fragments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from matching.instrument import Instrument
from web.forms import SIDES, Typed
from web.pages.auction_view import auction_words
from web.pages.common import (
    OwnAccount,
    core_of,
    current_account,
    desk_path,
    is_bot,
    known_instrument,
    language,
    order_id_of,
    own_accounts,
    pick,
    safe_next,
    see_other,
    use_account,
)
from web.pages.desk_view import (
    Row,
    board_rules,
    clock_words,
    default_typed,
    depth_words,
    is_paused,
    margin_of,
    preview_words,
    script_data,
    source_words,
    tables_words,
    ticket_words,
    watch_rows,
)
from web.preferences import user_of
from web.render import render

SEARCH_FROM = 8  # a market with more securities than this can be searched


def favourite(request: Request, own: OwnAccount) -> Instrument:
    """The instrument a desk opens with: one with a price, Apple for a first look at history."""
    rows = watch_rows(request, own)
    named = next((row.instrument for row in rows if row.instrument.symbol == "AAPL"), None)
    return named or rows[0].instrument


async def desk_start(request: Request) -> Response:
    """``GET /trade``: the desk of the account used last."""
    own = current_account(request)
    if own is None:
        return see_other("/practice" if user_of(request) else "/")
    symbol = request.query_params.get("symbol", "")
    instrument = own.by_symbol(symbol) or favourite(request, own)
    return see_other(desk_path(instrument, own.account_id))


async def desk(request: Request) -> Response:
    """``GET /trade/{symbol}``: ``?side= &qty= &order= &tour=1`` prepare the page."""
    own = current_account(request)
    if own is None:
        return see_other("/practice" if user_of(request) else "/")
    instrument = own.by_symbol(request.path_params["symbol"])
    if instrument is None:
        return see_other(desk_path(favourite(request, own), own.account_id))
    query = request.query_params
    typed = first_typed(request, own, instrument)
    if query.get("qty"):
        typed = Typed.of(
            {"key": typed.key, "side": typed.side, "qty": query["qty"], "price": typed.price}
        )
    words = ticket_words(request, own, instrument, typed, {})
    response = desk_page(request, own, instrument, words)
    use_account(request, response, own.account_id)
    return response


def first_typed(request: Request, own: OwnAccount, instrument: Instrument) -> Typed:
    core = core_of(request)
    named = request.query_params.get("side", "")
    side = named if named in SIDES else "buy"
    quote = core.venues.quote(own.venue.venue_id, instrument.instrument_id)
    rules = board_rules(request, own, instrument)
    return default_typed(side, quote, rules, core.portfolio.summary(own.account_id), instrument)


def desk_page(
    request: Request,
    own: OwnAccount,
    instrument: Instrument,
    ticket: dict[str, Any],
    status: int = HTTPStatus.OK,
) -> Response:
    """The whole desk around a ticket in any state."""
    rows, spoken = watch_rows(request, own), language(request)
    if all(row.instrument is not instrument for row in rows):
        quote = core_of(request).venues.quote(own.venue.venue_id, instrument.instrument_id)
        rows = [*rows, Row(instrument, quote, spoken)]
    label, note = source_words(own.venue, spoken)
    shown = {
        **ticket,
        **tables_words(request, own),
        **clock_words(request, own),
        **depth_words(request, own, instrument),
        **auction_words(request, own, instrument),
        "accounts": own_accounts(request),
        "bot": is_bot(request, own),
        "rows": rows,
        "searchable": len(own.venue.instruments) > SEARCH_FROM,
        "row_now": next(row for row in rows if row.instrument is instrument),
        "instrument": instrument,
        "clock_source": label,
        "source_note": note,
        "desk_data": script_data(request, own, instrument, rows),
        "tour": request.query_params.get("tour") == "1",
        "margin": margin_of(request, own),
        "result": result_words(request, own),
    }
    return render(request, "desk.html", status=status, **shown)


def result_words(request: Request, own: OwnAccount) -> dict[str, Any] | None:
    """The order named in the address and its fills, for pages without scripts."""
    named = request.query_params.get("order")
    return order_words(request, own, named, fresh=False) if named else None


def order_words(request: Request, own: OwnAccount, named: object, *, fresh: bool) -> dict[str, Any]:
    """An order of this account for the place of the ticket; 404 when it is not there."""
    portfolio = core_of(request).portfolio
    order_id = order_id_of(named)
    order = portfolio.order(own.account_id, order_id)
    if order is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return {
        "order": order,
        "fills": portfolio.fills(own.account_id, order_id=order_id),
        "account": own,
        "summary": portfolio.summary(own.account_id),
        "zone": own.venue.traits.time_zone,
        "fresh": fresh,
        "paused": is_paused(request, own),
    }


def _fragment_account(request: Request) -> OwnAccount:
    own = current_account(request)
    if own is None:
        raise HTTPException(HTTPStatus.UNAUTHORIZED)
    return own


async def ticket_fragment(request: Request) -> Response:
    """``GET /f/ticket``: a fresh ticket with a fresh key."""
    own = _fragment_account(request)
    instrument = known_instrument(own, request.query_params.get("instrument"))
    typed = first_typed(request, own, instrument)
    return render(request, "_ticket.html", **ticket_words(request, own, instrument, typed, {}))


async def preview_fragment(request: Request) -> Response:
    """``GET /f/preview``: what the typed order would cost."""
    own = _fragment_account(request)
    instrument = known_instrument(own, request.query_params.get("instrument"))
    typed = Typed.of(dict(request.query_params))
    summary = core_of(request).portfolio.summary(own.account_id)
    words = preview_words(request, own, instrument, typed, summary)
    return render(request, "_preview.html", **words)


async def result_fragment(request: Request) -> Response:
    """``GET /f/result``: how an order is doing."""
    own = _fragment_account(request)
    words = order_words(request, own, request.query_params.get("order"), fresh=False)
    return render(request, "_result.html", **words)


def table_fragment(name: str) -> Callable[[Request], Awaitable[Response]]:
    """``GET /f/positions``, ``/f/orders``, ``/f/fills``."""

    async def handler(request: Request) -> Response:
        own = _fragment_account(request)
        return render(request, f"_{name}.html", **tables_words(request, own))

    return handler


async def choose_account(request: Request) -> Response:
    """``POST /account``: work in another of one's accounts."""
    form = await request.form()
    own = pick(own_accounts(request), form.get("account"))
    fallback = desk_path(favourite(request, own), own.account_id)
    response = see_other(safe_next(form.get("next"), fallback))
    use_account(request, response, own.account_id)
    return response
