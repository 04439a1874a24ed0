"""``/v2/account/configurations``: what the owner allows the account's programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from simtrade.people.configurations import Configuration, allowed
from web.broker.body import number_text, read_object, truth
from web.broker.errors import bad_field, forbidden
from web.broker.identity import Program, client_of, core_of, may_trade
from web.broker.replies import reply
from web.broker.services import CoreOfPrograms


def check_may_place(core: CoreOfPrograms, program: Program, *, short: bool) -> None:
    """Raises ApiError (403) when the owner has suspended trading, or a new order would sell shares
    short and he does not want that.  Cancelling is always allowed."""
    settings = core.configurations.of(program.account.account_id)
    if settings.suspend_trade:
        raise forbidden("trading is suspended by the account's configuration")
    if short and settings.no_shorting:
        raise forbidden("account is not allowed to short")


async def show(request: Request) -> Response:
    """``GET /v2/account/configurations``."""
    account_id = client_of(request).account.account_id
    return reply(asdict(core_of(request).configurations.of(account_id)))


async def change(request: Request) -> Response:
    """``PATCH /v2/account/configurations``: any of the fields."""
    program = may_trade(request)
    body = read_object(request)
    known = [name for name in Configuration.__dataclass_fields__ if name in body]
    values = {name: _value(name, body[name]) for name in known}
    for name, value in values.items():
        if not allowed(name, value):
            raise bad_field(f"invalid {name}")
    found = core_of(request).configurations.change(program.account.account_id, values)
    return reply(asdict(found))


def _value(name: str, value: object) -> Any:
    """As a setting is kept: clients write truths and numbers as texts too."""
    if name == "max_margin_multiplier":
        return number_text(value)
    if name in ("trade_confirm_email", "max_options_trading_level") or value is None:
        return value
    return truth(value) if isinstance(value, bool | int | str) else value


ROUTES: list[BaseRoute] = [
    Route("/v2/account/configurations", show, methods=["GET"]),
    Route("/v2/account/configurations", change, methods=["PATCH"]),
]
