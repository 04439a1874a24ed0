"""What the server says on ``/ws``: one pure function per frame, in plain numbers.

Prices are ticks, money minor units, times milliseconds.  A browser ignores a ``t`` and a field
that it does not know.  docs/live.md shows each frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from feeds.feed import Bars, FeedTraits
from matching.instrument import Instrument, InstrumentId
from matching.market import Level, Phase
from simtrade.people.model import Role, User
from simtrade.portfolio.views import OrderState, OrderView, PortfolioView
from simtrade.venues.views import ClockView, DepthView, QuoteView, VenueView
from web.live.frames import text_frame
from web.live.limits import HEARTBEAT_SECONDS, VERSION
from web.market_time import NS_PER_MS, wall_ms, wall_seconds_of

Row = list[int | None]

HALTED = 1
STALE = 2

_encode = msgspec.json.Encoder().encode

_PHASES = {
    Phase.PRE_OPEN: "auction",
    Phase.OPENING_AUCTION: "auction",
    Phase.OPENING_LOCKED: "auction",
    Phase.OPENED: "auction",
    Phase.CONTINUOUS: "open",
    Phase.LUNCH: "lunch",
    Phase.CLOSING_AUCTION: "auction",
    Phase.CLOSING_LOCKED: "auction",
    Phase.AFTER_HOURS: "closed",
    Phase.CLOSED: "closed",
    Phase.HALTED: "halted",
}


def _frame(kind: str, **fields: Any) -> bytes:
    return text_frame(_encode({"t": kind, **fields}))


def hello(socket_id: str, now_ms: int, rate_hz: float, user: User) -> bytes:
    who = {"id": user.user_id, "guest": user.role is Role.GUEST}
    beat_ms = HEARTBEAT_SECONDS * 1000
    return _frame("hello", v=VERSION, sid=socket_id, ts=now_ms, hb=beat_ms, rate=rate_hz, user=who)


def symbol_row(instrument: Instrument, quote: QuoteView | None, language: str) -> list[object]:
    """[sym, name, dp, lot, prev, up, dn, t1, tick]: price = px * tick / 10^dp.

    ``lot`` and ``t1`` are rules of a date, which the ticket shows; they are null here.
    """
    prev, upper, lower = _session_row(quote) if quote else (None, None, None)
    name = instrument.name_zh if language == "zh" else instrument.name_en
    decimals = instrument.price_decimals
    return [
        instrument.instrument_id,
        name,
        decimals,
        None,
        prev,
        upper,
        lower,
        None,
        instrument.tick,
    ]


def _session_row(quote: QuoteView) -> Row:
    return [quote.reference_ticks, quote.upper_ticks, quote.lower_ticks]


def quote_row(place: int, quote: QuoteView) -> Row:
    """[i, px, vol, bid, ask, state, high, low]; i is the place in the snap's ``syms``.

    High and low are the session's: between two frames a price may have been further out.
    """
    return [
        place,
        quote.last_ticks,
        quote.volume,
        quote.bid.price_ticks if quote.bid else None,
        quote.ask.price_ticks if quote.ask else None,
        HALTED * quote.halted | STALE * quote.stale,
        quote.high_ticks,
        quote.low_ticks,
    ]


def snap_value(
    venue: VenueView,
    symbols: Sequence[Instrument],
    quotes: Mapping[InstrumentId, QuoteView],
    seq: int,
    language: str,
) -> dict[str, object]:
    """The whole state of a watchlist.  An instrument without a price has no row in ``q``."""
    found = [(place, quotes.get(one.instrument_id)) for place, one in enumerate(symbols)]
    return {
        "t": "snap",
        "venue": venue.venue_id,
        "ctx": "floor" if venue.owner is None else "solo",
        "syms": [symbol_row(one, quotes.get(one.instrument_id), language) for one in symbols],
        "q": [quote_row(place, quote) for place, quote in found if quote],
        "seq": seq,
    }


def quotes(
    seq: int, now_ms: int, rows: Iterable[Row], sessions: Sequence[tuple[int, QuoteView]]
) -> bytes:
    """Changed rows; ``r`` [[i, prev, up, dn]] only where a new session changed them."""
    changed = {"r": [[place, *_session_row(quote)] for place, quote in sessions]}
    return _frame("q", seq=seq, ts=now_ms, d=list(rows), **(changed if sessions else {}))


def bar_rows(bars: Bars, time_zone: str) -> list[list[int]]:
    """[time, open, high, low, close, volume] with wall-clock-as-UTC seconds, oldest first."""
    columns = (
        wall_seconds_of(bars.start_ns, time_zone),
        bars.open_ticks,
        bars.high_ticks,
        bars.low_ticks,
        bars.close_ticks,
        bars.volume,
    )
    return [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def bar(symbol: str, interval: str, row: Sequence[int], *, done: bool) -> bytes:
    return _frame("bar", sym=symbol, iv=interval, b=row, done=done)


def _levels(levels: Iterable[Level]) -> list[list[int]]:
    return [[level.price_ticks, level.qty] for level in levels]


def depth_value(view: DepthView, levels: int = 5) -> dict[str, object]:
    """[[price, qty], ...] best first, up to five a side; replaces what was shown.

    ``x`` is [price, qty, heavier side (0 buys, 1 sells), what it has more] of a running auction.
    """
    shown = view.indication
    auction = None
    if shown is not None:
        auction = [shown.price_ticks, shown.qty, shown.unmatched_side, shown.unmatched_qty]
    return {
        "t": "depth",
        "sym": view.instrument_id,
        "b": _levels(view.bids[:levels]),
        "a": _levels(view.asks[:levels]),
        "x": auction,
    }


def clock_value(view: ClockView, traits: FeedTraits, end_ns: int | None) -> dict[str, object]:
    """``state`` is what to show, ``phase`` the market's own and ``ends`` its end on the wall clock;
    ``left`` ms until the tape ends."""
    state = _PHASES[view.phase]
    if view.ended:
        state = "ended"
    elif not view.running:
        state = "paused"
    return {
        "t": "clock",
        "sim": wall_ms(view.at_ns, traits.time_zone),
        "speed": view.speed,
        "state": state,
        "phase": view.phase.value,
        "ends": wall_ms(view.phase_ends_ns, traits.time_zone) if view.phase_ends_ns else None,
        "src": "synthetic" if traits.synthetic else "replay",
        "left": None if end_ns is None else max(0, end_ns - view.at_ns) // NS_PER_MS,
        "session": view.session.isoformat() if view.session else None,
    }


def clock(view: ClockView, traits: FeedTraits, end_ns: int | None) -> bytes:
    return text_frame(_encode(clock_value(view, traits, end_ns)))


def order_state(order: OrderView) -> str:
    """new, part, filled, cancelled."""
    if order.state is OrderState.OPEN:
        return "part" if order.filled else "new"
    return "filled" if order.state is OrderState.FILLED else "cancelled"


def order(view: OrderView, number: int | None) -> bytes:
    """``n`` is the account's event number, None but on the last frame of that number.

    ``avg`` is the average fill price in thousandths of a tick.
    """
    return _frame(
        "ord",
        n=number,
        id=view.order_id,
        cid=view.key,
        sym=view.instrument.instrument_id,
        st=order_state(view),
        qty=view.qty,
        filled=view.filled,
        avg=view.average_ticks_milli,
        why={"code": view.cause, "args": {}} if view.cause else None,
    )


def account_value(view: PortfolioView, number: int | None) -> dict[str, object]:
    """``n`` is the newest event number that is included, None when none was heard yet."""
    return {
        "t": "acct",
        "n": number,
        "seq": view.seq,
        "cash": view.cash_minor,
        "frozen": view.hold_minor,
        "equity": view.equity_minor,
        "pnl_day": view.day_profit_minor,
        "pos": [
            [one.instrument.instrument_id, one.qty, one.available, one.cost_minor]
            for one in view.positions
        ],
    }


def value_frame(value: Mapping[str, object]) -> bytes:
    """The frame of a value that the JSON routes send too."""
    return text_frame(_encode(value))


def heartbeat(now_ms: int) -> bytes:
    return _frame("hb", ts=now_ms)


def pong(number: int, now_ms: int) -> bytes:
    return _frame("pong", n=number, ts=now_ms)


def resync(why: str) -> bytes:
    """Ask for everything again: ``gap`` (events too old), ``bars`` (reload the chart)."""
    return _frame("resync", why=why)


def error(code: str, key: str = "", arguments: Mapping[str, int] | None = None) -> bytes:
    return _frame("err", code=code, key=key, args=arguments or {})


def bye(code: int, after_ms: int) -> bytes:
    return _frame("bye", code=code, after_ms=after_ms)
