"""Reads of a venue's past that a market data stream tells: pure, and done beside the event loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matching.instrument import Instrument, InstrumentId
from matching.market import Band, DataKind, Trade
from matching.units import NS_PER_SECOND, AtNs
from simtrade.venues.history import History, Span, Work
from simtrade.venues.timeframe import DAY, MINUTE
from web.broker.streams import market_values
from web.broker.streams.limits import BARS_PER_NOTICE, TRADES_PER_NOTICE
from web.broker.streams.market_values import Told

# Of a market that runs hundreds of times as fast as the world, only the end of each stretch.
TRADES_SPAN_NS = 30 * NS_PER_SECOND

_AWAKE, _ASLEEP = Band(None, None, awake=True), Band(None, None, awake=False)
Instruments = Mapping[InstrumentId, Instrument]


@dataclass(frozen=True, slots=True)
class Stretch:
    """After one moment, up to and with another; minutes are told once they are over."""

    after_ns: int
    to_ns: int


def trades(history: History, wanted: Instruments, stretch: Stretch) -> list[Told]:
    """Single trades in order; none of a feed of bars or of pictures every few seconds."""
    feed = history.feed
    if not wanted or feed.traits.kind in (DataKind.BARS, DataKind.SNAPSHOTS):
        return []

    def watch(instrument_id: InstrumentId) -> Band:
        return _AWAKE if instrument_id in wanted else _ASLEEP

    after_ns = max(stretch.after_ns, stretch.to_ns - TRADES_SPAN_NS)
    found: dict[InstrumentId, list[Trade]] = {}
    for event in feed.events(AtNs(after_ns), AtNs(stretch.to_ns), watch):
        if isinstance(event, Trade) and event.instrument_id in wanted:
            found.setdefault(event.instrument_id, []).append(event)
    newest = [one for events in found.values() for one in events[-TRADES_PER_NOTICE:]]
    newest.sort(key=lambda one: (one.at_ns, one.seq))
    return [market_values.trade(wanted[one.instrument_id], one) for one in newest]


def minute_of(history_zone: str, at_ns: int) -> int:
    """Where the running minute began."""
    return MINUTE.left_edge(at_ns, history_zone)


def minutes(history: History, wanted: Instruments, stretch: Stretch) -> list[Told]:
    """Bars of the minutes that began in [after_ns, to_ns)."""
    span = Span(stretch.after_ns, stretch.to_ns - 1, newest_first=True)
    found: list[Told] = []
    for instrument in wanted.values():
        rows = history.bars(instrument, MINUTE, span, BARS_PER_NOTICE, Work()).items
        found += market_values.bars(instrument, rows.only(slice(None, None, -1)))
    return found


def days(history: History, wanted: Instruments) -> list[Told]:
    """The running day's bar of each instrument."""
    return [
        told
        for instrument in wanted.values()
        for told in market_values.daily_bar(instrument, history.newest(instrument, DAY, 1))
    ]
