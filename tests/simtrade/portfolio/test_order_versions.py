"""Where a version stands, read off the row of its order."""

from __future__ import annotations

import pytest

from matching.market import Phase
from matching.orders import Side
from simtrade.desk.requests import FLOOR, Done
from simtrade.portfolio.expiry import Expiry
from simtrade.portfolio.order_versions import Known, Standing, asked, earlier, latest
from simtrade.portfolio.order_versions import Replacement as Change
from simtrade.store.order_reads import OrderReads
from tests.world import World


class Row:
    """A stored row with some of its columns otherwise."""

    def __init__(self, row: object, **columns: object) -> None:
        self.__dict__.update(row._mapping, **columns)  # type: ignore[attr-defined]


@pytest.fixture
def row(world: World) -> object:
    account = world.floor()
    quote = world.venues.quotes(FLOOR)[0]
    done = world.place(account, Side.BUY, 100, quote.instrument_id, limit=quote.last_ticks - 20)
    assert isinstance(done, Done)
    assert done.order_id
    return OrderReads(world.store.engine).rows(account, [done.order_id])[done.order_id]


def known(world: World, row: object, phase: Phase = Phase.CONTINUOUS, *changes: Change) -> Known:
    name = row.instrument_id  # type: ignore[attr-defined]
    instrument = world.venues.instruments(FLOOR)[name]
    return Known(instrument, phase, changes, Expiry(None, one_session=True))


@pytest.mark.parametrize(
    ("columns", "phase", "standing"),
    [
        ({}, Phase.CONTINUOUS, Standing.WORKING),
        ({}, Phase.LUNCH, Standing.WORKING),
        ({}, Phase.OPENING_AUCTION, Standing.WORKING),
        ({}, Phase.CLOSED, Standing.EARLY),
        ({}, Phase.PRE_OPEN, Standing.EARLY),
        ({}, Phase.AFTER_HOURS, Standing.EARLY),
        ({"kind": "fixed_price"}, Phase.AFTER_HOURS, Standing.WORKING),
        ({"stage": "held"}, Phase.CONTINUOUS, Standing.HELD),
        ({"stage": "coming"}, Phase.CONTINUOUS, Standing.COMING),
        ({"change_due_ns": 1, "change_qty": 0}, Phase.CONTINUOUS, Standing.CANCELLING),
        ({"change_due_ns": 1, "change_qty": 9}, Phase.CONTINUOUS, Standing.CHANGING),
        ({"state": "filled", "stage": "held"}, Phase.CONTINUOUS, Standing.ENDED),
    ],
)
def test_where_an_order_stands(
    world: World, row: object, columns: dict[str, object], phase: Phase, standing: Standing
) -> None:
    assert latest(Row(row, **columns), known(world, row, phase)).standing is standing


def change(number: int, **terms: object) -> Change:
    base = {"order_id": 1, "number": number, "command": 10 * number, "key": f"k{number}",
            "asked_at_ns": 100 * number, "at_ns": 100 * number + 5, "qty": 100 + number,
            "filled": 0, "limit_ticks": 7, "stop_ticks": None}  # fmt: skip
    return Change(**(base | terms))  # type: ignore[arg-type]


def test_a_version_that_was_replaced_has_its_own_terms(world: World, row: object) -> None:
    facts = known(world, row, Phase.CONTINUOUS, change(1), change(2, filled=3))
    first, second = (earlier(row, facts, number) for number in range(2))
    assert (first.qty, first.limit_ticks) == (100, row.placed_limit_ticks)  # type: ignore[attr-defined]
    assert (second.qty, second.limit_ticks, second.client_id) == (101, 7, "k1")
    assert (second.submitted_at_ns, second.ended_at_ns, second.filled) == (100, 205, 3)
    assert latest(row, facts).client_id == "k2"


def test_a_version_is_asked_for_until_its_command_is_gone(world: World, row: object) -> None:
    facts = known(world, row)
    coming = asked(Row(row, change_place=10), facts, change(1))
    assert (coming.standing, coming.number, coming.qty) == (Standing.ASKED, 1, 101)
    assert asked(row, facts, change(1)).standing is Standing.LOST
