"""Verify is green on what the desk wrote, and red on any row that somebody else did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from matching.orders import FillProfile, OrderId, Side, TimeInForce
from simtrade.desk.requests import FLOOR, ClockAction, Done
from simtrade.desk.work import next_chain
from simtrade.store.engine_store import CHAIN_START
from simtrade.store.engine_tables import METADATA
from tests.simtrade.desk.corporate import Story, market
from tests.simtrade.plans.samples import armed, grid
from tests.world import World, open_world

TABLES = sorted(METADATA.tables)
# A market that moved without touching anybody is not journaled, and no row says how often the
# shard had a new writer.
UNKNOWN = {("venue", "cursor_ns"), ("shard", "epoch")}
ROWS_ALTERED = 8
ROWS_REMOVED = 10
ROWS_ADDED = ROWS_FORGED = 4
# Columns outside the key that may hold a value only once.
UNIQUE = {("command", "idempotency_key"), ("event", "number"), ("account", "user_id")}


ACTIONS = """
day 2024-01-02 ONE 10.00
day 2024-01-03 ONE 9.50
day 2024-01-04 ONE 9.50
day 2024-01-05 ONE 7.50
action 2024-01-03 ONE ex cash=0.50 pay=2024-01-05
action 2024-01-04 ONE ex bonus=1:10 rights=1:10 price=8.00 deadline=2024-01-04
action 2024-01-05 ONE ex cash=2.00 pay=2024-02-05
"""


@pytest.fixture
def busy(tmp_path: Path, tapes: Path) -> Iterator[World]:
    """Some life in every table: fills, holds, a split, a queue on the floor, plans, rights, what
    a company owes."""
    shutil.copytree(tapes, tmp_path / "tapes")
    with open_world(tmp_path / "data", tmp_path / "tapes") as world:
        owed = Story(world, market(ACTIONS))
        owed.run("2024-01-02 buy 100 ONE\n2024-01-04 subscribe 5 ONE\n2024-01-05 look")
        yield _lively(world)


def _lively(world: World) -> World:
    venue, account = world.practice(date(2005, 2, 25))
    world.place(account, Side.BUY, 100)
    world.pass_seconds(2)
    world.place(account, Side.BUY, 10, limit=4_000, force=TimeInForce.GTC)
    world.place(account, Side.BUY, 5, "XNYS:IBM")
    world.set_clock(venue, ClockAction.SEEK, world.at(venue) + 4 * 86_400 * 10**9)
    world.place(account, Side.SELL, 50, limit=4_600, force=TimeInForce.GTC)
    _, strict = world.practice(user=2, profile=FillProfile.STRICT)
    world.place(strict, Side.BUY, 20, "XNAS:MSFT")
    world.place(strict, Side.BUY, 100_000, "XNAS:MSFT")  # more than the cash
    for lower in (1_000, 1_500, 2_000):
        armed(world, strict, grid(lower, 3_000, 100, 5, "XNAS:MSFT"))
    for user in (1, 2):
        on_the_floor(world, user)
    world.pass_seconds(20)
    return world


def on_the_floor(world: World, user: int) -> None:
    """An order that fills, one that waits, one that is changed and one that is cancelled."""
    account = world.floor(user)
    quote = world.venues.quotes(FLOOR)[0]
    assert quote.bid is not None
    symbol, behind = quote.instrument_id, quote.bid.price_ticks - user
    world.place(account, Side.BUY, 700, symbol)
    world.place(account, Side.BUY, 300, symbol, behind)
    changed, cancelled = (world.place(account, Side.BUY, 200, symbol, behind) for _ in range(2))
    assert isinstance(changed, Done)
    assert isinstance(cancelled, Done)
    world.replace(account, OrderId(changed.seq), 100, behind - 1)
    world.cancel(account, OrderId(cancelled.seq))


@dataclass(frozen=True)
class Column:
    name: str
    is_text: bool
    nullable: bool
    in_key: bool


class Tampering:
    """Somebody with a SQL prompt at one table; what he did is undone at the end of ``with``."""

    def __init__(self, world: World, table: str) -> None:
        self.world, self.table = world, table
        self.columns = [
            Column(name, kind == "VARCHAR", not required, bool(key))
            for _, name, kind, required, _, key in self._run(f"PRAGMA table_info({table})")
        ]
        self.names = ", ".join(column.name for column in self.columns)
        keys = ", ".join(column.name for column in self.columns if column.in_key)
        self.rows = [row[0] for row in self._run(f"SELECT rowid FROM {table} ORDER BY {keys}")]

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self.world.store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            answer = connection.exec_driver_sql(statement, values)
            found = list(answer) if answer.returns_rows else []
            connection.commit()
        return found

    def drawn(self, count: int, draw: Random) -> list[int]:
        """The first row, the last, and others: all where there are no more than ``count``."""
        if len(self.rows) <= count:
            return self.rows
        return [self.rows[0], self.rows[-1], *draw.sample(self.rows[1:-1], count - 2)]

    def _row(self, row: int) -> list[Any]:
        found = self._run(f"SELECT {self.names} FROM {self.table} WHERE rowid = ?", row)
        return list(found[0])

    def _insert(self, values: Sequence[Any], row: int) -> None:
        marks = ", ".join("?" for _ in self.columns)
        self._run(
            f"INSERT INTO {self.table} ({self.names}, rowid) VALUES ({marks}, ?)", *values, row
        )

    @contextmanager
    def altered(self, row: int, column: Column, draw: Random) -> Iterator[str]:
        """One value of one row is another one.  Yields what was done, as the others do."""
        old = self._row(row)[self.columns.index(column)]
        update = f"UPDATE {self.table} SET {column.name} = ? WHERE rowid = ?"
        for new in others(old, column, draw):
            with suppress(IntegrityError):  # some other row has this key
                self._run(update, new, row)
                break
        else:
            raise AssertionError(f"{self.table}.{column.name} takes no other value than {old!r}")
        yield f"{self.table}.{column.name} of row {row}: {old!r} became {new!r}"
        self._run(update, old, row)

    @contextmanager
    def removed(self, row: int) -> Iterator[str]:
        old = self._row(row)
        self._run(f"DELETE FROM {self.table} WHERE rowid = ?", row)
        yield f"{self.table}: {old!r} was removed"
        self._insert(old, row)

    @contextmanager
    def added(self, row: int, key: Column) -> Iterator[str]:
        """A copy of a row with something of its own in one column of the key."""
        values = self._row(row)
        for place, column in enumerate(self.columns):
            if column is key or (self.table, column.name) in UNIQUE:
                values[place] = "nobody" if column.is_text else 10**6
        new = max(self.rows) + 1
        self._insert(values, new)
        yield f"{self.table}: {values!r} was added"
        self._run(f"DELETE FROM {self.table} WHERE rowid = ?", new)


def others(old: Any, column: Column, draw: Random) -> list[Any]:
    """Values that a column could hold in place of its own, in a drawn order."""
    if old is None:
        return ["" if column.is_text else 0]
    empty = [None] if column.nullable else []
    if not column.is_text:
        return draw.sample([old + 1, old - 1, old + draw.randrange(2, 10**9), *empty], 3)
    place = draw.randrange(len(old) + 1)
    longer = old[:place] + draw.choice(" 0x") + old[place:]
    shorter = [old[:place] + old[place + 1 :]] if place < len(old) else []
    return draw.sample([longer, *shorter, *empty], 1 + len(shorter) + len(empty))


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
    tampering = Tampering(busy, table)
    assert len(tampering.rows) >= (1 if table == "shard" else 3)
    for column in tampering.columns:
        if (table, column.name) in UNKNOWN:
            continue
        draw = Random(f"{table}.{column.name}")
        for row in tampering.drawn(ROWS_ALTERED, draw):
            with tampering.altered(row, column, draw) as what:
                assert not busy.verify().ok, what
    assert busy.verify().ok


def test_red_when_a_market_stands_before_its_last_command(busy: World) -> None:
    with busy.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE venue SET cursor_ns = start_ns - 1")
    assert sum("behind its journal" in one for one in busy.verify().problems) == 4


@pytest.mark.parametrize("table", ["event", "transfer"])
def test_red_when_the_chain_is_forged_as_well(busy: World, table: str) -> None:
    tampering = Tampering(busy, table)
    for column in tampering.columns:
        draw = Random(f"forged {table}.{column.name}")
        for row in tampering.drawn(ROWS_FORGED, draw):
            with tampering.altered(row, column, draw) as what:
                chain_again(busy)
                problems = busy.verify().problems
                assert problems, what
                assert not any("chain" in one for one in problems), what
    chain_again(busy)
    assert busy.verify().ok


def test_a_recording_that_is_not_here_is_told(busy: World) -> None:
    with busy.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE command SET body = replace(body, '\"us_daily-', '\"lost-') WHERE kind = 'venue'"
        )
    chain_again(busy)
    told = [one for one in busy.verify().problems if "cannot be carried out again" in one]
    assert len(told) == 2
    assert all("no readable manifest" in one for one in told)


def chain_again(world: World) -> None:
    """Write every chain anew over whatever the journal holds now."""
    chain, chains = CHAIN_START, []
    for stored in world.store.journal():
        parts = [(*stored.command[:-1], ""), *stored.events, *stored.transfers]
        chain = next_chain(chain, parts)
        chains.append((chain, stored.command[0]))
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE command SET chain = ? WHERE seq = ?", chains)
        connection.exec_driver_sql("UPDATE shard SET chain = ?", (chain,))


def test_what_an_older_version_wrote_without_newer_fields_is_no_difference(busy: World) -> None:
    older = [
        "UPDATE command SET result = json_remove(result, '$.done.plan_id')"
        " WHERE result LIKE '%\"plan_id\":null%'",
        "UPDATE event SET body = json_remove(body, '$.receipt.auction_qty')"
        " WHERE body LIKE '%\"auction_qty\":null%'",
        "UPDATE fill SET receipt = json_remove(receipt, '$.auction_qty')"
        " WHERE receipt LIKE '%\"auction_qty\":null%'",
    ]
    with busy.store.engine.begin() as connection:
        for sentence in older:
            assert connection.exec_driver_sql(sentence).rowcount
    chain_again(busy)
    assert busy.verify().problems == []


@pytest.mark.parametrize(
    "change",
    [
        "json_remove(receipt, '$.auction_qty')",
        "json_set(receipt, '$.auction_qty', 5)",
        "json_set(receipt, '$.another', NULL)",
        "replace(receipt, ',', ', ')",
    ],
)
def test_red_when_one_field_of_one_receipt_goes_or_comes(busy: World, change: str) -> None:
    with busy.store.engine.begin() as connection:
        done = connection.exec_driver_sql(
            f"UPDATE fill SET receipt = {change} WHERE receipt LIKE '%\"auction_qty\":null%'"
            " AND order_id = (SELECT min(order_id) FROM fill)"
        )
        assert done.rowcount == 1
    problems = busy.verify().problems
    assert len(problems) == 2
    assert all(one.startswith("fill: ") for one in problems)


@pytest.mark.parametrize(("table", "column"), [("event", "body"), ("command", "result")])
def test_red_when_an_empty_field_of_the_journal_goes(busy: World, table: str, column: str) -> None:
    field = {"event": "$.receipt.auction_qty", "command": "$.done.plan_id"}[table]
    name = field.rpartition(".")[2]
    with busy.store.engine.begin() as connection:
        done = connection.exec_driver_sql(
            f"UPDATE {table} SET {column} = json_remove({column}, '{field}') WHERE rowid ="
            f" (SELECT min(rowid) FROM {table} WHERE {column} LIKE '%\"{name}\":null%')"
        )
        assert done.rowcount == 1
    assert any("chain" in one for one in busy.verify().problems)


@pytest.mark.parametrize("table", TABLES)
def test_red_when_a_row_is_removed(busy: World, table: str) -> None:
    tampering = Tampering(busy, table)
    for row in tampering.drawn(ROWS_REMOVED, Random(table)):
        with tampering.removed(row) as what:
            assert not busy.verify().ok, what
    assert busy.verify().ok


@pytest.mark.parametrize("table", [one for one in TABLES if one != "shard"])
def test_red_when_a_row_is_added(busy: World, table: str) -> None:
    tampering = Tampering(busy, table)
    draw = Random(table)
    for key in tampering.columns:
        for row in tampering.drawn(ROWS_ADDED, draw) if key.in_key else []:
            with tampering.added(row, key) as what:
                assert not busy.verify().ok, what
    assert busy.verify().ok
