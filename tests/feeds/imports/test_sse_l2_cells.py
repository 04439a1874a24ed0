from __future__ import annotations

from collections.abc import Callable

import pytest

from feeds.imports.sse_l2_cells import (
    SNAPSHOTS_HEADER,
    CellError,
    Fault,
    clock_ns,
    clock_second_ns,
    price_ticks,
    shares,
    turnover,
    whole_number,
)


def test_numbers_are_exact() -> None:
    assert whole_number("x", "00123") == 123
    assert price_ticks("Price", "1808080") == 180_808
    assert shares("OrderQty", "42718000") == 42_718
    assert turnover("TotalValueTrade", "272015439267000") == 272_015_439_267
    assert price_ticks("LastPx", "0", may_be_none=True) == 0
    assert shares("Qty", "0", may_be_none=True) == 0


def test_a_clock_is_read_digit_by_digit() -> None:
    assert clock_ns("TransactTime", "9150004") == ((9 * 60 + 15) * 60) * 10**9 + 40_000_000
    assert clock_ns("TransactTime", "11295986") == ((11 * 60 + 29) * 60 + 59) * 10**9 + 860_000_000
    assert clock_second_ns("DataTimeStamp", "84521") == ((8 * 60 + 45) * 60 + 21) * 10**9


def test_the_ten_levels_are_in_the_header() -> None:
    assert len(SNAPSHOTS_HEADER) == 56
    assert SNAPSHOTS_HEADER[16] == "BidLevel[0].Price"
    assert SNAPSHOTS_HEADER[-1] == "AskLevel[9].Qty"


@pytest.mark.parametrize(
    ("read", "text", "fault"),
    [
        (whole_number, "", Fault.NOT_A_NUMBER),
        (whole_number, "-1", Fault.NOT_A_NUMBER),
        (whole_number, "1.0", Fault.NOT_A_NUMBER),
        (whole_number, "1_000", Fault.NOT_A_NUMBER),
        (whole_number, " 1", Fault.NOT_A_NUMBER),
        (whole_number, "\u0661", Fault.NOT_A_NUMBER),
        (whole_number, "\u00b2", Fault.NOT_A_NUMBER),
        (whole_number, "1" * 19, Fault.TOO_LARGE),
        (price_ticks, "0", Fault.NOT_POSITIVE),
        (price_ticks, "1001", Fault.OFF_TICK),
        (price_ticks, "21474836480", Fault.TOO_LARGE),
        (shares, "0", Fault.NOT_POSITIVE),
        (shares, "100500", Fault.TOO_PRECISE),
        (turnover, "1001", Fault.TOO_PRECISE),
        (clock_ns, "24000000", Fault.NOT_A_TIME),
        (clock_ns, "9600000", Fault.NOT_A_TIME),
        (clock_ns, "9156000", Fault.NOT_A_TIME),
        (clock_second_ns, "240000", Fault.NOT_A_TIME),
    ],
)
def test_what_is_no_number_has_a_name(
    read: Callable[[str, str], int], text: str, fault: Fault
) -> None:
    with pytest.raises(CellError) as refused:
        read("Word", text)
    assert (refused.value.fault, refused.value.text) == (fault, f"Word={text}")
