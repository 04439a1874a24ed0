"""Own setting, then cookie, then browser, then Chinese; and nothing unknown gets through."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import Response

from matching.units import AtNs
from simtrade.desk.requests import UserId
from simtrade.people.model import Role, User
from web.preferences import preferences, remember, user_of


def asked(cookie: str = "", accept: str = "", user: User | None = None) -> Request:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accept.encode())]
    return Request({"type": "http", "headers": headers, "state": {"user": user}})


def person(**chosen: str | None) -> User:
    words = {"language": None, "theme": None, "updown": None, **chosen}
    return User(UserId(1), "n", Role.LEARNER, created_at_ns=AtNs(0), **words)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (asked(), ("zh", "auto", "cn")),
        (asked(accept="en-US"), ("en", "auto", "west")),
        (asked("lang=en; theme=dark; updown=cb"), ("en", "dark", "cb")),
        (asked("lang=xx; theme=<b>; updown=pink"), ("zh", "auto", "cn")),
        (asked("lang=en", user=person(language="zh")), ("zh", "auto", "cn")),
        (asked("theme=dark", user=person(theme="light", updown="west")), ("zh", "light", "west")),
    ],
)
def test_the_order_of_choices(request_: Request, expected: tuple[str, str, str]) -> None:
    found = preferences(request_)
    assert (found.language, found.theme, found.updown) == expected


def test_a_visitor_is_nobody() -> None:
    assert user_of(asked()) is None
    assert user_of(Request({"type": "http", "headers": []})) is None


def test_a_preference_cookie_is_out_of_reach_of_scripts() -> None:
    response = Response()
    remember(response, "theme", "dark", secure=True)
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith("theme=dark;")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" in cookie
