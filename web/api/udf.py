"""``/api/udf/...``: prices for charting clients, in the shapes of TradingView's UDF.

Whoever may see a market may ask: a key, a signed-in browser, and of the shared floor anybody.
``?venue=`` names another market than the key's own or the floor.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from feeds.calendar import day_number, day_of
from feeds.schedule import ScheduleUnknownError, schedule_of
from matching.instrument import Instrument
from matching.market import Phase
from matching.units import NS_PER_SECOND
from simtrade.desk.requests import FLOOR
from simtrade.venues.adjustments import Adjustment
from simtrade.venues.bar_rows import BarRows
from simtrade.venues.history import History, Span, Work
from simtrade.venues.search import find
from simtrade.venues.timeframe import Timeframe, Unit, local_day, midnight_ns
from simtrade.venues.views import QuoteView, VenueView
from web.api.askers import seen_venue
from web.api.replies import json_reply
from web.broker import wire
from web.broker.data_questions import LIVE_DATA, VenuesOfData, in_thread
from web.broker.data_wire import is_coin
from web.broker.errors import ApiError
from web.broker.queries import Query
from web.language import language_of
from web.security import costs

BARS_LIMIT = 5_000
_FOUND_LIMIT = 50
_QUOTES_LIMIT = 200
_SECONDS = re.compile(r"-?[0-9]{1,12}")
_SECONDS_MOST = 1 << 33  # in the year 2242; in nanoseconds it still fits
_DAY_SECONDS = 86_400
_FRAMES = {
    **{str(amount): Timeframe(amount, Unit.MINUTE) for amount in (1, 3, 5, 10, 15, 30, 45)},
    **{str(60 * amount): Timeframe(amount, Unit.HOUR) for amount in (1, 2, 3, 4, 6, 12)},
    "1D": Timeframe(1, Unit.DAY),
    "1W": Timeframe(1, Unit.WEEK),
    **{f"{amount}M": Timeframe(amount, Unit.MONTH) for amount in (1, 3, 6, 12)},
}
_SHORT_NAMES = {"D": "1D", "W": "1W", "M": "1M"}
_ALWAYS = "24x7"

Members = dict[str, Any]


class UdfError(Exception):
    """What cannot be answered, as an English sentence for the client's log."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True, slots=True)
class _Asked:
    request: Request
    query: Query
    view: VenueView
    venues: VenuesOfData

    @property
    def history(self) -> History:
        return self.venues.history(self.view.venue_id)

    def instrument(self, name: str | None) -> Instrument:
        found = next((one for one in self.view.instruments if _is(one, name)), None)
        if found is None:
            raise UdfError(HTTPStatus.NOT_FOUND, "unknown_symbol")
        return found

    def seconds(self, name: str, default: int) -> int:
        text = self.query.text(name)
        if text is None:
            return default
        if not _SECONDS.fullmatch(text):
            raise UdfError(HTTPStatus.BAD_REQUEST, f"invalid {name}: seconds are expected")
        return min(max(0, int(text)), _SECONDS_MOST)


def _is(one: Instrument, name: str | None) -> bool:
    return name in (one.symbol, one.instrument_id)


def _view(request: Request, query: Query) -> VenueView:
    """The market that is asked about; others do not exist for the asker."""
    core = request.app.state.core
    program = getattr(request.state, "program", None)  # by the people's door there is none
    usual = program.venue.venue_id if program else FLOOR
    view = seen_venue(request, query.text("venue") or usual)
    if view is None:
        raise UdfError(HTTPStatus.NOT_FOUND, "unknown venue")
    if view.traits.live and not core.settings.api_live_data:
        raise UdfError(HTTPStatus.FORBIDDEN, LIVE_DATA)
    return view


def _udf(answer: Callable[[_Asked], Any]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint from a function that may take its time."""

    async def endpoint(request: Request) -> Response:
        def work() -> Any:
            query = Query(request)
            view = _view(request, query)
            return answer(_Asked(request, query, view, request.app.state.core.venues))

        try:
            value = await in_thread(work)
        except UdfError as error:
            return _refused(request, error.status, error.message)
        except ApiError as error:
            return _refused(request, HTTPStatus.BAD_REQUEST, error.message)
        return value if isinstance(value, Response) else json_reply(request, value)

    return endpoint


def _refused(request: Request, status: HTTPStatus, message: str) -> Response:
    answer = json_reply(request, {"s": "error", "errmsg": message})
    answer.status_code = status
    return answer


def _config(asked: _Asked) -> Members:
    markets = sorted({one.market for one in asked.view.instruments})
    names = [{"value": one, "name": one, "desc": one} for one in markets]
    kinds = sorted({_kind(one) for one in asked.view.instruments})
    return {
        "supported_resolutions": list(_FRAMES),
        "supports_search": True,
        "supports_group_request": False,
        "supports_marks": False,
        "supports_timescale_marks": False,
        "supports_time": True,
        "exchanges": [{"value": "", "name": "All", "desc": ""}, *names],
        "symbols_types": [{"name": "All", "value": ""}]
        + [{"name": one, "value": one} for one in kinds],
    }


def _kind(one: Instrument) -> str:
    return "crypto" if is_coin(one) else "stock"


def _symbols(asked: _Asked) -> Members:
    one = asked.instrument(asked.query.text("symbol"))
    zone = asked.view.traits.time_zone
    return {
        "name": one.symbol,
        "ticker": one.instrument_id,
        "description": _name(asked, one),
        "type": _kind(one),
        "exchange": one.market,
        "listed_exchange": one.market,
        "timezone": "Etc/UTC" if zone == "UTC" else zone,
        "session": _session(asked, one),
        "currency_code": one.currency.code,
        "minmov": one.tick,
        "pricescale": 10**one.price_decimals,
        "volume_precision": one.qty_decimals,
        "format": "price",
        "has_intraday": True,
        "has_daily": True,
        "has_weekly_and_monthly": True,
        "supported_resolutions": list(_FRAMES),
        "data_status": "streaming",
    }


def _name(asked: _Asked, one: Instrument) -> str:
    return one.name_zh if language_of(asked.request.scope) == "zh" else one.name_en


def _session(asked: _Asked, one: Instrument) -> str:
    """When bars can be expected, as ``0930-1130,1300-1500``."""
    history = asked.history
    day = history.session or local_day(history.at_ns, history.time_zone)
    try:
        steps = schedule_of(one.market).record(one.board, day).hours.steps
    except ScheduleUnknownError:
        return _ALWAYS
    parts: list[str] = []
    begins: int | None = None
    for step in steps:
        trades = step.phase not in (Phase.LUNCH, Phase.CLOSED, Phase.AFTER_HOURS)
        if begins is None and step.phase in (Phase.OPENED, Phase.CONTINUOUS):
            begins = step.second
        elif begins is not None and not trades:
            parts.append(f"{_clock(begins)}-{_clock(step.second)}")
            begins = None
    return ",".join(parts) or _ALWAYS


def _clock(second: int) -> str:
    return f"{second // 3600:02d}{second // 60 % 60:02d}"


def _search(asked: _Asked) -> list[Members]:
    text, market = asked.query.text("query") or "", asked.query.text("exchange")
    kind = asked.query.text("type")
    limit = asked.query.whole("limit", 1, 1_000, 30)
    chosen = tuple(
        one
        for one in asked.view.instruments
        if market in (None, one.market) and kind in (None, _kind(one))
    )
    return [
        {
            "symbol": one.symbol,
            "full_name": one.instrument_id,
            "description": _name(asked, one),
            "exchange": one.market,
            "ticker": one.instrument_id,
            "type": _kind(one),
        }
        for one in find(chosen, text, min(limit, _FOUND_LIMIT))
    ]


def _history(asked: _Asked) -> Members:
    """Bars with from <= time < to; with ``countback`` so many before ``to``, whatever ``from``
    says.  The last one may still run."""
    one = asked.instrument(asked.query.text("symbol"))
    text = asked.query.text("resolution") or ""
    frame = _FRAMES.get(_SHORT_NAMES.get(text, text))
    if frame is None:
        raise UdfError(HTTPStatus.BAD_REQUEST, "invalid resolution")
    history = asked.history
    after_last = asked.seconds("to", history.at_ns // NS_PER_SECOND + 1)
    count = asked.query.whole("countback", 1, 10**9 - 1, 0)
    first = 0 if count else max(0, asked.seconds("from", 0))
    span = _span(frame, first, after_last, history.time_zone)
    limit = min(count or BARS_LIMIT, BARS_LIMIT)
    part = history.bars(one, frame, span, limit, Work(), adjustment=Adjustment.SPLITS, running=True)
    if part.items.size:
        return _columns(one, frame, part.items.only(slice(None, None, -1)), history.time_zone)
    earlier = _span(frame, 0, min(first, after_last), history.time_zone)
    before = history.bars(one, frame, earlier, 1, Work(), running=True).items
    if not before.size:
        return {"s": "no_data"}
    return {"s": "no_data", "nextTime": _times(frame, before, history.time_zone)[0]}


def _span(frame: Timeframe, first: int, after_last: int, time_zone: str) -> Span:
    """The moments in the market that a client's seconds mean: those of a day are its midnight in
    UTC, wherever the market is."""
    if frame.within_day:
        return Span(first * NS_PER_SECOND, after_last * NS_PER_SECOND - 1, newest_first=True)
    zone = ZoneInfo(time_zone)
    days = [-(-second // _DAY_SECONDS) for second in (first, after_last)]
    low, high = (midnight_ns(day_of(max(0, day)), zone) for day in days)
    return Span(low, high - 1, newest_first=True)


def _times(frame: Timeframe, rows: BarRows, time_zone: str) -> list[int]:
    starts: Sequence[int] = rows.start_ns.tolist()
    if frame.within_day:
        return [at // NS_PER_SECOND for at in starts]
    return [day_number(local_day(at, time_zone)) * _DAY_SECONDS for at in starts]


def _columns(one: Instrument, frame: Timeframe, rows: BarRows, time_zone: str) -> Members:
    scale = 10**one.price_decimals
    prices = {
        name: (column * one.tick / scale).tolist()
        for name, column in (
            ("o", rows.open_ticks),
            ("h", rows.high_ticks),
            ("l", rows.low_ticks),
            ("c", rows.close_ticks),
        )
    }
    volume = [wire.qty_number(one, qty) for qty in rows.volume.tolist()]
    return {"s": "ok", "t": _times(frame, rows, time_zone), **prices, "v": volume}


def _quotes(asked: _Asked) -> Members:
    names = asked.query.words("symbols")
    if not names or len(names) > _QUOTES_LIMIT:
        raise UdfError(HTTPStatus.BAD_REQUEST, f"symbols: 1 to {_QUOTES_LIMIT} are expected")
    quotes = asked.venues.snapshot(asked.view.venue_id).quotes
    return {"s": "ok", "d": [_quote(asked, name, quotes) for name in names]}


def _quote(asked: _Asked, name: str, quotes: Any) -> Members:
    one = next((one for one in asked.view.instruments if _is(one, name)), None)
    view: QuoteView | None = quotes.get(one.instrument_id) if one else None
    if one is None or view is None:
        return {"s": "error", "n": name, "v": {}}
    change = view.last_ticks - view.reference_ticks
    values = {
        "lp": wire.price_number(one, view.last_ticks),
        "ch": wire.price_number(one, change),
        "chp": round(100 * change / view.reference_ticks, 2),
        "short_name": one.symbol,
        "exchange": one.market,
        "description": _name(asked, one),
        "high_price": wire.price_number(one, view.high_ticks),
        "low_price": wire.price_number(one, view.low_ticks),
        "prev_close_price": wire.price_number(one, view.reference_ticks),
        "volume": wire.qty_number(one, view.volume),
    }
    if view.bid is not None:
        values["bid"] = wire.price_number(one, view.bid.price_ticks)
    if view.ask is not None:
        values["ask"] = wire.price_number(one, view.ask.price_ticks)
    return {"s": "ok", "n": name, "v": values}


def _time(asked: _Asked) -> Response:
    """The market's own time in seconds, as text."""
    seconds = asked.venues.clock(asked.view.venue_id).at_ns // NS_PER_SECOND
    return PlainTextResponse(str(seconds), headers={"cache-control": "no-store"})


ROUTES: list[BaseRoute] = [
    Route(f"/api/udf/{name}", _udf(answer), middleware=[costs(price)])
    for name, answer, price in (
        ("config", _config, 1),
        ("symbols", _symbols, 1),
        ("search", _search, 1),
        ("history", _history, 10),
        ("quotes", _quotes, 1),
        ("time", _time, 1),
    )
]
