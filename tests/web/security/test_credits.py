"""Nobody takes more than his share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.core_double import CoreDouble
from tests.web.serving import Site
from web.security.credits import Allowance, Purses


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
