"""Hosts, bodies, headers, rates, errors: what every request meets."""

from __future__ import annotations

import gzip
import logging
import socket
from pathlib import Path

import pytest

from tests.web.core_double import CoreDouble
from tests.web.serving import Site
from web.security.credits import Allowance, Purses
from web.security.headers import CONTENT_SECURITY_POLICY, SECURITY_HEADERS
from web.security.hosts import host_name


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1:8000", "127.0.0.1"),
        ("LocalHost", "localhost"),
        ("[::1]:8000", "[::1]"),
        ("[::1]", "[::1]"),
        ("localhost:80:80", "localhost:80"),
        ("evil.example", "evil.example"),
        ("localhost:x", "localhost:x"),
    ],
)
def test_host_name(host: str, name: str) -> None:
    assert host_name(host) == name


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:x", "127.0.0.1@evil", ""]
)
def test_foreign_host_is_refused(site: Site, host: str) -> None:
    with site.client() as client:
        response = client.get("/healthz", headers={"host": host})
        assert response.status_code == 400
        assert "location" not in response.headers


def test_two_hosts_are_refused(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port), 5) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
        assert b" 400 " in raw.recv(4096).split(b"\r\n")[0]


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/api/nowhere", "/ws"])
def test_every_answer_has_the_security_headers(site: Site, path: str) -> None:
    with site.client() as client:
        for method in ("GET", "POST", "PUT"):
            response = client.request(method, path)
            for name, value in SECURITY_HEADERS.items():
                assert response.headers[name] == value
            assert "server" not in response.headers


def test_the_policy_allows_nothing_unsafe() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
        assert rule in CONTENT_SECURITY_POLICY


def test_large_bodies_are_refused(site: Site) -> None:
    with site.client(origin=site.origin) as client:
        assert client.post("/api/x", content=b"x" * 65_536).status_code == 404
        response = client.post("/api/x", content=b"x" * 65_537)
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
        assert response.headers["content-type"] == "application/problem+json"
        assert client.post("/x", content=b"x" * 1_000_000).status_code == 413
        chunked = (b"x" * 10_000 for _ in range(100))
        assert client.post("/api/x", content=chunked).status_code == 413


def test_compressed_bodies_are_refused(site: Site) -> None:
    with site.client(origin=site.origin) as client:
        for encoding in ("gzip", "br", "GZIP", "identity, gzip"):
            response = client.post(
                "/api/x", content=gzip.compress(b"{}"), headers={"content-encoding": encoding}
            )
            assert response.status_code == 415


def test_purse_empties_and_fills() -> None:
    now = [0.0]
    purses = Purses(Allowance(burst=10, per_second=2), lambda: now[0])
    assert [purses.spend("a", 5) for _ in range(3)] == [0, 0, 3]
    assert purses.spend("b", 10) == 0
    now[0] = 2.5
    assert purses.spend("a", 5) == 0
    assert purses.refused == 1


def test_purses_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.security.credits.PURSES_LIMIT", 3)
    purses = Purses(Allowance(burst=1, per_second=1), lambda: 0.0)
    for owner in "abcd":
        purses.spend(owner, 1)
    assert len(purses) == 3
    assert purses.spend("d", 1) == 2
    assert purses.spend("a", 1) == 0


def test_too_many_requests(tmp_path: Path) -> None:
    core = CoreDouble(tmp_path)
    with Site(core, Allowance(burst=4, per_second=1)) as site:
        mine, other = site.guest(), site.guest()
        with site.client(mine) as client:
            path = "/api/search?venue=floor"
            codes = [client.get(path).status_code for _ in range(6)]
            assert codes == [200] * 4 + [429] * 2
            refused = client.get(path)
            assert refused.json()["code"] == "too_many_requests"
            assert 1 <= int(refused.headers["retry-after"]) <= 2
            assert client.get("/healthz").status_code == 200
        with site.client(other) as client:
            assert client.get(path).status_code == 200
    core.close()


def test_a_bug_is_answered_without_its_secret(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.core.venues.broken = True
    with caplog.at_level(logging.DEBUG), site.client(site.guest()) as client:
        response = client.get("/api/search?venue=floor&text=canary-query")
    assert response.status_code == 500
    problem = response.json()
    assert problem["code"] == "internal"
    assert "canary" not in response.text
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name == "simtrade.web")
    assert problem["error_id"] in ours
    assert "core_double.py" in ours
    assert "builtins.RuntimeError" in ours
    assert "canary" not in ours
    assert site.app.state.bugs == 1


def test_a_bug_in_a_live_socket_closes_it(site: Site) -> None:
    with site.socket(site.guest()) as browser:
        browser.next()
        site.core.venues.broken = True
        browser.say(t="sub", venue="floor")
        assert browser.close_code() == 1011
    assert site.app.state.bugs == 1


def test_unknown_address_and_method(site: Site) -> None:
    with site.client() as client:
        missing = client.get("/api/nowhere")
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        wrong = client.request("OPTIONS", "/api/bars")
        assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
        assert "GET" in wrong.headers["allow"]
        page = client.get("/nowhere")
        assert page.status_code == 404
        assert "json" not in page.headers["content-type"]
        assert client.get("/healthz/").status_code == 404


def test_cookie_of_a_session(tmp_path: Path) -> None:
    from starlette.responses import Response

    from simtrade.settings import Settings
    from web.security.session import clear_session, set_session

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
