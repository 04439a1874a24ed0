"""Bugs are answered and logged without anything about people."""

from __future__ import annotations

import logging

import pytest

from tests.web.serving import Site


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
