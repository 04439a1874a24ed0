"""Query strings, strictly: each name once, known names only, values in range."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import Request

T = TypeVar("T")

TEXT_LIMIT = 4_000


class QueryError(ValueError):
    """Which parameter is wrong; ``field`` is its name or empty."""

    def __init__(self, field: str) -> None:
        super().__init__(field or "query")
        self.field = field


def parse_query(request: Request, shape: type[T]) -> T:
    """The query as ``shape``, a msgspec.Struct of texts and whole numbers.

    Numbers are digits only.  Raises QueryError.
    """
    if len(request.scope["query_string"]) > TEXT_LIMIT:
        raise QueryError("")
    pairs = request.query_params.multi_items()
    values = dict(pairs)
    if len(values) != len(pairs):
        raise QueryError("")
    try:
        for name, value in values.items():
            value.encode("utf-8")
            if "\x00" in value:
                raise QueryError(name)
        query = msgspec.convert(values, shape, strict=False)
    except UnicodeError:
        raise QueryError("") from None
    except msgspec.ValidationError as error:
        # "... - at `$.count`", or a sentence naming the field in backquotes
        parts = str(error).split("`")
        raise QueryError(parts[-2].removeprefix("$.") if len(parts) > 2 else "") from None
    for name, value in values.items():
        # "1e3", "+1" and "01" are numbers to the converter, not to us.
        number = getattr(query, name)
        if isinstance(number, int) and str(number) != value:
            raise QueryError(name)
    return query
