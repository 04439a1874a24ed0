"""Market data as brokers' clients read it: JSON numbers, one letter a field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from matching.instrument import Instrument
from matching.market import AuctionCross, Depth, Level, Snapshot, Trade
from matching.orders import Side
from matching.units import NS_PER_SECOND
from simtrade.venues.bar_rows import BarRows
from simtrade.venues.street_history import AuctionDay
from simtrade.venues.timeframe import local_day
from simtrade.venues.views import QuoteView
from web.broker import wire

COIN_MARKET = "COIN"
REGULAR, LAST_PRICE, OPENING, CLOSING = "@", "L", "Q", "M"
TRADE_CONDITIONS = {
    REGULAR: "Regular sale",
    LAST_PRICE: "Last price of a market that records no single trades; its size is 0",
    OPENING: "Opening call auction",
    CLOSING: "Closing call auction",
}
QUOTE_CONDITIONS = {"R": "Regular, two-sided open"}
# American exchanges have letters in these answers; others go by their market's code.
_EXCHANGES = {
    "XNAS": ("Q", "NASDAQ"),
    "XNYS": ("N", "NYSE"),
    "XASE": ("A", "NYSE American"),
    "ARCX": ("P", "NYSE Arca"),
    "BATS": ("Z", "Cboe BZX"),
}
_TAPES = {"Q": "C", "N": "A"}

Members = dict[str, Any]


def is_coin(instrument: Instrument) -> bool:
    return instrument.market == COIN_MARKET


def exchange(instrument: Instrument) -> tuple[str, str]:
    """Code and name."""
    market = instrument.market
    return _EXCHANGES.get(market, (market, market))


def tape(instrument: Instrument) -> str:
    return _TAPES.get(exchange(instrument)[0], "B")


def moment(at_ns: int) -> str:
    """RFC 3339 in UTC, with as many decimals as it needs."""
    seconds, rest = divmod(at_ns, NS_PER_SECOND)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def bars(instrument: Instrument, rows: BarRows) -> list[Members]:
    """``n`` is 0 where nobody counted trades; ``vw`` then comes from typical prices."""
    scale = 10**instrument.price_decimals
    prices = [
        (column * instrument.tick / scale).tolist()
        for column in (rows.open_ticks, rows.high_ticks, rows.low_ticks, rows.close_ticks)
    ]
    average = rows.average_ticks() * instrument.tick / scale
    volume = rows.volume
    if instrument.qty_decimals:
        volume = volume / 10**instrument.qty_decimals
    return [
        {"t": moment(at), "o": o, "h": h, "l": low, "c": c, "v": v, "n": n, "vw": vw}
        for at, o, h, low, c, v, n, vw in zip(
            rows.start_ns.tolist(),
            *prices,
            volume.tolist(),
            rows.trades.tolist(),
            np.round(average, instrument.price_decimals + 4).tolist(),
            strict=True,
        )
    ]


def _level(instrument: Instrument, level: Level | None) -> tuple[float, int | float]:
    """Price and size of a side; zeros where nobody stands."""
    if level is None:
        return 0, 0
    price = wire.price_number(instrument, level.price_ticks)
    return price, wire.qty_number(instrument, level.qty)


def quote(instrument: Instrument, at_ns: int, bid: Level | None, ask: Level | None) -> Members:
    bid_price, bid_size = _level(instrument, bid)
    ask_price, ask_size = _level(instrument, ask)
    found: Members = {
        "t": moment(at_ns), "bp": bid_price, "bs": bid_size, "ap": ask_price, "as": ask_size,
    }  # fmt: skip
    if not is_coin(instrument):
        code = exchange(instrument)[0]
        found |= {"bx": code, "ax": code, "c": [*QUOTE_CONDITIONS], "z": tape(instrument)}
    return found


def told_quote(instrument: Instrument, event: Depth | Snapshot) -> Members:
    return quote(
        instrument,
        event.at_ns,
        event.bids[0] if event.bids else None,
        event.asks[0] if event.asks else None,
    )


def trade(instrument: Instrument, event: Trade) -> Members:
    found: Members = {
        "t": moment(event.at_ns),
        "p": wire.price_number(instrument, event.price_ticks),
        "s": wire.qty_number(instrument, event.qty),
        "i": event.seq,
    }
    if is_coin(instrument):
        return found | {"tks": _taker(event.aggressor)}
    code = exchange(instrument)[0]
    return found | {"x": code, "c": [REGULAR], "z": tape(instrument)}


def _taker(side: Side | None) -> str:
    return "" if side is None else "B" if side is Side.BUY else "S"


def last_price(instrument: Instrument, at_ns: int, view: QuoteView) -> Members:
    """In place of a trade where no single trades are recorded."""
    price = wire.price_number(instrument, view.last_ticks)
    found: Members = {"t": moment(at_ns), "p": price, "s": 0, "i": 0}
    if is_coin(instrument):
        return found | {"tks": ""}
    code = exchange(instrument)[0]
    return found | {"x": code, "c": [LAST_PRICE], "z": tape(instrument)}


def auction_day(instrument: Instrument, day: AuctionDay, time_zone: str) -> Members:
    return {
        "d": local_day(day.midnight_ns, time_zone).isoformat(),
        "o": [_cross(instrument, one, OPENING) for one in day.opening],
        "c": [_cross(instrument, one, CLOSING) for one in day.closing],
    }


def _cross(instrument: Instrument, event: AuctionCross, condition: str) -> Members:
    assert event.price_ticks is not None
    return {
        "t": moment(event.at_ns),
        "x": exchange(instrument)[0],
        "p": wire.price_number(instrument, event.price_ticks),
        "s": wire.qty_number(instrument, event.qty),
        "c": condition,
    }


def order_book(
    instrument: Instrument, at_ns: int, bids: tuple[Level, ...], asks: tuple[Level, ...]
) -> Members:
    def side(levels: tuple[Level, ...]) -> list[Members]:
        pairs = (_level(instrument, one) for one in levels)
        return [{"p": price, "s": size} for price, size in pairs]

    return {"t": moment(at_ns), "b": side(bids), "a": side(asks)}
