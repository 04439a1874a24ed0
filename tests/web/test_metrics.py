"""The numbers of a running site, and who may read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.core_double import CoreDouble
from tests.web.serving import Site
from web import health
from web.metrics import Metrics


def read(site: Site) -> dict[str, float]:
    with site.client() as client:
        response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    lines = [line for line in response.text.splitlines() if not line.startswith("#")]
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


def test_numbers_of_the_live_sockets(site: Site) -> None:
    with site.socket(site.guest()) as browser:
        browser.say(t="sub", venue="floor", q=["XSIM:600000"], rate=10)
        browser.hear("snap")
        site.core.venues.move(5)
        browser.hear("q")
        numbers = read(site)
        assert numbers["simtrade_live_sockets"] == 1
        assert numbers["simtrade_live_rooms"] == 2
        assert numbers["simtrade_live_frames_total"] >= 1
        assert numbers["simtrade_inbox_depth"] == 0
    with site.socket(None) as browser:
        browser.close_code()
    assert read(site)['simtrade_live_closed_total{code="4401"}'] == 1


def test_two_registries_do_not_meet() -> None:
    first, second = Metrics(), Metrics()
    first.gauge("a", "A", lambda: 1)
    second.counters("b", "B", "kind", lambda: {"y": 2, "x": 1})
    assert b"simtrade_a 1.0" in first.exposition()[0]
    assert b'simtrade_b_total{kind="x"} 1.0' in second.exposition()[0]
    assert b"simtrade_a" not in second.exposition()[0]


def test_ready_until_the_engine_or_the_disk_ends(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.client() as client:
        assert client.get("/readyz").status_code == 200
        site.core.gateway.alive = False
        assert client.get("/readyz").status_code == 503
        site.core.gateway.alive = True
        monkeypatch.setattr(health, "DISK_FREE_BYTES", 2**60)
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").text == "ok\n"


def test_strangers_do_not_read_the_numbers(core: CoreDouble, tmp_path: Path) -> None:
    assert health._is_near("127.0.0.1")
    assert health._is_near("10.1.2.3")
    for address in ("8.8.8.8", "", "x", "testclient"):
        assert not health._is_near(address)
