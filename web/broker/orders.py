"""``/v2/orders``: placing, listing, replacing and cancelling orders."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.orders import TriggerKind
from simtrade.portfolio.order_history import OrderPage
from simtrade.portfolio.order_versions import OrderVersion, Standing
from simtrade.portfolio.views import OrderState
from web.broker import wire
from web.broker.body import Members, read_object
from web.broker.errors import ApiError, against_rule, bad_field, not_found
from web.broker.idempotency import desk_key, once
from web.broker.identity import Program, client_of, core_of, may_trade
from web.broker.order_body import SIDES, client_order_id, permille_of, price_of, qty_of
from web.broker.order_json import order_value, status, time_in_force, version_id
from web.broker.placing import cancel, change, place, replace_wish
from web.broker.queries import Query
from web.broker.replies import reply

LIMIT, LIMIT_MAX = 50, 500
_OPEN_MOST = 500
_WHICH = {"open": True, "closed": False, "all": None}
# What may not be replaced, with the exception of exits that wait for their entry.
_FIXED = (Standing.EARLY, Standing.COMING, Standing.CANCELLING, Standing.CHANGING, Standing.ASKED)


async def post(request: Request) -> Response:
    """``POST /v2/orders``."""
    program = may_trade(request)
    return reply(order_value(await place(request, program, read_object(request))))


async def listed(request: Request) -> Response:
    """``GET /v2/orders``."""
    program, query = client_of(request), Query(request)
    page = _page(request, program, query)
    if page is None:
        return reply([])
    found = core_of(request).order_history.page(program.account.account_id, page)
    return reply([order_value(one) for one in found])


def _page(request: Request, program: Program, query: Query) -> OrderPage | None:
    """What is asked for; None where nothing can be found."""
    zone = program.venue.traits.time_zone
    side = query.choice("side", [*SIDES, "any"], "any")
    symbols = query.words("symbols")
    found = program.instruments(symbols)
    instruments = {one.instrument_id for one in found if one is not None}
    other_class = query.choice("asset_class", ("us_equity", "us_option", "crypto", "all"), "all")
    if (symbols and not instruments) or other_class not in ("us_equity", "all"):
        return None
    before, after = (
        _place_of(request, query, name) for name in ("before_order_id", "after_order_id")
    )
    if before and after:
        raise bad_field("only one of before_order_id and after_order_id is accepted")
    return OrderPage(
        open=_WHICH[query.choice("status", _WHICH, "open")],
        limit=query.whole("limit", 1, LIMIT_MAX, LIMIT),
        newest_first=query.choice("direction", ("asc", "desc"), "desc") == "desc",
        nested=query.truth("nested", default=False),
        after_ns=query.moment("after", zone),
        until_ns=query.moment("until", zone),
        after_version=after,
        before_version=before,
        instruments=instruments if symbols else None,
        side=SIDES.get(side),
    )


def _place_of(request: Request, query: Query, name: str) -> tuple[int, int, int] | None:
    text = query.text(name)
    if text is None:
        return None
    found = _version_of(request, text)
    if found is None:
        raise bad_field(f"{name} names no order")
    return found.place


async def one(request: Request) -> Response:
    """``GET /v2/orders/{id}``."""
    nested = Query(request).truth("nested", default=False)
    return reply(order_value(known_version(request, nested=nested)))


async def by_client_id(request: Request) -> Response:
    """``GET /v2/orders:by_client_order_id``: 404 for an id that placed nothing."""
    query = Query(request)
    asked, nested = query.text("client_order_id"), query.truth("nested", default=False)
    if asked is None:
        raise bad_field("client_order_id is missing")
    history, account_id = core_of(request).order_history, client_of(request).account.account_id
    found = history.by_client_id(account_id, asked, nested=nested)
    # An order that nobody gave an id of his own is known by that of the order.
    found = found or _version_of(request, asked, nested=nested)
    if found is None:
        raise not_found(f"order not found for {asked}")
    return reply(order_value(found))


def known_version(request: Request, *, nested: bool = False) -> OrderVersion:
    """The order that an address names; 404 where the account has none such."""
    text: str = request.path_params["order_id"]
    found = _version_of(request, text, nested=nested)
    if found is None:
        raise not_found(f"order not found for {text}")
    return found


def _version_of(request: Request, text: str, *, nested: bool = False) -> OrderVersion | None:
    known = wire.order_of_uuid(text)
    if known is None:
        return None
    account_id = client_of(request).account.account_id
    return core_of(request).order_history.version(account_id, *known, nested=nested)


# Replacing


async def patch(request: Request) -> Response:
    """``PATCH /v2/orders/{id}``: the new order, linked with the old one both ways."""
    program = may_trade(request)
    version, body = known_version(request), read_object(request)
    state = status(version)
    if version.standing in _FIXED:
        raise against_rule(f"cannot replace order in {state} status", status=state)
    if version.standing in (Standing.ENDED, Standing.REPLACED, Standing.LOST):
        raise against_rule(f'order is already in "{state}" state', status=state)
    key = client_order_id(body) or desk_key(request, f"replace {version_id(version)}")
    _check_time(version, body)
    instrument = version.instrument
    qty, limit, stop = version.qty, version.limit_ticks, _movable_stop(version)
    if _given(body, "qty"):
        qty = qty_of(body["qty"], instrument)
    if _given(body, "limit_price"):
        if limit is None:
            raise against_rule("this order has no limit_price to replace")
        limit = price_of(body["limit_price"], instrument, "limit_price")
    if _given(body, "stop_price"):
        if stop is None:
            raise against_rule("this order has no stop_price to replace")
        stop = price_of(body["stop_price"], instrument, "stop_price")
    trail = _trail(version, body)
    wish = replace_wish(program, version, key, (qty, limit, stop, trail))
    return reply(order_value(await change(request, version, wish)))


def _given(body: Members, name: str) -> bool:
    return body.get(name) not in (None, "")


def _movable_stop(version: OrderVersion) -> int | None:
    """The stop of an order that still waits for it; one that trails moves by itself."""
    trails = version.trigger is not None and version.trigger.trails
    return None if trails or version.triggered else version.stop_ticks


def _trail(version: OrderVersion, body: Members) -> int | None:
    """The distance of a trailing stop, in what it was given: a price, or a percentage."""
    trigger = version.trigger
    if not _given(body, "trail"):
        return None
    if trigger is None or not trigger.trails or version.triggered:
        raise against_rule("this order has no trail to replace")
    if trigger.kind is TriggerKind.TRAIL:
        return price_of(body["trail"], version.instrument, "trail")
    return permille_of(body["trail"], "trail")


def _check_time(version: OrderVersion, body: Members) -> None:
    """The time in force stays as it is; saying it again is no fault."""
    if _given(body, "time_in_force") and body["time_in_force"] != time_in_force(version):
        raise against_rule("time_in_force cannot be replaced: cancel the order and place another")


# Cancelling


async def delete(request: Request) -> Response:
    """``DELETE /v2/orders/{id}``: 204 once the cancel has been asked for."""
    may_trade(request)
    version = known_version(request)
    check_alive(version)
    outcome = await cancel(request, version)
    if isinstance(outcome, ApiError):
        raise outcome
    return Response(status_code=HTTPStatus.NO_CONTENT)


def check_alive(version: OrderVersion) -> None:
    if version.standing in (Standing.ENDED, Standing.REPLACED, Standing.LOST):
        state = status(version)
        raise against_rule(f'order is already in "{state}" state', status=state)


async def delete_all(request: Request) -> Response:
    """``DELETE /v2/orders``: 207, one status per order that was open."""
    may_trade(request)
    outcomes = await cancel_all(request)
    return reply(outcomes, HTTPStatus.MULTI_STATUS)


async def cancel_all(request: Request) -> list[dict[str, object]]:
    """Ask for a cancel of every open order: id, status and, of a refusal, its body."""
    account_id = client_of(request).account.account_id
    history = core_of(request).order_history
    opened = history.page(account_id, OrderPage(open=True, limit=_OPEN_MOST))
    replies = await asyncio.gather(*(cancel(request, one, "cancel all") for one in opened))
    found = []
    for version, outcome in zip(opened, replies, strict=True):
        line: dict[str, object] = {"id": version_id(version), "status": HTTPStatus.OK}
        if isinstance(outcome, ApiError) and not _gone(request, version):
            body = {"code": outcome.code, "message": outcome.message, **outcome.more}
            line |= {"status": outcome.status_code, "body": body}
        found.append(line)
    return found


def _gone(request: Request, version: OrderVersion) -> bool:
    """Whether an order was cancelled all the same: exits go with their entry."""
    account_id = client_of(request).account.account_id
    now = core_of(request).order_history.version(account_id, version.order_id, version.number)
    return now is not None and (
        now.state is OrderState.CANCELLED or now.standing is Standing.CANCELLING
    )


ROUTES: list[BaseRoute] = [
    Route("/v2/orders:by_client_order_id", by_client_id),
    Route("/v2/orders", listed),
    Route("/v2/orders", once(post), methods=["POST"]),
    Route("/v2/orders", once(delete_all), methods=["DELETE"]),
    Route("/v2/orders/{order_id}", one),
    Route("/v2/orders/{order_id}", once(patch), methods=["PATCH"]),
    Route("/v2/orders/{order_id}", once(delete), methods=["DELETE"]),
]
