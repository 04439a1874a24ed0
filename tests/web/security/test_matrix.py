"""Every unsafe route against every origin and token; a route that is not here fails."""

from __future__ import annotations

import httpx
import pytest
from starlette.routing import Mount, Route

from tests.web.serving import Site
from web.security.csrf import token_of
from web.security.origins import SAFE_METHODS

# What a hostile page, or none, can send.  None: the header is missing.
HOSTILE = [
    {},
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "http://127.0.0.1.evil.example"},
    {"origin": "https://localhost@evil.example"},
    {"origin": "http://[bad"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "http://evil.example"},
    {"sec-fetch-site": "same-origin, cross-site"},
]


def unsafe_routes(site: Site) -> list[tuple[str, str]]:
    found = []
    for route in site.app.routes:
        assert not isinstance(route, Mount), "mounted routes hide from this test"
        if isinstance(route, Route):
            for method in sorted((route.methods or {"POST"}) - SAFE_METHODS):
                found.append((method, route.path.replace("{", "").replace("}", "")))
    # An address without a route must not answer a foreign form either.
    return [*found, ("POST", "/nowhere"), ("DELETE", "/healthz")]


def code(response: httpx.Response) -> tuple[int, str]:
    kind = response.headers["content-type"]
    return response.status_code, response.json()["code"] if "problem" in kind else ""


def test_no_unsafe_route_answers_a_foreign_page(site: Site) -> None:
    guest = site.guest()
    with site.client(guest) as client:
        for method, path in unsafe_routes(site):
            for headers in HOSTILE:
                token = {"x-csrf-token": token_of(guest.token)}
                response = client.request(method, path, headers={**headers, **token})
                assert response.status_code == 403, (method, path, headers)


def test_no_unsafe_route_answers_without_the_form_token(site: Site) -> None:
    guest, other = site.guest(), site.guest()
    tokens: list[dict[str, str]] = [
        {},
        {"x-csrf-token": ""},
        {"x-csrf-token": token_of(other.token)},
        {"x-csrf-token": token_of(guest.token)[:-1]},
        {"x-csrf-token": guest.token},
        {"x-csrf-token": "é"},
    ]
    with site.client(guest, origin=site.origin) as client:
        for method, path in unsafe_routes(site):
            for headers in tokens:
                encoded = [
                    (name.encode(), value.encode("latin-1")) for name, value in headers.items()
                ]
                response = client.request(method, path, headers=encoded)
                assert response.status_code == 403, (method, path, headers)


@pytest.mark.parametrize("proof", ["origin", "same-origin", "none"])
def test_our_own_page_passes(site: Site, proof: str) -> None:
    guest = site.guest()
    headers = {"origin": site.origin} if proof == "origin" else {"sec-fetch-site": proof}
    token = token_of(guest.token)
    with site.client(guest, **headers) as client:
        assert client.post("/nowhere", headers={"x-csrf-token": token}).status_code == 404
        assert client.post("/nowhere", data={"csrf": token}).status_code == 404
        twice = {"content-type": "application/x-www-form-urlencoded"}
        response = client.post("/nowhere", content=f"csrf={token}&csrf={token}", headers=twice)
        assert response.status_code == 403


def test_a_form_token_is_read_only_from_a_form(site: Site) -> None:
    guest = site.guest()
    body = f"csrf={token_of(guest.token)}"
    with site.client(guest, origin=site.origin) as client:
        for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
            response = client.post("/nowhere", content=body, headers={"content-type": kind})
            assert response.status_code == 403


def test_without_a_session_the_origin_is_enough(site: Site) -> None:
    with site.client(origin=site.origin) as client:
        assert client.post("/nowhere").status_code == 404


def test_a_dead_session_needs_no_token_and_is_nobody(site: Site) -> None:
    guest = site.guest()
    site.core.people.log_out(guest.token)
    with site.client(guest, origin=site.origin) as client:
        assert client.post("/nowhere").status_code == 404


def test_reading_needs_no_origin(site: Site) -> None:
    with site.client(origin="http://evil.example") as client:
        assert client.get("/healthz").status_code == 200
