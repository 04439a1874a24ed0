from __future__ import annotations

from dataclasses import replace

import numpy as np

from feeds.feed import Bars
from matching.market import AuctionCross, Depth, Level, Trade
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty
from simtrade.venues.bar_rows import without_trades
from simtrade.venues.street_history import AuctionDay
from tests.feeds.samples import instrument
from web.broker import data_wire

NASDAQ = instrument("A", market="XNAS")
COIN = replace(NASDAQ, market="COIN", price_decimals=4, tick=25, qty_decimals=3)
AT = AtNs(1_700_000_000_000_000_000)
ID = NASDAQ.instrument_id


def test_moments_have_the_decimals_they_need() -> None:
    assert data_wire.moment(AT) == "2023-11-14T22:13:20Z"
    assert data_wire.moment(AT + 120) == "2023-11-14T22:13:20.00000012Z"


def test_a_bar() -> None:
    bars = Bars(*(np.array([n], np.int64) for n in (AT, 1001, 1005, 999, 1002, 150)), partial=False)
    assert data_wire.bars(NASDAQ, without_trades(bars)) == [
        {
            "t": "2023-11-14T22:13:20Z", "o": 10.01, "h": 10.05, "l": 9.99, "c": 10.02,
            "v": 150, "n": 0, "vw": 10.02,
        }
    ]  # fmt: skip
    (coin,) = data_wire.bars(COIN, without_trades(bars))
    assert (coin["o"], coin["v"], coin["vw"]) == (2.5025, 0.15, 2.505)


def test_a_quote_with_an_empty_side_has_zeros() -> None:
    depth = Depth(AT, AT, 3, ID, (), (Level(PriceTicks(1002), Qty(7)),), 1)
    assert data_wire.told_quote(NASDAQ, depth) == {
        "t": "2023-11-14T22:13:20Z", "bp": 0, "bs": 0, "ap": 10.02, "as": 7,
        "bx": "Q", "ax": "Q", "c": ["R"], "z": "C",
    }  # fmt: skip
    assert data_wire.told_quote(COIN, depth)["as"] == 0.007
    assert "bx" not in data_wire.told_quote(COIN, depth)


def test_a_trade_and_an_auction() -> None:
    trade = Trade(AT, AT, 3, ID, PriceTicks(1002), Qty(7), Side.SELL)
    assert data_wire.trade(NASDAQ, trade) == {
        "t": "2023-11-14T22:13:20Z", "p": 10.02, "s": 7, "i": 3, "x": "Q", "c": ["@"], "z": "C",
    }  # fmt: skip
    assert data_wire.trade(COIN, trade)["tks"] == "S"
    assert data_wire.trade(COIN, trade._replace(aggressor=None))["tks"] == ""
    cross = AuctionCross(AT, AT, 4, ID, PriceTicks(1002), Qty(7), None, Qty(0))
    assert data_wire.auction_day(NASDAQ, AuctionDay(AT, (cross,), ()), "Asia/Shanghai") == {
        "d": "2023-11-15",
        "o": [{"t": "2023-11-14T22:13:20Z", "x": "Q", "p": 10.02, "s": 7, "c": "Q"}],
        "c": [],
    }


def test_exchanges_and_tapes() -> None:
    codes = [data_wire.exchange(replace(NASDAQ, market=one)) for one in ("XNYS", "SIMA")]
    assert codes == [("N", "NYSE"), ("SIMA", "SIMA")]
    assert [data_wire.tape(replace(NASDAQ, market=one)) for one in ("XNYS", "SIMA")] == ["A", "B"]


def test_an_order_book() -> None:
    level = Level(PriceTicks(1002), Qty(7))
    assert data_wire.order_book(NASDAQ, AT, (level,), ()) == {
        "t": "2023-11-14T22:13:20Z", "b": [{"p": 10.02, "s": 7}], "a": [],
    }  # fmt: skip
