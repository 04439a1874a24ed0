"""The portfolio: what there is, what trading cost, what doing nothing would have brought."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from matching.units import NumberFault
from simtrade.desk.requests import Refusal, SubscribeRequest
from simtrade.portfolio.views import PortfolioView
from web import formats
from web.forms import DIGITS_READ, FAULTS, Typed, read_date
from web.i18n import N_, Language, translate
from web.pages.common import (
    OwnAccount,
    core_of,
    current_account,
    is_bot,
    known_instrument,
    language,
    own_accounts,
    require_user,
    see_other,
    trading_account,
    use_account,
)
from web.pages.curve import picture
from web.pages.desk_view import is_paused
from web.render import render
from web.sentences import sentence

_AHEAD = N_("Compared with doing nothing you have {money} more.")
_BEHIND = N_("Compared with doing nothing you have {money} less.")
_EVEN = N_("You stand exactly where you would stand without trading.")
_COSTS = N_(
    "Of that, fees took {fees} and the gap between buyers and sellers {spread}; "
    "the rest is the market."
)
_AFTER_COSTS = N_(
    "That is after {fees} of fees and {spread} for the gap between buyers and sellers."
)


def twin_sentence(summary: PortfolioView, spoken: Language) -> str:
    """The account against its shadow that did nothing, in money, as one plain statement."""
    difference = summary.equity_minor - summary.twin_minor
    currency = summary.account.currency
    message = _AHEAD if difference > 0 else _BEHIND if difference < 0 else _EVEN
    text = translate(message, spoken).format(money=formats.money(abs(difference), currency))
    if not summary.fees_minor and not summary.spread_half_minor:
        return text
    part = 2 * summary.fees_minor + summary.spread_half_minor <= -2 * difference
    costs = translate(_COSTS if part else _AFTER_COSTS, spoken).format(
        fees=formats.money(summary.fees_minor, currency),
        spread=formats.half_money(summary.spread_half_minor, currency),
    )
    return text + ("" if spoken == "zh" else " ") + costs


async def portfolio(request: Request) -> Response:
    """``GET /portfolio``."""
    require_user(request)
    own = current_account(request)
    if own is None:
        return see_other("/practice")
    return _page(request, own, "", HTTPStatus.OK)


async def subscribe(request: Request) -> Response:
    """``POST /portfolio/subscribe``: buy new shares with a right; 422 when refused."""
    form = dict(await request.form())
    own = trading_account(request, form)
    instrument, spoken = known_instrument(own, form.get("instrument")), language(request)
    day, qty = read_date(form.get("ex_session")), instrument.qty_from_text(_text(form, "qty"))
    if isinstance(qty, NumberFault):
        fault = FAULTS["qty", qty]
        return _page(request, own, translate(fault, spoken), HTTPStatus.UNPROCESSABLE_ENTITY)
    if day is None:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    key = Typed.of(form).key
    asked = SubscribeRequest(own.account_id, key, instrument.instrument_id, day, qty)
    reply = await core_of(request).gateway.submit(asked)
    if isinstance(reply, Refusal):
        note = sentence(reply.reason, reply.numbers, spoken, instrument)
        return _page(request, own, note, HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(f"/portfolio?account={own.account_id}#events-title")


def _text(form: Mapping[str, object], name: str) -> str:
    value = form.get(name, "")
    return value[:DIGITS_READ] if isinstance(value, str) else ""


def _page(request: Request, own: OwnAccount, note: str, status: HTTPStatus) -> Response:
    books, spoken = core_of(request).portfolio, language(request)
    summary, curve = books.summary(own.account_id), books.equity(own.account_id)
    response = render(
        request,
        "portfolio.html",
        status=status,
        note=note,
        activities=books.activities(own.account_id),
        margin=books.margin(own.account_id),
        rights=books.rights(own.account_id),
        coming=books.coming(own.account_id),
        account=own,
        accounts=own_accounts(request),
        bot=is_bot(request, own),
        order_account=own.account_id,
        paused=is_paused(request, own),
        summary=summary,
        currency=own.currency,
        twin=twin_sentence(summary, spoken),
        curve=curve,
        picture=picture(curve, summary.start_minor),
        orders=books.orders(own.account_id, open_only=True),
        past_orders=[
            one for one in books.orders(own.account_id, open_only=False) if one.state != "open"
        ],
        fills=books.fills(own.account_id),
        zone=own.venue.traits.time_zone,
    )
    use_account(request, response, own.account_id)
    return response
