"""Every answer tells the browser what it may do."""

from __future__ import annotations

import pytest

from tests.web.serving import Site
from web.security.headers import CONTENT_SECURITY_POLICY, SECURITY_HEADERS


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
