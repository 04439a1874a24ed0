"""``/v2/stocks/...``: bars, quotes, trades, auctions and snapshots of everything but coins.

Each comes for many symbols (``?symbols=``) and for one that the address names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.routing import BaseRoute, Route

from matching.instrument import Instrument
from simtrade.venues.history import History, Part, Place, Span, Work
from simtrade.venues.snapshot import Snapshot
from simtrade.venues.street_history import StreetHistory
from simtrade.venues.timeframe import DAY, MINUTE
from web.broker import data_wire
from web.broker.data_questions import Endpoint, Question, data, wrong
from web.broker.errors import not_found

Instruments = Mapping[str, Instrument]
Members = dict[str, Any]
Page = tuple[dict[str, list[Members]], str | None]
Latest = Callable[[History, Snapshot, Instrument], Members | None]

# Looking back for the last trade of one instrument.
_WORK_OF_LAST_TRADE = 10_000


def bars_page(question: Question, instruments: Instruments) -> Page:
    history = question.history
    span, frame, adjustment = question.span(history), question.timeframe(), question.adjustment()

    def read(one: Instrument, limit: int, work: Work, after: Place | None) -> Part[list[Members]]:
        part = history.bars(one, frame, span, limit, work, after=after, adjustment=adjustment)
        return Part(data_wire.bars(one, part.items), part.place)

    return question.paged(instruments, read)


def _street_page(
    question: Question,
    instruments: Instruments,
    read: Callable[[StreetHistory, Span, int, Work, Place | None], Part[list[Any]]],
    write: Callable[[Instrument, Any], Members],
) -> Page:
    history = question.history
    span = question.span(history)

    def page(one: Instrument, limit: int, work: Work, after: Place | None) -> Part[list[Members]]:
        part = read(StreetHistory(history, one.instrument_id), span, limit, work, after)
        return Part([write(one, event) for event in part.items], part.place)

    return question.paged(instruments, page)


def quotes_page(question: Question, instruments: Instruments) -> Page:
    return _street_page(question, instruments, StreetHistory.quotes, data_wire.told_quote)


def trades_page(question: Question, instruments: Instruments) -> Page:
    return _street_page(question, instruments, StreetHistory.trades, data_wire.trade)


def auctions_page(question: Question, instruments: Instruments) -> Page:
    zone = question.time_zone
    return _street_page(
        question,
        instruments,
        StreetHistory.auctions,
        lambda one, day: data_wire.auction_day(one, day, zone),
    )


def latest_bar(history: History, shown: Snapshot, one: Instrument) -> Members | None:  # noqa: ARG001
    """The newest minute that is over."""
    return next(iter(data_wire.bars(one, history.newest(one, MINUTE, 1))), None)


def latest_quote(history: History, shown: Snapshot, one: Instrument) -> Members | None:  # noqa: ARG001
    view = shown.quotes.get(one.instrument_id)
    if view is None or (view.bid is None and view.ask is None):
        return None
    return data_wire.quote(one, shown.clock.at_ns, view.bid, view.ask)


def latest_trade(history: History, shown: Snapshot, one: Instrument) -> Members | None:
    """The last single trade; where none are recorded, the last price."""
    trade = StreetHistory(history, one.instrument_id).newest_trade(Work(_WORK_OF_LAST_TRADE))
    if trade is not None:
        return data_wire.trade(one, trade)
    view = shown.quotes.get(one.instrument_id)
    return None if view is None else data_wire.last_price(one, shown.clock.at_ns, view)


def snapshot(history: History, shown: Snapshot, one: Instrument) -> Members | None:
    """None of an instrument that never had a price."""
    days = data_wire.bars(one, history.newest(one, DAY, 2))
    found = {
        "latestTrade": latest_trade(history, shown, one),
        "latestQuote": latest_quote(history, shown, one),
        "minuteBar": latest_bar(history, shown, one),
        "dailyBar": days[0] if days else None,
        "prevDailyBar": days[1] if len(days) > 1 else None,
    }
    return found if any(found.values()) else None


PAGES: Mapping[str, Callable[[Question, Instruments], Page]] = {
    "bars": bars_page,
    "quotes": quotes_page,
    "trades": trades_page,
    "auctions": auctions_page,
}
LATEST: Mapping[str, Latest] = {
    "bars": latest_bar,
    "quotes": latest_quote,
    "trades": latest_trade,
}


def many(name: str, *, coins: bool) -> Endpoint:
    """A page of some kind of data of many instruments."""

    def answer(question: Question) -> Members:
        found, token = PAGES[name](question, question.instruments(coins=coins))
        return {name: found, "next_page_token": token, **currency(question)}

    return data(answer)


def _one(name: str) -> Endpoint:
    def answer(question: Question) -> Members:
        instrument = question.instrument()
        symbol = str(question.request.path_params["symbol"])
        found, token = PAGES[name](question, {symbol: instrument})
        page = {name: found.get(symbol, []), "next_page_token": token}
        return {"symbol": symbol, **page, **currency(question)}

    return data(answer)


def newest(question: Question, latest: Latest, *, coins: bool) -> dict[str, Members]:
    """The newest of some kind of data by symbol, where there is any."""
    history, shown = question.history, question.shown
    found = {
        name: latest(history, shown, one) for name, one in question.instruments(coins=coins).items()
    }
    return {name: one for name, one in found.items() if one is not None}


def many_latest(name: str, *, coins: bool) -> Endpoint:
    def answer(question: Question) -> Members:
        return {name: newest(question, LATEST[name], coins=coins), **currency(question)}

    return data(answer)


def _one_latest(name: str) -> Endpoint:
    def answer(question: Question) -> Members:
        instrument = question.instrument()
        symbol = str(question.request.path_params["symbol"])
        found = LATEST[name](question.history, question.shown, instrument)
        kind = name.removesuffix("s")
        if found is None:
            raise not_found(f"no {kind} found for {symbol}")
        return {"symbol": symbol, kind: found, **currency(question)}

    return data(answer)


def currency(question: Question) -> Members:
    """In which currency prices are, for somebody who asked for one."""
    if question.query.text("currency") is None:
        return {}
    return {"currency": question.program.account.currency.code}


def _snapshots(question: Question) -> Members:
    return newest(question, snapshot, coins=False)


def _snapshot(question: Question) -> Members:
    instrument = question.instrument()
    symbol = str(question.request.path_params["symbol"])
    found = snapshot(question.history, question.shown, instrument)
    if found is None:
        raise not_found(f"no snapshot found for {symbol}")
    return {"symbol": symbol, **found}


def _conditions(question: Question) -> Members:
    kinds = {"trade": data_wire.TRADE_CONDITIONS, "quote": data_wire.QUOTE_CONDITIONS}
    kind = str(question.request.path_params["kind"])
    if kind not in kinds:
        raise wrong("invalid tick type: trade or quote is expected")
    return dict(kinds[kind])


def _exchanges(question: Question) -> Members:
    instruments = question.program.venue.instruments
    return dict(data_wire.exchange(one) for one in instruments if not data_wire.is_coin(one))


ROUTES: list[BaseRoute] = [
    Route("/v2/stocks/meta/conditions/{kind}", data(_conditions)),
    Route("/v2/stocks/meta/exchanges", data(_exchanges)),
    Route("/v2/stocks/snapshots", data(_snapshots)),
    *(Route(f"/v2/stocks/{name}", many(name, coins=False)) for name in PAGES),
    *(Route(f"/v2/stocks/{name}/latest", many_latest(name, coins=False)) for name in LATEST),
    Route("/v2/stocks/{symbol}/snapshot", data(_snapshot)),
    *(Route(f"/v2/stocks/{{symbol}}/{name}", _one(name)) for name in PAGES),
    *(Route(f"/v2/stocks/{{symbol}}/{name}/latest", _one_latest(name)) for name in LATEST),
]
