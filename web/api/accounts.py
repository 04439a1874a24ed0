"""``/api/accounts``: what an account holds, its orders, its fills with their receipts."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from matching.orders import OrderId
from matching.reasons import Reason
from matching.units import decimal_text
from simtrade.desk.requests import Refusal
from simtrade.portfolio.corporate import ActivityView
from simtrade.portfolio.views import AccountRef, FillView, PortfolioView, PositionView
from web.api import shapes
from web.api.askers import account_of_path, accounts_of, number_of
from web.api.bodies import query_of
from web.api.paging import LIMIT, LIMIT_MAX, After, Limit, Page, cut, found_page, place_of
from web.api.receipts import fill_value, order_sentences, order_value
from web.api.refused import Refused
from web.api.replies import json_reply
from web.broker import wire
from web.holdings import happened
from web.i18n import Language
from web.pages.common import OwnAccount, account_title, core_of, language
from web.pages.export import EXPORT_LIMIT
from web.preferences import user_of
from web.problems import Fault

_Place = Annotated[int, Meta(ge=0, le=2**53)]


class OrdersQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which part of the orders; ``open`` 1: only those that still work."""

    limit: Limit = LIMIT
    after: After = ""
    open: Annotated[int, Meta(ge=0, le=1)] = 0


class FillsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which part of the fills; ``order``: only those of one order."""

    limit: Limit = LIMIT
    after: After = ""
    order: shapes.Id | None = None


async def accounts(request: Request) -> Response:
    """The asker's accounts, newest first; a key's one account."""
    if user_of(request) is None:
        raise Refused(Fault.NOT_SIGNED_IN)
    page = query_of(request, Page)
    kept, after = cut(accounts_of(request), page, lambda one: one.account_id)
    items = [_listed(request, one) for one in kept]
    return json_reply(request, shapes.AccountList(items, after))


def _listed(request: Request, account: AccountRef) -> shapes.Account:
    view = core_of(request).venues.view(account.venue_id)
    assert view is not None, "an account always has its venue"
    return account_value(account, account_title(account, view, language(request)))


def account_value(account: AccountRef, title: str) -> shapes.Account:
    return shapes.Account(
        id=account.account_id,
        uuid=wire.account_uuid(account.account_id),
        venue=account.venue_id,
        title=title,
        profile=account.profile.value,
        currency=account.currency.code,
        opened_at=wire.moment(account.opened_at_ns),
        margin=account.margin,
    )


async def account(request: Request) -> Response:
    """Cash, value and positions, all of one moment."""
    own = account_of_path(request)
    view = core_of(request).portfolio.summary(own.account_id)
    return json_reply(request, summary_value(own, view, language(request)))


def summary_value(own: OwnAccount, view: PortfolioView, spoken: Language) -> shapes.Summary:
    def money(minor: int) -> str:
        return wire.money(own.currency, minor)

    return shapes.Summary(
        account=account_value(view.account, own.title),
        seq=view.seq,
        at=wire.moment(view.at_ns),
        equity=money(view.equity_minor),
        cash=money(view.cash_minor),
        hold=money(view.hold_minor),
        receivable=money(view.receivable_minor),
        loan=money(view.loan_minor),
        start=money(view.start_minor),
        realised=money(view.realised_minor),
        unrealised=money(view.unrealised_minor),
        day_profit=money(view.day_profit_minor),
        fees=money(view.fees_minor),
        spread=decimal_text(5 * view.spread_half_minor, own.currency.decimals + 1),
        twin=money(view.twin_minor),
        positions=[position_value(one, spoken) for one in view.positions],
    )


def position_value(one: PositionView, spoken: Language) -> shapes.Position:
    instrument, currency = one.instrument, one.instrument.currency
    name = instrument.name_zh if spoken == "zh" and instrument.name_zh else instrument.name_en
    return shapes.Position(
        instrument=instrument.instrument_id,
        symbol=instrument.symbol,
        name=name,
        quantity=instrument.qty_text(one.qty),
        can_sell=instrument.qty_text(one.available),
        held=instrument.qty_text(one.held),
        unsettled=instrument.qty_text(one.unsettled),
        pending=instrument.qty_text(one.pending),
        suspended=one.suspended,
        cost=wire.money(currency, one.cost_minor),
        last=instrument.price_text(one.last_ticks),
        value=wire.money(currency, one.value_minor),
        profit=wire.money(currency, one.profit_minor),
        day_profit=wire.money(currency, one.day_profit_minor),
    )


async def positions(request: Request) -> Response:
    """What the account holds or owes, by instrument."""
    own, page = account_of_path(request), query_of(request, Page)
    view, spoken = core_of(request).portfolio.summary(own.account_id), language(request)
    every = sorted(view.positions, key=lambda one: one.instrument.instrument_id)
    kept, after = cut(every, page, lambda one: one.instrument.instrument_id, newest_first=False)
    items = [position_value(one, spoken) for one in kept]
    return json_reply(request, shapes.PositionList(view.seq, items, after))


async def orders(request: Request) -> Response:
    """Orders, newest first."""
    own, query = account_of_path(request), query_of(request, OrdersQuery)
    place = place_of(query.after, _Place)
    found = core_of(request).portfolio.orders(
        own.account_id,
        open_only=bool(query.open),
        limit=query.limit + 1,
        after=None if place is None else OrderId(place),
    )
    page = Page(query.limit, query.after)
    kept, after = found_page(list(found), page, lambda one: one.order_id)
    return json_reply(request, shapes.OrderList([order_value(one) for one in kept], after))


def order_id_of_path(request: Request) -> OrderId:
    """The order that the address names, by its number or its UUID; 404 for what names none."""
    text = request.path_params["order"]
    number = number_of(text)
    if number is not None and number <= 2**53:
        return OrderId(number)
    named = wire.order_of_uuid(text)
    if named is None:
        raise Refused(Refusal(Reason.ORDER_UNKNOWN))
    return named[0]


async def order(request: Request) -> Response:
    """One order as it stands."""
    own, order_id = account_of_path(request), order_id_of_path(request)
    found = core_of(request).portfolio.order(own.account_id, order_id)
    if found is None:
        raise Refused(Refusal(Reason.ORDER_UNKNOWN))
    return json_reply(request, order_value(found))


async def receipt(request: Request) -> Response:
    """Why an order was filled as it was, or why it was not."""
    own, order_id = account_of_path(request), order_id_of_path(request)
    books, spoken = core_of(request).portfolio, language(request)
    found = books.order(own.account_id, order_id)
    if found is None:
        raise Refused(Refusal(Reason.ORDER_UNKNOWN))
    fills = books.fills(own.account_id, limit=LIMIT_MAX + 1, order_id=order_id)
    kept, after = found_page(list(fills), Page(LIMIT_MAX), _fill_place)
    value = shapes.OrderReceipt(
        order_value(found),
        order_sentences(found, spoken),
        [fill_value(one, spoken) for one in kept],
        after,
    )
    return json_reply(request, value)


def _fill_place(fill: FillView) -> tuple[int, int]:
    return fill.order_id, fill.number


async def fills(request: Request) -> Response:
    """Fills with their receipts, newest first."""
    own, query = account_of_path(request), query_of(request, FillsQuery)
    spoken = language(request)
    found = core_of(request).portfolio.fills(
        own.account_id,
        limit=query.limit + 1,
        order_id=None if query.order is None else OrderId(query.order),
        after=place_of(query.after, tuple[_Place, _Place]),
    )
    kept, after = found_page(list(found), Page(query.limit, query.after), _fill_place)
    return json_reply(request, shapes.FillList([fill_value(one, spoken) for one in kept], after))


async def activities(request: Request) -> Response:
    """Dividends, splits, fees of borrowing: what happened without an order, newest first."""
    own, page = account_of_path(request), query_of(request, Page)
    every = core_of(request).portfolio.activities(own.account_id, limit=EXPORT_LIMIT)
    kept, after = cut(every, page, lambda one: one.number)
    items = [_activity_value(one, language(request)) for one in kept]
    return json_reply(request, shapes.ActivityList(items, after))


def _activity_value(one: ActivityView, spoken: Language) -> shapes.Activity:
    return shapes.Activity(
        number=one.number,
        at=wire.moment(one.at_ns),
        kind=one.kind,
        instrument=one.instrument.instrument_id if one.instrument else None,
        figures={name: value for name, value in one.body.items() if not name.endswith("_ns")},
        sentence=happened(one, spoken),
    )


async def equity(request: Request) -> Response:
    """The account's value over time beside its twin, and its largest fall."""
    own = account_of_path(request)
    curve = core_of(request).portfolio.equity(own.account_id)
    points = [
        shapes.EquityPoint(
            wire.moment(one.at_ns),
            wire.money(own.currency, one.equity_minor),
            wire.money(own.currency, one.twin_minor),
        )
        for one in curve.points
    ]
    value = shapes.EquityCurve(
        points,
        curve.max_drawdown_permyriad,
        wire.moment_or_none(curve.drawdown_from_ns),
        wire.moment_or_none(curve.drawdown_to_ns),
    )
    return json_reply(request, value)
