"""What readers ask of engine.db: committed rows, each answer one consistent view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from matching.orders import AccountId, OrderId
from simtrade.desk.ledger import holder_of, lent_to, receivable_of
from simtrade.desk.requests import UserId
from simtrade.plans.model import PlanId
from simtrade.store.database import reading
from simtrade.store.engine_store import SHARD, table_of
from simtrade.store.engine_tables import (
    AccountRow,
    BalanceRow,
    EntitlementRow,
    EventRow,
    FillRow,
    OrderRow,
    PlanRow,
    PositionRow,
    ShardRow,
    StepRow,
    VenueRow,
)


@dataclass(frozen=True, slots=True)
class AccountRows:
    """An account with everything that its summary needs."""

    seq: int
    account: Any
    venue: Any
    balances: dict[str, Any]  # by asset
    positions: dict[str, Any]  # by instrument id
    receivables: dict[str, Any]  # by asset: owned, but not usable yet
    lent: dict[str, Any]  # by asset: what the house has lent, below zero
    entitlements: list[Any]  # oldest first


class EngineReads:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def accounts_of(self, user_id: UserId) -> list[Any]:
        """The user's accounts, newest first."""
        account = table_of(AccountRow)
        with reading(self._engine) as connection:
            return list(
                connection.execute(
                    select(account)
                    .where(account.c.user_id == user_id)
                    .order_by(account.c.account_id.desc())
                )
            )

    def account(self, account_id: AccountId) -> Any | None:
        account = table_of(AccountRow)
        with reading(self._engine) as connection:
            return connection.execute(
                select(account).where(account.c.account_id == account_id)
            ).one_or_none()

    def summary(self, account_id: AccountId) -> AccountRows | None:
        account, venue = table_of(AccountRow), table_of(VenueRow)
        balance, position, shard = (table_of(one) for one in (BalanceRow, PositionRow, ShardRow))
        entitlement = table_of(EntitlementRow)
        with reading(self._engine) as connection:
            found = connection.execute(
                select(account).where(account.c.account_id == account_id)
            ).one_or_none()
            if found is None:
                return None
            holders = (holder_of(account_id), receivable_of(account_id), lent_to(account_id))
            balances = connection.execute(
                select(balance).where(
                    balance.c.venue_id == found.venue_id, balance.c.holder.in_(holders)
                )
            ).all()
            mine, owed, lent = (
                {row.asset: row for row in balances if row.holder == one} for one in holders
            )
            entitlements = connection.execute(
                select(entitlement)
                .where(entitlement.c.account_id == account_id)
                .order_by(entitlement.c.ex_session, entitlement.c.instrument_id)
            )
            positions = connection.execute(
                select(position).where(position.c.account_id == account_id)
            )
            return AccountRows(
                seq=connection.execute(
                    select(shard.c.seq).where(shard.c.shard == SHARD)
                ).scalar_one(),
                account=found,
                venue=connection.execute(
                    select(venue).where(venue.c.venue_id == found.venue_id)
                ).one(),
                balances=mine,
                positions={row.instrument_id: row for row in positions},
                receivables=owed,
                lent=lent,
                entitlements=list(entitlements),
            )

    def orders(self, account_id: AccountId, *, open_only: bool, limit: int) -> list[Any]:
        """Newest first."""
        order = table_of(OrderRow)
        query = select(order).where(order.c.account_id == account_id)
        if open_only:
            query = query.where(order.c.state == "open")
        with reading(self._engine) as connection:
            newest = (order.c.placed_at_ns.desc(), order.c.order_id.desc())
            return list(connection.execute(query.order_by(*newest).limit(limit)))

    def order(self, account_id: AccountId, order_id: OrderId) -> Any | None:
        order = table_of(OrderRow)
        with reading(self._engine) as connection:
            return connection.execute(
                select(order).where(order.c.account_id == account_id, order.c.order_id == order_id)
            ).one_or_none()

    def fills(
        self,
        account_id: AccountId,
        *,
        limit: int | None = None,
        order_id: OrderId | None = None,
        since_ns: int | None = None,
    ) -> list[Any]:
        """Newest first, each with whether its order is ``short``; without ``limit`` all of them,
        with ``since_ns`` those at or after it."""
        fill, order = table_of(FillRow), table_of(OrderRow)
        query = (
            select(fill, order.c.short)
            .join(order, order.c.order_id == fill.c.order_id)
            .where(fill.c.account_id == account_id)
        )
        if since_ns is not None:
            query = query.where(fill.c.at_ns >= since_ns)
        if order_id is not None:
            query = query.where(fill.c.order_id == order_id)
        query = query.order_by(fill.c.seq.desc(), fill.c.order_id.desc(), fill.c.number.desc())
        with reading(self._engine) as connection:
            return list(connection.execute(query if limit is None else query.limit(limit)))

    def traded(
        self, account_id: AccountId, order_ids: Sequence[int], *, at_once: int = 500
    ) -> tuple[list[Any], int]:
        """Every fill of some orders, and how many of them are open."""
        order, fill = table_of(OrderRow), table_of(FillRow)
        fills: list[Any] = []
        opened = 0
        with reading(self._engine) as connection:
            for first in range(0, len(order_ids), at_once):
                some = order_ids[first : first + at_once]
                mine = select(fill).where(fill.c.account_id == account_id)
                fills += connection.execute(mine.where(fill.c.order_id.in_(some)))
                states = select(order.c.order_id).where(
                    order.c.account_id == account_id,
                    order.c.order_id.in_(some),
                    order.c.state == "open",
                )
                opened += len(connection.execute(states).all())
        return fills, opened

    def plans(self, account_id: AccountId, *, limit: int) -> list[Any]:
        """Newest first."""
        plan = table_of(PlanRow)
        query = select(plan).where(plan.c.account_id == account_id)
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(plan.c.plan_id.desc()).limit(limit)))

    def plan(self, account_id: AccountId, plan_id: PlanId) -> Any | None:
        plan = table_of(PlanRow)
        query = select(plan).where(plan.c.account_id == account_id, plan.c.plan_id == plan_id)
        with reading(self._engine) as connection:
            return connection.execute(query).one_or_none()

    def steps(self, plan_id: PlanId, *, limit: int) -> list[Any]:
        """The receipts of a plan, newest first."""
        step = table_of(StepRow)
        query = select(step).where(step.c.plan_id == plan_id)
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(step.c.number.desc()).limit(limit)))

    def events(
        self, account_id: AccountId, *, after: int, limit: int, kinds: Sequence[str] = ()
    ) -> list[Any]:
        """Journal events of the account with a number above ``after``, oldest first; without
        ``kinds`` of every kind."""
        event = table_of(EventRow)
        query = select(event).where(event.c.account_id == account_id, event.c.number > after)
        if kinds:
            query = query.where(event.c.kind.in_(kinds))
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(event.c.number).limit(limit)))
