"""``/v2/account/activities``: what changed the account's cash and shares, in pages.

The account's cash is the sum of ``net_amount`` of the non-trade activities and of what the fills
paid and brought, to the cent.  An id sorts as its activity does and is its page token.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.orders import AccountId, Side
from matching.units import NS_PER_SECOND, decimal_text
from simtrade.portfolio.statements import FillFacts, LineKind, StatementLine, StatementPage
from web.broker import wire
from web.broker.errors import bad_field
from web.broker.identity import Program, client_of, core_of
from web.broker.queries import Query
from web.broker.replies import reply
from web.formats import midnight_ns

TYPE_OF = {
    LineKind.START: "JNLC",
    LineKind.TRADE: "FILL",
    LineKind.FEE: "FEE",
    LineKind.INTEREST: "INT",
    LineKind.DIVIDEND: "DIV",
    LineKind.DIVIDEND_TAX: "DIVNRA",
    LineKind.FRACTION: "CIL",
    LineKind.SHARES: "SPLIT",
    LineKind.SUBSCRIPTION: "REORG",
    LineKind.DELISTING: "MA",
    LineKind.RENAME: "NC",
}
# Types that clients may ask for and nothing here has.
_OTHER_TYPES = frozenset(
    (
        "ACATC", "ACATS", "CFEE", "CSD", "CSW", "DIVCGL", "DIVCGS", "DIVFT", "DIVROC", "DIVTW",
        "DIVTXEX", "DIVWH", "EXTRD", "FXTRD", "INTNRA", "INTPNL", "INTTW", "JNL", "JNLS", "MEM",
        "MISC", "OCT", "OPASN", "OPCA", "OPCSH", "OPEXC", "OPEXP", "OPTRD", "PTC", "PTR", "SPIN",
        "SSO", "SSP", "SWP", "TRANS", "VOF", "WH",
    )
)  # fmt: skip
TRADES = (LineKind.TRADE,)
OTHERS = tuple(one for one in LineKind if one is not LineKind.TRADE)
_CATEGORIES = {"trade_activity": TRADES, "non_trade_activity": OTHERS}
PAGE_MAX = 100
_PART_BITS, _CHECK_BITS = 12, 62


async def activities(request: Request) -> Response:
    """``GET /v2/account/activities``."""
    query = Query(request)
    types = query.words("activity_types")
    category = query.choice("category", _CATEGORIES, "")
    if types and category:
        raise bad_field("activity_types and category cannot be given together")
    return await _page(request, query, kinds_of(types) if types else _CATEGORIES.get(category))


async def of_type(request: Request) -> Response:
    """``GET /v2/account/activities/{TYPE}``."""
    query = Query(request)
    if query.words("activity_types") or query.text("category"):
        raise bad_field("the address names the activity type already")
    return await _page(request, query, kinds_of((request.path_params["activity_type"],)))


def kinds_of(types: tuple[str, ...]) -> tuple[LineKind, ...]:
    """The kinds of lines that activity types name.  Raises ApiError for a type there is not."""
    for one in types:
        if one not in TYPE_OF.values() and one not in _OTHER_TYPES:
            raise bad_field("invalid activity type")
    return tuple(kind for kind, name in TYPE_OF.items() if name in types)


async def _page(request: Request, query: Query, kinds: tuple[LineKind, ...] | None) -> Response:
    program = client_of(request)
    wanted = _wanted(program, query, kinds)
    read, account_id = core_of(request).statements.page, program.account.account_id
    found = await run_in_threadpool(read, account_id, wanted)
    return reply([activity_value(program, one) for one in found])


def _wanted(program: Program, query: Query, kinds: tuple[LineKind, ...] | None) -> StatementPage:
    zone = program.venue.traits.time_zone
    after: int | None = query.moment("after", zone)
    until: int | None = query.moment("until", zone)
    day = query.day("date", zone)
    if day is not None:
        if after is not None or until is not None:
            raise bad_field("date cannot be given together with after or until")
        after = midnight_ns(day, zone) - 1
        until = midnight_ns(day + timedelta(days=1), zone)
    token = query.text("page_token")
    seen = None if token is None else place_of(program.account.account_id, token)
    if token is not None and seen is None:
        raise bad_field("invalid page_token")
    return StatementPage(
        kinds=kinds,
        after_ns=after,
        until_ns=until,
        newest_first=query.choice("direction", ("asc", "desc"), "desc") == "desc",
        limit=query.whole("page_size", 1, PAGE_MAX, PAGE_MAX),
        seen=seen,
    )


def activity_value(program: Program, line: StatementLine) -> dict[str, object]:
    value: dict[str, object] = {
        "id": activity_id(program.account.account_id, line),
        "account_id": wire.account_uuid(program.account.account_id),
        "activity_type": TYPE_OF[line.kind],
    }
    if line.fill is not None:
        return value | _trade_value(line, line.fill)
    instrument, zone = line.instrument, program.venue.traits.time_zone
    value |= {
        "date": wire.local_day(line.at_ns, zone).isoformat(),
        "created_at": wire.moment(line.at_ns),
        "net_amount": wire.money(line.currency, line.amount_minor),
        "description": line.code or line.kind.value,
        "status": "executed",
    }
    if instrument is not None:
        value["symbol"] = instrument.symbol
        value["qty"] = wire.qty(instrument, line.qty)
    if line.per_share_micro is not None:
        value["per_share_amount"] = decimal_text(line.per_share_micro, 6)
    return value


def _trade_value(line: StatementLine, fill: FillFacts) -> dict[str, object]:
    instrument = line.instrument
    assert instrument is not None
    return {
        "transaction_time": wire.moment(line.at_ns),
        "type": "partial_fill" if fill.leaves else "fill",
        "price": wire.price(instrument, fill.price_ticks),
        "qty": wire.qty(instrument, fill.qty),
        "side": "buy" if fill.side is Side.BUY else "sell",
        "symbol": instrument.symbol,
        "leaves_qty": wire.qty(instrument, fill.leaves),
        "cum_qty": wire.qty(instrument, fill.filled),
        "order_id": wire.order_uuid(fill.order_id, fill.replaced),
        "order_status": "partially_filled" if fill.leaves else "filled",
        "net_amount": wire.money(line.currency, line.amount_minor),
    }


def activity_id(account_id: AccountId, line: StatementLine) -> str:
    """The moment to the millisecond, and a UUID of the line's place that others cannot guess for
    an account of theirs."""
    seconds, rest = divmod(line.at_ns, NS_PER_SECOND)
    moment = f"{datetime.fromtimestamp(seconds, UTC):%Y%m%d%H%M%S}{rest // 1_000_000:03d}"
    number = line.number << 80 | 4 << 76 | line.part << 64 | 2 << _CHECK_BITS
    return f"{moment}::{UUID(int=number | _check(account_id, line.number, line.part))}"


def place_of(account_id: AccountId, text: str) -> tuple[int, int] | None:
    """The place in an account's lines that an id names; None for what is no id of it."""
    try:
        number = UUID(text.rpartition("::")[2]).int
    except ValueError:
        return None
    place = number >> 80, number >> 64 & ((1 << _PART_BITS) - 1)
    check = number & ((1 << _CHECK_BITS) - 1)
    return place if check == _check(account_id, *place) else None


def _check(account_id: AccountId, number: int, part: int) -> int:
    text = f"activity {account_id} {number} {part}"
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - _CHECK_BITS)


ROUTES: list[BaseRoute] = [
    Route("/v2/account/activities", activities),
    Route("/v2/account/activities/{activity_type}", of_type),
]
