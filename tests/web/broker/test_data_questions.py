"""Who may read: not everybody everything.  Live markets are their vendors'."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from simtrade.venues.service import Venues
from simtrade.venues.views import VenueView
from tests.web.broker.program import Program
from tests.web.serving import Site
from web.broker.data_questions import LIVE_DATA

PATHS = [
    "/v2/stocks/bars?symbols=609001&timeframe=1Day", "/v2/stocks/609001/snapshot",
    "/v2/stocks/trades/latest?symbols=609001", "/v2/stocks/meta/exchanges",
    "/v1beta3/crypto/us/latest/orderbooks?symbols=BTCUSD", "/v1beta1/screener/stocks/movers",
    "/v1beta1/news", "/v1/corporate-actions",
]  # fmt: skip
UDF = ["config", "symbols?symbol=609001", "history?symbol=609001&resolution=1D", "time"]


@contextmanager
def allowing(site: Site) -> Iterator[None]:
    """The operator has said that programs may read live markets."""
    before = site.core.settings
    object.__setattr__(site.core, "settings", replace(before, api_live_data=True))
    try:
        yield
    finally:
        object.__setattr__(site.core, "settings", before)


@pytest.fixture
def live(bot: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The floor, were it a live market."""
    plain = Venues.view

    def view(self: Venues, venue_id: object) -> VenueView | None:
        found = plain(self, venue_id)  # type: ignore[arg-type]
        return found and replace(found, traits=replace(found.traits, live=True))

    monkeypatch.setattr(Venues, "view", view)
    return bot


@pytest.mark.parametrize("path", PATHS)
def test_live_data_are_not_passed_on(live: Program, path: str) -> None:
    status, body = live.refused("GET", path)
    assert (status, body) == (403, {"code": 40310000, "message": LIVE_DATA})
    with allowing(live.site):
        assert live.http.get(path).status_code == 200


@pytest.mark.parametrize("path", UDF)
def test_nor_to_charting_clients(live: Program, path: str) -> None:
    with live.site.client() as stranger:
        for answer in (live.http.get(f"/api/udf/{path}"), stranger.get(f"/api/udf/{path}")):
            assert answer.status_code == 403
            assert answer.json() == {"s": "error", "errmsg": LIVE_DATA}


@pytest.mark.parametrize("path", PATHS)
def test_nobody_reads_without_a_key(broker: Site, path: str) -> None:
    with broker.client(broker.guest()) as browser:
        assert browser.get(path).status_code == 401
