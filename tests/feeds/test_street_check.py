"""The compiled walk over orders, cancels and trades against the plain one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feeds.calendar import Int64s
from feeds.street_check import NOBODY, StreetCheck, StreetFault
from tests.feeds.l2_sample import SampleDay
from tests.feeds.plain_street import plain_faults

NUMBERS = st.integers(1, 6)
ROWS = st.lists(
    st.one_of(
        st.tuples(st.just(0), st.integers(0, 1), NUMBERS, st.just(NOBODY)),
        st.tuples(st.just(1), st.integers(0, 1), NUMBERS, st.just(NOBODY)),
        st.tuples(
            st.just(2), st.integers(-1, 1), NUMBERS | st.just(NOBODY), NUMBERS | st.just(NOBODY)
        ),
    ).flatmap(lambda head: st.tuples(*map(st.just, head), st.integers(8, 10), st.integers(1, 3))),
    max_size=60,
)


def table(rows: list[tuple[int, ...]]) -> Int64s:
    told = [(place, 0, *row) for place, row in enumerate(rows)]
    return np.array(told, np.int64).reshape(-1, 8).T.copy()


@given(ROWS, st.integers(1, 60))
def test_every_fault_is_the_one_of_the_plain_walk(rows: list[tuple[int, ...]], cut: int) -> None:
    street = table(rows)
    expected = plain_faults(street)
    check = StreetCheck()
    found = [*check.walk(street[:, :cut]), *check.walk(street[:, cut:])]
    assert found == expected


def test_a_good_day_has_no_fault() -> None:
    street = SampleDay().tape().street
    check = StreetCheck()
    assert not check.walk(street).any()
    assert plain_faults(street) == [0] * street.shape[1]


def test_an_order_without_a_number_is_none() -> None:
    nobody = (0, 0, NOBODY, NOBODY, 10, 2)
    assert StreetCheck().walk(table([nobody])).tolist() == [StreetFault.DUPLICATE_ORDER]
    cancel = (1, 0, NOBODY, NOBODY, 10, 2)
    assert StreetCheck().walk(table([cancel])).tolist() == [StreetFault.UNKNOWN_ORDER]
