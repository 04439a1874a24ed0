"""Foreign names are refused."""

from __future__ import annotations

import socket

import pytest

from tests.web.serving import Site
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
