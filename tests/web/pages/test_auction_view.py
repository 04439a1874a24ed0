"""The floor's desk while its opening auction runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from time import sleep

import pytest

from simtrade.app import Simtrade
from simtrade.settings import Settings
from tests.web.pages.person import Person, texts
from tests.web.serving import LIMITLESS, Site


@pytest.fixture
def morning(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """A floor that has just begun its first day: the auction runs for half a minute."""
    monkeypatch.setattr("simtrade.desk.shard.floor_start", lambda feed: feed.start_ns)
    core = Simtrade.open(Settings(data=tmp_path_factory.mktemp("morning"), port=0))
    with Site(core, LIMITLESS) as site:  # type: ignore[arg-type]  # keeps the double's contract
        yield site
    core.close()


def test_the_panel_of_an_opening_auction(morning: Site) -> None:
    with Person(morning) as one, Person(morning, "zh") as other:
        account = one.join()
        page = one.get(f"/trade/609001?account={account}")
        panel = re.search(r'<section class="auction".*?</section>', page.text, re.DOTALL)
        assert panel
        assert " hidden>" not in panel[0].partition("\n")[0]
        for words in ("Opening auction", "Price now", "Would trade", "twenty times as fast"):
            assert words in panel[0]
        assert re.search(r'data-a="time">[0-5]:[0-5][0-9]<', panel[0])
        chinese = other.get(f"/trade/609001?account={other.join()}").text
        assert "开盘集合竞价" in chinese
        words = {"instrument": "SIMA:609001", "qty": 100, "tif": "day"}
        refused = one.order(account, **words, kind="market", price="", key="a")
        assert refused.status_code == 422
        assert "it takes limit orders only" in texts(refused)
        limit = re.search(r"Limits today</dt><dd class=\"num\">([\d.]+) – ([\d.]+)<", page.text)
        assert limit
        placed = one.order(account, **words, price=limit[2], key="b")
        assert placed.status_code == 201, texts(placed)
        for _ in range(50):  # an order takes its time to the exchange
            waiting = texts(one.fragment(f"/f/orders?account={account}"))
            if "on its way" not in waiting:
                break
            sleep(0.1)
        assert "waits for the opening auction" in waiting


def test_no_panel_while_the_market_trades(person: Person) -> None:
    account = person.join()
    page = person.get(f"/trade/609001?account={account}").text
    assert re.search(r'<section class="auction"[^>]* hidden>', page)
