"""Cursors: they go on where a page ended, and made-up ones are refused."""

from __future__ import annotations

import pytest

from web.api.paging import Page, cursor, cut, found_page, place_of
from web.api.refused import Refused


def test_a_cursor_is_read_back() -> None:
    for place in (7, 2**53, "XNAS:AAPL", "苹果", (3, 4)):
        shape = tuple[int, int] if isinstance(place, tuple) else type(place)
        assert place_of(cursor(place), shape) == place  # type: ignore[arg-type]
    assert place_of("", int) is None


@pytest.mark.parametrize("text", ["!", "a", "bnVsbA", cursor("x"), cursor([1]), "/w", "é", "====="])
def test_made_up_cursors_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        place_of(text, int)
    assert refused.value.field == "after"


def test_pages_of_a_list_meet() -> None:
    for newest_first in (True, False):
        items = sorted(range(10), reverse=newest_first)
        walked: list[int] = []
        after: str | None = ""
        while after is not None:
            found, after = cut(items, Page(3, after), lambda one: one, newest_first=newest_first)
            walked += found
        assert walked == items


def test_what_is_gone_or_new_shifts_nothing() -> None:
    found, after = cut([9, 8, 7, 6], Page(2), lambda one: one)
    assert found == [9, 8]
    assert after is not None
    assert cut([10, 9, 7, 6], Page(2, after), lambda one: one) == ([7, 6], None)


def test_a_list_read_with_one_more() -> None:
    assert found_page([3, 2, 1], Page(2), lambda one: one) == ([3, 2], cursor(2))
    assert found_page([3, 2], Page(2), lambda one: one) == ([3, 2], None)
    assert found_page([], Page(2), lambda one: one) == ([], None)
