"""Venues on a live market: fills on what was heard, silence fills nobody, all comes out again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.live.ear import Times
from feeds.live.vendor import Keys
from matching.market import Silence
from matching.orders import OrderKind, Side, TimeInForce
from matching.reasons import Reason
from matching.units import AtNs
from simtrade.desk.requests import ClockAction, Done, Refusal
from simtrade.mistakes import Mistake
from simtrade.settings import Settings
from simtrade.venues.live import (
    floor_tape,
    keys_of,
    live_market,
    open_markets,
    wait_for,
    watchlists,
)
from tests.feeds.live.made import KEY, OTHER, display, market, trade
from tests.simtrade.venues.live_world import LiveWorld, live_world

SYMBOL = str(KEY)


@pytest.fixture
def coins(tmp_path: Path, tapes: Path) -> Iterator[LiveWorld]:
    with live_world(tmp_path, tapes) as made:
        yield made


def filled(world: LiveWorld, account: object) -> list[tuple[int, int]]:
    fills = world.world.portfolio.fills(account)  # type: ignore[arg-type]
    return [(one.price_ticks, one.qty) for one in fills]


def test_an_order_fills_at_what_is_displayed_and_verify_replays_it(coins: LiveWorld) -> None:
    coins.hear(display(9_999, 10_001))
    venue, account = coins.practice()
    coins.world.place(account, Side.BUY, 100, SYMBOL)
    assert filled(coins, account) == [(10_001, 100)]
    coins.world.place(account, Side.SELL, 40, SYMBOL, limit=10_001)
    assert len(filled(coins, account)) == 1
    coins.hear(trade(10_002, 500))
    assert filled(coins, account)[0] == (10_001, 40)
    report = coins.world.verify()
    assert report.ok, report.problems
    view = coins.world.venues.view(venue)
    assert view is not None
    assert view.traits.live


def test_a_lost_source_fills_nobody_until_it_shows_something_again(coins: LiveWorld) -> None:
    coins.hear(display(9_999, 10_001))
    venue, account = coins.practice()
    coins.hear(Silence(AtNs(0), 0, KEY))
    quote = coins.world.venues.quote(venue, KEY)
    assert quote is not None
    assert quote.stale
    coins.world.place(account, Side.BUY, 100, SYMBOL)
    coins.pass_seconds(3)
    assert filled(coins, account) == []
    (order,) = coins.world.portfolio.orders(account, open_only=True)
    assert order.waiting_for == "fresh_quote"
    coins.hear(display(9_998, 10_000))
    assert filled(coins, account) == [(10_000, 100)]
    quote = coins.world.venues.quote(venue, KEY)
    assert quote is not None
    assert not quote.stale
    assert coins.world.verify().ok


def test_a_crossed_or_old_display_fills_nobody(coins: LiveWorld) -> None:
    coins.hear(display(10_005, 10_001))
    _, account = coins.practice()
    coins.world.place(account, Side.BUY, 10, SYMBOL)
    coins.pass_seconds(1)
    assert filled(coins, account) == []
    coins.hear(display(9_999, 10_001))
    assert filled(coins, account) == [(10_001, 10)]
    coins.pass_seconds(61)
    coins.world.place(account, Side.BUY, 10, SYMBOL)
    assert len(filled(coins, account)) == 1
    assert coins.world.verify().ok


def test_what_is_not_heard_takes_no_orders_but_lets_them_be_cancelled(coins: LiveWorld) -> None:
    coins.hear(display(9_999, 10_001))
    _, account = coins.practice()
    done = coins.world.place(account, Side.BUY, 10, SYMBOL, limit=9_000)
    assert isinstance(done, Done)
    assert done.order_id is not None
    coins.recorder.failed = "No space left on device"
    assert coins.world.place(account, Side.BUY, 10, SYMBOL) == Refusal(Reason.MARKET_NOT_HEARD)
    assert coins.open(2) == Refusal(Reason.MARKET_NOT_HEARD)
    assert isinstance(coins.world.cancel(account, done.order_id), Done)
    coins.recorder.failed = ""
    coins.pass_seconds(1)
    coins.world.clock.pass_seconds(10)  # nothing came to the disk meanwhile
    assert coins.world.place(account, Side.BUY, 10, SYMBOL) == Refusal(Reason.MARKET_NOT_HEARD)
    coins.pass_seconds(1)
    assert isinstance(coins.world.place(account, Side.BUY, 10, SYMBOL), Done)
    assert coins.world.verify().ok


def test_nobody_moves_the_clock_of_what_happens_now(coins: LiveWorld) -> None:
    coins.hear(display(9_999, 10_001))
    venue, _ = coins.practice()
    for action in ClockAction:
        assert coins.world.set_clock(venue, action, 60) == Refusal(Reason.CLOCK_IS_LIVE)
    stranger = coins.world.set_clock(venue, ClockAction.PAUSE, user=2)
    assert stranger == Refusal(Reason.CLOCK_NOT_YOURS)
    before = coins.world.at(venue)
    coins.pass_seconds(200)  # nobody looks, and it goes on
    assert coins.world.at(venue) - before >= 199_000_000_000


@pytest.mark.parametrize("seed", range(3))
def test_killed_anywhere_it_goes_on_and_everything_comes_out_again(
    seed: int, coins: LiveWorld
) -> None:
    draw = random.Random(seed)
    coins.hear(display(9_999, 10_001), display(9_999, 10_001, key=OTHER.instrument_id))
    _, account = coins.practice()
    events = market(seed, 5_000)
    for _ in range(40):
        coins.hear(*[next(events) for _ in range(draw.randint(0, 5))], seconds=draw.random() * 3)
        what = draw.random()
        if what < 0.5:
            limit = draw.choice((None, 10_000 + draw.randint(-20, 20)))
            key = str(draw.choice((KEY, OTHER.instrument_id)))
            force = draw.choice((TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC))
            side = draw.choice((Side.BUY, Side.SELL))
            kind = OrderKind.MARKET if limit is None else OrderKind.LIMIT
            coins.world.place(account, side, draw.randint(1, 90), key, limit, force, kind=kind)
        elif what < 0.6:
            for order in coins.world.portfolio.orders(account, open_only=True)[:1]:
                coins.world.cancel(account, order.order_id)
        elif what < 0.65:
            coins = coins.restart()
    report = coins.world.verify()
    assert report.ok, report.problems
    assert coins.world.portfolio.fills(account)


def test_after_a_long_absence_nothing_is_done_in_the_past(coins: LiveWorld) -> None:
    coins.hear(display(9_999, 10_001))
    _, account = coins.practice()
    done = coins.world.place(account, Side.BUY, 10, SYMBOL, limit=9_990)
    assert isinstance(done, Done)
    assert done.order_id is not None
    coins = coins.restart()
    for _ in range(20):  # ten minutes, in which the venue is not in memory
        coins.recorder.hear([(1, display(9_999, 10_001))])
        coins.world.clock.pass_seconds(30)
        coins.recorder.flush()
    refused = Refusal(Reason.MARKET_NOT_HEARD)
    assert coins.world.cancel(account, done.order_id) == refused
    assert coins.world.place(account, Side.BUY, 10, SYMBOL) == refused
    coins.pass_seconds(6)
    assert isinstance(coins.world.cancel(account, done.order_id), Done)
    coins.hear(display(9_999, 10_001))
    coins.world.place(account, Side.BUY, 10, SYMBOL)
    assert filled(coins, account) == [(10_001, 10)]
    assert coins.world.verify().ok


def test_a_recording_that_nobody_hears_any_more_can_be_read_and_verified(
    coins: LiveWorld,
) -> None:
    coins.hear(display(9_999, 10_001))
    venue, account = coins.practice()
    coins.world.place(account, Side.BUY, 100, SYMBOL)
    coins.world.live = None
    again = coins.world.reopen()
    assert again.verify().ok
    assert again.venues.quote(venue, KEY) is not None
    assert again.place(account, Side.BUY, 1, SYMBOL) == Refusal(Reason.MARKET_NOT_HEARD)
    again.close()


def test_live_markets_can_be_chosen(coins: LiveWorld) -> None:
    found = [one for one in coins.world.feeds.tapes() if one.live]
    assert [(one.name, one.title) for one in found] == [("live:coins", "coins")]
    assert coins.world.feeds.resolve("live:coins") == "live:coins"
    assert coins.world.feeds.resolve("live:nothing") is None
    assert [one.name for one in coins.world.feeds.live()] == ["coins"]


# Settings


def test_settings_name_feeds_and_keys(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, live=("coins=binance BTCUSDT", "us=alpaca AAPL"),
                        alpaca_key="K", alpaca_secret="S", floor_feed="live:us")  # fmt: skip
    assert [one.name for one in watchlists(settings)] == ["coins", "us"]
    assert keys_of(settings, "alpaca") == Keys("K", "S")
    assert keys_of(settings, "binance") == Keys()
    assert floor_tape(settings) == "live:us"
    assert floor_tape(Settings(data=tmp_path)) is None
    assert "'K'" not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"live": ("nonsense",)}, "Setting live: 'nonsense' is no live feed"),
        ({"live": ("a=binance X", "a=okx Y")}, "a is there twice"),
        ({"live": ("a=finnhub AAPL",)}, r"set finnhub_key \(SIMTRADE_FINNHUB_KEY\)"),
        ({"floor_feed": "live:b"}, "'live:b' is no feed of setting live"),
        ({"floor_feed": "generator"}, "no feed of setting live"),
    ],
)
def test_mistakes_are_told(changes: dict[str, object], says: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, **changes)  # type: ignore[arg-type]
    with pytest.raises(Mistake, match=says):
        (floor_tape if "floor_feed" in changes else watchlists)(settings)


def test_opening_and_waiting(tmp_path: Path) -> None:
    address = "socket=ws://127.0.0.1:9 http=http://127.0.0.1:9"
    settings = Settings(data=tmp_path, live=(f"coins=binance BTCUSDT {address}",))
    clock = lambda: 1_767_571_200_000_000_000  # noqa: E731
    markets = open_markets(settings, Times(clock, clock))
    with pytest.raises(Mistake, match="has told nothing yet"):
        wait_for(markets, "live:coins", seconds=1)
    markets.stop()
    (wanted,) = watchlists(settings)
    assert live_market(settings, wanted, tmp_path, Times(clock, clock)).feed is None
