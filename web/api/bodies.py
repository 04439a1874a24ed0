"""What requests to ``/api/*`` carry beside their address: a JSON object, and the name by which
the desk knows a repetition."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import Request

from matching.reasons import Reason
from simtrade.desk.keys import storable
from simtrade.desk.requests import Done, Refusal
from simtrade.desk.requests import Request as Wish
from web.api.queries import QueryError, parse_query
from web.api.refused import Refused
from web.pages.common import core_of
from web.problems import Fault
from web.security.body import BODY_KEY
from web.strict_json import JsonError, parse_value

IDEMPOTENCY_KEY = "idempotency-key"
T = TypeVar("T")


def query_of(request: Request, shape: type[T]) -> T:
    """The query as ``shape``; raises Refused (400) with the parameter at fault."""
    try:
        return parse_query(request, shape)
    except QueryError as error:
        raise Refused(Fault.BAD_QUERY, field=error.field) from None


def body_of(request: Request, shape: type[T]) -> T:
    """The body as ``shape``, a Struct that forbids unknown members.

    Raises Refused: 400 for what is no JSON object of ours, 422 with the member at fault.
    """
    try:
        value = parse_value(request.scope[BODY_KEY])
    except JsonError:
        raise Refused(Fault.BAD_JSON) from None
    if not isinstance(value, dict):
        raise Refused(Fault.BAD_JSON)
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        # "... - at `$.plan.lines[0].qty`", or a sentence naming the member in backquotes
        parts = str(error).split("`")
        place = parts[-2].removeprefix("$.") if len(parts) > 2 else ""
        field = place.replace("[", ".").replace("]", "")
        raise Refused(Fault.BAD_FIELDS, field=field) from None


def idempotency_key(request: Request) -> str:
    """The name of the request; raises Refused without one or with one that cannot be kept."""
    given = request.headers.getlist(IDEMPOTENCY_KEY)
    if len(given) != 1 or not given[0]:
        raise Refused(Fault.KEY_MISSING, field=IDEMPOTENCY_KEY)
    if not storable(given[0]):
        raise Refused(Refusal(Reason.KEY_INVALID), field=IDEMPOTENCY_KEY)
    return given[0]


async def carried_out(request: Request, wish: Wish) -> Done:
    """What the desk answers when it is durable; raises Refused with its refusal."""
    reply = await core_of(request).gateway.submit(wish)
    if isinstance(reply, Refusal):
        raise Refused(reply)
    return reply
