"""Every unsafe route against every form token that is not the session's."""

from __future__ import annotations

import pytest

from tests.web.serving import Site, unsafe_routes
from web.security.csrf import token_of


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
        kinds = {"application/json": 403, "text/plain": 415, "multipart/form-data; boundary=x": 415}
        for kind, status in kinds.items():
            response = client.post("/nowhere", content=body, headers={"content-type": kind})
            assert response.status_code == status


def test_a_dead_session_needs_no_token_and_is_nobody(site: Site) -> None:
    guest = site.guest()
    site.core.people.log_out(guest.token)
    with site.client(guest, origin=site.origin) as client:
        assert client.post("/nowhere").status_code == 404
