"""``/v2/orders``: reading orders."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from simtrade.portfolio.order_versions import OrderVersion
from web.broker import wire
from web.broker.body import truth
from web.broker.errors import bad_field, not_found
from web.broker.identity import client_of, core_of
from web.broker.order_json import order_value
from web.broker.replies import reply


async def one(request: Request) -> Response:
    """``GET /v2/orders/{id}``."""
    return reply(order_value(known_version(request, nested=_nested(request))))


async def by_client_id(request: Request) -> Response:
    """``GET /v2/orders:by_client_order_id``: 404 for an id that placed nothing."""
    asked = request.query_params.get("client_order_id", "")
    if not asked:
        raise bad_field("client_order_id is missing")
    history, account_id = core_of(request).order_history, client_of(request).account.account_id
    nested = _nested(request)
    found = history.by_client_id(account_id, asked, nested=nested)
    if found is None:
        known = wire.order_of_uuid(asked)
        found = known and history.version(account_id, *known, nested=nested)
    if found is None:
        raise not_found(f"order not found for {asked}")
    return reply(order_value(found))


def known_version(request: Request, *, nested: bool = False) -> OrderVersion:
    """The order that an address names; 404 where the account has none such."""
    text: str = request.path_params["order_id"]
    known = wire.order_of_uuid(text)
    account_id = client_of(request).account.account_id
    found = known and core_of(request).order_history.version(account_id, *known, nested=nested)
    if found is None:
        raise not_found(f"order not found for {text}")
    return found


def _nested(request: Request) -> bool:
    found = truth(request.query_params.get("nested"))
    if found is None:
        raise bad_field("invalid nested: true or false is expected")
    return found


ROUTES: list[BaseRoute] = [
    Route("/v2/orders:by_client_order_id", by_client_id),
    Route("/v2/orders/{order_id}", one),
]
