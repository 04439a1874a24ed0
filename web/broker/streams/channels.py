"""What can be subscribed for on a market data stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from web.broker.streams.asked import Asked

EVERY = "*"


class Channel(StrEnum):
    """By the names that subscriptions use."""

    TRADES = "trades"
    QUOTES = "quotes"
    BARS = "bars"
    UPDATED_BARS = "updatedBars"
    DAILY_BARS = "dailyBars"
    STATUSES = "statuses"
    LULDS = "lulds"
    ORDERBOOKS = "orderbooks"


STOCKS = tuple(one for one in Channel if one is not Channel.ORDERBOOKS)
COINS = tuple(one for one in Channel if one not in (Channel.STATUSES, Channel.LULDS))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which symbols of which channels; a star stands for all.  Sockets that want the same get the
    same bytes."""

    symbols: tuple[tuple[Channel, frozenset[str]], ...]
    size: int = field(default=0, compare=False)

    @classmethod
    def nothing(cls, channels: Iterable[Channel]) -> Wanted:
        return cls(tuple((channel, frozenset()) for channel in channels))

    def with_more(self, asked: Asked) -> Wanted:
        return _wanted((one, had | _named(asked, one)) for one, had in self.symbols)

    def with_less(self, asked: Asked) -> Wanted:
        return _wanted((one, had - _named(asked, one)) for one, had in self.symbols)

    def of(self, channel: Channel) -> frozenset[str]:
        return next((names for one, names in self.symbols if one is channel), frozenset())

    def has(self, channel: Channel, symbol: str) -> bool:
        names = self.of(channel)
        return symbol in names or EVERY in names

    def value(self) -> dict[str, object]:
        """The whole state, as a subscription is answered."""
        lists = {channel.value: sorted(names) for channel, names in self.symbols}
        return {"T": "subscription", **lists}


def _wanted(symbols: Iterable[tuple[Channel, frozenset[str]]]) -> Wanted:
    found = tuple(symbols)
    return Wanted(found, sum(len(names) for _, names in found))


def _named(asked: Asked, channel: Channel) -> frozenset[str]:
    names = {
        Channel.TRADES: asked.trades,
        Channel.QUOTES: asked.quotes,
        Channel.BARS: asked.bars,
        Channel.UPDATED_BARS: asked.updated_bars,
        Channel.DAILY_BARS: asked.daily_bars,
        Channel.STATUSES: asked.statuses,
        Channel.LULDS: asked.lulds,
        Channel.ORDERBOOKS: asked.orderbooks,
    }[channel]
    return frozenset(names or ())
