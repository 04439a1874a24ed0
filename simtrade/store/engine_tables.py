"""The tables of engine.db: the journal, the ledger and the desk's state.

``command``, ``event`` and ``transfer`` are the journal, only ever added to; the other tables are
the state after the newest command, and can be derived from the journal (``simtrade verify``).
Changed only with an alembic revision.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, MetaData
from sqlalchemy.orm import registry
from sqlmodel import CheckConstraint, Field, Index, SQLModel, UniqueConstraint

from simtrade.store.database import NAMING


class EngineTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Tables of engine.db have a registry of their own."""


METADATA = EngineTable.metadata


def _big(*, primary_key: bool = False, nullable: bool = False, before: int | None = None) -> int:
    """A 64-bit integer column; ``before`` is what rows have that are older than the column."""
    default = {} if before is None else {"server_default": str(before)}
    field = Field(
        sa_type=BigInteger, primary_key=primary_key, nullable=nullable, sa_column_kwargs=default
    )
    assert field is not None
    return field  # type: ignore[no-any-return]


class ShardRow(EngineTable, table=True):
    """The fence: every commit moves (epoch, seq) by compare-and-set."""

    __tablename__ = "shard"
    shard: str = Field(primary_key=True)
    epoch: int = _big()
    seq: int = _big()
    chain: str


class CommandRow(EngineTable, table=True):
    """``result`` is the reply given; ``chain`` covers this command, its events and transfers and
    the chain before it."""

    __tablename__ = "command"
    __table_args__ = (UniqueConstraint("scope", "idempotency_key"),)
    seq: int = _big(primary_key=True)
    venue_id: str = Field(index=True)
    scope: str
    idempotency_key: str | None
    kind: str
    body: str
    at_wall_ns: int = _big()
    cursor_ns: int = _big()
    result: str
    chain: str


class EventRow(EngineTable, table=True):
    __tablename__ = "event"
    __table_args__ = (Index("ix_event_account", "account_id", "number", unique=True),)
    seq: int = _big(primary_key=True)
    place: int = Field(primary_key=True)
    account_id: int | None = Field(sa_type=BigInteger)
    number: int | None
    kind: str
    body: str


class TransferRow(EngineTable, table=True):
    __tablename__ = "transfer"
    __table_args__ = (CheckConstraint("amount > 0", name="positive"),)
    seq: int = _big(primary_key=True)
    place: int = Field(primary_key=True)
    asset: str
    debit: str
    credit: str
    amount: int = _big()
    kind: str
    order_id: int = _big()
    code: str


class BalanceRow(EngineTable, table=True):
    __tablename__ = "balance"
    venue_id: str = Field(primary_key=True)
    holder: str = Field(primary_key=True)
    asset: str = Field(primary_key=True)
    debits_posted: int = _big()
    credits_posted: int = _big()
    debits_pending: int = _big()
    credits_pending: int = _big()


class VenueRow(EngineTable, table=True):
    """``cursor_ns`` is how far the venue's market has happened; ``scope`` who shares the street's
    size with whom, ``name`` what its owner calls it."""

    __tablename__ = "venue"
    venue_id: str = Field(primary_key=True)
    owner: int | None = Field(sa_type=BigInteger, index=True)
    tape: str
    first_session: str
    start_ns: int = _big()
    cursor_ns: int = _big()
    running: bool
    speed: int
    start_minor: int = _big()
    currency: str
    scope: str = Field(sa_column_kwargs={"server_default": "account"})
    name: str = Field(sa_column_kwargs={"server_default": ""})


class AccountRow(EngineTable, table=True):
    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("venue_id", "user_id"),)
    account_id: int = _big(primary_key=True)
    venue_id: str = Field(index=True)
    user_id: int = Field(sa_type=BigInteger, index=True)
    profile: str
    currency: str
    opened_at_ns: int = _big()
    start_minor: int = _big()
    fees_minor: int = _big()
    spread_half_minor: int = _big()
    events: int
    margin: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    call_session: str | None
    call_left: int = _big(before=0)


class PositionRow(EngineTable, table=True):
    __tablename__ = "position"
    account_id: int = _big(primary_key=True)
    instrument_id: str = Field(primary_key=True)
    cost_minor: int = _big()
    unsettled_qty: int = _big()
    realised_minor: int = _big()
    lots: str = Field(default="[]", sa_column_kwargs={"server_default": "[]"})


class OrderRow(EngineTable, table=True):
    """An order for good; the columns after ``ended_at_ns`` are its life in the exchange.
    ``change_*`` is a cancel (quantity 0) or a replace that is on its way, ``replaced`` how many
    replaces have arrived."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_account_state", "account_id", "state"),)
    order_id: int = _big(primary_key=True)
    venue_id: str = Field(index=True)
    account_id: int = _big()
    key: str
    instrument_id: str
    side: int
    kind: str
    time_in_force: str
    profile: str
    placed_qty: int = _big()
    placed_limit_ticks: int | None = Field(sa_type=BigInteger)
    placed_at_ns: int = _big()
    state: str
    cause: str
    filled_notional_minor: int = _big()
    fees: str
    hold_minor: int = _big()
    hold_qty: int = _big()
    ended_at_ns: int | None = Field(sa_type=BigInteger)
    qty: int = _big()
    limit_ticks: int = _big()
    stage: str
    since_ns: int = _big()
    priority: int = _big()
    filled: int = _big()
    fills: int
    ahead_milli: int = _big()
    ahead_at_entry_milli: int | None = Field(sa_type=BigInteger)
    behind_window: bool
    traded_at_price: int = _big()
    joined_seq: int = _big(before=0)
    impact_ticks: int = _big(before=0)
    change_due_ns: int | None = Field(sa_type=BigInteger)
    change_place: int | None = Field(sa_type=BigInteger)
    change_qty: int | None = Field(sa_type=BigInteger)
    change_limit_ticks: int | None = Field(sa_type=BigInteger)
    latency_ns: int = _big(before=0)
    trigger_kind: str | None
    trigger_amount: int | None = Field(sa_type=BigInteger)
    good_till: str | None
    group_id: int | None = Field(sa_type=BigInteger)
    group_kind: str | None
    mark_ticks: int | None = Field(sa_type=BigInteger)
    triggered_at_ns: int | None = Field(sa_type=BigInteger)
    triggered_ticks: int | None = Field(sa_type=BigInteger)
    entry_filled: int | None = Field(sa_type=BigInteger)
    short: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    replaced: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class FillRow(EngineTable, table=True):
    __tablename__ = "fill"
    __table_args__ = (Index("ix_fill_account", "account_id", "seq"),)
    order_id: int = _big(primary_key=True)
    number: int = Field(primary_key=True)
    seq: int = _big()
    account_id: int = _big()
    instrument_id: str
    side: int
    price_ticks: int = _big()
    qty: int = _big()
    notional_minor: int = _big()
    fees: str
    at_ns: int = _big()
    receipt: str


class PlanRow(EngineTable, table=True):
    """A plan for good.  ``terms`` is what was armed, ``progress`` how far it has come (JSON)."""

    __tablename__ = "plan"
    __table_args__ = (Index("ix_plan_account_state", "account_id", "state"),)
    plan_id: int = _big(primary_key=True)
    venue_id: str = Field(index=True)
    account_id: int = _big()
    kind: str
    state: str
    cause: str
    terms: str
    progress: str
    armed_at_ns: int = _big()
    since_ns: int = _big()
    ended_at_ns: int | None = Field(sa_type=BigInteger)
    steps: int


class StepRow(EngineTable, table=True):
    """The receipt of one step of a plan (JSON)."""

    __tablename__ = "plan_step"
    plan_id: int = _big(primary_key=True)
    number: int = Field(primary_key=True)
    seq: int = _big()
    account_id: int = _big()
    body: str


class EntitlementRow(EngineTable, table=True):
    """An account's part in one ex-date, see simtrade/desk/entitlement.py."""

    __tablename__ = "entitlement"
    account_id: int = _big(primary_key=True)
    instrument_id: str = Field(primary_key=True)
    ex_session: str = Field(primary_key=True)
    qty: int = _big()
    cash_minor: int = _big()
    tax_minor: int = _big()
    cash_due: bool
    bonus_qty: int = _big()
    bonus_due: bool
    rights_qty: int = _big()
    rights_ticks: int = _big()
    rights_open: bool
    subscribed_qty: int = _big()
    rights_due: bool


class TakenRow(EngineTable, table=True):
    """What accounts have taken from displayed levels (side 0, 1) or from one bar (side 2, with the
    bar's start in place of the price); how often two accounts have met (side 3, with the other
    account in place of the price and the count in place of the size): part of a venue's state at
    its cursor.  Account 0 is all of them, where they share.  ``at_ns``: when that was true, of
    takings that fade."""

    __tablename__ = "taken"
    venue_id: str = Field(primary_key=True)
    instrument_id: str = Field(primary_key=True)
    account_id: int = _big(primary_key=True)
    side: int = Field(primary_key=True)
    price_ticks: int = _big(primary_key=True)
    milli: int = _big()
    at_ns: int = _big(before=0)
