"""What a market data stream tells is what the REST side tells."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from simtrade.desk.requests import FLOOR, ClockAction
from tests.web.broker.program import Program, program
from tests.web.broker.streams.follower import MSGPACK, Follower, data_of
from tests.web.serving import Site, wait_until

MINUTE_NS = 60_000_000_000


def subscribe(one: Follower, **channels: list[str]) -> None:
    one.say(action="subscribe", **channels)
    one.hear("subscription")


def trades_of(one: Follower, seconds: float) -> list[dict[str, Any]]:
    return [message for message in one.heard(seconds) if message["T"] == "t"]


def test_every_trade_comes_once_and_is_that_of_the_rest_side(bot: Program) -> None:
    with data_of(bot) as one:
        subscribe(one, trades=["*"])
        heard = trades_of(one, 2)
    symbol = max({one["S"] for one in heard}, key=lambda name: sum(o["S"] == name for o in heard))
    mine = [message for message in heard if message["S"] == symbol]
    assert len({message["i"] for message in mine}) == len(mine)
    span = {"start": mine[0]["t"], "end": mine[-1]["t"], "limit": 1000}
    found = bot.get(f"/v2/stocks/{symbol}/trades", **span)["trades"]
    ids = {message["i"] for message in mine}
    first, last = mine[0]["i"], mine[-1]["i"]
    assert [trade["i"] for trade in found if first <= trade["i"] <= last] == sorted(ids)
    by_id = {trade["i"]: trade for trade in found}
    for message in mine:
        same = by_id[message["i"]]
        assert all(message[name] == same[name] for name in ("p", "s", "x", "c", "z"))


def test_quotes_limits_and_halts_are_told_as_they_stand(bot: Program, broker: Site) -> None:
    view = broker.core.venues.view(FLOOR)
    assert view is not None
    symbol = view.instruments[0].symbol
    with data_of(bot) as one:
        one.say(action="subscribe", quotes=[symbol], lulds=[symbol], statuses=[symbol])
        one.hear("subscription")
        band = one.hear("l", 1)
        quote = broker.core.venues.quote(FLOOR, view.instruments[0].instrument_id)
        assert quote is not None
        assert quote.upper_ticks is not None
        assert band["u"] == quote.upper_ticks / 100
        assert band["S"] == symbol
        changes = [one.hear("q") for _ in range(4)]
        pairs = [tuple(message[name] for name in ("bp", "bs", "ap", "as")) for message in changes]
        assert all(before != after for before, after in pairwise(pairs))
        # Nobody repeats what stands: limits are told once, and there is no halt.
        assert {message["T"] for message in one.heard(0.5)} <= {"q"}
        one.say(action="unsubscribe", lulds=[symbol])
        one.say(action="subscribe", lulds=[symbol])
        assert one.hear("l", 1)["u"] == band["u"]


def test_who_wants_other_things_hears_other_things(bot: Program, broker: Site) -> None:
    with data_of(bot) as trades, data_of(program(broker), headers=MSGPACK) as quotes:
        subscribe(trades, trades=["*"])
        subscribe(quotes, quotes=["*"])
        assert {message["T"] for message in trades.heard(1)} == {"t"}
        assert {message["T"] for message in quotes.heard(0.3)} == {"q"}


def test_minutes_are_told_when_they_are_over_and_the_day_with_them(replay: Program) -> None:
    with data_of(replay) as one:
        subscribe(one, bars=["*"], dailyBars=["MSFT"])
        assert one.heard(0.3) == []
        for _ in range(3):
            replay.clock(ClockAction.STEP)
        bars = [one.hear("b") for _ in range(2)]
        day = one.hear("d")
    symbol = bars[0]["S"]
    found = replay.get(f"/v2/stocks/{symbol}/bars", timeframe="1Min")["bars"]
    told = {name: bars[0][name] for name in ("o", "h", "l", "c", "v", "n", "vw")}
    assert told in [{name: bar[name] for name in told} for bar in found]
    assert (day["S"], day["t"][:10]) == ("MSFT", "2005-02-01")


def test_no_minute_is_told_twice_or_left_out(replay: Program) -> None:
    now_ns = replay.site.core.venues.clock(replay.key.venue_id).at_ns
    with data_of(replay) as one:
        subscribe(one, bars=["MSFT"])
        for minutes in (1, 7, 8, 30):
            replay.clock(ClockAction.SEEK, now_ns + minutes * MINUTE_NS)
        heard = [message["t"] for message in one.heard(1)]
    found = replay.get("/v2/stocks/MSFT/bars", timeframe="1Min")["bars"]
    assert len(heard) >= 30 - 1
    assert [moment[:19] for moment in heard] == [bar["t"][:19] for bar in found]


def test_a_practice_market_runs_while_a_program_follows(replay: Program, broker: Site) -> None:
    runtime = broker.core.gateway._shard.runtime
    venue_id = replay.key.venue_id
    channel_heard = lambda: any(venue_id in str(one) for one in broker.core.bus._listeners)  # noqa: E731
    with data_of(replay):
        assert channel_heard()
        slot = runtime._slots[venue_id]
        slot.used_at_ns = 0
        assert runtime._awake(slot)
    wait_until(lambda: not channel_heard())


def test_a_room_that_fails_says_so_and_a_new_one_takes_its_place(
    bot: Program, broker: Site, monkeypatch: Any
) -> None:
    streams = broker.app.state.streams

    def fail(*_: object) -> None:
        raise RuntimeError("of the test")

    with data_of(bot) as one, monkeypatch.context() as patched:
        patched.setattr("web.broker.streams.happened.trades", fail)
        one.say(action="subscribe", trades=["*"])
        one.hear("subscription")
        assert one.hear("error") == {"T": "error", "code": 500, "msg": "internal error"}
        assert one.close_code() == 1011
    assert streams.bugs == 1
    streams.bugs = 0
    with data_of(bot) as again:
        subscribe(again, trades=["*"])
        assert again.hear("t")
