"""Who a program is: the key in its headers, the account and the venue that the key opens.

A program that sends no living key gets 401 whatever the address, so that nothing can be learnt
from trying.  Cookies are not looked at.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from matching.instrument import Instrument
from simtrade.desk.requests import Done, JoinVenue
from simtrade.people.api_keys import KEY_PREFIX, ApiKey, KeyScope
from simtrade.people.authorize import Action, authorize
from simtrade.people.model import User
from simtrade.portfolio.views import AccountRef
from simtrade.venues.views import VenueView
from web.broker.errors import ApiError, error_response, forbidden, unauthorized
from web.broker.services import CoreOfPrograms
from web.broker.wire import asset_uuid
from web.problems import Fault, fault_response, is_broker_path

_FOREIGN = (
    "this is a simulated market: it needs a key of its own, which begins with SIM; "
    "the key that was sent looks like one of a real broker, and was not kept"
)
_FOREIGN_PREFIXES = ("AK", "PK", "CK")


@dataclass(frozen=True, slots=True)
class Program:
    """A program that acts for a person: one key, one account, one venue."""

    key: ApiKey
    user: User
    account: AccountRef
    venue: VenueView

    def instrument(self, symbol_or_uuid: str) -> Instrument | None:
        """By symbol (AAPL), by our id (XNAS:AAPL) or by the asset's UUID."""
        return self.instruments([symbol_or_uuid])[0]

    def instruments(self, names: Sequence[str]) -> list[Instrument | None]:
        """The same of many names, in their order.  However many there are, the market is looked
        through once."""
        wanted = [one.strip() for one in names]
        missing, found = set(wanted), dict[str, Instrument]()
        for one in self.venue.instruments:
            for name in (one.symbol, one.instrument_id, asset_uuid(one.instrument_id)):
                if name in missing:
                    missing.remove(name)
                    found[name] = one
        return [found.get(one) for one in wanted]


def credentials(headers: Headers) -> tuple[str, str] | None:
    """(key id, secret) of a request: two headers of their own, ``Bearer ID:SECRET``, or Basic."""
    key_id, secret = headers.get("apca-api-key-id"), headers.get("apca-api-secret-key")
    if key_id is not None and secret is not None:
        return key_id, secret
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode()
        except ValueError:
            return None
    elif kind.lower() != "bearer":
        return None
    key_id, colon, secret = value.strip().partition(":")
    return (key_id, secret) if colon else None


async def program_of(core: CoreOfPrograms, key_id: str, secret: str) -> Program | None:
    """Whom a key and its secret stand for; None when they open nothing (any more).

    The first use of a key in a shared venue opens the account there.
    """
    key = core.keys.check(key_id, secret)
    user = core.people.user(key.user_id) if key else None
    venue = core.venues.view(key.venue_id) if key else None
    if key is None or user is None or venue is None:
        return None
    if not authorize(user, Action.SEE_VENUE, venue.owner):
        return None
    account = _account(core, key)
    if account is None and authorize(user, Action.JOIN_VENUE, venue.owner):
        wish = JoinVenue(key.user_id, f"key {key.key_id}", key.venue_id)
        if isinstance(await core.gateway.submit(wish), Done):
            account = _account(core, key)
    return Program(key, user, account, venue) if account else None


def _account(core: CoreOfPrograms, key: ApiKey) -> AccountRef | None:
    accounts = core.portfolio.accounts(key.user_id)
    return next((one for one in accounts if one.venue_id == key.venue_id), None)


def refused_key(key_id: str) -> ApiError:
    """401; somebody who sent a real broker's key is told so."""
    if key_id.startswith(_FOREIGN_PREFIXES) and not key_id.startswith(KEY_PREFIX):
        return ApiError(HTTPStatus.UNAUTHORIZED, _FOREIGN)
    return unauthorized()


def client_of(request: Request) -> Program:
    """The program behind a request that came through ``KeyIdentity``."""
    program: Program = request.state.program
    return program


def core_of(request: Request) -> CoreOfPrograms:
    core: CoreOfPrograms = request.app.state.core
    return core


def may_trade(request: Request) -> Program:
    """The program, if it may place, change and cancel orders; 403 otherwise."""
    program = client_of(request)
    allowed = authorize(program.user, Action.TRADE, program.account.user_id)
    if KeyScope.TRADE not in program.key.scopes or not allowed:
        raise forbidden("this key may only read")
    return program


def _refusal(scope: Scope, error: ApiError) -> Response:
    if is_broker_path(scope["path"]):
        return error_response(error.status_code, error.message)
    return fault_response(scope, Fault.KEY_REFUSED)


class KeyIdentity:
    """Puts ``user`` and ``program`` into the state of every request; websockets of programs say
    who they are in their first message."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.setdefault("state", {})
        state.update(user=None, session_token="", program=None)
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = credentials(Headers(scope=scope))
        program = await program_of(scope["app"].state.core, *given) if given else None
        if program is None:
            error = refused_key(given[0] if given else "")
            await _refusal(scope, error)(scope, receive, send)
            return
        state.update(user=program.user, program=program)
        await self._app(scope, receive, send)
