"""Language, theme and up/down colours of a request: person's setting, cookie, browser, default."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from simtrade.people.model import User
from web.i18n import Language
from web.language import language_of

THEMES = ("auto", "light", "dark")
UPDOWNS = ("cn", "west", "cb")
YEAR_SECONDS = 365 * 24 * 3600
COOKIES = {"language": "lang", "theme": "theme", "updown": "updown"}


@dataclass(frozen=True, slots=True)
class Preferences:
    language: Language
    theme: str
    updown: str


def user_of(request: Request) -> User | None:
    """The person behind a request, None for a visitor."""
    user = getattr(request.state, "user", None)
    return user if isinstance(user, User) else None


def _chosen(request: Request, name: str) -> str | None:
    user = user_of(request)
    return (getattr(user, name) if user else None) or request.cookies.get(COOKIES[name])


def preferences(request: Request) -> Preferences:
    """Unknown values, which anyone can put in a cookie, count as not chosen."""
    language = language_of(request.scope)
    theme, updown = _chosen(request, "theme"), _chosen(request, "updown")
    return Preferences(
        language=language,
        theme=theme if theme in THEMES else "auto",
        updown=updown if updown in UPDOWNS else "cn" if language == "zh" else "west",
    )


def remember(response: Response, name: str, value: str, *, secure: bool) -> None:
    """Keep a preference in this browser for a year; scripts have no need to read it."""
    response.set_cookie(
        COOKIES[name], value, max_age=YEAR_SECONDS, httponly=True, samesite="lax", secure=secure
    )
