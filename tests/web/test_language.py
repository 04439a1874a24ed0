"""Where a language comes from, in order."""

from __future__ import annotations

import pytest

from matching.units import AtNs
from simtrade.desk.requests import UserId
from simtrade.people.model import Role, User
from web.language import language_of


@pytest.mark.parametrize(
    ("user", "cookie", "header", "language"),
    [
        (None, "", "", "zh"),
        (None, "", "en-GB,zh;q=0.5", "en"),
        (None, "lang=zh", "en", "zh"),
        ("en", "lang=zh", "zh", "en"),
        ("", "lang=xx", "en", "en"),
        ("fr", "lang=\xff", "fr", "zh"),
    ],
)
def test_order(user: str | None, cookie: str, header: str, language: str) -> None:
    who = User(UserId(1), "", Role.GUEST, user, None, None, AtNs(0)) if user else None
    pairs = ((b"cookie", cookie), (b"accept-language", header))
    headers = [(name, value.encode("latin-1")) for name, value in pairs]
    scope = {"type": "websocket", "headers": headers, "state": {"user": who}}
    assert language_of(scope) == language
