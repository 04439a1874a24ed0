"""Query strings that are not exactly right."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest
from msgspec import Meta
from starlette.requests import Request

from web.api.queries import QueryError, parse_query


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    venue: Annotated[str, Meta(min_length=1, max_length=5)]
    count: Annotated[int, Meta(ge=1, le=100)] = 7


def parse(query: str) -> Shape:
    scope = {"type": "http", "query_string": query.encode(), "headers": [], "method": "GET"}
    return parse_query(Request(scope), Shape)


def test_good() -> None:
    assert parse("venue=a&count=20") == Shape("a", 20)
    assert parse("venue=%E4%B8%AD") == Shape("中", 7)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "venue"),
        ("venue=", "venue"),
        ("venue=toolong", "venue"),
        ("venue=a&count=1e1", "count"),
        ("venue=a&count=%2B1", "count"),
        ("venue=a&count=01", "count"),
        ("venue=a&count=1.0", "count"),
        ("venue=a&count=0", "count"),
        ("venue=a&count=101", "count"),
        ("venue=a&count=true", "count"),
        ("venue=a&x=1", "x"),
        ("venue=a&venue=a", ""),
        ("venue=a%00", "venue"),
        ("venue=" + "x" * 5000, ""),
    ],
)
def test_bad(query: str, field: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(query)
    assert refused.value.field == field
