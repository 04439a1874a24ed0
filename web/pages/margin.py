"""Margin as a permission: what borrowing means here, what it can cost, and the switch.

The questions of suitability belong between reading this page and its confirmation.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from simtrade.desk.requests import MarginRequest, Refusal
from web.forms import Typed, new_key
from web.pages.common import (
    OwnAccount,
    core_of,
    current_account,
    language,
    own_accounts,
    require_user,
    see_other,
    trading_account,
    use_account,
)
from web.render import render
from web.sentences import sentence


async def margin_page(request: Request) -> Response:
    """``GET /margin``."""
    require_user(request)
    own = current_account(request)
    if own is None:
        return see_other("/practice")
    return _page(request, own, "", HTTPStatus.OK)


async def switch(request: Request) -> Response:
    """``POST /margin``: ``on`` 1 or 0, ``understood`` with 1; 422 when refused."""
    form = dict(await request.form())
    own = trading_account(request, form)
    on, understood = form.get("on") == "1", form.get("understood") == "1"
    asked = MarginRequest(own.account_id, Typed.of(form).key, on, understood)
    reply = await core_of(request).gateway.submit(asked)
    if isinstance(reply, Refusal):
        instrument = own.venue.instruments[0]
        note = sentence(reply.reason, reply.numbers, language(request), instrument)
        return _page(request, own, note, HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(f"/margin?account={own.account_id}")


def _page(request: Request, own: OwnAccount, note: str, status: HTTPStatus) -> Response:
    response = render(
        request,
        "margin.html",
        status=status,
        note=note,
        account=own,
        accounts=own_accounts(request),
        currency=own.currency,
        margin=core_of(request).portfolio.margin(own.account_id),
        key=new_key(),
    )
    use_account(request, response, own.account_id)
    return response
