"""A live market from the vendor to the page: opened, traded on, lost, found again, by one person.

The vendor is a server of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simtrade.app import Simtrade
from simtrade.desk.verify import verify
from simtrade.people.model import Role, User
from simtrade.settings import Settings
from simtrade.venues.feeds import TAPES, Feeds
from tests.feeds.live.coin_vendor import CoinVendor, coin_vendor
from tests.web.pages.person import Person
from tests.web.serving import LIMITLESS, Site, wait_until


@pytest.fixture
def vendor() -> Iterator[CoinVendor]:
    with coin_vendor() as vendor:
        yield vendor


@pytest.fixture
def site(vendor: CoinVendor, tmp_path: Path, tapes: Path) -> Iterator[Site]:
    (tmp_path / TAPES).symlink_to(tapes, target_is_directory=True)
    settings = Settings(
        data=tmp_path, port=0, latency=False, live=(f"coins={vendor.words}",),
        floor_feed="live:coins",
    )  # fmt: skip
    core = Simtrade.open(settings)
    with Site(core, LIMITLESS) as site:  # type: ignore[arg-type]
        yield site
    core.close()


def opened(person: Person) -> int:
    person.post("/try")  # somebody without an account gets one
    page = person.get("/practice")
    assert "coins (live, now)" in page.text
    return person._account(person.post("/practice", key="k1", tape="live:coins", name="coins now"))


def test_a_person_trades_on_what_happens_now(
    site: Site, vendor: CoinVendor, tmp_path: Path
) -> None:
    core = site.core
    wait_until(lambda: bool(core.live.heard("coins")))
    recording = core.live.feed("coins").recording
    wait_until(lambda: recording.state_at(recording.upto_ns).opened)
    with Person(site) as person, Person(site, "zh") as chinese:
        account = opened(person)
        page = person.get(f"/trade/BTCUSDT?account={account}")
        assert "Live market" in page.text
        assert 'class="drive"' not in page.text
        wait_until(lambda: 'data-f="last">–' not in person.get("/trade/BTCUSDT").text)
        order = {"account": account, "instrument": "COIN:BTCUSDT", "side": "buy", "tif": "day"}
        order |= {"kind": "market", "qty": "0.003"}
        done = person.post("/orders", **order, key="o1")
        assert done.status_code in (200, 201), done.text
        wait_until(lambda: len(core.portfolio.fills(account)) >= 1)
        venue = core.portfolio.account(account).venue_id
        words = f"venue={venue}&sym=COIN:BTCUSDT&iv=1m&count=10"
        assert person.get(f"/api/bars?{words}").json()["b"]
        assert core.venues.depth(venue, "COIN:BTCUSDT").asks

        vendor.quiet.set()
        vendor.server.cut()
        wait_until(lambda: "These prices are old" in person.get("/trade/BTCUSDT").text)
        chinese.post("/try")
        chinese.get("/practice")
        chinese.post("/practice", key="k2", tape="live:coins", name="")
        wait_until(lambda: "行情已过时" in chinese.get("/trade/BTCUSDT").text)
        before = len(core.portfolio.fills(account))
        person.post("/orders", **order, key="o2")
        assert "waiting for a fresh quote" in person.get(f"/trade/BTCUSDT?account={account}").text
        assert len(core.portfolio.fills(account)) == before
        vendor.quiet.clear()
        wait_until(lambda: len(core.portfolio.fills(account)) > before, 20)

        assert isinstance(core.people.add("op", Role.BRANCH, "correct horse battery"), User)
        person.post("/logout")
        person.get("/login")
        person.post("/login", name="op", password="correct horse battery")
        shown = person.get("/operator/tapes").text
        assert "live:coins" in shown
        assert "ConnectionClosed" in shown
        numbers = person.get("/metrics").text
        assert 'simtrade_feed_total{what="coins:losses"} 1.0' in numbers
        assert "simtrade_feeds_heard 1.0" in numbers
    report = verify(core.store, Feeds(tmp_path, 7))
    assert report.ok, report.problems


def test_the_floor_runs_on_it_too(site: Site) -> None:
    with Person(site) as person:
        assert "BTCUSDT" in person.get("/floor").text
