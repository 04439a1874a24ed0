from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from feeds.order_tape import (
    STREET,
    OrderTape,
    StreetKind,
    content_faults,
    content_id,
    first_fault,
    with_id,
)
from feeds.street_check import NOBODY
from feeds.tape import TapeError, TapeId
from matching.market import Trade
from tests.feeds.l2_sample import SESSION, SampleDay

TAPE = SampleDay().tape()
PLACE, TIME, KIND, SIDE, ORDER, OTHER, PRICE, QTY = range(len(STREET))


def street_with(column: int, row: int, value: int) -> OrderTape:
    street = TAPE.street.copy()
    street[column, row] = value
    return replace(TAPE, street=street)


def test_the_id_follows_from_the_content() -> None:
    assert content_id(TAPE) == TAPE.tape_id
    assert content_id(SampleDay().tape()) == TAPE.tape_id
    changes = (
        street_with(QTY, 3, 1),
        replace(TAPE, source="forged"),
        replace(TAPE, reference_ticks=999),
        replace(TAPE, snapshots=TAPE.snapshots[:, :-1]),
    )
    ids = {content_id(one) for one in changes}
    assert len(ids) == len(changes)
    assert TAPE.tape_id not in ids


def test_a_good_tape_has_no_faults() -> None:
    assert list(content_faults(TAPE)) == []
    assert with_id(replace(TAPE, tape_id=TapeId(""))).tape_id == TAPE.tape_id


@pytest.mark.parametrize(
    ("tape", "fault"),
    [
        (replace(TAPE, name="A B"), "tape name"),
        (replace(TAPE, reference_ticks=0), "previous close"),
        (replace(TAPE, street=TAPE.street.astype(np.int32)), "not int64"),
        (replace(TAPE, street=TAPE.street[:-1]), "a column is missing"),
        (replace(TAPE, street=TAPE.street[:, :0]), "no orders"),
        (street_with(PLACE, 5, 0), "places are not ascending"),
        (street_with(TIME, 5, 0), "times are not ascending"),
        (replace(TAPE, session=SESSION.replace(day=8)), "not of the session's day"),
        (street_with(KIND, 0, 3), "unknown kind"),
        (street_with(SIDE, 0, 2), "unknown kind or side"),
        (street_with(SIDE, 0, NOBODY), "without a side"),
        (street_with(PRICE, 0, 0), "a price is not positive"),
        (street_with(PRICE, 0, 1 << 31), "too large"),
        (street_with(QTY, 0, 0), "a quantity is not positive"),
        (street_with(ORDER, 1, 2), "row 1: duplicate_order"),
    ],
)
def test_what_is_no_tape_says_why(tape: OrderTape, fault: str) -> None:
    assert any(fault in one for one in content_faults(tape)), list(content_faults(tape))
    with pytest.raises(TapeError, match=fault):
        with_id(tape)


def row_of(kind: StreetKind, side: int) -> int:
    return int(np.flatnonzero((TAPE.street[KIND] == kind) & (TAPE.street[SIDE] == side))[0])


@pytest.mark.parametrize(
    ("column", "row", "change", "fault"),
    [
        (PRICE, row_of(StreetKind.TRADE, 0), lambda price: price + 1, "another_price"),
        (PRICE, row_of(StreetKind.TRADE, NOBODY), lambda price: price + 9, "another_price"),
        (QTY, row_of(StreetKind.TRADE, 0), lambda _qty: 10**6, "more_than_rests"),
        (OTHER, row_of(StreetKind.TRADE, 0), lambda _other: 10**6, "unknown_order"),
        (ORDER, row_of(StreetKind.TRADE, NOBODY), lambda _order: 10**6, "unknown_order"),
        (QTY, row_of(StreetKind.CANCEL, 0), lambda _qty: 10**6, "more_than_rests"),
        (ORDER, row_of(StreetKind.CANCEL, 0), lambda _order: 10**6, "unknown_order"),
    ],
)
def test_rows_must_follow_from_each_other(
    column: int, row: int, change: Callable[[int], int], fault: str
) -> None:
    street = street_with(column, row, change(int(TAPE.street[column, row]))).street
    found = first_fault(street)
    assert found is not None
    assert (found[0], found[1].word) == (row, fault)


def test_an_auction_may_trade_at_a_better_price_than_the_limit() -> None:
    trade = next(e for e in TAPE.events() if isinstance(e, Trade))
    assert (trade.aggressor, trade.price_ticks) == (None, 1_001)
    buyer = next(e for e in TAPE.events() if e.street_order_id == trade.buy_order_id)  # type: ignore[union-attr]
    assert buyer.price_ticks == 1_002  # type: ignore[union-attr]
