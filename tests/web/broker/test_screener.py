from __future__ import annotations

import pytest

from matching.instrument import InstrumentId
from simtrade.desk.requests import ClockAction
from tests.feeds.samples import NEW_YORK, at
from tests.web.broker.program import Program

MOVERS, ACTIVES = "/v1beta1/screener/stocks/movers", "/v1beta1/screener/stocks/most-actives"


@pytest.fixture
def later(replay: Program) -> Program:
    replay.clock(ClockAction.SEEK, at(NEW_YORK, 2005, 3, 2, 11, 0, 30))
    return replay


def test_the_most_active_by_volume(later: Program) -> None:
    found = later.get(ACTIVES)
    volumes = [one["volume"] for one in found["most_actives"]]
    assert len(volumes) == 4
    assert volumes == sorted(volumes, reverse=True)
    assert found["last_updated"] == "2005-03-02T16:00:30Z"
    assert len(later.get(ACTIVES, top=2)["most_actives"]) == 2
    assert {one["trade_count"] for one in found["most_actives"]} == {0}, "nobody counted"


def test_the_most_active_by_trades(bot: Program) -> None:
    counts = [one["trade_count"] for one in bot.get(ACTIVES, by="trades", top=5)["most_actives"]]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 0


def test_movers_are_those_of_the_desk(later: Program) -> None:
    found = later.get(MOVERS)
    assert found["market_type"] == "stocks"
    changes = [one["percent_change"] for one in found["gainers"]]
    assert changes == sorted(changes, reverse=True)
    assert all(one > 0 for one in changes)
    assert all(one["percent_change"] < 0 for one in found["losers"])
    for one in [*found["gainers"], *found["losers"]]:
        listed = next(
            share
            for share in later.site.core.venues.view(later.key.venue_id).instruments
            if share.symbol == one["symbol"]
        )
        quote = later.site.core.venues.quote(later.key.venue_id, InstrumentId(listed.instrument_id))
        assert quote is not None
        assert one["price"] == quote.last_ticks / 100
        assert one["change"] == (quote.last_ticks - quote.reference_ticks) / 100
    crypto = later.get("/v1beta1/screener/crypto/movers")
    assert (crypto["gainers"], crypto["losers"], crypto["market_type"]) == ([], [], "crypto")


def test_there_is_no_news(bot: Program) -> None:
    empty = {"news": [], "next_page_token": None}
    assert bot.get("/v1beta1/news", symbols="AAPL", start="2020-01-01", sort="ASC") == empty


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (ACTIVES, {"by": "size"}), (ACTIVES, {"top": "0"}), (ACTIVES, {"top": "101"}),
        (MOVERS, {"top": "51"}), (MOVERS, {"top": "many"}),
        ("/v1beta1/screener/bonds/movers", {}),
        ("/v1beta1/news", {"limit": "51"}), ("/v1beta1/news", {"start": "soon"}),
        ("/v1beta1/news", {"page_token": "x"}), ("/v1beta1/news", {"sort": "up"}),
    ],
)  # fmt: skip
def test_wrong_questions_are_400(bot: Program, path: str, query: dict[str, str]) -> None:
    status, body = bot.refused("GET", path, params=query)
    assert (status, body["code"]) == (400, 40010000)
