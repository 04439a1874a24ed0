from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from simtrade.desk.requests import ClockAction
from tests.web.broker.program import Program
from web import formats


def at(text: str) -> datetime:
    return datetime.fromisoformat(text[:26] + text[29:])


def seek(replay: Program, day: date) -> None:
    midnight = formats.midnight_ns(day, "America/New_York")
    replay.clock(ClockAction.SEEK, midnight)


def test_the_floor_s_clock(bot: Program) -> None:
    clock = bot.get("/v2/clock")
    assert clock["timestamp"].endswith("+08:00")
    assert at(clock["next_open"]) > at(clock["timestamp"])
    assert at(clock["next_close"]) > at(clock["timestamp"])
    if clock["is_open"]:
        assert at(clock["next_close"]) < at(clock["next_open"])


def test_a_replay_s_clock_tells_the_replayed_time(replay: Program) -> None:
    clock = replay.get("/v2/clock")
    assert clock["is_open"] is True
    assert clock["timestamp"].startswith("2005-02-01T09:30:")
    assert clock["next_close"] == "2005-02-01T16:00:00.000000000-05:00"
    assert clock["next_open"] == "2005-02-02T09:30:00.000000000-05:00"
    seek(replay, date(2005, 7, 2))  # a Saturday; Monday is a holiday
    closed = replay.get("/v2/clock")
    assert closed["is_open"] is False
    assert closed["next_open"] == "2005-07-05T09:30:00.000000000-04:00"


def test_a_clock_that_stands_is_not_told_again(replay: Program) -> None:
    answer = replay.http.get("/v2/clock")
    tag = {"if-none-match": answer.headers["etag"]}
    assert replay.http.get("/v2/clock", headers=tag).status_code == 304
    replay.clock(ClockAction.STEP)
    assert replay.http.get("/v2/clock", headers=tag).status_code == 200


def test_the_clock_of_each_market(replay: Program) -> None:
    both = replay.get("/v3/clock")["clocks"]
    assert [one["market"]["acronym"] for one in both] == ["NASDAQ", "NYSE"]
    (one,) = replay.get("/v3/clock", markets="xnys")["clocks"]
    assert one["market"] == {
        "mic": "XNYS",
        "bic": None,
        "acronym": "NYSE",
        "name": "New York Stock Exchange",
        "timezone": "America/New_York",
    }
    assert (one["phase"], one["is_market_day"]) == ("core", True)
    assert one["phase_until"] == one["next_market_close"] == "2005-02-01T16:00:00.000000000-05:00"
    seek(replay, date(2005, 2, 5))
    (closed,) = replay.get("/v3/clock", markets="XNYS")["clocks"]
    assert (closed["phase"], closed["is_market_day"]) == ("closed", False)
    assert closed["phase_until"] == closed["next_market_open"]


@pytest.mark.parametrize("markets", ["XSHG", "NYSE,XSHG", "x" * 200])
def test_markets_of_another_venue(replay: Program, markets: str) -> None:
    assert replay.refused("GET", "/v3/clock", params={"markets": markets})[0] in (404, 422)


def test_a_market_named_twice_in_the_address(replay: Program) -> None:
    assert replay.refused("GET", "/v3/clock?markets=NYSE&markets=NYSE")[0] == 422


def test_time_goes_on_in_utc_too(bot: Program) -> None:
    first, second = bot.get("/v2/clock"), bot.get("/v2/clock")
    assert at(first["timestamp"]).astimezone(UTC) <= at(second["timestamp"]).astimezone(UTC)
