"""JSON from outside: what is not exactly right is refused, and refusing never fails.

Beyond the standard: a name twice in an object, NaN and Infinity, any fraction or exponent, an
integer beyond 15 digits, nesting beyond 8, text that is not UTF-8 and lone surrogates are faults.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

import msgspec

DEPTH_LIMIT = 8
DIGITS_LIMIT = 15

T = TypeVar("T")


class JsonError(ValueError):
    """Why a text was refused; the message names the place and never repeats the text."""


def as_shape(value: object, shape: type[T]) -> T:
    """A parsed value as ``shape``, without converting types.  Raises JsonError."""
    try:
        return msgspec.convert(value, shape, strict=True)
    except msgspec.ValidationError as error:
        raise JsonError(str(error)) from None


def refuse_fraction(_text: str) -> object:
    """For ``fraction``: there are none."""
    raise JsonError("numbers are whole here")


def refuse_large(_text: str) -> object:
    """For ``large``: there are none."""
    raise JsonError("a number is too large")


def parse_value(
    body: bytes,
    fraction: Callable[[str], object] = refuse_fraction,
    large: Callable[[str], object] = refuse_large,
) -> object:
    """Objects, arrays, texts, whole numbers, true, false, null.  Raises JsonError.

    ``fraction`` makes a value of a number with a fraction or an exponent, ``large`` of an integer
    beyond 15 digits, or they raise.
    """
    _check_depth(body)
    try:
        value: object = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=fraction,
            parse_int=lambda text: int(text) if _short(text) else large(text),
            parse_constant=refuse_fraction,
        )
        _check_text(value)
    except UnicodeError:
        raise JsonError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise JsonError(f"{error.msg} at {error.pos}") from None
    return value


def _check_depth(body: bytes) -> None:
    """Count brackets outside strings before any recursive parser sees them."""
    if body.count(b"[") + body.count(b"{") <= DEPTH_LIMIT:
        return
    depth = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            if depth > DEPTH_LIMIT:
                raise JsonError("nested too deeply")
        elif byte in b"]}":
            depth -= 1


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonError("a name is given twice")
    return found


def _short(text: str) -> bool:
    return len(text.lstrip("-")) <= DIGITS_LIMIT


def _check_text(value: object) -> None:
    """Lone surrogates pass json.loads and would fail at the first encode."""
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_text(name)
            _check_text(member)
    elif isinstance(value, list):
        for member in value:
            _check_text(member)
