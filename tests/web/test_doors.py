"""Two doors: a browser's cookie opens nothing on the programs' addresses."""

from __future__ import annotations

import base64

import pytest

from tests.web.serving import Site, unsafe_routes, unsafe_routes_of_programs
from web.doors import is_program
from web.security.csrf import token_of


def test_no_route_of_programs_is_opened_by_a_page_of_our_own(site: Site) -> None:
    """Cookie, origin and form token, as our own pages send them, are no key."""
    guest = site.guest()
    routes = unsafe_routes_of_programs(site)
    assert ("POST", "/mcp") in routes
    assert not set(routes) & set(unsafe_routes(site))
    with site.client(guest, **site.form_headers(guest)) as client:
        for method, path in routes:
            answer = client.request(method, path)
            assert answer.status_code == 401, (method, path)
            answer = client.request(method, path, data={"csrf": token_of(guest.token)})
            assert answer.status_code == 401, (method, path)


@pytest.mark.parametrize(
    ("path", "header", "program"),
    [
        ("/v2/orders", b"cookie", True),
        ("/mcp", b"cookie", True),
        ("/mcp/orders", b"cookie", True),
        ("/mcp/", b"apca-api-key-id", False),
        ("/mcpx", b"cookie", False),
        ("/api/bars", b"cookie", False),
        ("/api/bars", b"apca-api-key-id", True),
        ("/api/bars", b"authorization", False),
        ("/orders", b"apca-api-key-id", False),
    ],
)
def test_the_door_is_chosen_by_address_and_on_our_own_api_by_the_key(
    path: str, header: bytes, program: bool
) -> None:
    assert is_program({"path": path, "headers": [(header, b"x")]}) is program


@pytest.mark.parametrize(
    ("value", "program"),
    [
        (b"Bearer SIMABC:secret", True),
        (b"Basic " + base64.b64encode(b"SIMABC:secret"), True),
        (b"Basic " + base64.b64encode(b"operator:password"), False),
        (b"Bearer token-of-a-proxy", False),
        (b"Basic \xff", False),
    ],
)
def test_a_proxys_own_authorization_leaves_browsers_their_door(value: bytes, program: bool) -> None:
    scope = {"type": "http", "path": "/api/bars", "headers": [(b"authorization", value)]}
    assert is_program(scope) is program
