"""What most handlers need: who asks, which of his accounts is meant, and how to answer him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId, OrderId
from matching.reasons import Reason
from matching.units import Currency
from simtrade.desk.requests import FLOOR
from simtrade.people.authorize import Action, authorize
from simtrade.people.model import User
from simtrade.portfolio.views import AccountRef
from simtrade.venues.feeds import is_blind, told_as
from simtrade.venues.views import VenueView
from web import formats
from web.feed_views import FEED_VIEWS
from web.i18n import Language, translate
from web.language import language_of
from web.pages.services import CoreOfPages
from web.preferences import user_of

ACCOUNT_COOKIE = "account"
ACCOUNT_COOKIE_SECONDS = 90 * 24 * 3600
ACCOUNT_CHANGED = "simtrade:account"
ORDERS_CHANGED = "simtrade:orders"
_LONGEST_ID = 16  # an order that a plan placed has one


def core_of(request: Request) -> CoreOfPages:
    core: CoreOfPages = request.app.state.core
    return core


def language(request: Request) -> Language:
    return language_of(request.scope)


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One account of the asking person with its venue and a title for choosers."""

    account: AccountRef
    venue: VenueView
    title: str

    @property
    def account_id(self) -> AccountId:
        return self.account.account_id

    @property
    def currency(self) -> Currency:
        return self.account.currency

    @property
    def shared(self) -> bool:
        return self.venue.owner is None

    def instrument(self, instrument_id: object) -> Instrument | None:
        return next(
            (one for one in self.venue.instruments if one.instrument_id == instrument_id), None
        )

    def by_symbol(self, symbol: str) -> Instrument | None:
        return next((one for one in self.venue.instruments if one.symbol == symbol), None)


def account_title(account: AccountRef, venue: VenueView, spoken: Language) -> str:
    """The name its owner gave it, else the day it began."""
    if account.venue_id == FLOOR:
        return translate("Shared floor", spoken)
    if venue.owner is None:
        return str(account.venue_id)
    started = formats.day(venue.first_session, spoken)
    title = venue.name or translate("Practice from {day}", spoken).format(day=started)
    if is_blind(venue.tape):
        return venue.name or translate("Blind practice", spoken)
    told = told_as(venue.tape, venue.traits)
    return title if told is None else f"{title} · {translate(FEED_VIEWS[told].name, spoken)}"


def own_accounts(request: Request) -> tuple[OwnAccount, ...]:
    """The asking person's accounts, oldest first; those with the same title are numbered."""
    user, core, spoken = user_of(request), core_of(request), language(request)
    if user is None:
        return ()
    found: list[OwnAccount] = []
    used: dict[str, int] = {}
    for account in reversed(core.portfolio.accounts(user.user_id)):
        venue = core.venues.view(account.venue_id)
        if venue and authorize(user, Action.SEE_ACCOUNT, account.user_id):
            title = account_title(account, venue, spoken)
            used[title] = used.get(title, 0) + 1
            numbered = title if used[title] == 1 else f"{title} ({used[title]})"
            found.append(OwnAccount(account, venue, numbered))
    return tuple(found)


def _id(text: object) -> int | None:
    known = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    return int(str(text)) if known else None


def order_id_of(text: object) -> OrderId:
    """An order id of an address; 404 for anything that cannot be one."""
    number = _id(text)
    if number is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return OrderId(number)


def current_account(request: Request) -> OwnAccount | None:
    """The account named in the address, else the one used last, else the newest."""
    accounts = own_accounts(request)
    named = request.query_params.get("account")
    if named is not None:
        return pick(accounts, named)
    used = _id(request.cookies.get(ACCOUNT_COOKIE))
    chosen = next((one for one in accounts if one.account_id == used), None)
    return chosen or (accounts[-1] if accounts else None)


def pick(accounts: tuple[OwnAccount, ...], text: object) -> OwnAccount:
    """One of these accounts by its id; 404 when it is not among them, whoever owns it."""
    wanted = _id(text)
    for one in accounts:
        if one.account_id == wanted:
            return one
    raise HTTPException(HTTPStatus.NOT_FOUND)


def is_bot(request: Request, own: OwnAccount) -> bool:
    """Whether a program has ever placed an order in an account."""
    return core_of(request).keys.is_bot(own.account.user_id, own.venue.venue_id)


def trading_account(request: Request, form: Mapping[str, object]) -> OwnAccount:
    """The account a form wants to trade in; 404 unless it is the asking person's own."""
    chosen = pick(own_accounts(request), form.get("account"))
    if not authorize(user_of(request), Action.TRADE, chosen.account.user_id):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return chosen


def use_account(request: Request, response: Response, account_id: AccountId) -> None:
    """Remember which account this browser used last."""
    response.set_cookie(
        ACCOUNT_COOKIE,
        str(account_id),
        max_age=ACCOUNT_COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=core_of(request).settings.cookie_secure,
    )


def require_user(request: Request) -> User:
    """The person who asks; 401 for a visitor."""
    user = user_of(request)
    if user is None:
        raise HTTPException(HTTPStatus.UNAUTHORIZED)
    return user


def safe_next(text: object, fallback: str) -> str:
    """A path on this site to go back to; anything else is the fallback."""
    if not isinstance(text, str) or not text.startswith("/") or text[1:2] in ("/", "\\"):
        return fallback
    return text if text.isprintable() and len(text) <= 500 else fallback


def see_other(path: str) -> RedirectResponse:
    """After a form was handled: the browser loads a page that may be reloaded."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def desk_path(instrument: Instrument, account_id: AccountId, **more: object) -> str:
    tail = "".join(f"&{name}={quote(str(value))}" for name, value in more.items())
    return f"/trade/{quote(instrument.symbol)}?account={account_id}{tail}"


def known_instrument(own: OwnAccount, instrument_id: object) -> Instrument:
    found = own.instrument(InstrumentId(str(instrument_id)))
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def retry_key_needed(reason: Reason) -> bool:
    """A refused key answers with the same refusal for ever, unless nothing was judged at all."""
    return reason is not Reason.INBOX_FULL
