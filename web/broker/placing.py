"""How orders of programs reach the desk: placed, replaced and cancelled, and what is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request

from matching.instrument import Instrument
from matching.orders import Side, TimeInForce
from matching.reasons import Reason
from matching.units import NS_PER_SECOND, PriceTicks, Qty
from simtrade.desk.requests import CancelRequest, Done, PlaceRequest, Refusal, ReplaceRequest
from simtrade.portfolio.order_versions import OrderVersion, Standing
from simtrade.portfolio.views import PositionView
from web.broker import wire
from web.broker.body import Members
from web.broker.configurations import check_may_place
from web.broker.errors import ApiError, bad_field, forbidden
from web.broker.idempotency import desk_key, is_keyed
from web.broker.identity import Program, client_of, core_of
from web.broker.order_body import (
    NO_SHORTS,
    Here,
    client_order_id,
    place_request,
    text_of,
    unknown_asset,
)
from web.broker.order_json import status
from web.broker.refusals import Asked, refused

GTC_DAYS = 90
_SHORT_OF = (Reason.NOT_ENOUGH_TO_SELL, Reason.NOT_SETTLED_YET, Reason.SHORT_NONE_TO_BORROW)


async def place(request: Request, program: Program, body: Members) -> OrderVersion:
    """A new order of the body.  Raises ApiError."""
    symbol = text_of(body, "symbol")
    if symbol is None:
        raise bad_field("symbol is required")
    instrument = program.instrument(symbol)
    if instrument is None:
        raise unknown_asset(symbol)
    key = client_order_id(body) or desk_key(request, "order")
    wish = place_request(body, _here(request, program, instrument), key)
    check_may_place(core_of(request), program, short=wish.short)
    return await send(request, program, instrument, wish)


async def send(
    request: Request, program: Program, instrument: Instrument, wish: PlaceRequest
) -> OrderVersion:
    """Place an order; one for the day that comes while no session runs is for the next one."""
    core = core_of(request)
    reply = await core.gateway.submit(wish)
    if isinstance(reply, Refusal) and reply.reason is Reason.MARKET_CLOSED:
        next_session = core.order_history.next_session(program.venue.venue_id)
        later = _for_session(wish, next_session) if next_session else None
        if later is not None:
            reply = await core.gateway.submit(later)
    if isinstance(reply, Refusal):
        raise _place_refused(request, program, instrument, wish, reply)
    if reply.replayed and not is_keyed(request):
        raise refused(Refusal(Reason.KEY_REUSED), Asked(instrument, {"client_order_id": wish.key}))
    assert reply.order_id is not None
    if not reply.replayed:
        core.keys.ordered(program.key)
    account_id = program.account.account_id
    found = core.order_history.version(account_id, reply.order_id, 0, nested=True)
    assert found is not None
    return found


def _for_session(wish: PlaceRequest, session: date) -> PlaceRequest | None:
    """The same order for the session to come; None for one that is only for now."""
    if wish.time_in_force is not TimeInForce.DAY:
        return None
    if not wish.kind.names_limit and wish.trigger is None:
        return replace(wish, time_in_force=TimeInForce.AT_OPEN)
    legs = tuple(
        replace(leg, time_in_force=TimeInForce.GTD, good_till=session)
        if leg.time_in_force is TimeInForce.DAY
        else leg
        for leg in wish.legs
    )
    return replace(wish, time_in_force=TimeInForce.GTD, good_till=session, legs=legs)


def position_of(request: Request, program: Program, instrument: Instrument) -> PositionView | None:
    """What the account holds or owes of an instrument now."""
    view = core_of(request).portfolio.summary(program.account.account_id)
    wanted = instrument.instrument_id
    return next((one for one in view.positions if one.instrument.instrument_id == wanted), None)


def venue_day(request: Request, program: Program) -> date:
    """The local day in the key's venue."""
    clock = core_of(request).venues.clock(program.venue.venue_id)
    moment = datetime.fromtimestamp(clock.at_ns // NS_PER_SECOND, UTC)
    return moment.astimezone(ZoneInfo(program.venue.traits.time_zone)).date()


def _here(request: Request, program: Program, instrument: Instrument) -> Here:
    core = core_of(request)
    account_id, instrument_id = program.account.account_id, instrument.instrument_id
    return Here(
        account=program.account,
        instrument=instrument,
        held=core.portfolio.held_qty(account_id, instrument_id),
        rules=core.venues.rules(program.venue.venue_id, instrument_id),
        last_day=venue_day(request, program) + timedelta(GTC_DAYS),
    )


def _place_refused(
    request: Request, program: Program, instrument: Instrument, wish: PlaceRequest, reply: Refusal
) -> ApiError:
    members = {"client_order_id": wish.key}
    if wish.limit_ticks is not None:
        members["limit_price"] = wire.price(instrument, wish.limit_ticks)
    if reply.reason in _SHORT_OF:
        members |= held_members(instrument, wish.qty, position_of(request, program, instrument))
        nothing = members["existing_qty"] == "0"
        if reply.reason is Reason.NOT_ENOUGH_TO_SELL and nothing and wish.side is Side.SELL:
            # Whoever sells what he does not have sells short.
            return forbidden(NO_SHORTS, **refused(reply, Asked(instrument, members)).more)
    return refused(reply, Asked(instrument, members))


def held_members(
    instrument: Instrument, requested: int, held: PositionView | None
) -> dict[str, str]:
    """What a program is told that wants to sell more than it may."""
    qty, available, held_qty = (held.qty, held.available, held.held) if held else (0, 0, 0)
    return {
        "requested": wire.qty(instrument, requested),
        "available": wire.qty(instrument, max(0, available)),
        "existing_qty": wire.qty(instrument, qty),
        "held_for_orders": wire.qty(instrument, held_qty),
    }


async def cancel(request: Request, version: OrderVersion, what: str = "cancel") -> Done | ApiError:
    """Ask for a cancel; the refusal as the error that tells it."""
    program, core = client_of(request), core_of(request)
    account_id = program.account.account_id
    key = desk_key(request, f"{what} {version.order_id}")
    reply = await core.gateway.submit(CancelRequest(account_id, key, version.order_id))
    if isinstance(reply, Done):
        return reply
    return _change_refused(request, version, reply)


async def change(request: Request, version: OrderVersion, wish: ReplaceRequest) -> OrderVersion:
    """Replace an order; the version that this makes, or will make.  Raises ApiError."""
    core, account_id = core_of(request), client_of(request).account.account_id
    reply = await core.gateway.submit(wish)
    if isinstance(reply, Refusal):
        raise _change_refused(request, version, reply, wish)
    if reply.replayed and not is_keyed(request):
        raise refused(Refusal(Reason.KEY_REUSED), Asked(version.instrument, {}))
    found = core.order_history.by_client_id(account_id, wish.key, nested=True)
    assert found is not None
    return found


def _change_refused(
    request: Request,
    version: OrderVersion,
    reply: Refusal,
    wish: ReplaceRequest | None = None,
) -> ApiError:
    """Judged by how the order is now: what was asked for may have come too late."""
    program = client_of(request)
    account_id, instrument = program.account.account_id, version.instrument
    now = core_of(request).order_history.version(account_id, version.order_id, version.number)
    members = {
        "order_id": wire.order_uuid(version.order_id, version.number),
        "status": status(now or version),
    }
    if wish is not None and wish.limit_ticks is not None:
        members["limit_price"] = wire.price(instrument, wish.limit_ticks)
    if wish is not None and reply.reason in _SHORT_OF:
        members |= held_members(instrument, wish.qty, position_of(request, program, instrument))
    if wish is not None and reply.reason is Reason.ORDER_NOT_OPEN and _works(now):
        # At the market a market order has no terms left: to the desk it is as good as filled.
        reply = replace(reply, reason=Reason.REPLACE_NOT_POSSIBLE)
    return refused(reply, Asked(instrument, members))


def _works(now: OrderVersion | None) -> bool:
    return now is not None and now.standing is Standing.WORKING


def replace_wish(
    program: Program,
    version: OrderVersion,
    key: str,
    terms: tuple[int, int | None, int | None, int | None],
) -> ReplaceRequest:
    """``terms``: total quantity, limit, stop and trailing distance, where the order has them."""
    qty, limit, stop, trail = terms
    return ReplaceRequest(
        program.account.account_id,
        key,
        version.order_id,
        Qty(qty),
        None if limit is None else PriceTicks(limit),
        None if stop is None else PriceTicks(stop),
        frees_key=True,
        trail=trail,
    )
