"""The cookie of a session, and what ends with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.responses import Response

from simtrade.settings import Settings
from tests.web.serving import Site
from web.security.session import clear_session, set_session


def test_cookie_of_a_session(tmp_path: Path) -> None:
    plain, secure = Settings(data=tmp_path), Settings(data=tmp_path, cookie_secure=True)
    response = Response()
    set_session(response, "t" * 43, plain)
    set_session(response, "t" * 43, secure)
    clear_session(response, secure)
    first, second, third = response.headers.getlist("set-cookie")
    assert first.startswith(f"simtrade={'t' * 43}; HttpOnly; ")
    assert "SameSite=lax" in first
    assert "Secure" not in first
    assert second.startswith(f"__Host-simtrade={'t' * 43}; ")
    assert "Secure" in second
    assert "Domain" not in second
    assert "Path=/" in second
    assert third.startswith('__Host-simtrade=""; ')


def test_a_request_that_ends_its_session_ends_its_sockets(site: Site) -> None:
    mine, other = site.guest(), site.guest()
    with site.socket(mine) as browser, site.socket(other) as bystander:
        browser.next()
        with site.client(mine, **site.form_headers(mine)) as client:
            assert client.post("/nowhere").status_code == 404
            browser.say(t="ping", n=1)
            assert browser.hear("pong")["n"] == 1
            assert client.post("/logout").status_code in (200, 204, 303)
        assert browser.close_code(2) == 4401
        bystander.say(t="ping", n=2)
        assert bystander.hear("pong")["n"] == 2


@pytest.mark.parametrize("token", ["", "x", "a b", "é" * 30, "x" * 500, '"' * 20, "../" * 20])
def test_a_strange_cookie_is_nobody(site: Site, token: str) -> None:
    with site.client() as client:
        headers = [(b"cookie", f"simtrade={token}".encode())]
        assert client.get("/api/search?venue=floor", headers=headers).status_code == 200
    assert site.app.state.bugs == 0
