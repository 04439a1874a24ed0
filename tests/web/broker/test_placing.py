"""Orders outside the hours of a market, at a distance, and of accounts that may not trade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching.units import NS_PER_MINUTE
from simtrade.app import Simtrade
from simtrade.desk.requests import ClockAction, MarginRequest
from simtrade.desk.shard import Clocks
from simtrade.settings import Settings
from tests.web.broker.program import Program, practice, program, submit
from tests.web.broker.test_orders import LOW, low, order
from tests.web.serving import LIMITLESS, Site, wait_until
from tests.world import ManualClock

MARKET = {"type": "market", "limit_price": None}


@pytest.fixture
def night(replay: Program) -> Program:
    """The market has closed."""
    now = replay.site.core.venues.clock(replay.key.venue_id)
    replay.clock(ClockAction.SEEK, now.at_ns + 450 * NS_PER_MINUTE)
    return replay


def to_next_day(bot: Program) -> None:
    now = bot.site.core.venues.clock(bot.key.venue_id)
    bot.clock(ClockAction.SEEK, now.at_ns + 1_200 * NS_PER_MINUTE)


def test_an_order_for_the_day_that_comes_at_night_is_for_the_next(night: Program) -> None:
    made = low(night)
    assert (made["status"], made["time_in_force"]) == ("accepted", "day")
    assert made["expires_at"] == "2005-02-02T21:00:00.000000000Z"
    path = f"/v2/orders/{made['id']}"
    status, body = night.refused("PATCH", path, json={"qty": 5})
    assert (status, body["code"]) == (422, 42210000)
    assert body["message"] == "cannot replace order in accepted status"
    market = low(night, symbol="MSFT", **MARKET)
    assert (market["status"], market["type"], market["time_in_force"]) == (
        "accepted", "market", "opg",
    )  # fmt: skip
    to_next_day(night)
    assert order(night, made["id"])["status"] == "new"
    assert order(night, market["id"])["status"] == "filled"


def test_a_bracket_that_comes_at_night_lasts_with_its_exits(night: Program) -> None:
    made = low(night, order_class="bracket", take_profit={"limit_price": 20},
               stop_loss={"stop_price": 5})  # fmt: skip
    assert [leg["time_in_force"] for leg in made["legs"]] == ["day", "day"]
    assert made["status"] == "accepted"


def test_what_is_for_now_or_never_is_refused_at_night(night: Program) -> None:
    for force in ("ioc", "fok"):
        status, body = night.refused("POST", "/v2/orders", json=LOW | {"time_in_force": force})
        assert (status, body["reason"]) == (422, "market_closed")
    assert night.get("/v2/orders") == []


def test_whoever_has_suspended_trading_only_cancels(replay: Program) -> None:
    waiting = low(replay)
    replay.call("PATCH", "/v2/account/configurations", json={"suspend_trade": True})
    status, body = replay.refused("POST", "/v2/orders", json=LOW)
    assert (status, body["code"]) == (403, 40310000)
    assert "suspended" in body["message"]
    replay.call("DELETE", f"/v2/orders/{waiting['id']}")
    assert len(replay.get("/v2/orders", status="all")) == 1


@pytest.fixture
def distant(tmp_path: Path) -> Iterator[tuple[Program, ManualClock]]:
    """A program on a floor that requests take their time to reach, and that time."""
    clock = ManualClock()
    settings = Settings(data=tmp_path, port=0, floor_seed=7)
    core = Simtrade.open(settings, Clocks(clock.read, clock.read))
    with Site(core, LIMITLESS) as site:
        yield program(site), clock
    core.close()


def test_on_the_way_everything_is_pending(distant: tuple[Program, ManualClock]) -> None:
    bot, clock = distant
    core = bot.site.core
    quote = core.venues.quotes(bot.key.venue_id)[0]
    instrument = core.venues.instruments(bot.key.venue_id)[quote.instrument_id]
    price = instrument.price_text(quote.last_ticks - 30)
    body: dict[str, Any] = {"symbol": instrument.symbol, "qty": 100, "limit_price": price}
    made = low(bot, **body)
    assert made["status"] == "pending_new"
    status, told = bot.refused("PATCH", f"/v2/orders/{made['id']}", json={"qty": 200})
    assert (status, told["message"]) == (422, "cannot replace order in pending_new status")
    clock.pass_seconds(1)
    wait_until(lambda: order(bot, made["id"])["status"] == "new")
    changed = bot.call("PATCH", f"/v2/orders/{made['id']}", json={"qty": 200})
    assert (changed["status"], changed["replaces"]) == ("pending_new", made["id"])
    assert order(bot, made["id"])["status"] == "pending_replace"
    clock.pass_seconds(1)
    wait_until(lambda: order(bot, changed["id"])["status"] == "new")
    assert order(bot, made["id"])["replaced_by"] == changed["id"]
    bot.call("DELETE", f"/v2/orders/{changed['id']}")
    assert order(bot, changed["id"])["status"] == "pending_cancel"
    clock.pass_seconds(1)
    wait_until(lambda: order(bot, changed["id"])["status"] == "canceled")


def test_a_bracket_at_the_next_opening_price(night: Program) -> None:
    made = low(night, order_class="bracket", take_profit={"limit_price": 900},
               stop_loss={"stop_price": 5}, **MARKET)  # fmt: skip
    assert (made["type"], made["time_in_force"], made["status"]) == ("market", "opg", "accepted")
    to_next_day(night)
    done = night.get(f"/v2/orders/{made['id']}", nested=True)
    assert done["status"] == "filled"
    assert [leg["status"] for leg in done["legs"]] == ["new", "new"]


def test_borrowed_shares_are_sold_and_bought_back(broker: Site) -> None:
    bot = practice(broker, first=date(2010, 2, 1))  # after the uptick rule
    submit(broker, MarginRequest(bot.account_id, "margin", on=True, understood=True))
    made = low(bot, side="sell", **MARKET)
    assert made["position_intent"] == "sell_to_open"
    for _ in range(2):
        bot.clock(ClockAction.STEP)
    (held,) = bot.get("/v2/positions")
    assert (held["side"], held["qty"], held["qty_available"]) == ("short", "-10", "-10")
    status, body = bot.refused("POST", "/v2/orders", json=LOW | {"position_intent": "buy_to_open"})
    assert (status, body["message"]) == (
        422, "position intent mismatch, inferred: buy_to_close, specified: buy_to_open",
    )  # fmt: skip
    closing = bot.call("DELETE", "/v2/positions/AAPL", params={"percentage": 50})
    assert (closing["side"], closing["qty"]) == ("buy", "5")
    for _ in range(2):
        bot.clock(ClockAction.STEP)
    bot.call("PATCH", "/v2/account/configurations", json={"no_shorting": True})
    status, body = bot.refused("POST", "/v2/orders", json=LOW | {"side": "sell"})
    assert (status, body["message"]) == (403, "account is not allowed to short")
    assert bot.get("/v2/positions/AAPL")["qty"] == "-5"
