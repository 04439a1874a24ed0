"""What readers ask of engine.db about orders and their past."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, Table, func, or_, select, tuple_

from matching.instrument import InstrumentId
from matching.orders import AccountId, Side
from simtrade.desk.commands import CommandKind
from simtrade.store.database import reading
from simtrade.store.engine_store import table_of
from simtrade.store.engine_tables import AccountRow, CommandRow, EventRow, FillRow, OrderRow

_AT_ONCE = 500  # values in one list of a query


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders of an account: ``open`` None for both.  Moments and places are not included
    themselves; a place is (moment, order id).  ``leaders``: of a group its first order only, which
    counts as open as long as one of the group is."""

    open: bool | None = None
    after_ns: int | None = None
    until_ns: int | None = None
    after_place: tuple[int, int] | None = None
    before_place: tuple[int, int] | None = None
    instruments: Collection[InstrumentId] | None = None
    side: Side | None = None
    leaders: bool = False


class OrderReads:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def venue_of(self, account_id: AccountId) -> str | None:
        account = table_of(AccountRow)
        with reading(self._engine) as connection:
            query = select(account.c.venue_id).where(account.c.account_id == account_id)
            found: str | None = connection.execute(query).scalar_one_or_none()
            return found

    def rows(self, account_id: AccountId, order_ids: Collection[int]) -> dict[int, Any]:
        """Orders of the account by id; those of others are left out."""
        order = table_of(OrderRow)
        query = select(order).where(order.c.account_id == account_id)
        return {row.order_id: row for row in self._each(query, order.c.order_id, order_ids)}

    def unreplaced(
        self, account_id: AccountId, wanted: OrderFilter, *, newest_first: bool, limit: int
    ) -> list[Any]:
        """Orders whose terms were never replaced, by (time, id)."""
        order = table_of(OrderRow)
        query = select(order).where(order.c.account_id == account_id, order.c.replaced == 0)
        query = query.where(*_conditions(order, account_id, wanted))
        columns = (order.c.placed_at_ns, order.c.order_id)
        sort = [one.desc() if newest_first else one.asc() for one in columns]
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(*sort).limit(limit)))

    def replaced_and_open(self, account_id: AccountId, wanted: OrderFilter) -> set[int]:
        """Ids of orders whose terms were replaced and that count as open."""
        order = table_of(OrderRow)
        query = select(order.c.order_id).where(
            order.c.account_id == account_id,
            order.c.replaced > 0,
            _is_open(order, account_id, leaders=wanted.leaders),
        )
        with reading(self._engine) as connection:
            return set(connection.execute(query).scalars())

    def legs(self, account_id: AccountId, group_ids: Collection[int]) -> list[Any]:
        """All orders of these groups but the first ones, oldest first."""
        order = table_of(OrderRow)
        query = select(order).where(
            order.c.account_id == account_id, order.c.order_id != order.c.group_id
        )
        found = self._each(query, order.c.group_id, group_ids)
        return sorted(found, key=lambda row: int(row.order_id))

    def replacements(self, account_id: AccountId, after: int) -> list[Any]:
        """Events of replaced orders with a number above ``after``: (number, seq, body), oldest
        first."""
        event = table_of(EventRow)
        query = (
            select(event.c.number, event.c.seq, event.c.body)
            .where(event.c.account_id == account_id, event.c.number > after)
            .where(event.c.kind == "replaced")
            .order_by(event.c.number)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(query))

    def newest_event(self, account_id: AccountId) -> int:
        """The number of the account's newest event."""
        account = table_of(AccountRow)
        with reading(self._engine) as connection:
            query = select(account.c.events).where(account.c.account_id == account_id)
            return connection.execute(query).scalar_one_or_none() or 0

    def commands(self, seqs: Collection[int]) -> dict[int, Any]:
        """Commands by their place in the journal."""
        command = table_of(CommandRow)
        return {row.seq: row for row in self._each(select(command), command.c.seq, seqs)}

    def amounts(self, order_ids: Collection[int]) -> dict[int, str]:
        """Bodies of the commands that named an amount of money, by the order they placed."""
        command = table_of(CommandRow)
        query = select(command.c.seq, command.c.body).where(
            command.c.kind == CommandKind.PLACE.value,
            command.c.body.contains('"amount_minor"', autoescape=True),
        )
        return {row.seq: row.body for row in self._each(query, command.c.seq, order_ids)}

    def command_of_key(self, scope: str, key: str) -> Any | None:
        """The command that placed or replaced an order under a key."""
        command = table_of(CommandRow)
        query = select(command).where(
            command.c.scope == scope,
            command.c.idempotency_key == key,
            command.c.kind.in_((CommandKind.PLACE.value, CommandKind.REPLACE.value)),
        )
        with reading(self._engine) as connection:
            return connection.execute(query).one_or_none()

    def newest_replace(self, scope: str, order_id: int, after_seq: int) -> Any | None:
        """The newest command that replaces an order, after a place of the journal."""
        command = table_of(CommandRow)
        query = (
            select(command)
            .where(command.c.scope == scope, command.c.seq > after_seq)
            .where(command.c.kind == CommandKind.REPLACE.value)
            .where(command.c.body.contains(f'"order_id":{order_id},', autoescape=True))
            .where(command.c.result.contains('"done"', autoescape=True))
            .order_by(command.c.seq.desc())
        )
        with reading(self._engine) as connection:
            return connection.execute(query.limit(1)).one_or_none()

    def last_fills(self, order_ids: Collection[int]) -> dict[int, int]:
        """When each order was filled last."""
        fill = table_of(FillRow)
        query = select(fill.c.order_id, func.max(fill.c.at_ns).label("at_ns"))
        grouped = query.group_by(fill.c.order_id)
        return {row.order_id: row.at_ns for row in self._each(grouped, fill.c.order_id, order_ids)}

    def fills(self, order_ids: Collection[int]) -> dict[int, list[Any]]:
        """Fills of each order, oldest first."""
        fill = table_of(FillRow)
        found: dict[int, list[Any]] = {}
        query = select(fill).order_by(fill.c.order_id, fill.c.number)
        for row in self._each(query, fill.c.order_id, order_ids):
            found.setdefault(row.order_id, []).append(row)
        return found

    def _each(
        self, query: Select[Any], column: ColumnElement[Any], values: Collection[int]
    ) -> Iterator[Any]:
        """Rows whose column is one of many values."""
        with reading(self._engine) as connection:
            for some in _pieces(sorted(values)):
                yield from connection.execute(query.where(column.in_(some)))


def _pieces(values: Sequence[int]) -> Iterator[list[int]]:
    return (list(values[first : first + _AT_ONCE]) for first in range(0, len(values), _AT_ONCE))


def _is_open(order: Table, account_id: AccountId, *, leaders: bool) -> ColumnElement[bool]:
    if not leaders:
        return order.c.state == "open"
    other = order.alias()
    groups = select(other.c.group_id).where(
        other.c.account_id == account_id, other.c.state == "open", other.c.group_id.is_not(None)
    )
    return or_(order.c.state == "open", order.c.order_id.in_(groups))


def _conditions(
    order: Table, account_id: AccountId, wanted: OrderFilter
) -> Iterator[ColumnElement[bool]]:
    if wanted.open is not None:
        is_open = _is_open(order, account_id, leaders=wanted.leaders)
        yield is_open if wanted.open else ~is_open
    if wanted.leaders:
        yield or_(order.c.group_id.is_(None), order.c.group_id == order.c.order_id)
    if wanted.instruments is not None:
        yield order.c.instrument_id.in_(sorted(wanted.instruments))
    if wanted.side is not None:
        yield order.c.side == int(wanted.side)
    if wanted.after_ns is not None:
        yield order.c.placed_at_ns > wanted.after_ns
    if wanted.until_ns is not None:
        yield order.c.placed_at_ns < wanted.until_ns
    place = tuple_(order.c.placed_at_ns, order.c.order_id)
    if wanted.after_place is not None:
        yield place > tuple_(*wanted.after_place)
    if wanted.before_place is not None:
        yield place < tuple_(*wanted.before_place)
