"""Ids of events sort as they happened and can be read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.orders import AccountId
from web.broker.streams.event_ids import event_id, place_of

ME, OTHER = AccountId(7), AccountId(8)
places = st.tuples(st.integers(0, 2**48 - 1), st.integers(0, 255))


@given(places, places)
def test_they_are_read_back_and_sort(one: tuple[int, int], two: tuple[int, int]) -> None:
    first, second = event_id(ME, *one), event_id(ME, *two)
    assert place_of(ME, first) == one
    assert place_of(ME, first.lower()) == one
    assert (first < second) == (one < two)
    assert len(first) == 26


@pytest.mark.parametrize(
    "text", ["", "0" * 26, "Z" * 26, "0" * 25, "0" * 27, "U" * 26, "\u0661" * 26]
)
def test_what_nobody_was_given_names_nothing(text: str) -> None:
    assert place_of(ME, text) is None


def test_ids_of_others_name_nothing() -> None:
    assert place_of(OTHER, event_id(ME, 5, 0)) is None
    changed = event_id(ME, 5, 0)
    assert place_of(ME, changed[:9] + "7" + changed[10:]) is None
