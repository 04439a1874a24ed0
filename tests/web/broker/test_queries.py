from __future__ import annotations

from datetime import date

import pytest
from starlette.requests import Request

from web.broker.errors import ApiError
from web.broker.queries import QUERY_BYTES_MAX, Query, read_day, read_moment

ZONE = "America/New_York"
SECOND = 10**9


def query(text: str) -> Query:
    return Query(Request({"type": "http", "query_string": text.encode(), "headers": []}))


def test_what_is_absent_is_the_default() -> None:
    empty = query("a=&unknown=1")
    assert empty.text("a") is None
    assert empty.words("a") == ()
    assert empty.choice("a", ("x",), "y") == "y"
    assert empty.whole("a", 1, 9, 5) == 5
    assert empty.truth("a", default=True) is True
    assert empty.day("a", ZONE) is None
    assert empty.moment("a", ZONE) is None


def test_what_is_there() -> None:
    asked = query("w=B,A,,B%20&c=x&n=9&t=True&d=2024-02-29&m=2024-07-01T12:00:00.5%2B02:00")
    assert asked.words("w") == ("B", "A")
    assert asked.choice("c", ("x",), "y") == "x"
    assert asked.whole("n", 1, 9, 5) == 9
    assert asked.truth("t", default=False) is True
    assert asked.day("d", ZONE) == date(2024, 2, 29)
    assert asked.day("m", ZONE) == date(2024, 7, 1)
    assert asked.moment("m", ZONE) == 1_719_828_000 * SECOND + SECOND // 2


@pytest.mark.parametrize(
    "text",
    ["n=10", "n=0", "n=1e400", "n=-1", "n=٣", "n=99999999999999999999", "n=NaN", "n=1.0",
     "c=z", "t=yes", "d=2023-02-29", "d=0000-01-01", "m=12:00", "m=2024-07-01T25:00:00Z",
     "w=%00", "c=x%0A", "n=1&n=2", "x=1&x=1"],
)  # fmt: skip
def test_what_cannot_be_read_is_a_422(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        asked = query(text)
        asked.whole("n", 1, 9, 5)
        asked.choice("c", ("x",), "y")
        asked.truth("t", default=False)
        asked.day("d", ZONE)
        asked.moment("m", ZONE)
        asked.words("w")
    assert (refused.value.status_code, refused.value.code) == (422, 40010001)


def test_a_query_has_an_end() -> None:
    with pytest.raises(ApiError):
        query("x=" + "1" * QUERY_BYTES_MAX)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01", 5 * 3600),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01 00:00:00", 0),
        ("1970-01-01T00:01", 60),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1970-01-01T02:00:00 02:00", 0),  # a plus sign that the address has lost
        ("1969-12-31t22:00:00-0200", 0),
        ("1970-01-01T23:59:60Z", 86_400),
        ("1970-01-01T00:00:00+99:00", None),
        ("1970-01-01T00:00:61Z", None),
        ("1970-01-01T00:00:00.Z", None),
        ("1970-13-01T00:00:00Z", None),
        ("1970-01-01T24:00:00Z", None),
        ("2201-01-01T00:00:00Z", None),
        ("yesterday", None),
    ],
)
def test_moments(text: str, seconds: int | None) -> None:
    assert read_moment(text, ZONE) == (None if seconds is None else seconds * SECOND)


def test_nanoseconds_are_kept_and_what_is_finer_is_cut() -> None:
    assert read_moment("1970-01-01T00:00:00.123456789123Z", ZONE) == 123_456_789


def test_days() -> None:
    assert read_day("2024-02-29") == date(2024, 2, 29)
    for text in ("2024-2-29", "2023-02-29", "20240229", "1899-12-31", "2024-02-29T00:00:00Z"):
        assert read_day(text) is None
