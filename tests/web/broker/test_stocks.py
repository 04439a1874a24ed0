"""``/v2/stocks``: real clients, pages, and nothing of tomorrow."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.feed import Interval
from matching.instrument import InstrumentId
from simtrade.desk.requests import ClockAction
from tests.feeds.samples import NEW_YORK, at
from tests.web.broker.program import Program, practice
from tests.web.serving import Site
from web.broker.queries import read_moment

BLIND = "us_daily@blind:7"
MULTI = ["bars", "quotes", "trades", "auctions"]


def moment_ns(text: str) -> int:
    found = read_moment(text, "UTC")
    assert found is not None
    return found


def pages(bot: Program, path: str, **query: Any) -> list[Any]:
    """All pages, as a client reads them."""
    found = []
    while True:
        page = bot.get(path, **query)
        found.append(page)
        if page["next_page_token"] is None:
            return found
        query["page_token"] = page["next_page_token"]
        assert len(found) < 500


def joined(found: list[Any], name: str) -> dict[str, list[Any]]:
    whole: dict[str, list[Any]] = {}
    for page in found:
        for symbol, items in page[name].items():
            whole.setdefault(symbol, []).extend(items)
    return whole


@pytest.fixture
def later(replay: Program) -> Program:
    """A practice market in the middle of a later day, across a split."""
    replay.clock(ClockAction.SEEK, at(NEW_YORK, 2005, 3, 2, 11, 0, 30))
    return replay


def test_alpaca_py_reads_a_recorded_market(later: Program) -> None:
    told = later.run("stock_data.py", "AAPL", "MSFT", "2005-02-01")
    days = 21  # sessions from the first of February to the second of March
    assert told["daily"] == {"AAPL": days, "MSFT": days}
    assert {"trade_count", "vwap", "volume"} <= set(told["frame"])
    assert told["limited"] == 50
    assert told["quotes"] == 0
    assert told["trades"] == []
    assert told["last_close"] == told["snapshot_close"] == told["latest_trade"]
    assert told["latest_quotes"] == []
    assert told["snapshots"] == ["AAPL", "MSFT"]
    assert told["previous"].startswith("2005-03-01T05:00")
    assert told["actions"] == {"forward_splits": 1}
    assert told["news"] == []
    assert told["movers"] > 2


def test_alpaca_py_reads_the_floor(bot: Program) -> None:
    first, second = [one.symbol for one in bot.site.core.venues.view(bot.key.venue_id).instruments][
        :2
    ]
    told = bot.run("stock_data.py", first, second, "2025-12-01")
    assert told["daily"][first] > 20
    assert 0 < told["quotes"] <= 30
    assert told["trades"] == sorted(set(told["trades"]))
    assert told["latest_quotes"] == [first, second]
    assert told["latest_bar"] > 0
    assert len(told["actives"]) == 5


def test_the_older_client_reads_both(later: Program, bot: Program) -> None:
    told = later.run("old_data.py", "AAPL", "MSFT", "2005-02-14")
    assert told["daily"] == 12
    assert told["last_close"] == told["snapshot"] == told["snapshot_trade"]
    assert told["both"] == 90
    assert (told["quotes"], told["trades"], told["newest"], told["news"]) == (0, 0, [], [])
    assert told["snapshots"] == told["latest_bars"] == told["latest_trades"] == ["AAPL", "MSFT"]
    told = bot.run("old_data.py", "609001", "609002", "2025-12-15")
    assert told["quotes"] > 0
    assert told["trades"] > 0
    assert told["latest_quotes"] == ["609001", "609002"]
    assert told["newest"] == ["609001", "609001", "609001"]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 7, 390, 10_000])
def test_pages_of_several_symbols_are_one_page(later: Program, limit: int, order: str) -> None:
    asked = {
        "symbols": "MSFT,AAPL,NONE,IBM", "timeframe": "30Min", "start": "2005-02-27",
        "end": "2005-02-28", "adjustment": "split", "sort": order,
    }  # fmt: skip
    if limit > 1:
        asked["start"] = "2005-02-23"
    found = pages(later, "/v2/stocks/bars", **asked, limit=limit)
    counts = [sum(len(items) for items in page["bars"].values()) for page in found]
    assert max(counts) <= limit
    assert all(list(page["bars"]) == sorted(page["bars"]) for page in found)
    whole = joined(found, "bars")
    assert list(whole) == ["AAPL", "IBM", "MSFT"]
    assert whole == joined(pages(later, "/v2/stocks/bars", **asked, limit=10_000), "bars")
    for bars in whole.values():
        times = [bar["t"] for bar in bars]
        assert times == sorted(set(times), reverse=order == "desc")


def test_a_long_span_comes_in_pages_of_bounded_work(later: Program) -> None:
    found = pages(
        later, "/v2/stocks/AAPL/bars", timeframe="4Hour", start="2004-10-01", limit=10_000
    )
    assert len(found) > 1
    times = [bar["t"] for page in found for bar in page["bars"]]
    assert times == sorted(set(times))
    assert times[0].startswith("2004-10-01")


def test_the_chart_and_the_api_agree(later: Program) -> None:
    core, venue = later.site.core, later.key.venue_id
    chart = core.venues.bars(venue, InstrumentId("XNAS:AAPL"), Interval.DAY, 40)
    asked = {"timeframe": "1Day", "start": "2004-12-01", "adjustment": "split"}
    bars = later.get("/v2/stocks/AAPL/bars", **asked)["bars"][-40:]
    rows = [[round(bar[name] * 100) for name in "ohlc"] + [bar["v"]] for bar in bars]
    columns = (chart.open_ticks, chart.high_ticks, chart.low_ticks, chart.close_ticks, chart.volume)
    assert rows == [list(row) for row in zip(*(one.tolist() for one in columns), strict=True)]


def test_both_ends_belong_to_the_span(later: Program) -> None:
    def times(**query: str) -> list[str]:
        bars = later.get("/v2/stocks/AAPL/bars", timeframe="1Min", **query)["bars"]
        return [bar["t"][11:16] for bar in bars]

    assert times(start="2005-02-28T15:00:00Z", end="2005-02-28T15:02:00Z") == [
        "15:00", "15:01", "15:02",
    ]  # fmt: skip
    assert times(start="2005-02-28T10:00:00-05:00", end="2005-02-28T15:00:59.9Z") == ["15:00"]
    assert times(start="2005-02-28T15:00:00.000000001Z", end="2005-02-28T15:00:59Z") == []
    day = times(start="2005-02-28", end="2005-02-28")
    assert (len(day), day[0], day[-1]) == (390, "14:30", "20:59")
    assert len(times()) == 90, "without a start it is the running day"


def test_nothing_is_told_of_what_comes(later: Program) -> None:
    """Every answer with a time in it, at awkward moments: nothing lies beyond the venue's clock,
    whatever is asked for."""
    day = (2005, 3, 3)
    for moment in (
        at(NEW_YORK, *day, 9, 30), at(NEW_YORK, *day, 9, 30, 1), at(NEW_YORK, *day, 9, 31),
        at(NEW_YORK, *day, 12, 0, 59), at(NEW_YORK, *day, 16, 0),
    ):  # fmt: skip
        later.clock(ClockAction.SEEK, moment)
        core, venue = later.site.core, later.key.venue_id
        last = core.venues.quote(venue, InstrumentId("XNAS:AAPL"))
        assert last is not None
        for frame in ("1Min", "7Min", "1Hour", "1Day", "1Week", "1Month"):
            asked = {"timeframe": frame, "start": "2005-03-02", "end": "2099-01-01"}
            bars = later.get("/v2/stocks/AAPL/bars", **asked, limit=10_000)["bars"]
            assert all(moment_ns(bar["t"]) <= moment for bar in bars)
            today = [bar for bar in bars if moment_ns(bar["t"]) >= at(NEW_YORK, *day)]
            if frame == "1Min":
                assert len(today) == max(0, moment - at(NEW_YORK, *day, 9, 30)) // 60_000_000_000
            for bar in today:
                assert bar["h"] <= last.high_ticks / 100
                assert bar["l"] >= last.low_ticks / 100
                assert bar["v"] <= last.volume
        snapshot = later.get("/v2/stocks/AAPL/snapshot")
        assert snapshot["dailyBar"]["c"] == snapshot["latestTrade"]["p"] == last.last_ticks / 100
        assert moment_ns(snapshot["minuteBar"]["t"]) + 60_000_000_000 <= moment
        future = later.get("/v2/stocks/bars", symbols="AAPL", timeframe="1Day", start="2005-03-04")
        assert future == {"bars": {}, "next_page_token": None}


def test_a_split_shows_when_it_has_come(replay: Program) -> None:
    replay.clock(ClockAction.SEEK, at(NEW_YORK, 2005, 2, 25, 15))
    asked = {"timeframe": "1Day", "start": "2005-02-24", "end": "2005-02-24"}

    def close(**how: str) -> float:
        (bar,) = replay.get("/v2/stocks/AAPL/bars", **asked, **how)["bars"]
        return float(bar["c"])

    raw = close()
    assert close(adjustment="all") == close(adjustment="split,dividend") == raw
    replay.clock(ClockAction.SEEK, at(NEW_YORK, 2005, 2, 28, 15))
    assert close() == close(adjustment="dividend") == raw
    assert close(adjustment="all") == pytest.approx(raw / 2, abs=0.01)


def test_a_blind_market_stays_blind(broker: Site) -> None:
    hidden = broker.core.venues.hidden(BLIND)
    assert hidden is not None
    bot = practice(broker, BLIND, hidden.first_session)
    symbols = [one.shown.symbol for one in hidden.shares]
    answers = [
        bot.http.get(path, params={"symbols": ",".join(symbols), "timeframe": "1Day", "start": day})
        for path in (
            "/v2/stocks/bars", "/v2/stocks/snapshots", "/v2/stocks/trades/latest",
            "/v1/corporate-actions", "/v1beta1/screener/stocks/most-actives",
            "/v2/stocks/meta/exchanges", f"/v2/stocks/{symbols[0]}/bars",
        )
        for day in ("2039-11-01",)
    ]  # fmt: skip
    assert all(answer.status_code == 200 for answer in answers)
    text = " ".join(answer.text for answer in answers)
    for share in hidden.shares:
        assert share.real.symbol not in text
        assert share.real.name_en not in text
    years = {text[at + 5 : at + 9] for at in range(len(text)) if text.startswith('"t":"', at)}
    assert years <= {"2039", "2040", "2041"}
    assert bot.get("/v1/corporate-actions", start="1900-01-01")["corporate_actions"] == {}
    assert bot.refused("GET", "/v2/stocks/AAPL/snapshot")[0] == 404
    real = {"symbols": "AAPL,XNAS:AAPL", "timeframe": "1Day"}
    assert bot.get("/v2/stocks/bars", **real) == {"bars": {}, "next_page_token": None}


def test_a_symbol_is_answered_as_it_was_asked_for(later: Program) -> None:
    asked = {"symbols": " AAPL ,XNAS:AAPL", "timeframe": "1Day", "start": "2005-03-01"}
    bars = later.get("/v2/stocks/bars", **asked, currency="USD", feed="sip", asof="-")
    assert bars["bars"]["AAPL"] == bars["bars"]["XNAS:AAPL"]
    assert bars["currency"] == "USD"


def test_letters_are_explained(later: Program) -> None:
    assert later.get("/v2/stocks/meta/exchanges") == {"Q": "NASDAQ", "N": "NYSE"}
    trade = later.get("/v2/stocks/AAPL/trades/latest")["trade"]
    conditions = later.get("/v2/stocks/meta/conditions/trade", tape=trade["z"])
    assert all(one in conditions for one in trade["c"])
    assert "R" in later.get("/v2/stocks/meta/conditions/quote")


def test_auctions_come_by_day(bot: Program) -> None:
    day = bot.get("/v2/clock")["timestamp"][:10]
    auctions = bot.get("/v2/stocks/auctions", symbols="609001", start="2020-01-01")["auctions"]
    (first,) = auctions["609001"]
    assert first["d"] <= day
    assert first["c"] == []
    assert first["o"][0].keys() == {"t", "x", "p", "s", "c"}


def test_the_floor_never_runs_ahead(bot: Program) -> None:
    """Its clock goes on while it is asked: nothing is newer than the clock after the answer."""
    for name in ("quotes", "trades"):
        page = bot.get(f"/v2/stocks/{name}", symbols="609001", sort="desc", end="2099-01-01")
        newest = page[name]["609001"][0]["t"]
        latest = bot.get(f"/v2/stocks/609001/{name}/latest")[name.removesuffix("s")]["t"]
        now = moment_ns(bot.get("/v2/clock")["timestamp"])
        assert moment_ns(newest) <= now
        assert moment_ns(latest) <= now


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("bars", {}),
        ("bars", {"symbols": ""}),
        ("bars", {"symbols": ",,"}),
        ("bars", {"symbols": "AAPL"}),
        *(("bars", {"symbols": "AAPL", "timeframe": one}) for one in (
            "", "0Min", "60Min", "24Hour", "2Day", "5Month", "1", "Min", "1min", "-1Min", "1.5Hour",
            "999999999999Min", "1Min ", "１Min", "1Year",
        )),
    ],
)  # fmt: skip
def test_wrong_input_is_400(bot: Program, path: str, query: dict[str, str]) -> None:
    status, body = bot.refused("GET", f"/v2/stocks/{path}", params=query)
    assert status == 400
    assert body["code"] == 40010000
    assert body["message"]


WRONG = [
    ("limit", "0"), ("limit", "10001"), ("limit", "-1"), ("limit", "1e3"), ("limit", "NaN"),
    ("limit", "9" * 400), ("limit", "1.5"), ("start", "yesterday"), ("start", "2005-02-30"),
    ("start", "2005-02-01T25:00:00Z"), ("start", "9" * 30), ("start", "1e400"),
    ("start", "2099-01-01T00:00:00+99:99"), ("end", "2004-01-01"), ("end", "\x00"),
    ("sort", "up"), ("sort", "ASC "), ("page_token", "x"), ("page_token", "A" * 600),
    ("page_token", "é"), ("adjustment", "none"), ("adjustment", "raw,none"), ("feed", "a b"),
    ("feed", "x" * 40), ("currency", "$"), ("asof", "tomorrow"), ("symbols", "A\x00"),
    ("symbols", ",".join(f"S{n}" for n in range(501))),
]  # fmt: skip


@pytest.mark.parametrize("path", ["bars", "trades"])
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_every_wrong_parameter_is_400(bot: Program, path: str, name: str, value: str) -> None:
    if path == "trades" and name == "adjustment":
        return
    query = {"symbols": "609001", "timeframe": "1Day", "start": "2005-02-01"} | {name: value}
    status, body = bot.refused("GET", f"/v2/stocks/{path}", params=query)
    assert (status, body["code"]) == (400, 40010000), body


def test_a_name_stands_once_and_unknown_ones_are_ignored(later: Program) -> None:
    twice = "/v2/stocks/bars?symbols=AAPL&symbols=MSFT&timeframe=1Day"
    assert later.refused("GET", twice)[0] == 400
    asked = {"symbols": "AAPL", "timeframe": "1Day", "colour": "green"}
    assert later.get("/v2/stocks/bars", **asked)["bars"]["AAPL"]


def test_a_token_of_another_question_is_refused(later: Program) -> None:
    asked = {"symbols": "AAPL", "timeframe": "1Min", "limit": 5}
    token = later.get("/v2/stocks/bars", **asked)["next_page_token"]
    good = later.get("/v2/stocks/bars", **asked | {"limit": 7}, page_token=token)
    assert len(good["bars"]["AAPL"]) == 7
    for other in ({"timeframe": "2Min"}, {"symbols": "MSFT"}, {"sort": "desc"}):
        query = asked | other | {"page_token": token}
        status, body = later.refused("GET", "/v2/stocks/bars", params=query)
        assert (status, body["message"]) == (400, "invalid page_token")
    other_market = practice(later.site)
    query = asked | {"page_token": token}
    assert other_market.refused("GET", "/v2/stocks/bars", params=query)[0] == 400


@pytest.mark.parametrize(
    "path",
    [
        *(f"NONE/{name}" for name in MULTI), "NONE/snapshot", "NONE/bars/latest",
        "%00/bars", "A%2FB/quotes/latest", "X" * 100 + "/trades", "AAPL/quotes/latest",
    ],
)  # fmt: skip
def test_one_symbol_that_is_not_there_is_404(later: Program, path: str) -> None:
    query = {"timeframe": "1Day"}
    status, body = later.refused("GET", f"/v2/stocks/{path}", params=query)
    assert (status, body["code"]) == (404, 40410000)


def test_only_reading_is_possible(bot: Program) -> None:
    assert bot.refused("POST", "/v2/stocks/bars")[0] == 405
    assert bot.refused("GET", "/v2/stocks/meta/conditions/other")[0] == 400
