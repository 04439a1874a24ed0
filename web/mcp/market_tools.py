"""Tools that look at the market of the key's venue: clock, instruments, quotes, depth, bars."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from feeds.feed import Interval
from matching.instrument import Instrument
from matching.market import Level
from matching.phases import PHASES
from simtrade.venues.search import find
from simtrade.venues.views import QuoteView
from web import formats
from web.broker import wire
from web.mcp.tool import (
    Asking,
    Data,
    Moment,
    Price,
    Quantity,
    Spoken,
    Symbol,
    Tool,
    Words,
)
from web.pages.common import account_title
from web.pages.desk_view import source_words
from web.words import PHASES as PHASE_WORDS
from web.words import worded

FOUND_MAX = 50
QUOTES_MAX = 50
BARS_MAX = 500


class _InWords(Struct, forbid_unknown_fields=True):
    language: Spoken = None


class Clock(Struct):
    venue_id: str
    venue_name: Data
    time: Moment
    local_time: Annotated[str, Meta(description="The same on the market's own wall clock.")]
    time_zone: str
    session_date: str | None
    phase: str
    phase_words: Words
    phase_ends: Moment | None
    trading: Annotated[bool, Meta(description="Orders can meet now.")]
    running: Annotated[bool, Meta(description="False: the clock is paused by its owner.")]
    speed: Annotated[int, Meta(description="Market seconds in a real second.")]
    ended: bool
    data_kind: str
    data_words: Annotated[str, Meta(description="What kind of data this market is made of.")]


async def clock(asking: Asking, given: _InWords) -> Clock:
    """What time it is in the venue and whether its market trades."""
    venue, spoken = asking.program.venue, asking.language(given.language)
    now = asking.core.venues.clock(venue.venue_id)
    _, note = source_words(venue, spoken)
    return Clock(
        venue_id=venue.venue_id,
        venue_name=account_title(asking.program.account, venue, spoken),
        time=wire.moment(now.at_ns),
        local_time=formats.wall(now.at_ns, venue.traits.time_zone).isoformat(timespec="seconds"),
        time_zone=venue.traits.time_zone,
        session_date=now.session.isoformat() if now.session else None,
        phase=now.phase.value,
        phase_words=worded(PHASE_WORDS, now.phase.value, spoken),
        phase_ends=wire.moment_or_none(now.phase_ends_ns),
        trading=PHASES[now.phase].matches,
        running=now.running,
        speed=now.speed,
        ended=now.ended,
        data_kind=venue.traits.kind.value,
        data_words=note,
    )


class _Find(Struct, forbid_unknown_fields=True):
    text: Annotated[
        str, Meta(max_length=64, description="Code or name, also in pinyin; empty: any.")
    ] = ""
    limit: Annotated[int, Meta(ge=1, le=FOUND_MAX)] = 20


class Found(Struct):
    symbol: str
    instrument_id: str
    name_en: Data
    name_zh: Data
    currency: str
    market: str
    board: str
    price_step: Price
    risk_level: Annotated[str, Meta(description="Product risk, R1 (low) to R5 (high).")]


class FoundList(Struct):
    instruments: list[Found]
    listed: Annotated[int, Meta(description="How many instruments the market has in all.")]


async def find_instruments(asking: Asking, given: _Find) -> FoundList:
    """Instruments by code or name."""
    listed = asking.program.venue.instruments
    found = find(listed, given.text, given.limit)
    return FoundList([_found(one) for one in found], len(listed))


def _found(one: Instrument) -> Found:
    return Found(
        one.symbol, one.instrument_id, one.name_en, one.name_zh, one.currency.code, one.market,
        one.board, wire.price(one, 1), f"R{one.risk_level}",
    )  # fmt: skip


class Side(Struct):
    price: Price
    quantity: Quantity


class Quote(Struct):
    symbol: str
    currency: str
    last: Price
    previous_close: Price
    high: Price
    low: Price
    volume: Annotated[str, Meta(description="Shares or coins of this session.")]
    bid: Side | None
    ask: Side | None
    upper_limit: Price | None
    lower_limit: Price | None
    state: Literal["normal", "halted", "suspended", "stale", "crossed", "sealed"]


class _Quotes(Struct, forbid_unknown_fields=True):
    symbols: Annotated[list[Symbol], Meta(min_length=1, max_length=QUOTES_MAX)]


class QuoteList(Struct):
    time: Moment
    quotes: list[Quote]
    without_price: Annotated[list[str], Meta(description="Symbols that have no price yet.")]


async def quotes(asking: Asking, given: _Quotes) -> QuoteList:
    """Last price, best bid and ask, and the session's range of some instruments."""
    venue_id, core = asking.program.venue.venue_id, asking.core
    wanted = [asking.instrument(one) for one in given.symbols]
    seen = [(one, core.venues.quote(venue_id, one.instrument_id)) for one in wanted]
    return QuoteList(
        time=wire.moment(core.venues.clock(venue_id).at_ns),
        quotes=[quote_value(one, found) for one, found in seen if found],
        without_price=[one.symbol for one, found in seen if found is None],
    )


def quote_value(one: Instrument, found: QuoteView) -> Quote:
    return Quote(
        symbol=one.symbol,
        currency=one.currency.code,
        last=wire.price(one, found.last_ticks),
        previous_close=wire.price(one, found.reference_ticks),
        high=wire.price(one, found.high_ticks),
        low=wire.price(one, found.low_ticks),
        volume=wire.qty(one, found.volume),
        bid=_side(one, found.bid),
        ask=_side(one, found.ask),
        upper_limit=wire.price_or_none(one, found.upper_ticks),
        lower_limit=wire.price_or_none(one, found.lower_ticks),
        state=_state(found),
    )


def _state(
    found: QuoteView,
) -> Literal["normal", "halted", "suspended", "stale", "crossed", "sealed"]:
    if found.suspended:
        return "suspended"
    if found.halted:
        return "halted"
    if found.stale:
        return "stale"
    if found.crossed:
        return "crossed"
    return "normal" if found.sealed is None else "sealed"


def _side(one: Instrument, level: Level | None) -> Side | None:
    return None if level is None else _level(one, level)


def _level(one: Instrument, level: Level) -> Side:
    return Side(wire.price(one, level.price_ticks), wire.qty(one, level.qty))


class _One(Struct, forbid_unknown_fields=True):
    symbol: Symbol


class Indication(Struct):
    """What the running call auction would give now; no price: nothing would trade."""

    price: Price | None
    quantity: Quantity
    unmatched: Quantity
    unmatched_side: Literal["buy", "sell"] | None


class Depth(Struct):
    symbol: str
    currency: str
    time: Moment
    shown: Annotated[bool, Meta(description="False: this market's data has no order book.")]
    bids: Annotated[list[Side], Meta(description="Best first.")]
    asks: Annotated[list[Side], Meta(description="Best first.")]
    auction: Indication | None


async def depth(asking: Asking, given: _One) -> Depth:
    """The displayed order book of one instrument, or what its call auction would give."""
    venue_id, one = asking.program.venue.venue_id, asking.instrument(given.symbol)
    found = asking.core.venues.depth(venue_id, one.instrument_id)
    now = asking.core.venues.clock(venue_id)
    told = found.indication if found else None
    auction = told and Indication(
        wire.price_or_none(one, told.price_ticks),
        wire.qty(one, told.qty),
        wire.qty(one, told.unmatched_qty),
        None if told.unmatched_side is None else side_name(told.unmatched_side),
    )
    bids, asks = (found.bids, found.asks) if found else ((), ())
    return Depth(
        symbol=one.symbol,
        currency=one.currency.code,
        time=wire.moment(now.at_ns),
        shown=found is not None,
        bids=[_level(one, level) for level in bids],
        asks=[_level(one, level) for level in asks],
        auction=auction,
    )


def side_name(side: int) -> Literal["buy", "sell"]:
    return "sell" if side else "buy"


class _Bars(Struct, forbid_unknown_fields=True):
    symbol: Symbol
    interval: Interval = Interval.DAY
    count: Annotated[int, Meta(ge=1, le=BARS_MAX)] = 60


class Bar(Struct):
    time: Annotated[str, Meta(description="When it begins: RFC 3339, UTC.")]
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Quantity


class BarList(Struct):
    symbol: str
    currency: str
    interval: str
    bars: Annotated[list[Bar], Meta(description="Oldest first; splits are already worked in.")]
    unfinished: Annotated[bool, Meta(description="The last bar still runs.")]


async def bars(asking: Asking, given: _Bars) -> BarList:
    """Prices by the bar, up to the venue's own time."""
    one, venue_id = asking.instrument(given.symbol), asking.program.venue.venue_id
    found = asking.core.venues.bars(venue_id, one.instrument_id, given.interval, given.count)
    columns = (
        found.start_ns,
        found.open_ticks,
        found.high_ticks,
        found.low_ticks,
        found.close_ticks,
        found.volume,
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return BarList(
        symbol=one.symbol,
        currency=one.currency.code,
        interval=given.interval.value,
        bars=[_bar(one, *row) for row in rows],
        unfinished=found.partial,
    )


def _bar(
    one: Instrument, start_ns: int, first: int, high: int, low: int, last: int, volume: int
) -> Bar:
    """Prices in ticks, the volume in base units."""
    return Bar(
        time=wire.moment(start_ns),
        open=wire.price(one, first),
        high=wire.price(one, high),
        low=wire.price(one, low),
        close=wire.price(one, last),
        volume=wire.qty(one, volume),
    )


TOOLS = (
    Tool("market_clock", "Market clock", "What time it is in this market (a replay has its own "
         "time), which phase it is in, and what kind of data it is made of.",
         _InWords, Clock, clock),
    Tool("find_instruments", "Find instruments", "Instruments of this market by code or name.",
         _Find, FoundList, find_instruments),
    Tool("quotes", "Quotes", "Last price, best bid and ask, range and price limits of up to "
         f"{QUOTES_MAX} instruments.", _Quotes, QuoteList, quotes),
    Tool("depth", "Order book", "The displayed order book of one instrument, or what its running "
         "call auction would give.", _One, Depth, depth),
    Tool("bars", "Price bars", "Open, high, low, close and volume of one instrument up to the "
         "market's own time.", _Bars, BarList, bars),
)  # fmt: skip
