"""The session cookie: who is asking.

``request.state.user`` is the User or None, ``request.state.session_token`` the cookie's value of
a living session or ``""``.  The token is created by simtrade; web/ only carries it.
"""

from __future__ import annotations

import re

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from simtrade.settings import Settings
from web.core import People
from web.security.origins import SAFE_METHODS

COOKIE = "simtrade"
SECURE_COOKIE = "__Host-simtrade"
# The server ends sessions; a cookie only must not end before them.  Browsers cap at 400 days.
COOKIE_SECONDS = 400 * 86_400

_TOKEN = re.compile(r"[A-Za-z0-9_\-]{16,128}")


def cookie_name(settings: Settings) -> str:
    return SECURE_COOKIE if settings.cookie_secure else COOKIE


def set_session(response: Response, token: str, settings: Settings) -> None:
    """Give the browser a session.  Call it with the new token after every sign-in."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=COOKIE_SECONDS,
        path="/",
        secure=settings.cookie_secure,
        httponly=True,
        samesite="lax",
    )


def clear_session(response: Response, settings: Settings) -> None:
    response.delete_cookie(
        cookie_name(settings),
        path="/",
        secure=settings.cookie_secure,
        httponly=True,
        samesite="lax",
    )


class Session:
    """Resolves the cookie once per request or handshake.

    A request that ended its own session (sign-out, sign-in, sign-up) ends the session's live
    sockets with it, whatever handler did it.
    """

    def __init__(self, app: ASGIApp, people: People, settings: Settings) -> None:
        self._app = app
        self._people = people
        self._cookie = cookie_name(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        token = HTTPConnection(scope).cookies.get(self._cookie, "")
        user = self._people.session(token) if _TOKEN.fullmatch(token) else None
        state["user"] = user
        state["session_token"] = token if user else ""
        await self._app(scope, receive, send)
        changes = scope["type"] == "http" and scope["method"] not in SAFE_METHODS
        if user and changes and self._people.session(token) is None:
            scope["app"].state.hub.end_session(token)
