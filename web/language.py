"""The language of a request or websocket handshake, for places that hold only the scope."""

from __future__ import annotations

from typing import cast

from starlette.requests import HTTPConnection, Request
from starlette.types import Scope

from web.i18n import Language
from web.preferences import preferences


def language_of(scope: Scope) -> Language:
    # Preferences read cookies, headers and state, which both kinds of connection have.
    return preferences(cast("Request", HTTPConnection(scope))).language
