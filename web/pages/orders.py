"""Placing, changing and cancelling orders, and the clock of a practice market."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from matching.instrument import Instrument
from matching.orders import OrderKind, TimeInForce
from matching.reasons import Reason
from simtrade.desk.requests import (
    CancelRequest,
    ClockAction,
    ClockRequest,
    PlaceRequest,
    Refusal,
    VenueId,
)
from simtrade.people.authorize import Action, authorize
from web import formats
from web.forms import TICKET_FIELDS, Typed, new_key, read_date, replace_request
from web.i18n import translate
from web.order_form import place_request
from web.pages.common import (
    ACCOUNT_CHANGED,
    ORDERS_CHANGED,
    OwnAccount,
    core_of,
    desk_path,
    known_instrument,
    language,
    order_id_of,
    require_user,
    retry_key_needed,
    safe_next,
    see_other,
    trading_account,
)
from web.pages.desk import desk_page, order_words
from web.pages.desk_view import tables_words, ticket_words
from web.preferences import user_of
from web.render import is_fragment, render
from web.sentences import sentence


async def place(request: Request) -> Response:
    """``POST /orders``: 201 with the result in place of the ticket, 422 with the ticket."""
    form = dict(await request.form())
    own = trading_account(request, form)
    instrument = known_instrument(own, form.get("instrument"))
    typed = Typed.of(form)
    checked = place_request(typed, own.account_id, instrument, language(request))
    if checked.request is None:
        return _ticket_again(request, own, instrument, typed, dict(checked.errors))
    reply = await core_of(request).gateway.submit(checked.request)
    if isinstance(reply, Refusal):
        field = _field(reply.reason, checked.request)
        text = sentence(reply.reason, reply.numbers, language(request), instrument)
        errors = {field: text, "rule": reply.rule}
        if reply.reason is Reason.MARKET_CLOSED and _can_be_staged(checked.request):
            errors["stage"] = _stage_path(own, instrument, typed)
        return _ticket_again(request, own, instrument, _fresh(typed, reply.reason), errors)
    if not is_fragment(request):
        return see_other(desk_path(instrument, own.account_id, order=reply.order_id) + "#ticket")
    words = order_words(request, own, str(reply.order_id), fresh=True)
    response = render(request, "_result.html", status=HTTPStatus.CREATED, **words)
    response.headers["HX-Trigger"] = f"{ACCOUNT_CHANGED}, {ORDERS_CHANGED}"
    return response


def _field(reason: Reason, order: PlaceRequest) -> str:
    """Where a refusal is said: a distance may be that of the order or that of its exit."""
    if reason.field == "trail" and (order.trigger is None or not order.trigger.trails):
        return "stop_loss_trail"
    return reason.field if reason.field in TICKET_FIELDS else "form"


def _can_be_staged(order: PlaceRequest) -> bool:
    """A staged order is one plain order; nothing of another may be lost on the way."""
    plain = order.kind in (OrderKind.MARKET, OrderKind.LIMIT) and order.amount_minor is None
    lasting = order.time_in_force in (TimeInForce.DAY, TimeInForce.GTC)
    return plain and lasting and order.trigger is None and not order.legs and not order.short


def _stage_path(own: OwnAccount, instrument: Instrument, typed: Typed) -> str:
    """The same order as a plan for the next open."""
    query = {
        "account": own.account_id,
        "instrument": instrument.instrument_id,
        "side": typed.side,
        "qty": typed.qty,
        "type": "limit" if typed.kind == "limit" else "market",
        "price": typed.price if typed.kind == "limit" else "",
        "tif": typed.tif,
    }
    return f"/plans/new/staged?{urlencode(query)}"


def _fresh(typed: Typed, reason: Reason) -> Typed:
    """A used key would bring the same refusal again, whatever is typed next."""
    if not retry_key_needed(reason):
        return typed
    return dataclasses.replace(typed, key=new_key())


def _ticket_again(
    request: Request,
    own: OwnAccount,
    instrument: Instrument,
    typed: Typed,
    errors: dict[str, str],
) -> Response:
    words = ticket_words(request, own, instrument, typed, errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if is_fragment(request):
        return render(request, "_ticket.html", status=status, **words)
    return desk_page(request, own, instrument, words, status)


async def cancel(request: Request) -> Response:
    """``POST /orders/{order_id}/cancel``."""
    form = dict(await request.form())
    own = trading_account(request, form)
    order_id = order_id_of(request.path_params["order_id"])
    key = Typed.of(form).key
    reply = await core_of(request).gateway.submit(CancelRequest(own.account_id, key, order_id))
    if isinstance(reply, Refusal):
        zone = own.venue.traits.time_zone
        note = sentence(reply.reason, reply.numbers, language(request), time_zone=zone)
        return _orders_after(request, own, note, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _orders_after(request, own, translate("Order cancelled.", language(request)))


async def replace(request: Request) -> Response:
    """``POST /orders/{order_id}/replace``: new price and total quantity of an open order."""
    form = dict(await request.form())
    own = trading_account(request, form)
    order_id = order_id_of(request.path_params["order_id"])
    order = core_of(request).portfolio.order(own.account_id, order_id)
    if order is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    spoken = language(request)
    checked = replace_request(form, own.account_id, order_id, order.instrument, spoken)
    errors = dict(checked.errors)
    if checked.request is not None:
        reply = await core_of(request).gateway.submit(checked.request)
        if not isinstance(reply, Refusal):
            return _orders_after(request, own, translate("Order changed.", spoken))
        field = reply.reason.field if reply.reason.field in ("price", "stop") else "qty"
        zone = own.venue.traits.time_zone
        text = sentence(reply.reason, reply.numbers, spoken, order.instrument, zone)
        errors = {field: text}
    if not is_fragment(request):
        note = " ".join(errors.values())
        return _orders_after(request, own, note, HTTPStatus.UNPROCESSABLE_ENTITY)
    typed = Typed.of(form)
    return render(
        request,
        "_replace.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        order=order,
        order_account=own.account_id,
        typed_qty=typed.qty,
        typed_price=typed.price,
        typed_stop=typed.stop,
        errors={"qty": "", "price": "", "stop": "", **errors},
    )


def _orders_after(
    request: Request, own: OwnAccount, note: str, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """The orders as they are now, with what became of the wish; 422 when it was refused."""
    if not is_fragment(request):
        back = f"/trade?account={own.account_id}"
        if status is HTTPStatus.OK:
            return see_other(back)
        return render(request, "refused.html", status=status, text=note, back=back)
    words = tables_words(request, own)
    response = render(request, "_orders.html", status=status, order_note=note, **words)
    response.headers["HX-Trigger"] = ACCOUNT_CHANGED
    return response


async def clock(request: Request) -> Response:
    """``POST /clock``: play, pause, step, speed or seek a practice market of one's own."""
    form = dict(await request.form())
    user = require_user(request)
    venue = core_of(request).venues.view(VenueId(str(form.get("venue", ""))))
    if venue is None or not authorize(user_of(request), Action.DRIVE_CLOCK, venue.owner):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    action = form.get("action")
    if action not in list(ClockAction):
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    number = _clock_number(form, venue.traits.time_zone)
    # Another button of the same form is another wish: its key stays the form's own.
    key = f"{Typed.of(form).key}:{action}:{number}"
    asked = ClockRequest(user.user_id, key, venue.venue_id, ClockAction(str(action)), number)
    reply = await core_of(request).gateway.submit(asked)
    if isinstance(reply, Refusal):
        return clock_refused(request, reply, form.get("next"))
    if is_fragment(request):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return see_other(_desk_again(form.get("next")) or "/trade")


def _desk_again(shown_on: object, **more: str) -> str:
    """The desk a form stood on, without an older refusal; empty when it names none."""
    desk = urlsplit(safe_next(shown_on, ""))
    query = {name: text for name, text in parse_qsl(desk.query) if name != "refused"} | more
    return desk.path and desk.path + (f"?{urlencode(query)}" if query else "")


_NUMBER = re.compile("[0-9]{1,9}")


def _clock_number(form: Mapping[str, object], time_zone: str) -> int:
    """Speed as it is, a date as the first moment of that day in the market."""
    day = read_date(form.get("date"))
    if day is not None:
        return formats.midnight_ns(day, time_zone)
    text = form.get("number", "0")
    return int(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else 0


def clock_refused(request: Request, refusal: Refusal, shown_on: object = None) -> Response:
    """The reason in place; a whole page goes back to the desk it came from, which says it."""
    desk = _desk_again(shown_on, refused=refusal.reason.code)
    if desk and not is_fragment(request):
        return see_other(desk)
    text = sentence(refusal.reason, refusal.numbers, language(request))
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if is_fragment(request):
        response = render(request, "_note.html", status=status, text=text)
        response.headers["HX-Retarget"] = "#toast"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    return render(request, "refused.html", status=status, text=text, back="/trade")
