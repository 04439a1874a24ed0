"""What a program asks of market data: of which instruments, over which span, how much of it.

Everything that cannot be read is answered 400.  Reading takes time, so it happens in a few threads
of its own and never holds up the event loop.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from matching.instrument import Instrument
from simtrade.desk.requests import VenueId
from simtrade.venues.adjustments import Adjustment
from simtrade.venues.history import History, Part, Place, Span, Work
from simtrade.venues.snapshot import Snapshot
from simtrade.venues.timeframe import AMOUNTS, DAY, Timeframe, Unit, midnight_ns
from web.broker.data_wire import is_coin
from web.broker.errors import ApiError, not_found
from web.broker.identity import Program, client_of, core_of
from web.broker.page_tokens import TOKEN_LIMIT, Mark, read_token, token_of
from web.broker.queries import Query, read_day
from web.broker.replies import reply
from web.core import Venues

SYMBOLS_LIMIT = 500
PAGE_LIMIT, PAGE_DEFAULT = 10_000, 1_000
LIVE_DATA = (
    "this market is live: its vendor's licence is for looking at it here; "
    "the operator can allow programs to read it (api_live_data)"
)

_FRAME = re.compile(r"([0-9]{1,2})(Min|T|Hour|H|Day|D|Week|W|Month|M)")
_UNITS = {
    "Min": Unit.MINUTE, "T": Unit.MINUTE, "Hour": Unit.HOUR, "H": Unit.HOUR, "Day": Unit.DAY,
    "D": Unit.DAY, "Week": Unit.WEEK, "W": Unit.WEEK, "Month": Unit.MONTH, "M": Unit.MONTH,
}  # fmt: skip
_ADJUSTMENTS = {
    "raw": Adjustment.RAW,
    "split": Adjustment.SPLITS,
    "dividend": Adjustment.DIVIDENDS,
    "all": Adjustment.SPLITS | Adjustment.DIVIDENDS,
}
_WORD = re.compile(r"[A-Za-z0-9_-]{1,32}")
# These do not change what is asked: the next page may ask for more or fewer.
_NOT_ASKED = ("limit", "page_token")

_readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="data")

T = TypeVar("T")


class VenuesOfData(Venues, Protocol):
    def history(self, venue_id: VenueId) -> History: ...
    def snapshot(self, venue_id: VenueId) -> Snapshot: ...


def wrong(message: str) -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, message)


@dataclass(frozen=True, slots=True)
class Question:
    """``shown`` is the venue as its screens have it, ``history`` what had happened in it."""

    request: Request
    program: Program
    query: Query
    venues: VenuesOfData

    @property
    def shown(self) -> Snapshot:
        return self.venues.snapshot(self.program.venue.venue_id)

    @property
    def history(self) -> History:
        return self.venues.history(self.program.venue.venue_id)

    @property
    def time_zone(self) -> str:
        return self.program.venue.traits.time_zone

    def instruments(self, *, coins: bool) -> dict[str, Instrument]:
        """Those named by ``symbols``, under the names that were asked for.  Names that the market
        does not have are left out: one of them does not spoil the rest."""
        names = self.query.words("symbols")
        if not names:
            raise wrong("symbols is required")
        if len(names) > SYMBOLS_LIMIT:
            raise wrong(f"too many symbols: {SYMBOLS_LIMIT} at most")
        found = self._found(sorted(names), coins=coins)
        return {name: one for name, one in found.items() if one is not None}

    def instrument(self) -> Instrument:
        """The one named in the address; 404 when the market does not have it."""
        name = str(self.request.path_params["symbol"])
        readable = name.isprintable() and len(name) <= 64
        found = self._found([name], coins=False)[name] if readable else None
        if found is None:
            raise not_found("asset not found")
        return found

    def _found(self, names: Sequence[str], *, coins: bool) -> dict[str, Instrument | None]:
        found = dict(zip(names, self.program.instruments(names), strict=True))
        if coins:
            joined = self.program.instruments([name.replace("/", "") for name in names])
            found = {name: found[name] or one for name, one in zip(names, joined, strict=True)}
        return {name: one if one and is_coin(one) == coins else None for name, one in found.items()}

    def span(self, history: History) -> Span:
        """``start`` to ``end``, both included; from the running day's beginning until now."""
        zone = ZoneInfo(self.time_zone)
        start, end = self.query.moment("start", zone.key), self.query.moment("end", zone.key)
        day = read_day(self.query.text("end") or "")
        if end is not None and day is not None:
            end = midnight_ns(day + timedelta(days=1), zone) - 1  # type: ignore[assignment]
        order = self.query.choice("sort", ("asc", "desc"), "asc")
        if start is not None and end is not None and end < start:
            raise wrong("end should not be before start")
        low = DAY.left_edge(history.at_ns, zone.key) if start is None else start
        high = history.at_ns if end is None else end
        return Span(low, high, newest_first=order == "desc")

    def limit(self, most: int = PAGE_LIMIT, default: int = PAGE_DEFAULT) -> int:
        return self.query.whole("limit", 1, most, default)

    def timeframe(self) -> Timeframe:
        text = self.query.text("timeframe")
        if text is None:
            raise wrong("timeframe is required")
        found = _FRAME.fullmatch(text)
        if found is not None:
            unit, amount = _UNITS[found[2]], int(found[1])
            if amount in AMOUNTS[unit]:
                return Timeframe(amount, unit)
        raise wrong(f"invalid timeframe: {text}")

    def adjustment(self) -> Adjustment:
        found = Adjustment.RAW
        for word in self.query.words("adjustment"):
            if word not in _ADJUSTMENTS:
                raise wrong("invalid adjustment: one of raw, split, dividend, all is expected")
            found |= _ADJUSTMENTS[word]
        return found

    def check_feed(self) -> None:
        """``feed``, ``asof`` and ``currency`` are read, but there is one feed, symbols do not
        change hands, and prices are in the market's currency."""
        for name in ("feed", "currency"):
            text = self.query.text(name)
            if text is not None and not _WORD.fullmatch(text):
                raise wrong(f"invalid {name}")
        if self.query.text("asof") != "-":
            self.query.day("asof", self.time_zone)

    def paged(
        self,
        instruments: Mapping[str, Instrument],
        read: Callable[[Instrument, int, Work, Place | None], Part[list[T]]],
        most: int = PAGE_LIMIT,
        default: int = PAGE_DEFAULT,
    ) -> tuple[dict[str, list[T]], str | None]:
        """A page over all instruments in the order of their names, and the token of the next."""
        left, work = self.limit(most, default), Work()
        mark = self.mark()
        if mark is not None and mark.symbol not in instruments:
            raise wrong("invalid page_token")
        found: dict[str, list[T]] = {}
        for name in sorted(instruments):
            if mark is not None and name < mark.symbol:
                continue
            if left <= 0 or work.over:
                return found, self.token(Mark(name, None))
            after = mark.place if mark is not None and name == mark.symbol else None
            part = read(instruments[name], left, work, after)
            if part.items:
                found[name] = part.items
            left -= len(part.items)
            if part.place is not None:
                return found, self.token(Mark(name, part.place))
        return found, None

    def mark(self) -> Mark | None:
        token = self.query.text("page_token", TOKEN_LIMIT)
        if token is None:
            return None
        mark = read_token(token, self._asked())
        if mark is None:
            raise wrong("invalid page_token")
        return mark

    def token(self, mark: Mark) -> str:
        return token_of(mark, self._asked())

    def _asked(self) -> str:
        """What a token belongs to: the market, the address and the parameters."""
        pairs = sorted(self.request.query_params.items())
        kept = [pair for pair in pairs if pair[0] not in _NOT_ASKED]
        return repr((self.program.venue.venue_id, self.request.url.path, kept))


Answer = Callable[[Question], Any]
Endpoint = Callable[[Request], Awaitable[Response]]


def data(answer: Answer) -> Endpoint:
    """An endpoint from a function that may take its time."""

    async def endpoint(request: Request) -> Response:
        core, program = core_of(request), client_of(request)
        if program.venue.traits.live and not core.settings.api_live_data:
            raise ApiError(HTTPStatus.FORBIDDEN, LIVE_DATA)
        venues: Any = core.venues

        def work() -> Any:
            question = Question(request, program, Query(request), venues)
            question.check_feed()
            return answer(question)

        try:
            return reply(await in_thread(work))
        except ApiError as error:
            # Of market data the contract has no 422.
            if error.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
                raise wrong(error.message) from None
            raise

    return endpoint


async def in_thread(work: Callable[[], T]) -> T:
    """Run something that takes its time beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_readers, work)
