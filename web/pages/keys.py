"""Keys for programs: make one, see which there are, end one.

The secret of a new key stands in the answer to the form that made it, and nowhere else: in no
address, no cookie, no memory of the server.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simtrade.clock import now_ns
from simtrade.desk.requests import FLOOR, VenueId
from simtrade.people.api_keys import NAME_MAX, ApiKey, KeyReason, KeyScope, NewKey
from simtrade.people.authorize import Action, authorize
from simtrade.people.client_environment import client_environment
from simtrade.people.model import User
from web.forms import KEY_LENGTH, new_key
from web.i18n import translate
from web.key_words import LIFETIMES, USUAL_LIFETIME, key_sentence, rights, standing
from web.pages.common import core_of, language, own_accounts, see_other
from web.preferences import user_of
from web.render import render

_NAME_READ = 200  # what is cut off here was too long already


@dataclass(frozen=True, slots=True)
class MarketChoice:
    """A market that a key may open; ``own`` when its clock is the person's to turn."""

    venue_id: VenueId
    title: str
    own: bool


@dataclass(frozen=True, slots=True)
class KeyForm:
    """What stands in the form, to be shown again."""

    key: str
    name: str = ""
    venue: str = ""
    days: str = USUAL_LIFETIME
    trade: bool = True
    clock: bool = False

    @classmethod
    def of(cls, form: Mapping[str, object]) -> KeyForm:
        def text(name: str, length: int = KEY_LENGTH) -> str:
            value = form.get(name, "")
            return value.strip()[:length] if isinstance(value, str) else ""

        return cls(
            text("key") or new_key(),
            text("name", _NAME_READ),
            text("venue"),
            text("days"),
            trade=bool(text("trade")),
            clock=bool(text("clock")),
        )


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key in the list; ``state`` is a word of ``standing``."""

    key: ApiKey
    market: str
    rights: str
    state: str


def keeper(request: Request) -> User | None:
    """The person who asks, if he may have keys."""
    user = user_of(request)
    allowed = user is not None and authorize(user, Action.MANAGE_KEYS, user.user_id)
    return user if allowed else None


async def keys_page(request: Request) -> Response:
    """``GET /keys``; who has no name here yet reads why he needs one."""
    chosen = str(request.query_params.get("venue", ""))[:KEY_LENGTH]
    return _page(request, KeyForm(new_key(), venue=chosen))


async def make_key(request: Request) -> Response:
    """``POST /keys``: the only answer that ever holds the new secret; 422 when there is none."""
    typed = KeyForm.of(await request.form())
    user = keeper(request)
    if user is None:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    spoken = language(request)
    market = next((one for one in markets(request) if one.venue_id == typed.venue), None)
    choose = translate("Choose one of these.", spoken)
    errors = {} if market else {"venue": choose}
    if typed.days not in LIFETIMES:
        errors["days"] = choose
    if errors or market is None:
        return _page(request, typed, errors)
    scopes = {KeyScope.TRADE} if typed.trade else set()
    if typed.clock and market.own:
        scopes.add(KeyScope.CLOCK)
    made = core_of(request).keys.create(
        user.user_id,
        market.venue_id,
        name=typed.name,
        scopes=frozenset(scopes),
        days=LIFETIMES[typed.days][0],
        once=typed.key,
    )
    if isinstance(made, KeyReason):
        return _page(request, typed, {made.field or "form": key_sentence(made, spoken)})
    return _page(request, KeyForm(new_key()), made=made)


async def revoke_key(request: Request) -> Response:
    """``POST /keys/{key_id}/revoke``: a key of one's own is dead at once; doing it twice is no
    mistake."""
    user, key_id = keeper(request), request.path_params["key_id"]
    keys = core_of(request).keys
    if user is None or all(one.key_id != key_id for one in keys.of(user.user_id)):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    keys.revoke(user.user_id, key_id)
    return see_other("/keys")


def markets(request: Request) -> tuple[MarketChoice, ...]:
    """The asking person's markets, newest first, and the shared floor, which is everybody's."""
    mine = [
        MarketChoice(one.venue.venue_id, one.title, own=not one.shared)
        for one in reversed(own_accounts(request))
    ]
    if all(one.venue_id != FLOOR for one in mine):
        mine.append(MarketChoice(FLOOR, translate("Shared floor", language(request)), own=False))
    return tuple(mine)


def _page(
    request: Request,
    typed: KeyForm,
    errors: Mapping[str, str] | None = None,
    made: NewKey | None = None,
) -> Response:
    user = keeper(request)
    if user is None:
        return render(request, "keys_for_members.html")
    offered = markets(request)
    lines = _lines(request, user, offered)
    return render(
        request,
        "keys.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        typed=typed,
        errors={"name": "", "venue": "", "days": "", "form": "", **(errors or {})},
        made=made,
        lines=_lines_for_terminal(request, made) if made else "",
        markets=offered,
        lifetimes=LIFETIMES,
        name_max=NAME_MAX,
        living=[one for one in lines if one.state == "living"],
        ended=[one for one in lines if one.state != "living"],
    )


def _lines(request: Request, user: User, offered: tuple[MarketChoice, ...]) -> list[KeyLine]:
    titles = {one.venue_id: one.title for one in offered}
    now, spoken = now_ns(), language(request)
    return [
        KeyLine(
            one,
            titles.get(one.venue_id, str(one.venue_id)),
            rights(one, spoken),
            standing(one, now),
        )
        for one in core_of(request).keys.of(user.user_id)
    ]


def _lines_for_terminal(request: Request, made: NewKey) -> str:
    """Under the name that this browser asked for, which is one of the allowed."""
    secure = core_of(request).settings.cookie_secure or request.url.scheme == "https"
    origin = f"{'https' if secure else 'http'}://{request.url.netloc}"
    variables = client_environment(origin, made)
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())
