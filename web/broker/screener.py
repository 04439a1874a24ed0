"""``/v1beta1/screener/...`` and ``/v1beta1/news``: what moves in the key's market, and no news."""

from __future__ import annotations

from typing import Any

from starlette.routing import BaseRoute, Route

from feeds.feed import Traded
from matching.instrument import Instrument
from simtrade.venues.history import History
from simtrade.venues.timeframe import DAY
from simtrade.venues.views import QuoteView
from web.broker import wire
from web.broker.data_questions import Question, data, wrong
from web.broker.data_wire import is_coin, moment

_TOP_ACTIVE, _TOP_MOVERS, _TOP_NEWS = 100, 50, 50
_HUNDREDTHS = 10_000  # of a per cent of one

Members = dict[str, Any]
Row = tuple[Instrument, QuoteView]


def _rows(question: Question, *, coins: bool) -> list[Row]:
    """Instruments that have traded in the running session."""
    quotes = question.shown.quotes
    pairs = (
        (one, quotes.get(one.instrument_id))
        for one in question.program.venue.instruments
        if is_coin(one) == coins
    )
    return [(one, view) for one, view in pairs if view is not None and view.volume > 0]


def _trades_today(history: History, one: Instrument) -> int:
    """How many trades the running session has had; 0 where nobody counts them."""
    newest = history.newest(one, DAY, 1)
    if not newest.size:
        return 0
    from_ns = int(newest.start_ns[0])
    traded: Traded | None = history.traded(one.instrument_id, from_ns)
    return 0 if traded is None else len(traded.at_ns)


def _most_actives(question: Question) -> Members:
    by = question.query.choice("by", ("volume", "trades"), "volume")
    top = question.query.whole("top", 1, _TOP_ACTIVE, 10)
    history = question.history
    rows = _rows(question, coins=False)
    rows.sort(key=lambda row: (-row[1].volume, row[0].symbol))
    if by == "volume":
        rows = rows[:top]
    counted = [(one, view, _trades_today(history, one)) for one, view in rows]
    if by == "trades":
        counted.sort(key=lambda row: -row[2])
    return {
        "most_actives": [
            {"symbol": one.symbol, "volume": wire.qty_number(one, view.volume), "trade_count": n}
            for one, view, n in counted[:top]
        ],
        "last_updated": moment(history.at_ns),
    }


def _movers(question: Question) -> Members:
    kind = str(question.request.path_params["kind"])
    if kind not in ("stocks", "crypto"):
        raise wrong("invalid market type: stocks or crypto is expected")
    top = question.query.whole("top", 1, _TOP_MOVERS, 10)
    rows = _rows(question, coins=kind == "crypto")
    rows = [row for row in rows if row[1].last_ticks != row[1].reference_ticks]
    rows.sort(key=lambda row: (-_change(row[1]), row[0].symbol))
    gainers = [row for row in rows if _change(row[1]) > 0]
    losers = [row for row in reversed(rows) if _change(row[1]) < 0]
    return {
        "gainers": [_mover(*row) for row in gainers[:top]],
        "losers": [_mover(*row) for row in losers[:top]],
        "market_type": kind,
        "last_updated": moment(question.shown.clock.at_ns),
    }


def _change(view: QuoteView) -> float:
    """As a part of the previous close."""
    return (view.last_ticks - view.reference_ticks) / view.reference_ticks


def _mover(one: Instrument, view: QuoteView) -> Members:
    change = view.last_ticks - view.reference_ticks
    return {
        "symbol": one.symbol,
        "percent_change": round(_change(view) * _HUNDREDTHS) / 100,
        "change": wire.price_number(one, change),
        "price": wire.price_number(one, view.last_ticks),
    }


def _news(question: Question) -> Members:
    """There is none: nobody here writes or buys any."""
    question.query.choice("sort", ("asc", "desc", "ASC", "DESC"), "desc")
    question.query.whole("limit", 1, _TOP_NEWS, 10)
    question.query.moment("start", question.time_zone)
    question.query.moment("end", question.time_zone)
    if question.query.text("page_token") is not None:
        raise wrong("invalid page_token")
    return {"news": [], "next_page_token": None}


ROUTES: list[BaseRoute] = [
    Route("/v1beta1/screener/stocks/most-actives", data(_most_actives)),
    Route("/v1beta1/screener/{kind}/movers", data(_movers)),
    Route("/v1beta1/news", data(_news)),
]
