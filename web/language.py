"""Which language a request is answered in: own setting, cookie, browser, Chinese."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import Scope

from web.i18n import Language, as_language, negotiate

LANGUAGE_COOKIE = "lang"
FALLBACK: Language = "zh"


def language_of(scope: Scope) -> Language:
    """Of a request or a websocket handshake.  Never fails: a broken cookie or header falls
    through to the next source."""
    user = scope.get("state", {}).get("user")
    connection = HTTPConnection(scope)
    return (
        as_language(user.language if user else None)
        or as_language(connection.cookies.get(LANGUAGE_COOKIE))
        or negotiate(connection.headers.get("accept-language", ""))
        or FALLBACK
    )
