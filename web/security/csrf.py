"""The form token: a second proof, beside the Origin, that a form is ours.

The token is an HMAC of the session token, so it needs no storage, dies with the session and
tells nothing about it.  It is sent as header ``X-CSRF-Token`` (htmx: hx-headers) or as the form
field ``csrf``.  Without a session there is nothing to protect and no token is asked for.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from web.problems import Fault, refuse
from web.security.body import BODY_KEY
from web.security.origins import SAFE_METHODS

HEADER = "x-csrf-token"
FIELD = "csrf"
FORM_FIELDS_LIMIT = 200
_PURPOSE = b"simtrade form token 1"


def token_of(session_token: str) -> str:
    """The form token of a session, ``""`` without one."""
    if not session_token:
        return ""
    return hmac.new(session_token.encode(), _PURPOSE, hashlib.sha256).hexdigest()


def csrf_token(request: Request) -> str:
    """For templates: the value of the meta tag and of the hidden field.

    Pages about refused requests are made before a session is known; they hold no forms.
    """
    return token_of(getattr(request.state, "session_token", ""))


class FormToken:
    """Refuses unsafe requests of a session that do not carry its token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            session_token = scope["state"]["session_token"]
            if session_token and not hmac.compare_digest(
                given_token(scope).encode(), token_of(session_token).encode()
            ):
                await refuse(scope, receive, send, Fault.FORM_EXPIRED)
                return
        await self._app(scope, receive, send)


def given_token(scope: Scope) -> str:
    """The one token the request carries; none or several different is ``""``."""
    headers = Headers(scope=scope)
    tokens = headers.getlist(HEADER)
    if not tokens and headers.get("content-type", "").split(";")[0].strip().lower() == (
        "application/x-www-form-urlencoded"
    ):
        tokens = _field_values(scope[BODY_KEY])
    return tokens[0] if len(tokens) == 1 else ""


def _field_values(body: bytes) -> list[str]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), max_num_fields=FORM_FIELDS_LIMIT)
    except ValueError:
        return []
    return [value for name, value in pairs if name == FIELD]
