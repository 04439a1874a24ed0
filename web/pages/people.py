"""Signing up, in and out, and how the site looks for a person."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simtrade.people.authorize import Action, authorize
from simtrade.people.model import PersonReason, Role, SignedIn
from simtrade.people.rules import PASSWORD_MIN
from web.i18n import LANGUAGES
from web.pages.common import core_of, language, own_accounts, safe_next, see_other
from web.preferences import THEMES, UPDOWNS, remember, user_of
from web.render import render
from web.security.session import clear_session, set_session
from web.sentences import sentence

CHOICES: Mapping[str, tuple[str, ...]] = {
    "language": LANGUAGES,
    "theme": THEMES,
    "updown": UPDOWNS,
}


def _text(form: Mapping[str, object], name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


async def signup_page(request: Request) -> Response:
    """``GET /signup``."""
    return _people_page(request, "signup.html")


async def signup(request: Request) -> Response:
    """``POST /signup``: a guest keeps everything; a visitor gets a fresh account."""
    form = await request.form()
    user = user_of(request)
    wanted = safe_next(form.get("next"), "")
    if not authorize(user, Action.SIGN_UP, None):
        return see_other(wanted or "/settings")
    guest = user.user_id if user and user.role is Role.GUEST else None
    name = _text(form, "name")
    answer = await core_of(request).people.sign_up(guest, name, _text(form, "password"))
    if isinstance(answer, PersonReason):
        return _people_page(request, "signup.html", answer, name, wanted)
    return _signed_in(request, answer, wanted or ("/portfolio" if guest else "/practice"))


async def login_page(request: Request) -> Response:
    """``GET /login``."""
    return _people_page(request, "login.html")


async def login(request: Request) -> Response:
    """``POST /login``."""
    form = await request.form()
    name = _text(form, "name")
    address = request.client.host if request.client else ""
    answer = await core_of(request).people.log_in(name, _text(form, "password"), address)
    if isinstance(answer, PersonReason):
        return _people_page(request, "login.html", answer, name, safe_next(form.get("next"), ""))
    return _signed_in(request, answer, safe_next(form.get("next"), "/trade"))


def _signed_in(request: Request, signed_in: SignedIn, path: str) -> Response:
    response = see_other(path)
    set_session(response, signed_in.token, core_of(request).settings)
    return response


def _people_page(
    request: Request,
    template: str,
    reason: PersonReason | None = None,
    name: str = "",
    wanted: str = "",
) -> Response:
    """``wanted`` is the page of this site to go on to, which a form sent before has named."""
    errors = {"name": "", "password": "", "form": ""}
    if reason:
        field = reason.field if reason.field in errors else "form"
        errors[field] = sentence(reason, {}, language(request))
    return render(
        request,
        template,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if reason else HTTPStatus.OK,
        errors=errors,
        name=name,
        password_min=PASSWORD_MIN,
        has_practice=bool(own_accounts(request)),
        next_path=wanted or safe_next(request.query_params.get("next"), ""),
    )


async def logout(request: Request) -> Response:
    """``POST /logout``: ends this browser's session."""
    core_of(request).people.log_out(request.state.session_token)
    response = see_other("/")
    clear_session(response, core_of(request).settings)
    return response


async def settings(request: Request) -> Response:
    """``GET /settings``."""
    staff = authorize(user_of(request), Action.SEE_TAPES, None)
    return render(request, "settings.html", signed_up=_signed_up(request), staff=staff)


def _signed_up(request: Request) -> bool:
    user = user_of(request)
    return user is not None and user.role is not Role.GUEST


async def choose_language(request: Request) -> Response:
    """``POST /lang/{value}``."""
    return await _choose(request, "language")


async def choose_theme(request: Request) -> Response:
    """``POST /theme/{value}``."""
    return await _choose(request, "theme")


async def choose_updown(request: Request) -> Response:
    """``POST /updown/{value}``."""
    return await _choose(request, "updown")


async def _choose(request: Request, name: str) -> Response:
    """Keep a preference and go back to the page it was chosen on."""
    value = request.path_params["value"]
    if value not in CHOICES[name]:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    form = await request.form()
    core, user = core_of(request), user_of(request)
    response = see_other(safe_next(form.get("next"), "/"))
    if user and authorize(user, Action.SET_PREFERENCES, user.user_id):
        core.people.set_preferences(user.user_id, **{name: value})
    remember(response, name, value, secure=core.settings.cookie_secure)
    return response
