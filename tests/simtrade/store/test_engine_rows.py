"""State becomes rows and comes back the same, column by column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table

from matching.orders import FillProfile, OrderKind, PlaceOrder, Side, TimeInForce
from matching.units import CURRENCIES
from matching.working import Stage, WorkingOrder
from simtrade.desk.ledger import Asset, Balance, Holder
from simtrade.desk.requests import FLOOR
from simtrade.desk.state import Account, OrderRecord, Position
from simtrade.portfolio.views import OrderState
from simtrade.store import engine_tables
from simtrade.store.engine_rows import (
    Row,
    account_of,
    account_row,
    balance_of,
    balance_row,
    order_of,
    order_row,
    position_of,
    position_row,
    taken_rows,
)
from simtrade.store.engine_store import table_of
from tests.world import World

Int = st.integers(0, 2**62)
Word = st.text(max_size=8)


class Stored:
    """A row as the database gives it back: attributes named by the table's columns."""

    def __init__(self, table: Table, row: Row) -> None:
        names = [column.name for column in table.columns]
        assert len(names) == len(row)
        self.__dict__.update(zip(names, row, strict=True))


placed = st.builds(
    PlaceOrder, Int, Int, Word, st.sampled_from(Side), st.sampled_from(OrderKind), Int,
    st.none() | Int, st.sampled_from(TimeInForce), st.sampled_from(FillProfile), Int,
    short=st.booleans(),
)  # fmt: skip


@st.composite
def records(draw: Callable[[st.SearchStrategy[Any]], Any]) -> OrderRecord:
    order = draw(placed)
    filled = draw(Int)
    working = WorkingOrder(
        order, draw(Int), draw(Int), draw(st.sampled_from(Stage)), draw(Int), draw(Int), filled,
        draw(Int), draw(Int), draw(st.none() | Int), draw(st.booleans()), draw(Int),
    )  # fmt: skip
    return OrderRecord(
        order, draw(Word), working, draw(st.sampled_from(OrderState)), draw(Word), filled,
        draw(Int), draw(st.dictionaries(Word, Int, max_size=3)), draw(Int), draw(Int),
        draw(st.none() | Int), draw(st.integers(0, 9)),
    )  # fmt: skip


@given(records())
def test_an_order_survives(record: OrderRecord) -> None:
    row = order_row(FLOOR, record)
    again = order_of(Stored(table_of(engine_tables.OrderRow), row))
    assert again == record
    assert order_row(FLOOR, again) == row
    assert type(again.order.side) is Side
    assert type(again.working.behind_window) is bool


@given(Int, Int, st.sampled_from(FillProfile), st.sampled_from(sorted(CURRENCIES)), Int, Int)
def test_an_account_a_position_and_a_balance_survive(
    one: int, two: int, profile: FillProfile, code: str, three: int, four: int
) -> None:
    account = Account(one, FLOOR, two, profile, CURRENCIES[code], three, four, two, -one, three)  # type: ignore[arg-type]
    if one % 2:
        account.margin, account.call_session, account.call_left = True, date(2026, 6, 4), three
    row = account_row(account)
    assert account_of(Stored(table_of(engine_tables.AccountRow), row)) == account
    position = Position(one, "X:Y", two, three, -four)  # type: ignore[arg-type]
    row = position_row(position)
    assert position_of(Stored(table_of(engine_tables.PositionRow), row)) == position
    balance = Balance(one, two, three, four)
    row = balance_row(FLOOR, Holder("a:1"), Asset("CNY"), balance)
    assert balance_of(Stored(table_of(engine_tables.BalanceRow), row)) == balance


@pytest.mark.parametrize("name", [name for name in vars(engine_tables) if name.endswith("Row")])
def test_no_column_is_a_number_with_a_fraction(name: str) -> None:
    table = table_of(getattr(engine_tables, name))
    kinds = {column.name: str(column.type) for column in table.columns}
    assert set(kinds.values()) <= {"BIGINT", "INTEGER", "VARCHAR", "BOOLEAN"}, kinds


def test_what_was_taken_names_the_level_or_the_bar(world: World) -> None:
    venue_id, account = world.practice(date(2008, 9, 12))
    world.place(account, Side.BUY, 10)
    world.pass_seconds(2)
    venue = world.shard.runtime.get(venue_id)
    assert venue is not None
    ((where, instrument, who, side, start_ns, qty, _),) = taken_rows(venue)
    assert (where, instrument, who, side, qty) == (venue_id, "XNAS:AAPL", account, 2, 10)
    assert venue.start_ns < start_ns <= venue.cursor_ns
    floor = world.floor()
    world.pass_seconds(10)
    quote = world.venues.quotes(FLOOR)[0]
    assert quote.ask is not None
    world.place(floor, Side.BUY, 100, quote.instrument_id)
    street = world.shard.runtime.get(FLOOR)
    assert street is not None
    assert list(taken_rows(street)) == [
        (FLOOR, quote.instrument_id, floor, Side.SELL, quote.ask.price_ticks, 100_000, 0)
    ]
