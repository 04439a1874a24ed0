"""State of the desk as rows of engine.db, and back; a row is a tuple in column order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from matching.instrument import InstrumentId
from matching.orders import (
    AccountId,
    FillProfile,
    GroupKind,
    OrderId,
    OrderKind,
    PlaceOrder,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.units import CURRENCIES, AtNs, PriceTicks, Qty
from matching.working import Change, Stage, WorkingOrder
from simtrade.desk.commands import Command, CommandKind, canonical
from simtrade.desk.entitlement import Entitlement, Lot
from simtrade.desk.ledger import Asset, Balance, Holder, Transfer
from simtrade.desk.requests import UserId, VenueId
from simtrade.desk.state import (
    Account,
    FillRecord,
    JournalEvent,
    OrderRecord,
    Position,
    VenueState,
)
from simtrade.portfolio.views import OrderState

Row = tuple[Any, ...]

_NO_CHANGE = (None, None, None, None)
PAIR_SIDE = 3  # in ``taken``: how often two accounts have met; the price is the other account
BAR_SIDE = 2  # in ``taken``: what was taken from one bar; the price is the bar's start


def text(value: object) -> str:
    return canonical(value).decode()


def command_row(command: Command, result: str, chain: str) -> Row:
    return (
        command.seq, command.venue_id, command.scope, command.key, command.kind.value,
        text(command.body), command.at_wall_ns, command.cursor_ns, result, chain,
    )  # fmt: skip


def command_of(row: Row) -> Command:
    """Inverse of ``command_row``, without result and chain."""
    seq, venue_id, scope, key, kind, body, at_wall_ns, cursor_ns, *_ = row
    return Command(
        seq, VenueId(venue_id), scope, key, CommandKind(kind), msgspec.json.decode(body),
        at_wall_ns, AtNs(cursor_ns),
    )  # fmt: skip


def event_rows(seq: int, events: Sequence[JournalEvent]) -> Iterator[Row]:
    for place, event in enumerate(events):
        yield seq, place, event.account_id, event.number, event.kind, text(event.body)


def transfer_rows(seq: int, transfers: Sequence[Transfer]) -> Iterator[Row]:
    for place, one in enumerate(transfers):
        yield (
            seq, place, one.asset, one.debit, one.credit, one.amount, one.kind.value,
            one.order_id, one.code,
        )  # fmt: skip


def fill_row(seq: int, fill: FillRecord) -> Row:
    return (
        fill.order_id, fill.number, seq, fill.account_id, fill.instrument_id, fill.side,
        fill.price_ticks, fill.qty, fill.notional_minor, text(fill.fees), fill.at_ns,
        text(fill.receipt),
    )  # fmt: skip


def balance_row(venue_id: VenueId, holder: Holder, asset: Asset, balance: Balance) -> Row:
    return (
        venue_id, holder, asset, balance.debits_posted, balance.credits_posted,
        balance.debits_pending, balance.credits_pending,
    )  # fmt: skip


def venue_row(venue: VenueState) -> Row:
    return (
        venue.venue_id, venue.owner, venue.tape, venue.first_session.isoformat(), venue.start_ns,
        venue.cursor_ns, int(venue.running), venue.speed, venue.start_minor, venue.currency.code,
        venue.exchange.scope.value, venue.name,
    )  # fmt: skip


def account_row(account: Account) -> Row:
    return (
        account.account_id, account.venue_id, account.user_id, account.profile.value,
        account.currency.code, account.opened_at_ns, account.start_minor, account.fees_minor,
        account.spread_half_minor, account.events, int(account.margin),
        account.call_session.isoformat() if account.call_session else None, account.call_left,
    )  # fmt: skip


def position_row(position: Position) -> Row:
    return (
        position.account_id, position.instrument_id, position.cost_minor, position.unsettled_qty,
        position.realised_minor, text(position.lots),
    )  # fmt: skip


def entitlement_row(one: Entitlement) -> Row:
    return (
        one.account_id, one.instrument_id, one.ex_session.isoformat(), one.qty, one.cash_minor,
        one.tax_minor, int(one.cash_due), one.bonus_qty, int(one.bonus_due), one.rights_qty,
        one.rights_ticks, int(one.rights_open), one.subscribed_qty, int(one.rights_due),
    )  # fmt: skip


def order_row(venue_id: VenueId, record: OrderRecord) -> Row:
    order, working = record.order, record.working
    return (
        order.order_id, venue_id, order.account_id, record.key, order.instrument_id,
        int(order.side), order.kind.value, order.time_in_force.value, order.profile.value,
        order.qty, order.limit_ticks, order.at_ns, record.state.value, record.cause,
        record.filled_notional_minor, text(record.fees), record.hold_minor, record.hold_qty,
        record.ended_at_ns, working.qty, working.limit_ticks, working.stage.value,
        working.since_ns, working.priority, working.filled, working.fills, working.ahead_milli,
        working.ahead_at_entry_milli, int(working.behind_window), working.traded_at_price,
        working.joined_seq, working.impact_ticks, *(working.change or _NO_CHANGE),
        order.latency_ns,
        *(_NO_TERMS if order.trigger is None and order.group_id is None and order.good_till is None
          else _terms(order, working)),
        int(order.short), record.replaced,
    )  # fmt: skip


_NO_TERMS = (None,) * 9


def _terms(order: PlaceOrder, working: WorkingOrder) -> Row:
    """Columns of an order with a trigger, a date or a group."""
    trigger, last, group = order.trigger, order.good_till, order.group
    return (
        trigger.kind.value if trigger else None, trigger.amount if trigger else None,
        last.isoformat() if last else None, order.group_id, group.value if group else None,
        working.mark_ticks, working.triggered_at_ns, working.triggered_ticks, working.entry_filled,
    )  # fmt: skip


def taken_rows(venue: VenueState) -> Iterator[Row]:
    """Everything that accounts have taken from the street at the venue's cursor."""
    for instrument_id, listing in venue.exchange.listings.items():
        for account_id, side, price_ticks, milli, at_ns in listing.consumed.entries():
            yield venue.venue_id, instrument_id, account_id, int(side), price_ticks, milli, at_ns
        for account_id, qty in sorted(listing.bar_used.items()):
            start_ns = listing.bar_used_start_ns
            yield venue.venue_id, instrument_id, account_id, BAR_SIDE, start_ns, qty, 0
        for (low, high), times in sorted(listing.pairs.items()):
            yield venue.venue_id, instrument_id, low, PAIR_SIDE, high, times, 0


def account_of(row: Any) -> Account:
    return Account(
        account_id=AccountId(row.account_id),
        venue_id=VenueId(row.venue_id),
        user_id=UserId(row.user_id),
        profile=FillProfile(row.profile),
        currency=CURRENCIES[row.currency],
        opened_at_ns=AtNs(row.opened_at_ns),
        start_minor=row.start_minor,
        fees_minor=row.fees_minor,
        spread_half_minor=row.spread_half_minor,
        events=row.events,
        margin=bool(row.margin),
        call_session=None if row.call_session is None else date.fromisoformat(row.call_session),
        call_left=row.call_left,
    )


def position_of(row: Any) -> Position:
    return Position(
        account_id=AccountId(row.account_id),
        instrument_id=InstrumentId(row.instrument_id),
        cost_minor=row.cost_minor,
        unsettled_qty=row.unsettled_qty,
        realised_minor=row.realised_minor,
        lots=msgspec.json.decode(row.lots, type=list[Lot]),
    )


def entitlement_of(row: Any) -> Entitlement:
    return Entitlement(
        account_id=AccountId(row.account_id),
        instrument_id=InstrumentId(row.instrument_id),
        ex_session=date.fromisoformat(row.ex_session),
        qty=row.qty,
        cash_minor=row.cash_minor,
        tax_minor=row.tax_minor,
        cash_due=bool(row.cash_due),
        bonus_qty=row.bonus_qty,
        bonus_due=bool(row.bonus_due),
        rights_qty=row.rights_qty,
        rights_ticks=row.rights_ticks,
        rights_open=bool(row.rights_open),
        subscribed_qty=row.subscribed_qty,
        rights_due=bool(row.rights_due),
    )


def balance_of(row: Any) -> Balance:
    return Balance(
        debits_posted=row.debits_posted,
        credits_posted=row.credits_posted,
        debits_pending=row.debits_pending,
        credits_pending=row.credits_pending,
    )


def trigger_of(row: Any) -> Trigger | None:
    """The trigger of an order's row."""
    if row.trigger_kind is None:
        return None
    return Trigger(TriggerKind(row.trigger_kind), row.trigger_amount)


def order_of(row: Any) -> OrderRecord:
    order = PlaceOrder(
        order_id=OrderId(row.order_id),
        account_id=AccountId(row.account_id),
        instrument_id=InstrumentId(row.instrument_id),
        side=Side(row.side),
        kind=OrderKind(row.kind),
        qty=Qty(row.placed_qty),
        limit_ticks=None if row.placed_limit_ticks is None else PriceTicks(row.placed_limit_ticks),
        time_in_force=TimeInForce(row.time_in_force),
        profile=FillProfile(row.profile),
        at_ns=AtNs(row.placed_at_ns),
        latency_ns=row.latency_ns,
        trigger=trigger_of(row),
        good_till=None if row.good_till is None else date.fromisoformat(row.good_till),
        group_id=None if row.group_id is None else OrderId(row.group_id),
        group=None if row.group_kind is None else GroupKind(row.group_kind),
        short=bool(row.short),
    )
    working = WorkingOrder(
        order=order,
        qty=row.qty,
        limit_ticks=row.limit_ticks,
        stage=Stage(row.stage),
        since_ns=AtNs(row.since_ns),
        priority=row.priority,
        filled=row.filled,
        fills=row.fills,
        ahead_milli=row.ahead_milli,
        ahead_at_entry_milli=row.ahead_at_entry_milli,
        behind_window=bool(row.behind_window),
        traded_at_price=row.traded_at_price,
        joined_seq=row.joined_seq,
        impact_ticks=row.impact_ticks,
        change=_change_of(row),
        mark_ticks=row.mark_ticks,
        triggered_at_ns=None if row.triggered_at_ns is None else AtNs(row.triggered_at_ns),
        triggered_ticks=row.triggered_ticks,
        entry_filled=row.entry_filled or 0,
    )
    return OrderRecord(
        order=order,
        key=row.key,
        working=working,
        state=OrderState(row.state),
        cause=row.cause,
        filled=row.filled,
        filled_notional_minor=row.filled_notional_minor,
        fees=msgspec.json.decode(row.fees, type=dict[str, int]),
        hold_minor=row.hold_minor,
        hold_qty=row.hold_qty,
        ended_at_ns=None if row.ended_at_ns is None else AtNs(row.ended_at_ns),
        replaced=row.replaced,
    )


def _change_of(row: Any) -> Change | None:
    if row.change_due_ns is None:
        return None
    limit_ticks = PriceTicks(row.change_limit_ticks)
    return Change(AtNs(row.change_due_ns), row.change_place, Qty(row.change_qty), limit_ticks)
