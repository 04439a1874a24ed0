"""What happened to an account's orders, event by event, each with its order as it was then.

The account's journal numbers are the order of updates: whoever knows the last number he has seen
gets exactly what came after it, however long ago that was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec

from matching.orders import AccountId, OrderId
from matching.units import AtNs
from simtrade.portfolio.order_history import OrderHistory
from simtrade.portfolio.order_versions import OrderVersion, Standing, average_milli
from simtrade.portfolio.views import OrderState
from simtrade.store.engine_reads import EngineReads

# What a trigger did is told by what follows it.
_KINDS = (
    "accepted", "filled", "cancelled", "replaced", "reduced", "released", "priced", "adjusted",
)  # fmt: skip
_OVER = (OrderState.FILLED, OrderState.CANCELLED, OrderState.EXPIRED)


class UpdateKind(StrEnum):
    """``RESTATED``: its terms changed without its owner: by its group, its market, a split."""

    NEW = "new"
    PARTIAL_FILL = "partial_fill"
    FILL = "fill"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    RESTATED = "restated"


@dataclass(frozen=True, slots=True)
class Execution:
    """Fill ``number`` (1, 2, ...) of an order.  ``position_qty``: what the account then had of the
    instrument, negative what it owed; None in a journal of before this was kept."""

    number: int
    price_ticks: int
    qty: int
    position_qty: int | None


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """``number`` is the account's event; of a replace comes ``step`` 0, the end of one version, and
    step 1, the begin of the next.  ``order`` is as it was then."""

    number: int
    step: int
    kind: UpdateKind
    at_ns: AtNs
    order: OrderVersion
    fill: Execution | None = None


class OrderEvents:
    """Safe to use from several threads."""

    def __init__(self, reads: EngineReads, history: OrderHistory) -> None:
        self._reads = reads
        self._history = history

    def newest(self, account_id: AccountId) -> int:
        """The number of the account's newest event; LookupError when there is no such account."""
        row = self._reads.account(account_id)
        if row is None:
            raise LookupError(account_id)
        return int(row.events)

    def after(self, account_id: AccountId, number: int, limit: int) -> tuple[OrderUpdate, ...]:
        """The updates of the next ``limit`` events after ``number``, oldest first; empty when
        there are none."""
        rows = self._reads.events(account_id, after=number, limit=limit, kinds=_KINDS)
        return tuple(one for row in rows for one in self._updates(account_id, row))

    def _updates(self, account_id: AccountId, row: Any) -> list[OrderUpdate]:
        body: dict[str, Any] = msgspec.json.decode(row.body)
        order_id, version = OrderId(body["order_id"]), body.get("replaced", 0)
        found = self._history.version(account_id, order_id, version)
        assert found is not None, "an event without its order"
        at_ns = _moment(row.kind, body, found)
        then = self._as_then(account_id, found, row.kind, body, at_ns)
        if row.kind != "replaced":
            fill = _execution(body) if row.kind == "filled" else None
            return [OrderUpdate(row.number, 0, _kind(row.kind, then), at_ns, then, fill)]
        old = self._history.version(account_id, order_id, version - 1)
        assert old is not None
        return [
            OrderUpdate(row.number, 0, UpdateKind.REPLACED, at_ns, old),
            OrderUpdate(row.number, 1, UpdateKind.NEW, at_ns, then),
        ]

    def _as_then(
        self,
        account_id: AccountId,
        now: OrderVersion,
        kind: str,
        body: dict[str, Any],
        at_ns: AtNs,
    ) -> OrderVersion:
        """A version with the figures that the event told."""
        state = OrderState(body["state"])
        over = state in _OVER
        return replace(
            now,
            qty=body["qty"],
            filled=body["filled"],
            average_ticks_milli=self._average(account_id, now, body["filled"]),
            limit_ticks=body["limit_ticks"] if now.kind.names_limit else None,
            stop_ticks=body.get("stop_ticks", now.stop_ticks),
            state=state,
            cause=body.get("cause", ""),
            standing=Standing.ENDED if over else _standing(kind, now),
            updated_at_ns=at_ns,
            ended_at_ns=at_ns if over else None,
        )

    def _average(self, account_id: AccountId, now: OrderVersion, filled: int) -> int | None:
        """The average price of the first ``filled`` of an order."""
        if filled == now.filled:
            return now.average_ticks_milli
        qty = notional_minor = 0
        for row in reversed(self._reads.fills(account_id, order_id=now.order_id)):
            if qty >= filled:
                break
            qty += row.qty
            notional_minor += row.notional_minor
        return average_milli(now.instrument, notional_minor, qty)


def _kind(kind: str, then: OrderVersion) -> UpdateKind:
    match kind:
        case "accepted":
            return UpdateKind.NEW
        case "filled":
            return UpdateKind.FILL if then.state is OrderState.FILLED else UpdateKind.PARTIAL_FILL
        case "cancelled":
            return UpdateKind.EXPIRED if then.state is OrderState.EXPIRED else UpdateKind.CANCELED
    return UpdateKind.RESTATED


def _standing(kind: str, now: OrderVersion) -> Standing:
    """Of an order that was open."""
    if now.is_exit and kind in ("accepted", "adjusted", "reduced") and not now.filled:
        held = kind == "accepted" or now.standing is Standing.HELD
        return Standing.HELD if held else Standing.WORKING
    early = kind == "accepted" and now.standing is Standing.EARLY
    return Standing.EARLY if early else Standing.WORKING


def _execution(body: dict[str, Any]) -> Execution:
    return Execution(
        body["number"], body["price_ticks"], body["fill_qty"], body.get("position_qty")
    )


def _moment(kind: str, body: dict[str, Any], now: OrderVersion) -> AtNs:
    """When an event happened; an order that came or ended has its moment itself."""
    told: int | None = body.get("at_ns")
    if told is not None:
        return AtNs(told)
    if kind == "accepted":
        return now.submitted_at_ns
    return now.ended_at_ns or now.updated_at_ns
