"""Reading and writing engine.db: one transaction per batch, fenced by (epoch, seq)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, select

from simtrade.desk.requests import UserId, VenueId
from simtrade.store.database import reading, writing
from simtrade.store.engine_rows import Row
from simtrade.store.engine_tables import (
    AccountRow,
    BalanceRow,
    CommandRow,
    EngineTable,
    EventRow,
    FillRow,
    OrderRow,
    PositionRow,
    ShardRow,
    TakenRow,
    TransferRow,
    VenueRow,
)

SHARD = "main"
CHAIN_START = "0" * 32


class FencedError(Exception):
    """Another writer has taken the shard over: this process must end."""


@dataclass(frozen=True, slots=True)
class ShardHead:
    epoch: int
    seq: int
    chain: str


@dataclass(slots=True)
class Batch:
    """Rows of one transaction.  Journal rows are inserted, state rows replace their key's row;
    ``taken`` replaces everything of the venues named in ``taken_of``."""

    commands: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    transfers: list[Row] = field(default_factory=list)
    fills: list[Row] = field(default_factory=list)
    venues: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    positions: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    balances: list[Row] = field(default_factory=list)
    taken_of: list[VenueId] = field(default_factory=list)
    taken: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VenueRows:
    """Everything of one venue that is needed to go on with it."""

    venue: Any
    accounts: list[Any]
    positions: list[Any]
    open_orders: list[Any]
    balances: list[Any]
    taken: list[Any]


def table_of(row: type[EngineTable]) -> Table:
    return cast(Table, row.__table__)  # type: ignore[attr-defined]


@cache
def _insert(row: type[EngineTable], *, replace: bool) -> str:
    table = table_of(row)
    columns = ", ".join(column.name for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    verb = "INSERT OR REPLACE" if replace else "INSERT"
    return f"{verb} INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names


class EngineStore:
    """The desk's durable memory.  One writer; any number of readers on other connections."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def acquire(self) -> ShardHead:
        """Become the one writer: the epoch grows, whoever wrote before is fenced out."""
        shard = table_of(ShardRow)
        with writing(self._engine) as connection:
            row = connection.execute(select(shard).where(shard.c.shard == SHARD)).one_or_none()
            if row is None:
                head = ShardHead(1, 0, CHAIN_START)
                connection.execute(
                    shard.insert(), {"shard": SHARD, "epoch": 1, "seq": 0, "chain": CHAIN_START}
                )
                return head
            connection.execute(shard.update().values(epoch=row.epoch + 1))
            return ShardHead(row.epoch + 1, row.seq, row.chain)

    def commit(self, old: ShardHead, new: ShardHead, batch: Batch) -> None:
        """Make a batch durable.  FencedError when another writer has come since ``acquire``."""
        with writing(self._engine) as connection:
            moved = connection.exec_driver_sql(
                "UPDATE shard SET seq = ?, chain = ? WHERE shard = ? AND epoch = ? AND seq = ?",
                (new.seq, new.chain, SHARD, old.epoch, old.seq),
            )
            if moved.rowcount != 1:
                raise FencedError(f"epoch {old.epoch} of shard {SHARD} is over")
            for row, rows, replace in (
                (CommandRow, batch.commands, False),
                (EventRow, batch.events, False),
                (TransferRow, batch.transfers, False),
                (FillRow, batch.fills, False),
                (VenueRow, batch.venues, True),
                (AccountRow, batch.accounts, True),
                (PositionRow, batch.positions, True),
                (OrderRow, batch.orders, True),
                (BalanceRow, batch.balances, True),
            ):
                _write(connection, row, rows, replace=replace)
            if batch.taken_of:
                _run_many(
                    connection,
                    "DELETE FROM taken WHERE venue_id = ?",
                    [(one,) for one in batch.taken_of],
                )
                _write(connection, TakenRow, batch.taken, replace=False)

    def find_command(self, scope: str, key: str) -> tuple[str, str] | None:
        """(body, result) of the command with that idempotency key."""
        command = table_of(CommandRow)
        with reading(self._engine) as connection:
            row = connection.execute(
                select(command.c.body, command.c.result).where(
                    command.c.scope == scope, command.c.idempotency_key == key
                )
            ).one_or_none()
        return None if row is None else (row.body, row.result)

    def venue_of(self, account_id: int) -> VenueId | None:
        account = table_of(AccountRow)
        with reading(self._engine) as connection:
            found = connection.execute(
                select(account.c.venue_id).where(account.c.account_id == account_id)
            ).scalar()
        return None if found is None else VenueId(found)

    def count_venues(self, owner: UserId) -> int:
        venue = table_of(VenueRow)
        with reading(self._engine) as connection:
            rows = connection.execute(select(venue.c.venue_id).where(venue.c.owner == owner))
            return len(rows.all())

    def load_venue(self, venue_id: VenueId) -> VenueRows | None:
        """The rows of a venue in one consistent view; None when there is no such venue."""
        venue, order = table_of(VenueRow), table_of(OrderRow)
        position, account = table_of(PositionRow), table_of(AccountRow)
        with reading(self._engine) as connection:
            found = connection.execute(
                select(venue).where(venue.c.venue_id == venue_id)
            ).one_or_none()
            if found is None:
                return None
            own = select(account.c.account_id).where(account.c.venue_id == venue_id)
            return VenueRows(
                venue=found,
                accounts=_of_venue(connection, AccountRow, venue_id),
                positions=_rows(
                    connection.execute(select(position).where(position.c.account_id.in_(own)))
                ),
                open_orders=_rows(
                    connection.execute(
                        select(order)
                        .where(order.c.venue_id == venue_id, order.c.state == "open")
                        .order_by(order.c.priority)
                    )
                ),
                balances=_of_venue(connection, BalanceRow, venue_id),
                taken=_of_venue(connection, TakenRow, venue_id),
            )


def _rows(found: Iterable[Any]) -> list[Any]:
    return list(found)


def _of_venue(connection: Connection, row: type[EngineTable], venue_id: VenueId) -> list[Any]:
    table = table_of(row)
    keys = list(table.primary_key.columns)
    return _rows(
        connection.execute(select(table).where(table.c.venue_id == venue_id).order_by(*keys))
    )


def _write(
    connection: Connection, row: type[EngineTable], rows: list[Row], *, replace: bool
) -> None:
    if rows:
        _run_many(connection, _insert(row, replace=replace), rows)


def _run_many(connection: Connection, statement: str, rows: list[Row]) -> None:
    connection.exec_driver_sql(statement, rows if len(rows) > 1 else rows[0])
