"""Verify is green on what the desk wrote, and red on any row that somebody else did."""

from __future__ import annotations

from datetime import date

import pytest

from matching.orders import Side, TimeInForce
from simtrade.desk.requests import FLOOR, ClockAction
from tests.world import World

TABLES = (
    "command", "event", "transfer", "fill", "balance", "orders", "position", "account", "venue",
)  # fmt: skip


@pytest.fixture
def busy(world: World) -> World:
    """Some life in every table: fills, holds, a split, a queue on the floor."""
    venue, account = world.practice(date(2005, 2, 25))
    world.place(account, Side.BUY, 100)
    world.pass_seconds(2)
    world.place(account, Side.BUY, 10, limit=4_000, force=TimeInForce.GTC)
    world.set_clock(venue, ClockAction.SEEK, world.at(venue) + 4 * 86_400 * 10**9)
    world.place(account, Side.SELL, 50, limit=4_600, force=TimeInForce.GTC)
    floor = world.floor()
    quote = world.venues.quotes(FLOOR)[0]
    assert quote.bid is not None
    world.place(floor, Side.BUY, 700, quote.instrument_id)
    world.place(floor, Side.BUY, 300, quote.instrument_id, quote.bid.price_ticks - 1)
    world.pass_seconds(20)
    return world


def test_green_twice_with_the_same_hash_and_after_a_restart(busy: World) -> None:
    first = busy.verify()
    assert first.problems == []
    assert first.ok
    assert set(first.ledger_sums.values()) == {0}
    reopened = busy.reopen()
    again = reopened.verify()
    assert again.ok, again.problems
    assert again.hash == first.hash
    reopened.pass_seconds(30)
    later = reopened.verify()
    assert later.ok, later.problems
    reopened.close()


@pytest.mark.parametrize("table", TABLES)
def test_red_when_any_number_or_word_of_a_row_is_altered(busy: World, table: str) -> None:
    with busy.store.engine.begin() as connection:
        columns = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
    for _, name, kind, *_ in columns:
        if (table, name) == ("venue", "cursor_ns"):
            continue  # a market that moved without touching anybody is not journaled
        value = f"{name} || ' '" if kind == "VARCHAR" else f"coalesce({name}, 0) + 1"
        row = f"(SELECT max(rowid) FROM {table})"
        with busy.store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            changed = connection.exec_driver_sql(
                f"UPDATE {table} SET {name} = {value} WHERE rowid = {row} AND {name} IS NOT NULL"
            )
            connection.commit()
            old = changed.rowcount
        if not old:
            continue
        assert not busy.verify().ok, f"{table}.{name} was altered and nobody noticed"
        undo = f"rtrim({name})" if kind == "VARCHAR" else f"{name} - 1"
        with busy.store.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE {table} SET {name} = {undo} WHERE rowid = {row}")
    assert busy.verify().ok


@pytest.mark.parametrize("table", TABLES)
def test_red_when_a_row_is_removed(busy: World, table: str) -> None:
    with busy.store.engine.begin() as connection:
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})"
        )
    assert not busy.verify().ok
