from __future__ import annotations

import io
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.imports.hftbacktest import (
    FIELDS,
    EventFault,
    Kind,
    decimals_of,
    events_of,
    raw_rows,
    scale_of,
)
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError

DTYPE = np.dtype(
    list(zip(FIELDS, ("<u8", "<i8", "<i8", "<f8", "<f8", "<u8", "<i8", "<f8"), strict=True))
)
EXCHANGE, LOCAL, BUY, SELL = 1 << 31, 1 << 30, 1 << 29, 1 << 28


def array(*rows: tuple[int, int, float, float]) -> np.ndarray:
    """Rows of (ev, exch_ts, px, qty)."""
    return np.array([(ev, at, at + 5, px, qty, 0, 0, 0) for ev, at, px, qty in rows], DTYPE)


def part(rows: np.ndarray) -> Part:
    stream = io.BytesIO()
    np.save(stream, rows)
    stream.seek(0)
    return Part("a.npy", stream)


def test_events_of_the_exchange_become_integers() -> None:
    rows = array(
        (EXCHANGE | LOCAL | BUY | Kind.DEPTH, 10, 61837.63, 0.02),
        (LOCAL | BUY | Kind.DEPTH, 11, 1.0, 1.0),  # for the recorder's clock only
        (EXCHANGE | SELL | Kind.TRADE, 12, 61837.6, 1.5),
        (EXCHANGE | BUY | Kind.BEST, 13, 1.0, 1.0),  # the display says it too
        (EXCHANGE | Kind.CLEAR, 14, np.nan, 0),
    )
    assert scale_of(part(rows)) == (2, 2)
    found, bad = events_of(1, rows, 2, 2)
    assert bad == []
    assert [column.tolist() for column in found] == [
        [1, 3, 5],
        [Kind.DEPTH, Kind.TRADE, Kind.CLEAR],
        [0, 1, -1],
        [10, 12, 14],
        [15, 17, 19],
        [6_183_763, 6_183_760, 0],
        [2, 150, 0],
    ]


@given(st.lists(st.decimals(0, 10**6, places=7), min_size=1, max_size=20))
def test_decimals_are_those_that_were_written(numbers: list[Decimal]) -> None:
    needed = max(-int(one.normalize().as_tuple().exponent) for one in numbers)  # type: ignore[arg-type]
    found = decimals_of(np.array([float(one) for one in numbers]))
    assert found == max(0, needed)


def test_numbers_of_more_than_nine_decimals_have_no_scale() -> None:
    assert decimals_of(np.array([1 / 3])) is None
    assert decimals_of(np.array([np.nan, np.inf, 1e300])) == 0
    assert scale_of(part(array((EXCHANGE | BUY | Kind.DEPTH, 1, 1 / 3, 1.0)))) == (None, 0)


@pytest.mark.parametrize(
    ("ev", "price", "qty", "fault"),
    [
        (EXCHANGE | BUY | 10, 1.0, 1.0, EventFault.UNKNOWN_TYPE),
        (EXCHANGE | Kind.DEPTH, 1.0, 1.0, EventFault.UNKNOWN_SIDE),
        (EXCHANGE | BUY | Kind.DEPTH, np.nan, 1.0, EventFault.NOT_A_NUMBER),
        (EXCHANGE | BUY | Kind.DEPTH, -1.0, 1.0, EventFault.NOT_POSITIVE),
        (EXCHANGE | BUY | Kind.TRADE, 1.0, 0.0, EventFault.NOT_POSITIVE),
        (EXCHANGE | BUY | Kind.DEPTH, 1e9, 1.0, EventFault.TOO_LARGE),
        (EXCHANGE | BUY | Kind.DEPTH, 1.0, 1e18, EventFault.TOO_LARGE),
    ],
)
def test_a_row_that_is_none_is_told(ev: int, price: float, qty: float, fault: EventFault) -> None:
    good = (EXCHANGE | BUY | Kind.DEPTH, 1, 1.0, 0.0)
    found, bad = events_of(8, array(good, (ev, 2, price, qty), good), 2, 2)
    assert (found.rows.tolist(), bad) == ([8, 10], [(9, fault)])


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"PK nonsense", FileFault.NOT_THIS_FORMAT),
        (b"<html></html>", FileFault.NOT_THIS_FORMAT),
        (b"", FileFault.NOT_THIS_FORMAT),
        (b"\x93NUMPY\x01\x00\x05\x00{'a'(", FileFault.NOT_THIS_FORMAT),
        (b"\x93NUMPY\x01\x00\x02\x00{}", FileFault.NOT_THIS_FORMAT),
        (b"\x93NUMPY\x01\x00\x02\x0042", FileFault.NOT_THIS_FORMAT),
    ],
)
def test_what_is_no_array_stops_the_import(content: bytes, fault: FileFault) -> None:
    with pytest.raises(StopImportError) as found:
        list(raw_rows(Part("a.npy", io.BytesIO(content))))
    assert found.value.problem[:3] == ("a.npy", 0, fault)


def test_other_arrays_and_half_arrays_stop_the_import() -> None:
    for other in (np.zeros(3), np.zeros((2, 2), DTYPE), np.zeros(2, [("ev", "<i8")])):
        with pytest.raises(StopImportError, match="not_this_format"):
            list(raw_rows(part(other)))
    objects = io.BytesIO()
    np.save(objects, np.array([{}], object), allow_pickle=True)
    objects.seek(0)
    with pytest.raises(StopImportError, match="not_this_format"):
        list(raw_rows(Part("a.npy", objects)))
    whole = part(array((EXCHANGE | BUY | Kind.DEPTH, 1, 1.0, 1.0)))
    short = io.BytesIO(whole.stream.read()[:-1])
    with pytest.raises(StopImportError, match="line 1: damaged_file"):
        list(raw_rows(Part("a.npy", short)))
