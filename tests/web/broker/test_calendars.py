from __future__ import annotations

import pytest

from tests.web.broker.program import Program


def test_a_chinese_day_has_a_lunch_break(bot: Program) -> None:
    (day,) = bot.get("/v2/calendar", start="2026-01-06", end="2026-01-06")
    assert day == {
        "date": "2026-01-06",
        "open": "09:30",
        "close": "15:00",
        "session_open": "0915",
        "session_close": "1500",
        "lunch_start": "11:30",
        "lunch_end": "13:00",
        "settlement_date": "2026-01-07",
    }


def test_days_without_trading_are_left_out(replay: Program) -> None:
    days = replay.get("/v2/calendar", start="2005-07-01", end="2005-07-06")
    assert [one["date"] for one in days] == ["2005-07-01", "2005-07-05", "2005-07-06"]
    assert days[0]["settlement_date"] == "2005-07-07"
    settled = replay.get(
        "/v2/calendar", start="2005-07-06", end="2005-07-08", date_type="SETTLEMENT"
    )
    assert [one["settlement_date"] for one in settled] == ["2005-07-06", "2005-07-07", "2005-07-08"]
    assert settled[1] == days[0]


def test_days_to_come_are_told_as_far_as_calendars_are_printed(replay: Program) -> None:
    days = replay.get("/v2/calendar")
    assert (days[0]["date"], days[-1]["date"]) == ("2000-03-01", "2006-12-29")
    assert replay.get("/v2/calendar", start="2007-01-01", end="2010-01-01") == []


def test_moments_and_wrong_days_of_clients(replay: Program) -> None:
    one = replay.get("/v2/calendar", start="2005-07-01T00:00:00-04:00", end="2005-07-01")
    assert [day["date"] for day in one] == ["2005-07-01"]
    for query in ("start=2005-07-02&end=2005-07-01", "start=x", "end=2005-02-30", "date_type=T+1",
                  "start=2005-07-01&start=2005-07-01"):  # fmt: skip
        status, body = replay.refused("GET", f"/v2/calendar?{query}")
        assert (status, body["code"]) == (422, 40010001)


def test_the_phases_of_each_day(bot: Program) -> None:
    found = bot.get("/v3/calendar/sima", start="2026-01-06", end="2026-01-06")
    assert found["market"]["timezone"] == "Asia/Shanghai"
    (day,) = found["calendar"]
    assert day["core_start"] == day["pre_end"] == "2026-01-06T09:30:00.000000000+08:00"
    assert day["lunch_start"] == "2026-01-06T11:30:00.000000000+08:00"
    assert day["lunch_end"] == "2026-01-06T13:00:00.000000000+08:00"
    assert day["core_end"] == "2026-01-06T15:00:00.000000000+08:00"
    assert day["pre_start"] == "2026-01-06T09:15:00.000000000+08:00"
    assert day["post_start"] is None


@pytest.mark.parametrize("market", ["NYSE", "x%00y", "floor"])
def test_a_market_that_is_not_the_venue_s(bot: Program, market: str) -> None:
    status, body = bot.refused("GET", f"/v3/calendar/{market}")
    assert (status, body["code"]) == (404, 40410000)
