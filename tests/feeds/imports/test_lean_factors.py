from __future__ import annotations

import io
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.imports.lean_factors import (
    FactorEvent,
    FactorFault,
    factor_events,
    shortest_between,
    simplest_between,
)
from feeds.imports.opening import Part
from feeds.imports.report import StopImportError


def read(*lines: str) -> tuple[FactorEvent, ...]:
    return factor_events(Part("a.csv", io.BytesIO("\n".join(lines).encode())))


def test_neighbours_tell_what_happened_between_them() -> None:
    apple = read(
        "20140507,0.8961764,0.03571430,592.33",
        "20140606,0.9011818,0.03571430,645.57",
        "20140806,0.9011818,0.25,94.97",
        "20141105,0.9056639,0.25,108.86",
    )
    assert apple == (
        FactorEvent(date(2014, 5, 7), 3_290_000, 1, 1),
        FactorEvent(date(2014, 6, 6), 0, 7, 1),
        FactorEvent(date(2014, 8, 6), 470_000, 1, 1),
    )


def test_factors_that_were_rounded_give_the_simplest_shares() -> None:
    def shares(before: str, after: str) -> tuple[int, int]:
        (event,) = read(f"20200102,1,{before},10", f"20200103,1,{after},10")
        return event.new, event.old

    assert shares("0.00892857", "0.01785710") == (2, 1)
    assert shares("7.11111022", "10.66670000") == (3, 2)
    assert shares("20", "1") == (1, 20)
    assert shares("0.997307", "1") == (1114, 1111)
    assert shares("0.11111099", "0.333333") == (3, 1)


@given(st.fractions(0.01, 50), st.fractions(0, 1, max_denominator=10**6))
def test_the_simplest_fraction_has_the_smallest_denominator(
    least: Fraction, room: Fraction
) -> None:
    found = simplest_between(least, least + room)
    assert least <= found <= least + room
    if found.denominator <= 200:
        for smaller in range(1, found.denominator):
            whole = -(-least * smaller // 1)
            assert Fraction(whole, smaller) > least + room


def test_the_shortest_decimal_is_the_cash() -> None:
    assert shortest_between(Fraction(46, 100), Fraction(48, 100)) == 500_000 - 30_000
    assert shortest_between(Fraction(4699, 10_000), Fraction(4702, 10_000)) == 470_000
    assert shortest_between(Fraction(1, 3), Fraction(1, 3)) == 333_333
    assert shortest_between(Fraction(-1, 10), Fraction(1, 100)) == 0


@pytest.mark.parametrize(
    ("lines", "line", "fault"),
    [
        (("20140507,1,1",), 1, FactorFault.WRONG_NUMBER_OF_CELLS),
        (("20141307,1,1,1",), 1, FactorFault.NOT_A_DATE),
        (("20140507,1,x,1",), 1, FactorFault.NOT_A_NUMBER),
        (("20140507,1,-1,1",), 1, FactorFault.NOT_A_NUMBER),
        (("20140507,0,1,1",), 1, FactorFault.NOT_POSITIVE),
        (("20140507,1,1,1", "20140507,1,1,1"), 2, FactorFault.OUT_OF_ORDER),
    ],
)
def test_a_bad_line_stops_the_import(lines: tuple[str, ...], line: int, fault: object) -> None:
    with pytest.raises(StopImportError) as found:
        read(*lines)
    assert found.value.problem[:3] == ("a.csv", line, fault)
