"""Orders of a program, placed at the desk, for tests of what is told about them."""

from __future__ import annotations

import os

from matching.orders import AccountId, OrderId, OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.desk.requests import CancelRequest, ClockAction, Done, PlaceRequest, ReplaceRequest
from tests.web.broker.program import Program, submit

MINUTE_NS = 60_000_000_000


def account_of(bot: Program) -> AccountId:
    """Its account; the first use of a key opens it."""
    bot.get("/v2/account")
    accounts = bot.site.core.portfolio.accounts(bot.user.user_id)
    return next(one.account_id for one in accounts if one.venue_id == bot.key.venue_id)


def place(bot: Program, qty: int = 1, *, limit: int | None = None, symbol: str = "") -> OrderId:
    """Buy; at any price without a limit."""
    view = bot.site.core.venues.view(bot.key.venue_id)
    assert view is not None
    one = next(each for each in view.instruments if symbol in ("", each.symbol))
    request = PlaceRequest(
        account_of(bot), os.urandom(8).hex(), one.instrument_id, Side.BUY,
        OrderKind.MARKET if limit is None else OrderKind.LIMIT, Qty(qty),
        None if limit is None else PriceTicks(limit), TimeInForce.DAY,
    )  # fmt: skip
    return _done(submit(bot.site, request))


def replace(bot: Program, order_id: OrderId, qty: int, limit: int) -> None:
    key = os.urandom(8).hex()
    request = ReplaceRequest(account_of(bot), key, order_id, Qty(qty), PriceTicks(limit))
    _done(submit(bot.site, request))


def cancel(bot: Program, order_id: OrderId) -> None:
    _done(submit(bot.site, CancelRequest(account_of(bot), os.urandom(8).hex(), order_id)))


def pass_minutes(replay: Program, minutes: int) -> None:
    """Let a practice market go on."""
    now_ns = replay.site.core.venues.clock(replay.key.venue_id).at_ns
    replay.clock(ClockAction.SEEK, now_ns + minutes * MINUTE_NS)


def _done(reply: object) -> OrderId:
    assert isinstance(reply, Done), reply
    assert reply.order_id is not None
    return reply.order_id
