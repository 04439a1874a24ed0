"""``/api/udf``: what a charting client reads, who may, and nothing of tomorrow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from simtrade.desk.requests import ClockAction
from tests.feeds.samples import NEW_YORK, at
from tests.web.broker.conftest import broker, hang_up, replay  # noqa: F401 - fixtures
from tests.web.broker.program import Program
from tests.web.serving import Site

NOW = at(NEW_YORK, 2005, 3, 2, 11, 0, 30)
FLOOR_SHARE = "609001"


@pytest.fixture
def later(replay: Program) -> Program:  # noqa: F811
    replay.clock(ClockAction.SEEK, NOW)
    return replay


def seconds(*when: int) -> int:
    return int(at(NEW_YORK, *when)) // 10**9


def utc(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def history(bot: Program, resolution: str, **query: Any) -> Any:
    return bot.get("/api/udf/history", symbol="AAPL", resolution=resolution, **query)


def test_a_client_learns_what_is_offered(later: Program) -> None:
    config = later.get("/api/udf/config")
    assert {"1", "5", "60", "1D", "1W", "1M"} <= set(config["supported_resolutions"])
    assert config["supports_time"]
    assert config["supports_search"]
    assert not config["supports_group_request"]
    symbol = later.get("/api/udf/symbols", symbol="AAPL")
    assert symbol["ticker"] == "XNAS:AAPL"
    assert (symbol["minmov"], symbol["pricescale"]) == (1, 100)
    assert (symbol["timezone"], symbol["session"]) == ("America/New_York", "0930-1600")
    assert later.get("/api/udf/symbols", symbol="XNAS:AAPL") == symbol
    found = later.get("/api/udf/search", query="msf", limit=5)
    assert [one["symbol"] for one in found] == ["MSFT"]
    assert later.get("/api/udf/search", query="", type="crypto") == []
    assert len(later.get("/api/udf/search", query="", exchange="XNYS")) == 1


def test_time_is_plain_text_and_the_market_s_own(later: Program) -> None:
    answer = later.http.get("/api/udf/time")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == str(NOW // 10**9)


def test_every_length_of_bars_has_equal_columns_in_order(later: Program) -> None:
    for resolution in later.get("/api/udf/config")["supported_resolutions"]:
        found = history(later, resolution, to=utc("2006-01-01"), countback=30)
        assert found["s"] == "ok"
        assert found.keys() == {"s", "t", "o", "h", "l", "c", "v"}
        assert {len(found[name]) for name in "tohlcv"} == {len(found["t"])}
        assert found["t"] == sorted(set(found["t"]))
        assert 1 <= len(found["t"]) <= 30
        assert found["t"][-1] <= NOW // 10**9
        assert found["c"][-1] == later.get("/v2/stocks/AAPL/trades/latest")["trade"]["p"]


def test_days_stand_at_midnight_utc(later: Program) -> None:
    days = history(later, "D", **{"from": utc("2005-02-25"), "to": utc("2005-03-02")})
    assert days["t"] == [utc("2005-02-25"), utc("2005-02-28"), utc("2005-03-01")]
    # Two for one on the last day of February: a chart is in shares of today.
    assert days["c"][0] == pytest.approx(days["o"][1], rel=0.03)
    weeks = history(later, "1W", to=utc("2005-03-02"), countback=1)
    assert weeks["t"] == [utc("2005-02-28")]
    assert history(later, "M", to=utc("2005-03-03"), countback=1)["t"] == [utc("2005-03-01")]


def test_from_belongs_to_the_span_and_to_does_not(later: Program) -> None:
    low, high = seconds(2005, 3, 1, 10), seconds(2005, 3, 1, 10, 5)
    minutes = history(later, "1", **{"from": low, "to": high})
    assert minutes["t"] == [low + 60 * n for n in range(5)]
    beyond = history(later, "1", **{"from": low, "to": high, "countback": 7})
    assert beyond["t"] == [high - 60 * n for n in range(7, 0, -1)], "countback beats from"


def test_an_empty_stretch_says_where_data_are(later: Program) -> None:
    saturday, sunday = seconds(2005, 2, 26), seconds(2005, 2, 27)
    found = history(later, "5", **{"from": saturday, "to": sunday})
    assert found == {"s": "no_data", "nextTime": seconds(2005, 2, 25, 15, 55)}
    days = history(later, "1D", **{"from": utc("2005-02-26"), "to": utc("2005-02-27")})
    assert days == {"s": "no_data", "nextTime": utc("2005-02-25")}
    assert history(later, "1D", **{"from": 0, "to": utc("1990-01-01")}) == {"s": "no_data"}


def test_the_running_bar_shows_what_has_happened(later: Program) -> None:
    low = seconds(2005, 3, 2, 11)
    running = history(later, "1", **{"from": low, "to": low + 600})
    assert running["t"] == [low]
    later.clock(ClockAction.SEEK, at(NEW_YORK, 2005, 3, 2, 11, 5))
    over = history(later, "1", **{"from": low, "to": low + 60})
    assert running["o"] == over["o"]
    assert running["h"][0] <= over["h"][0]
    assert running["l"][0] >= over["l"][0]
    assert running["v"][0] < over["v"][0]


def test_quotes(later: Program) -> None:
    found = later.get("/api/udf/quotes", symbols="AAPL,NONE")
    apple, none = found["d"]
    assert (apple["s"], apple["n"]) == ("ok", "AAPL")
    values = apple["v"]
    assert values["lp"] == later.get("/v2/stocks/AAPL/trades/latest")["trade"]["p"]
    assert values["ch"] == pytest.approx(values["lp"] - values["prev_close_price"])
    assert "bid" not in values
    assert none == {"s": "error", "n": "NONE", "v": {}}


def test_strangers_see_the_shared_floor_only(broker: Site, later: Program) -> None:  # noqa: F811
    with broker.client() as stranger:
        found = stranger.get(
            "/api/udf/history", params={"symbol": FLOOR_SHARE, "resolution": "1D", "countback": 3}
        )
        assert found.json()["s"] == "ok"
        symbol = stranger.get("/api/udf/symbols", params={"symbol": FLOOR_SHARE}).json()
        assert symbol["session"] == "0925-1130,1300-1500"
        quotes = stranger.get("/api/udf/quotes", params={"symbols": FLOOR_SHARE}).json()
        assert quotes["d"][0]["v"]["bid"] > 0
        private = stranger.get("/api/udf/time", params={"venue": later.key.venue_id})
        assert private.status_code == 404
        assert private.json() == {"s": "error", "errmsg": "unknown venue"}


def test_a_browser_sees_its_own_market(broker: Site, later: Program) -> None:  # noqa: F811
    with broker.client(broker.guest()) as other:
        assert other.get("/api/udf/time", params={"venue": later.key.venue_id}).status_code == 404
        assert other.get("/api/udf/time").status_code == 200
    own = later.http.get("/api/udf/time", params={"venue": "floor"})
    assert own.status_code == 200, "its owner sees the floor too"


def test_a_dead_key_opens_nothing(broker: Site) -> None:  # noqa: F811
    headers = {"APCA-API-KEY-ID": "SIMX", "APCA-API-SECRET-KEY": "x"}
    assert httpx.get(f"{broker.origin}/api/udf/time", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("history", {"symbol": "AAPL", "resolution": "7"}, 400),
        ("history", {"symbol": "AAPL"}, 400),
        ("history", {"symbol": "AAPL", "resolution": "1", "from": "now"}, 400),
        ("history", {"symbol": "AAPL", "resolution": "1", "to": "1e400"}, 400),
        ("history", {"symbol": "AAPL", "resolution": "1", "to": "9" * 30}, 400),
        ("history", {"symbol": "AAPL", "resolution": "1", "countback": "0"}, 400),
        ("history", {"symbol": "AAPL", "resolution": "1", "countback": "-5"}, 400),
        ("history", {"symbol": "NONE", "resolution": "1"}, 404),
        ("history", {"resolution": "1"}, 404),
        ("symbols", {}, 404),
        ("symbols", {"symbol": "A\x00"}, 400),
        ("quotes", {}, 400),
        ("search", {"limit": "none"}, 400),
        ("time", {"venue": "nowhere"}, 404),
        ("time", {"venue": "x" * 200}, 400),
    ],
)
def test_wrong_questions_are_told_as_errors(
    later: Program, path: str, query: dict[str, str], status: int
) -> None:
    answer = later.http.get(f"/api/udf/{path}", params=query)
    assert answer.status_code == status
    assert answer.json()["s"] == "error"
    assert answer.json()["errmsg"]


@pytest.mark.parametrize("far", ["-62135596800", "999999999999", "0"])
def test_far_away_is_no_error(later: Program, far: str) -> None:
    for resolution in ("1", "1D", "1M"):
        assert history(later, resolution, **{"from": far, "to": far})["s"] in ("no_data", "ok")
        assert history(later, resolution, **{"from": "-5", "to": far})["s"] in ("no_data", "ok")
