"""Bodies of the broker-compatible API: one JSON object, numbers without binary rounding."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request

from matching.units import NumberFault, scaled_integer
from web.broker.errors import bad_body
from web.security.body import BODY_KEY
from web.strict_json import JsonError, parse_value

Members = dict[str, Any]


def read_object(request: Request) -> Members:
    """The body's object; fractions and long integers are Decimals.  Raises ApiError (400)."""
    try:
        value = parse_value(request.scope[BODY_KEY] or b"{}", fraction=Decimal, large=Decimal)
    except (JsonError, InvalidOperation):
        raise bad_body() from None
    if not isinstance(value, dict):
        raise bad_body()
    return value


def number_text(value: object) -> str | None:
    """A JSON number or a text as the decimal text a person would type; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | str):
        return str(value)
    if isinstance(value, Decimal) and abs(value.adjusted()) < 40:
        return f"{value:f}"
    return None


def scaled(value: object, decimals: int) -> int | NumberFault:
    """A JSON number or text in units of 10^-decimals, exactly."""
    text = number_text(value)
    return NumberFault.NOT_A_NUMBER if text is None else scaled_integer(text, decimals)


def truth(value: object, default: bool = False) -> bool | None:  # noqa: FBT001, FBT002 - a default
    """``True``, ``true``, ``1`` and their opposites, in a body or a query; None for others."""
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
