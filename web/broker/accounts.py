"""``/v2/account``: what the key's account holds and may spend."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from web.broker import wire
from web.broker.identity import client_of, core_of
from web.broker.replies import reply


async def account(request: Request) -> Response:
    """``GET /v2/account``."""
    program = client_of(request)
    view = core_of(request).portfolio.summary(program.account.account_id)
    currency = program.account.currency
    return reply(
        {
            "id": wire.account_uuid(program.account.account_id),
            "status": "ACTIVE",
            "currency": currency.code,
            "cash": wire.money(currency, view.cash_minor + view.hold_minor),
        }
    )


ROUTES: list[BaseRoute] = [Route("/v2/account", account)]
