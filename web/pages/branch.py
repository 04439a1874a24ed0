"""What if: a second practice market with the same past, from now or from before an order."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from matching.orders import OrderId, Side
from simtrade.desk.requests import BranchPractice, Refusal
from simtrade.people.authorize import Action, authorize
from simtrade.portfolio.views import OrderView
from simtrade.venues.names import NAME_MAX, tidy_venue_name
from web.forms import Typed, new_key
from web.i18n import N_, translate
from web.pages.common import (
    OwnAccount,
    core_of,
    desk_path,
    language,
    order_id_of,
    own_accounts,
    pick,
    require_user,
    see_other,
    use_account,
)
from web.pages.desk import favourite
from web.render import render
from web.sentences import sentence

NOW = OrderId(0)


async def branch_page(request: Request) -> Response:
    """``GET /practice/branch?account=&order=``: what it would be; no order: from now."""
    own = pick(own_accounts(request), request.query_params.get("account"))
    order = _order(request, own, request.query_params.get("order"))
    return _page(request, own, order, name=_suggested(request, order))


async def branch(request: Request) -> Response:
    """``POST /practice/branch``: the market with the same past, its clock standing."""
    user = require_user(request)
    form = dict(await request.form())
    own = pick(own_accounts(request), form.get("account"))
    if not authorize(user, Action.OPEN_PRACTICE, user.user_id):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    order = _order(request, own, form.get("order"))
    order_id = order.order_id if order else NOW
    name = tidy_venue_name(str(form.get("name", "")))
    choice = sha256(f"{own.account_id}:{order_id}:{name}".encode()).hexdigest()[:16]
    key = f"{Typed.of(form).key}:{choice}"
    asked = BranchPractice(user.user_id, key, own.account_id, order_id, name)
    reply = await core_of(request).gateway.submit(asked)
    if isinstance(reply, Refusal):
        text = sentence(reply.reason, {**reply.numbers, "max_letters": NAME_MAX}, language(request))
        return _page(request, own, order, text, name)
    made = pick(own_accounts(request), str(reply.account_id))
    instrument = made.by_symbol(order.instrument.symbol) if order else None
    response = see_other(desk_path(instrument or favourite(request, made), made.account_id))
    use_account(request, response, made.account_id)
    return response


def _suggested(request: Request, order: OrderView | None) -> str:
    """What the market could be called, so that two of a day can be told apart."""
    spoken = language(request)
    if order is None:
        return translate("What if", spoken)
    words = (
        N_("Without buying {symbol}") if order.side is Side.BUY else N_("Without selling {symbol}")
    )
    return translate(words, spoken).format(symbol=order.instrument.symbol)[:NAME_MAX]


def _order(request: Request, own: OwnAccount, text: object) -> OrderView | None:
    """The order of the account that the form names, None for none; 404 for one it does not have."""
    if not text:
        return None
    order = core_of(request).portfolio.order(own.account_id, order_id_of(text))
    if order is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return order


def _page(
    request: Request, own: OwnAccount, order: OrderView | None, error: str = "", name: str = ""
) -> Response:
    if own.shared:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return render(
        request,
        "branch.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        own=own,
        order=order,
        zone=own.venue.traits.time_zone,
        clock=core_of(request).venues.clock(own.venue.venue_id),
        key=new_key(),
        name=name,
        name_max=NAME_MAX,
        error=error,
    )
