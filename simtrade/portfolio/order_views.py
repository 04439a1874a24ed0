"""What the owner of an order sees of it: its terms, its state, what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from matching.instrument import Instrument, InstrumentId
from matching.orders import GroupKind, OrderId, OrderKind, Side, TimeInForce, Trigger
from matching.units import AtNs
from matching.working import Stage
from simtrade.portfolio.views import OrderState, OrderView
from simtrade.portfolio.waiting import waiting_for
from simtrade.store.engine_rows import trigger_of
from simtrade.venues.snapshot import Snapshot


def order_view(
    row: Any,
    instruments: dict[InstrumentId, Instrument],
    shown: Snapshot,
    platform_stops: Callable[[Instrument], bool],
) -> OrderView:
    """What its owner sees of an order, from its row and the market of now.  ``platform_stops`` says
    whether the market of an instrument knows no stop orders of its own."""
    instrument_id = InstrumentId(row.instrument_id)
    kind, side, trigger = OrderKind(row.kind), Side(row.side), trigger_of(row)
    group = None if row.group_kind is None else GroupKind(row.group_kind)
    has_depth = instrument_id in shown.depth
    queued = row.stage == Stage.RESTING and has_depth and not row.behind_window
    has_limit = kind.names_limit or row.stage == Stage.RESTING
    average = row.filled_notional_minor * 1000 // row.filled if row.filled else None
    if average is not None:
        average = average // max(1, instruments[instrument_id].notional_minor(1, 1))
    return OrderView(
        order_id=OrderId(row.order_id),
        key=row.key,
        instrument=instruments[instrument_id],
        side=side,
        kind=kind,
        time_in_force=TimeInForce(row.time_in_force),
        qty=row.qty,
        filled=row.filled,
        limit_ticks=row.limit_ticks if has_limit else None,
        average_ticks_milli=average,
        state=OrderState(row.state),
        cause=row.cause,
        waiting_for=waiting_for(row, shown, has_depth=has_depth) if row.state == "open" else "",
        ahead_qty=-(-row.ahead_milli // 1000) if queued else None,
        traded_at_price=row.traded_at_price if queued or row.traded_at_price else None,
        placed_at_ns=AtNs(row.placed_at_ns),
        hold_minor=row.hold_minor,
        trigger=trigger,
        stop_ticks=_stop_ticks(trigger, side, row.mark_ticks),
        triggered_at_ns=None if row.triggered_at_ns is None else AtNs(row.triggered_at_ns),
        triggered_ticks=row.triggered_ticks,
        platform_stop=trigger is not None and platform_stops(instruments[instrument_id]),
        good_till=None if row.good_till is None else date.fromisoformat(row.good_till),
        group_id=None if row.group_id is None else OrderId(row.group_id),
        group=group,
        role=_role(row, group, trigger),
        short=bool(row.short),
    )


def _stop_ticks(trigger: Trigger | None, side: Side, mark_ticks: int | None) -> int | None:
    """None for an exit that trails as long as its entry has not filled."""
    if trigger is None or (trigger.trails and mark_ticks is None):
        return None
    return trigger.stop_ticks(side, mark_ticks)


def _role(row: Any, group: GroupKind | None, trigger: Trigger | None) -> str:
    if group is None:
        return ""
    if group is GroupKind.OCO:
        return "pair"
    if row.group_id == row.order_id:
        return "entry"
    return "take_profit" if trigger is None else "stop_loss"
