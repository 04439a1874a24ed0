"""Every unsafe route against every origin a hostile page can have."""

from __future__ import annotations

from tests.web.serving import Site, unsafe_routes
from web.security.csrf import token_of

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


def test_no_unsafe_route_answers_a_foreign_page(site: Site) -> None:
    guest = site.guest()
    with site.client(guest) as client:
        for method, path in unsafe_routes(site):
            for headers in HOSTILE:
                token = {"x-csrf-token": token_of(guest.token)}
                response = client.request(method, path, headers={**headers, **token})
                assert response.status_code == 403, (method, path, headers)


def test_without_a_session_the_origin_is_enough(site: Site) -> None:
    with site.client(origin=site.origin) as client:
        assert client.post("/nowhere").status_code == 404


def test_reading_needs_no_origin(site: Site) -> None:
    with site.client(origin="http://evil.example") as client:
        assert client.get("/healthz").status_code == 200
