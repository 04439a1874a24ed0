"""Reading and writing engine.db: one transaction per batch, fenced by (epoch, seq)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

import msgspec
from sqlalchemy import Connection, Engine, Table, and_, func, select, tuple_

from matching.orders import AccountId, OrderId
from simtrade.desk.commands import canonical
from simtrade.desk.ledger import holder_of, lent_to, receivable_of
from simtrade.desk.requests import UserId, VenueId
from simtrade.store.database import open_database, reading, writing
from simtrade.store.engine_rows import Row
from simtrade.store.engine_tables import (
    AccountRow,
    BalanceRow,
    CommandRow,
    EngineTable,
    EntitlementRow,
    EventRow,
    FillRow,
    OrderRow,
    PlanRow,
    PositionRow,
    ShardRow,
    StepRow,
    TakenRow,
    TransferRow,
    VenueRow,
)
from simtrade.store.migrate import Database, migrate

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
    entitlements: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    balances: list[Row] = field(default_factory=list)
    plans: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    taken_of: list[VenueId] = field(default_factory=list)
    taken: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VenueRows:
    """Everything of one venue that is needed to go on with it."""

    venue: Any
    accounts: list[Any]
    positions: list[Any]
    entitlements: list[Any]
    open_orders: list[Any]
    balances: list[Any]
    plans: list[Any]  # armed and paused ones
    taken: list[Any]


@dataclass(frozen=True, slots=True)
class JournalRows:
    """One command's rows, in the columns' order."""

    command: Row
    events: list[Row]
    transfers: list[Row]


def _head_of(row: Any) -> ShardHead:
    return ShardHead(row.epoch, row.seq, row.chain)


def _stream(connection: Connection, table: Table) -> Iterator[Row]:
    """All rows as they are stored, in the order of the primary key."""
    keys = ", ".join(column.name for column in table.primary_key.columns)
    found = connection.execution_options(yield_per=1_000).exec_driver_sql(
        f"SELECT * FROM {table.name} ORDER BY {keys}"  # noqa: S608 - our own names
    )
    return (tuple(row) for row in found)


def table_of(row: type[EngineTable]) -> Table:
    return cast(Table, row.__table__)  # type: ignore[attr-defined]


@cache
def _insert(row: type[EngineTable], *, replace: bool) -> str:
    table = table_of(row)
    columns = ", ".join(column.name for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    verb = "INSERT OR REPLACE" if replace else "INSERT"
    return f"{verb} INTO {table.name} ({columns}) VALUES ({marks})"


class EngineStore:
    """The desk's durable memory.  One writer; any number of readers on other connections."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, data: Path) -> EngineStore:
        """The store of a data folder, made or migrated.  Raises MigrationError."""
        engine = open_database(data / "engine.db")
        migrate(engine, Database.ENGINE, data)
        return cls(engine)

    def close(self) -> None:
        self.engine.dispose()

    def acquire(self) -> ShardHead:
        """Become the one writer: the epoch grows, whoever wrote before is fenced out."""
        shard = table_of(ShardRow)
        with writing(self.engine) as connection:
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
        with writing(self.engine) as connection:
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
                (EntitlementRow, batch.entitlements, True),
                (OrderRow, batch.orders, True),
                (BalanceRow, batch.balances, True),
                (PlanRow, batch.plans, True),
                (StepRow, batch.steps, False),
            ):
                _write(connection, row, rows, replace=replace)
            if batch.taken_of:
                _run_many(
                    connection,
                    "DELETE FROM taken WHERE venue_id = ?",
                    [(one,) for one in batch.taken_of],
                )
                _write(connection, TakenRow, batch.taken, replace=False)

    def find_commands(self, names: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
        """(request, result) of the commands with these (scope, idempotency key), canonical JSON."""
        if not names:
            return {}
        command = table_of(CommandRow)
        key = tuple_(command.c.scope, command.c.idempotency_key)
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(
                    command.c.scope, command.c.idempotency_key, command.c.body, command.c.result
                ).where(key.in_(names))
            ).all()
        return {
            (row.scope, row.idempotency_key): (_request_text(row.body), row.result) for row in rows
        }

    def head(self) -> ShardHead:
        """Where the journal stands; (0, 0, start) before the first writer."""
        shard = table_of(ShardRow)
        with reading(self.engine) as connection:
            row = connection.execute(select(shard).where(shard.c.shard == SHARD)).one_or_none()
        return ShardHead(0, 0, CHAIN_START) if row is None else _head_of(row)

    def journal(self) -> Iterator[JournalRows]:
        """Every command with its events and transfers, oldest first, in one consistent view."""
        command, event, transfer = (table_of(one) for one in (CommandRow, EventRow, TransferRow))
        with reading(self.engine) as connection:
            events = _by_seq(_stream(connection, event))
            transfers = _by_seq(_stream(connection, transfer))
            next_event, next_transfer = next(events, None), next(transfers, None)
            for row in _stream(connection, command):
                rows = JournalRows(row, [], [])
                while next_event is not None and next_event[0] <= row[0]:
                    rows.events.extend(next_event[1])
                    next_event = next(events, None)
                while next_transfer is not None and next_transfer[0] <= row[0]:
                    rows.transfers.extend(next_transfer[1])
                    next_transfer = next(transfers, None)
                yield rows

    def placed_at(self, account_id: AccountId, order_id: OrderId) -> int | None:
        """When an order of an account was placed; None when it has no such order."""
        order = table_of(OrderRow)
        own = (order.c.account_id == account_id) & (order.c.order_id == order_id)
        with reading(self.engine) as connection:
            found = connection.execute(select(order.c.placed_at_ns).where(own)).scalar_one_or_none()
        return None if found is None else int(found)

    def commands_of(self, venue_id: VenueId) -> list[Row]:
        """The commands of one venue, oldest first."""
        command = table_of(CommandRow)
        with reading(self.engine) as connection:
            found = connection.execute(
                select(command).where(command.c.venue_id == venue_id).order_by(command.c.seq)
            )
            return [tuple(row) for row in found]

    def strays(self) -> int:
        """How many events and transfers belong to no command."""
        command, event, transfer = (table_of(one) for one in (CommandRow, EventRow, TransferRow))
        rows = 0
        with reading(self.engine) as connection:
            for one in (event, transfer):
                unknown = one.c.seq.not_in(select(command.c.seq))
                rows += connection.scalar(select(func.count()).where(unknown)) or 0
        return rows

    def state(self) -> dict[str, list[Row]]:
        """All rows of the state tables by table name, in one consistent view."""
        tables = (
            VenueRow, AccountRow, PositionRow, EntitlementRow, OrderRow, FillRow, BalanceRow,
            PlanRow, StepRow, TakenRow,
        )  # fmt: skip
        with reading(self.engine) as connection:
            return {table_of(one).name: list(_stream(connection, table_of(one))) for one in tables}

    def venue_of(self, account_id: int) -> VenueId | None:
        account = table_of(AccountRow)
        with reading(self.engine) as connection:
            found = connection.execute(
                select(account.c.venue_id).where(account.c.account_id == account_id)
            ).scalar()
        return None if found is None else VenueId(found)

    def venue_row(self, venue_id: VenueId) -> Any | None:
        """The venue's own row, None when there is no such venue."""
        venue = table_of(VenueRow)
        with reading(self.engine) as connection:
            return connection.execute(
                select(venue).where(venue.c.venue_id == venue_id)
            ).one_or_none()

    def count_venues_on(self, tape_id: str) -> int:
        """Venues that replay a tape, also those that are told it in another way (``id@...``)."""
        tape = table_of(VenueRow).c.tape
        names = (tape == tape_id) | tape.startswith(f"{tape_id}@", autoescape=True)
        with reading(self.engine) as connection:
            return int(connection.execute(select(func.count()).where(names)).scalar_one())

    def count_venues(self, owner: UserId) -> int:
        venue = table_of(VenueRow)
        with reading(self.engine) as connection:
            rows = connection.execute(select(venue.c.venue_id).where(venue.c.owner == owner))
            return len(rows.all())

    def load_venue(
        self, venue_id: VenueId, account_id: AccountId | None = None
    ) -> VenueRows | None:
        """The rows of a venue in one consistent view, of one account only when it is named; None
        when there is no such venue."""
        venue, order = table_of(VenueRow), table_of(OrderRow)
        position, account, balance, entitlement = (
            table_of(one) for one in (PositionRow, AccountRow, BalanceRow, EntitlementRow)
        )
        plan = table_of(PlanRow)
        plans = and_(plan.c.venue_id == venue_id, plan.c.state.in_(("armed", "paused")))
        own = account.c.venue_id == venue_id
        orders = and_(order.c.venue_id == venue_id, order.c.state == "open")
        balances = balance.c.venue_id == venue_id
        if account_id is not None:
            own = and_(own, account.c.account_id == account_id)
            orders = and_(orders, order.c.account_id == account_id)
            holders = (holder_of(account_id), receivable_of(account_id), lent_to(account_id))
            balances = and_(balances, balance.c.holder.in_(holders))
            plans = and_(plans, plan.c.account_id == account_id)
        ids = select(account.c.account_id).where(own)
        with reading(self.engine) as connection:
            found = connection.execute(
                select(venue).where(venue.c.venue_id == venue_id)
            ).one_or_none()
            if found is None:
                return None
            run = connection.execute
            taken = table_of(TakenRow)
            return VenueRows(
                venue=found,
                accounts=list(run(select(account).where(own).order_by(account.c.account_id))),
                positions=list(run(select(position).where(position.c.account_id.in_(ids)))),
                entitlements=list(
                    run(select(entitlement).where(entitlement.c.account_id.in_(ids)))
                ),
                open_orders=list(
                    run(
                        select(order)
                        .where(orders)
                        .order_by(order.c.since_ns, order.c.priority, order.c.order_id)
                    )
                ),
                balances=list(run(select(balance).where(balances))),
                plans=list(run(select(plan).where(plans).order_by(plan.c.plan_id))),
                taken=list(run(select(taken).where(taken.c.venue_id == venue_id))),
            )


def _by_seq(rows: Iterable[Row]) -> Iterator[tuple[int, list[Row]]]:
    for seq, group in groupby(rows, key=itemgetter(0)):
        yield seq, list(group)


def _request_text(body: str) -> str:
    return canonical(msgspec.json.decode(body)["request"]).decode()


def _write(
    connection: Connection, row: type[EngineTable], rows: list[Row], *, replace: bool
) -> None:
    if rows:
        _run_many(connection, _insert(row, replace=replace), rows)


def _run_many(connection: Connection, statement: str, rows: list[Row]) -> None:
    connection.exec_driver_sql(statement, rows if len(rows) > 1 else rows[0])
