"""Market data messages: what the same data is on the REST side, with its kind and symbol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from matching.instrument import Instrument
from matching.market import Trade
from simtrade.venues.bar_rows import BarRows
from simtrade.venues.views import DepthView, QuoteView
from web.broker import data_wire, wire
from web.broker.streams.channels import Channel
from web.broker.streams.codec import Codec, Moment

_BANDS = "B"  # both limits are told
_HALTED = ("H", "Trading Halt")
_TRADING = ("T", "Trading Resumption")


class Told:
    """One message of one channel, encoded once per codec however many sockets get it."""

    __slots__ = ("_encoded", "_value", "channel", "symbol")

    def __init__(self, channel: Channel, symbol: str, value: dict[str, Any]) -> None:
        self.channel = channel
        self.symbol = symbol
        self._value = value
        self._encoded: dict[bool, bytes] = {}

    def encoded(self, codec: Codec) -> bytes:
        packed = codec is Codec.MSGPACK
        found = self._encoded.get(packed)
        if found is None:
            found = self._encoded[packed] = codec.encode(self._value)
        return found


def _told(
    channel: Channel, kind: str, instrument: Instrument, at_ns: int, members: dict[str, Any]
) -> Told:
    value = {"T": kind, "S": instrument.symbol, **members, "t": Moment(at_ns)}
    return Told(channel, instrument.symbol, value)


def trade(instrument: Instrument, event: Trade) -> Told:
    members = data_wire.trade(instrument, event)
    return _told(Channel.TRADES, "t", instrument, event.at_ns, members)


def quote(instrument: Instrument, at_ns: int, view: QuoteView) -> Told:
    members = data_wire.quote(instrument, at_ns, view.bid, view.ask)
    return _told(Channel.QUOTES, "q", instrument, at_ns, members)


def bars(instrument: Instrument, rows: BarRows) -> list[Told]:
    """Minutes that are over, oldest first."""
    return [
        _told(Channel.BARS, "b", instrument, start_ns, members)
        for start_ns, members in _rows(instrument, rows)
    ]


def daily_bar(instrument: Instrument, rows: BarRows) -> list[Told]:
    """The running day, or none."""
    return [
        _told(Channel.DAILY_BARS, "d", instrument, start_ns, members)
        for start_ns, members in _rows(instrument, rows)
    ]


def _rows(instrument: Instrument, rows: BarRows) -> list[tuple[int, dict[str, Any]]]:
    return list(zip(rows.start_ns.tolist(), data_wire.bars(instrument, rows), strict=True))


def status(instrument: Instrument, at_ns: int, view: QuoteView) -> Told:
    """Whether an instrument is halted."""
    code, words = _HALTED if _stopped(view) else _TRADING
    members = {"sc": code, "sm": words, "rc": "", "rm": "", "z": data_wire.tape(instrument)}
    return _told(Channel.STATUSES, "s", instrument, at_ns, members)


def _stopped(view: QuoteView) -> bool:
    return view.halted or view.suspended


def limits(instrument: Instrument, at_ns: int, view: QuoteView) -> Told | None:
    """The session's highest and lowest price; None where there are none."""
    if view.upper_ticks is None or view.lower_ticks is None:
        return None
    members = {
        "u": wire.price_number(instrument, view.upper_ticks),
        "d": wire.price_number(instrument, view.lower_ticks),
        "i": _BANDS,
        "z": data_wire.tape(instrument),
    }
    return _told(Channel.LULDS, "l", instrument, at_ns, members)


def order_book(instrument: Instrument, at_ns: int, view: DepthView) -> Told:
    """The whole book that is shown; it replaces the one before."""
    members = data_wire.order_book(instrument, at_ns, view.bids, view.asks)
    return _told(Channel.ORDERBOOKS, "o", instrument, at_ns, members | {"r": True})


class Aspect(NamedTuple):
    """State that is told at once and when it changes: what is compared, and the message of it."""

    channel: Channel
    seen: Callable[[QuoteView], object]
    tell: Callable[[Instrument, int, QuoteView], Told | None]


ASPECTS = (
    Aspect(Channel.QUOTES, lambda one: (one.bid, one.ask), quote),
    Aspect(Channel.STATUSES, _stopped, status),
    Aspect(Channel.LULDS, lambda one: (one.lower_ticks, one.upper_ticks), limits),
)
