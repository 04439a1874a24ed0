from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.record_checks import Continuity, RowFault, content_faults, crossed_rows
from feeds.records import Records, Table
from tests.feeds.market_samples import displays, snapshots, statuses, trades

GOOD: dict[Table, Records] = {
    Table.TRADES: trades((1, 0, 100, 5), (2, 1, 101, 5, 7, 3, 3)),
    Table.DEPTH: displays((1, 0, [(99, 5), (98, 1)], [(101, 5)]), (1, 1, [], [])),
    Table.STATUS: statuses((1, 0, 1), (2, 1, 4, 100, 10, 2, 3), (3, 0, 5, 100)),
    Table.SNAPSHOTS: snapshots(displays((1, 0, [(99, 5)], [])), [(99, 100, 98, 5, 495, 1)]),
}


@pytest.mark.parametrize("table", Table)
def test_good_rows_have_no_fault(table: Table) -> None:
    assert not content_faults(table, GOOD[table], 2).any()


@pytest.mark.parametrize(
    ("table", "field", "value", "fault"),
    [
        (Table.TRADES, "instrument", 2, RowFault.UNKNOWN_INSTRUMENT),
        (Table.TRADES, "instrument", -1, RowFault.UNKNOWN_INSTRUMENT),
        (Table.TRADES, "at_ns", 0, RowFault.NOT_A_TIME),
        (Table.TRADES, "heard_ns", 1 << 62, RowFault.NOT_A_TIME),
        (Table.TRADES, "price_ticks", 0, RowFault.NOT_POSITIVE),
        (Table.TRADES, "qty", -5, RowFault.NOT_POSITIVE),
        (Table.TRADES, "price_ticks", 10**12, RowFault.TOO_LARGE),
        (Table.TRADES, "qty", 10**15 + 1, RowFault.TOO_LARGE),
        (Table.TRADES, "aggressor", 4, RowFault.UNKNOWN_CODE),
        (Table.TRADES, "flags", 4, RowFault.UNKNOWN_CODE),
        (Table.DEPTH, "bid_qty", (-1, 0), RowFault.NOT_POSITIVE),
        (Table.DEPTH, "ask_ticks", (0, 0), RowFault.NOT_POSITIVE),
        (Table.DEPTH, "ask_ticks", (10**12, 0), RowFault.TOO_LARGE),
        (Table.DEPTH, "bid_ticks", (99, 99), RowFault.LEVELS_OUT_OF_ORDER),
        (Table.DEPTH, "bid_ticks", (98, 99), RowFault.LEVELS_OUT_OF_ORDER),
        (Table.STATUS, "kind", 7, RowFault.UNKNOWN_CODE),
        (Table.STATUS, "kind", 0, RowFault.UNKNOWN_CODE),
        (Table.STATUS, "unmatched_side", 3, RowFault.UNKNOWN_CODE),
        (Table.STATUS, "unmatched_qty", -1, RowFault.NOT_POSITIVE),
        (Table.STATUS, "kind", 6, RowFault.NOT_POSITIVE),
        (Table.SNAPSHOTS, "turnover", -1, RowFault.NOT_POSITIVE),
        (Table.SNAPSHOTS, "last_ticks", -1, RowFault.NOT_POSITIVE),
        (Table.SNAPSHOTS, "volume", 10**16, RowFault.TOO_LARGE),
    ],
)
def test_a_bad_row_has_its_fault_and_no_other_row_has(
    table: Table, field: str, value: Any, fault: RowFault
) -> None:
    rows = np.concatenate([GOOD[table][:1]] * 3)
    rows[field][1] = value
    assert content_faults(table, rows, 2).tolist() == [0, fault, 0]


def test_of_several_faults_the_first_counts() -> None:
    rows = trades((1, 5, 0, 0))
    assert content_faults(Table.TRADES, rows, 2).tolist() == [RowFault.UNKNOWN_INSTRUMENT]


def test_a_level_is_compared_across_an_empty_one() -> None:
    good = displays((1, 0, [(99, 1), (0, 0), (97, 1)], []), levels=3)
    bad = displays((1, 0, [(99, 1), (0, 0), (99, 1)], []), levels=3)
    assert not content_faults(Table.DEPTH, good, 1).any()
    assert content_faults(Table.DEPTH, bad, 1).tolist() == [RowFault.LEVELS_OUT_OF_ORDER]


def test_a_display_is_crossed_from_equal_prices_on() -> None:
    rows = displays(
        (1, 0, [(99, 1)], [(100, 1)]),
        (1, 0, [(100, 1)], [(100, 1)]),
        (1, 0, [(101, 1)], [(100, 1)]),
        (1, 0, [(101, 1)], []),
        (1, 0, [(101, 0)], [(100, 1)]),
    )
    assert crossed_rows(rows).tolist() == [False, True, True, False, False]


def naive(rows: list[tuple[int, int, int]], *, numbered: bool) -> tuple[list[int], int, int]:
    """Faults, gaps and missing numbers, row by row: (second, instrument, seq)."""
    clock: dict[int, int] = {}
    numbers: dict[int, int] = {}
    faults, gaps, missing = [], 0, 0
    for second, index, seq in rows:
        if second < clock.get(index, -1):
            faults.append(int(RowFault.TIME_RUNS_BACK))
            continue
        clock[index] = second
        if numbered:
            before = numbers.get(index, seq - 1)
            if seq <= before:
                faults.append(int(RowFault.REPEATED))
                continue
            gaps += seq > before + 1
            missing += seq - before - 1
            numbers[index] = seq
        faults.append(0)
    return faults, gaps, missing


ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 9)), max_size=25)


@given(ROWS, st.integers(1, 7), st.booleans())
def test_rows_follow_each_other_whatever_the_batches(
    rows: list[tuple[int, int, int]], size: int, numbered: bool
) -> None:
    order = Continuity(numbered=numbered)
    found: list[int] = []
    for first in range(0, len(rows), size):
        batch = rows[first : first + size]
        records = trades(*((second, index, 100, 5, seq) for second, index, seq in batch))
        faults = content_faults(Table.TRADES, records, 3)
        order.check(records, faults, 3)
        found += faults.tolist()
    assert (found, order.gaps, order.missing) == (
        naive(rows, numbered=True) if numbered else (naive(rows, numbered=False)[0], 0, 0)
    )


def test_rows_that_say_the_same_again_are_counted() -> None:
    order = Continuity(numbered=False)
    rows = trades((1, 0, 100, 5), (1, 1, 100, 5), (1, 0, 100, 5), (1, 0, 100, 6))
    rows["heard_ns"][2] += 1
    for part in (rows[:2], rows[2:]):
        order.check(part, content_faults(Table.TRADES, part, 2), 2)
    assert order.twice == 1


def test_a_row_with_a_fault_moves_no_clock() -> None:
    order = Continuity(numbered=False)
    rows = trades((9, 0, 0, 5), (1, 0, 100, 5))
    faults = content_faults(Table.TRADES, rows, 1)
    order.check(rows, faults, 1)
    assert faults.tolist() == [RowFault.NOT_POSITIVE, 0]
