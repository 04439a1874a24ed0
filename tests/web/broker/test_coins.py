"""``/v1beta3/crypto``: a recorded day of one pair, read by the real client."""

from __future__ import annotations

from datetime import date

import pytest

from feeds.live.markets import coin
from feeds.records import Table
from feeds.tape_writer import TapeWriter
from simtrade.desk.requests import ClockAction
from simtrade.venues.feeds import TAPES
from tests.feeds.market_samples import SECOND, START_NS, displays, header, trades
from tests.web.broker.program import Program, practice
from tests.web.serving import Site

# Second, instrument, price, quantity: in cents and in millionths of a coin.
PRINTS = [(30, 0, 3_700_000, 500_000), (70, 0, 3_700_100, 250_000), (75, 0, 3_700_300, 750_000)]
BOOK = [
    (second, 0, [(3_699_900, 1_000_000), (3_699_800, 10)], [(3_700_100 + second, 2_000_000)])
    for second in (10, 60, 90, 400)
]


@pytest.fixture(scope="module")
def tape(broker: Site) -> str:
    pairs = (coin("BTCUSD", "USD", "0.01", "0.000001"),)
    root = broker.core.settings.data / TAPES
    with TapeWriter(root, header(instruments=pairs)) as writer:
        assert not writer.take(Table.TRADES, trades(*PRINTS, (500, 0, 9, 9))).any()
        assert not writer.take(Table.DEPTH, displays(*BOOK)).any()
        return writer.finish()


@pytest.fixture
def pair(broker: Site, tape: str) -> Program:
    bot = practice(broker, tape, date(2023, 11, 15))
    bot.clock(ClockAction.SEEK, START_NS + 130 * SECOND)
    return bot


def test_alpaca_py_reads_a_pair(pair: Program) -> None:
    told = pair.run("coin_data.py")
    assert told["bars"] == [[37000, 0.5, 1], [37003, 1.0, 2]]
    assert told["trades"] == [[37000, 0.5], [37001, 0.25], [37003, 0.75]]
    assert told["asks"] == [37001.1, 37001.6, 37001.9]
    assert (told["bar"], told["trade"], told["snapshot"]) == (37003, 37003, 37003)
    assert told["quote"] == 37001.9
    assert told["book"] == [[36999, 1], [36998, 0.00001]]


def test_a_bar_knows_its_trades(pair: Program) -> None:
    asked = {"symbols": "BTCUSD", "timeframe": "1Hour"}
    (bar,) = pair.get("/v1beta3/crypto/us/bars", **asked)["bars"]["BTCUSD"]
    assert bar == {
        "t": "2023-11-15T00:00:00Z", "o": 37000, "h": 37003, "l": 37000, "c": 37003, "v": 1.5,
        "n": 3, "vw": pytest.approx(37001.666667),
    }  # fmt: skip


def test_pairs_and_shares_have_addresses_of_their_own(pair: Program, replay: Program) -> None:
    bars = {"timeframe": "1Day", "start": "2000-01-01"}
    assert pair.get("/v2/stocks/bars", symbols="BTCUSD", **bars)["bars"] == {}
    assert pair.refused("GET", "/v2/stocks/BTCUSD/snapshot")[0] == 404
    assert replay.get("/v1beta3/crypto/us/bars", symbols="AAPL", **bars)["bars"] == {}
    assert replay.get("/v1beta3/crypto/us/snapshots", symbols="AAPL") == {"snapshots": {}}
    assert replay.get("/v1beta3/crypto/us/latest/orderbooks", symbols="X") == {"orderbooks": {}}


def test_wrong_questions_are_400(pair: Program) -> None:
    for path in ("bars", "quotes", "trades", "snapshots", "latest/bars", "latest/orderbooks"):
        status, body = pair.refused("GET", f"/v1beta3/crypto/us/{path}")
        assert (status, body["message"]) == (400, "symbols is required")
    assert pair.refused("GET", "/v1beta3/crypto/us/auctions")[0] == 404
