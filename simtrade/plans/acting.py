"""One plan's turn: it places and cancels through the desk like a person, and writes receipts.

Whatever it changes in a plan comes with a receipt or a fill of the same command, so the plan's row
is written with the journal and never without it.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from matching.instrument import InstrumentId
from matching.listing import Listing
from matching.orders import AccountId, OrderId, OrderKind, Side, TimeInForce
from matching.reasons import Reason
from matching.units import PriceTicks, Qty
from simtrade.desk.ledger import Asset, holder_of
from simtrade.desk.lending import spendable_minor
from simtrade.desk.requests import CancelRequest, PlaceRequest, Refusal, Reply
from simtrade.desk.settle import Settlement
from simtrade.desk.state import Changes, OrderRecord, StepRecord, VenueState
from simtrade.plans.model import (
    Because,
    Leg,
    Plan,
    PlanState,
    Seen,
    Step,
    StepKind,
    Sums,
    Tracked,
    most_orders,
)


class Hands(Protocol):
    """The desk's own way of placing and cancelling: the same checks, holds and receipts."""

    def refresh(self, instrument_id: InstrumentId) -> None: ...
    def place(self, request: PlaceRequest) -> Reply: ...
    def cancel(self, request: CancelRequest) -> Reply: ...
    def check(self, request: PlaceRequest) -> Refusal | None: ...
    def worst_ticks(self, request: PlaceRequest) -> int: ...


class Acting:
    """``plan`` acts now, at the venue's cursor."""

    def __init__(self, venue: VenueState, changes: Changes, hands: Hands, plan: Plan) -> None:
        self.venue = venue
        self.plan = plan
        self._changes = changes
        self._hands = hands

    # What it looks at

    def listing(self, instrument_id: str) -> Listing:
        """Known as a screen knows it: with the newest price."""
        self._hands.refresh(InstrumentId(instrument_id))
        return self.venue.exchange.listings[InstrumentId(instrument_id)]

    def sums(self, instrument_id: str) -> Sums:
        return self.plan.progress.sums.get(instrument_id, Sums())

    def cash_minor(self) -> int:
        """Spendable."""
        return spendable_minor(self.venue, self.plan.account_id)

    def held_qty(self, instrument_id: str) -> int:
        mine = holder_of(self.plan.account_id)
        return self.venue.ledger.balance(mine, Asset(instrument_id)).posted

    def affordable_qty(self, instrument_id: str, lot: int, money_minor: int) -> int:
        """The most whole lots of a market order that an amount covers with its fees, at the worst
        price that the order may get."""
        listing = self.listing(instrument_id)
        if listing.rules is None or listing.expected_ticks(Side.BUY) is None:
            return 0
        worst = self._hands.worst_ticks(self._request(Leg(instrument_id, Side.BUY, lot)))
        lot_minor = max(1, listing.instrument.notional_minor(worst, lot))
        qty = money_minor // lot_minor * lot
        notional = listing.instrument.notional_minor(worst, qty)
        fees = sum(amount for _, amount in listing.rules.fee_items(Side.BUY, notional, qty))
        return max(0, money_minor - fees) // lot_minor * lot

    # Receipts

    def tell(
        self,
        kind: StepKind,
        because: Because,
        *,
        leg: Leg | None = None,
        order_id: OrderId | None = None,
        refusal: Refusal | None = None,
        numbers: dict[str, int] | None = None,
        seen: tuple[Seen, ...] = (),
        price_ticks: int | None = None,
    ) -> None:
        plan = self.plan
        plan.steps += 1
        step = Step(
            number=plan.steps,
            at_ns=self.venue.cursor_ns,
            kind=kind,
            because=because,
            leg=leg,
            order_id=order_id,
            reason=refusal.reason.code if refusal else "",
            numbers=dict(refusal.numbers) if refusal else numbers or {},
            rule=refusal.rule if refusal else "",
            seen=seen,
            price_ticks=price_ticks,
        )
        self._changes.plans[plan.plan_id] = plan
        self._changes.steps.append(StepRecord(plan.plan_id, plan.account_id, step))
        account = self.venue.accounts[plan.account_id]
        body = {
            "plan_id": plan.plan_id,
            "plan_kind": plan.terms.kind,
            "state": plan.state.value,
            "step": msgspec.to_builtins(step),
        }
        Settlement(self.venue, self._changes).tell(account, "plan", body)

    # Orders

    def check(self, leg: Leg) -> Refusal | None:
        """What the exchange would say of the order now, cash and holdings left aside."""
        return self._hands.check(self._request(leg))

    def place(
        self,
        leg: Leg,
        because: Because,
        *,
        seen: tuple[Seen, ...] = (),
        price_ticks: int | None = None,
    ) -> Tracked | None:
        """Send an order inside the plan's limits.  None when it was refused, with its receipt."""
        request = self._request(leg)
        told = Leg(leg.instrument_id, leg.side, leg.qty, request.limit_ticks, leg.time_in_force)
        reply = self._beyond_limits(leg, request) or self._hands.place(request)
        if isinstance(reply, Refusal):
            self.tell(
                StepKind.REFUSED, because, leg=told, refusal=reply, seen=seen,
                price_ticks=price_ticks,
            )  # fmt: skip
            return None
        assert reply.order_id is not None
        tracked = Tracked(reply.order_id)
        self.plan.progress.orders.append(tracked)
        self.plan.progress.placed += 1
        self.tell(
            StepKind.PLACED, because, leg=told, order_id=reply.order_id, seen=seen,
            price_ticks=price_ticks,
        )  # fmt: skip
        return tracked

    def _request(self, leg: Leg) -> PlaceRequest:
        """The order; a market order of a plan with a price corridor is a limit order at its edge,
        or it could be filled outside."""
        limits = self.plan.terms.limits
        edge = limits.highest_ticks if leg.side is Side.BUY else limits.lowest_ticks
        limit = edge if leg.limit_ticks is None else leg.limit_ticks
        return PlaceRequest(
            account_id=self.plan.account_id,
            key=f"plan-{self.plan.plan_id}-{self.plan.progress.placed + 1}",
            instrument_id=InstrumentId(leg.instrument_id),
            side=leg.side,
            kind=OrderKind.MARKET if limit is None else OrderKind.LIMIT,
            qty=Qty(leg.qty),
            limit_ticks=None if limit is None else PriceTicks(limit),
            time_in_force=leg.time_in_force,
        )

    def _beyond_limits(self, leg: Leg, request: PlaceRequest) -> Refusal | None:
        """The first limit that the order would go beyond; what is open counts as if filled."""
        limits, progress = self.plan.terms.limits, self.plan.progress
        most = most_orders(self.plan.terms)
        if progress.placed >= most:
            return Refusal(Reason.PLAN_LIMIT_STEPS, {"max_steps": most})
        listing = self.listing(leg.instrument_id)
        price = leg.limit_ticks or listing.expected_ticks(leg.side)
        if price is None:
            return None  # the desk refuses an order without any price
        lowest, highest = limits.lowest_ticks, limits.highest_ticks
        if (lowest is not None and price < lowest) or (highest is not None and price > highest):
            return Refusal(Reason.PLAN_LIMIT_PRICE, {"price_ticks": price})
        if limits.max_qty is not None:
            qty = self._net_qty(leg) + leg.qty
            if qty > limits.max_qty:
                return Refusal(Reason.PLAN_LIMIT_QTY, {"limit_qty": limits.max_qty})
        if limits.max_money_minor is not None and leg.side is Side.BUY and listing.rules:
            worst = self._hands.worst_ticks(request)
            money = listing.instrument.notional_minor(worst, leg.qty) + self._net_money()
            if money > limits.max_money_minor:
                numbers = {"limit_minor": limits.max_money_minor, "needed_minor": int(money)}
                return Refusal(Reason.PLAN_LIMIT_MONEY, numbers)
        return None

    def _records(self) -> list[OrderRecord]:
        """The plan's open orders, with every fill counted: an order may end as it is placed, and
        the next of the same step has to know."""
        orders, opened = self.venue.orders, list[OrderRecord]()
        for tracked in self.plan.progress.orders:
            record = orders.get(tracked.order_id)
            self._count(tracked, record or self._changes.orders[tracked.order_id])
            opened += [] if record is None else [record]
        return opened

    def _net_qty(self, leg: Leg) -> int:
        """Traded in the leg's direction less the other, with what is open in it."""
        opened = sum(
            record.working.qty - record.filled
            for record in self._records()
            if record.order.instrument_id == leg.instrument_id and record.order.side is leg.side
        )
        sums = self.sums(leg.instrument_id)
        return leg.side.sign * (sums.bought - sums.sold) + opened

    def _net_money(self) -> int:
        opened = self._records()
        sums = self.plan.progress.sums.values()
        spent = sum(one.bought_minor - one.sold_minor for one in sums)
        for record in opened:
            if record.order.side is Side.BUY:
                instrument = self.venue.instrument(record.order.instrument_id)
                working = record.working
                leaves = working.qty - record.filled
                spent += instrument.notional_minor(working.limit_ticks, leaves)
        return spent

    def cancel(self, tracked: Tracked) -> Refusal | None:
        """Take one of the plan's open orders back; what it was filled stays counted."""
        key = f"plan-{self.plan.plan_id}-cancel"
        reply = self._hands.cancel(CancelRequest(self.plan.account_id, key, tracked.order_id))
        if isinstance(reply, Refusal):
            return reply
        self._close(tracked)
        return None

    def cancel_all(self) -> Refusal | None:
        """Take all of them back; the refusal of the first that cannot be."""
        for tracked in list(self.plan.progress.orders):
            opened = tracked.order_id in self.venue.orders
            refusal = self.cancel(tracked) if opened else None
            if refusal is not None:
                return refusal
        return None

    def pause(self, because: Because) -> Refusal | None:
        """No orders in the market and no steps until it is resumed."""
        refusal = self.cancel_all()
        if refusal is None:
            self.plan.state = PlanState.PAUSED
            self.tell(StepKind.PAUSED, because)
        return refusal

    def absorb(self) -> list[OrderRecord]:
        """Count new fills of the plan's orders; those that have ended since, oldest first."""
        ended: list[OrderRecord] = []
        for tracked in list(self.plan.progress.orders):
            if tracked.order_id in self.venue.orders:
                self._count(tracked, self.venue.orders[tracked.order_id])
            else:
                ended.append(self._close(tracked))
        return ended

    def _close(self, tracked: Tracked) -> OrderRecord:
        """An order that ended in this very command."""
        record = self._changes.orders[tracked.order_id]
        self._count(tracked, record)
        self.plan.progress.orders.remove(tracked)
        self._changes.plans[self.plan.plan_id] = self.plan
        return record

    def _count(self, tracked: Tracked, record: OrderRecord) -> None:
        qty = record.filled - tracked.filled
        if not qty:
            return
        minor = record.filled_notional_minor - tracked.notional_minor
        tracked.filled, tracked.notional_minor = record.filled, record.filled_notional_minor
        sums = self.plan.progress.sums.setdefault(record.order.instrument_id, Sums())
        if record.order.side is Side.BUY:
            sums.bought += qty
            sums.bought_minor += minor
        else:
            sums.sold += qty
            sums.sold_minor += minor
        self._changes.plans[self.plan.plan_id] = self.plan

    # The end

    def finish(
        self,
        state: PlanState,
        because: Because,
        numbers: dict[str, int] | None = None,
        *,
        keep_orders: bool = False,
    ) -> None:
        """The plan is over.  Its open orders are taken back; with ``keep_orders`` they live on as
        orders like any other.  In a phase that takes no cancels, orders for the day stay until it
        is over; a plan with longer ones ends later, when it is asked again."""
        if not keep_orders and self.cancel_all() is not None:
            forces = [record.order.time_in_force for record in self._records()]
            if TimeInForce.GTC in forces:
                return
        self.absorb()
        self.plan.progress.orders.clear()
        self.plan.state = state
        self.plan.cause = because.value
        self.plan.ended_at_ns = self.venue.cursor_ns
        self.tell(_ENDINGS[state], because, numbers=numbers)
        del self.venue.plans[self.plan.plan_id]

    @property
    def account_id(self) -> AccountId:
        return self.plan.account_id


_ENDINGS = {
    PlanState.DONE: StepKind.DONE,
    PlanState.STOPPED: StepKind.STOPPED,
    PlanState.EXPIRED: StepKind.EXPIRED,
    PlanState.FAILED: StepKind.FAILED,
}
