"""Bring holdings to weights: sales first, then purchases with the cash that is there.

The account's value and the wanted quantities are taken when it starts, at the prices of that
moment; quantities are whole lots, so weights are met as nearly as lots allow, from below.
"""

from __future__ import annotations

from matching.market import MarketEvent, PhaseChange
from matching.orders import Side
from matching.phases import PHASES
from simtrade.desk.state import OrderRecord
from simtrade.plans.acting import Acting
from simtrade.plans.behaviour import Behaviour
from simtrade.plans.model import Because, Leg, Plan, PlanState, Rebalance


class RebalancePlan(Behaviour):
    def start(self, acting: Acting, because: Because) -> None:
        self._begin(acting, because)

    def on_event(self, acting: Acting, event: MarketEvent) -> None:
        if isinstance(event, PhaseChange) and not acting.plan.progress.orders:
            self._begin(acting, Because.SESSION)

    def on_ended(self, acting: Acting, record: OrderRecord) -> None:  # noqa: ARG002
        """The last sale is over; one that the day cut off is looked at again in the next."""
        trades = PHASES[acting.venue.exchange.phase].matches
        if trades and not acting.plan.progress.orders:
            self._buy(acting, Because.FILLED)

    def _begin(self, acting: Acting, because: Because) -> None:
        """Where prices are made; a plan that was interrupted goes on from what is held."""
        if not PHASES[acting.venue.exchange.phase].matches:
            return
        for name, wanted in wanted_quantities(acting, _spec(acting.plan)).items():
            surplus = acting.held_qty(name) - wanted
            if surplus > 0:
                acting.place(Leg(name, Side.SELL, surplus), because)
        if not acting.plan.progress.orders:
            self._buy(acting, because)

    def _buy(self, acting: Acting, because: Because) -> None:
        spec = _spec(acting.plan)
        keep = _value_minor(acting, spec) * spec.reserve_permille // 1000
        spendable = max(0, acting.cash_minor() - keep)
        for name, wanted in wanted_quantities(acting, spec).items():
            listing = acting.listing(name)
            missing = wanted - acting.held_qty(name)
            price = listing.expected_ticks(Side.BUY)
            if missing <= 0 or price is None or listing.rules is None:
                continue
            lot = listing.rules.lot
            qty = min(missing // lot * lot, acting.affordable_qty(name, lot, spendable))
            if qty:
                acting.place(Leg(name, Side.BUY, qty), because)
                spendable = max(0, acting.cash_minor() - keep)
        acting.finish(PlanState.DONE, Because.COMPLETE, keep_orders=True)


def _value_minor(acting: Acting, spec: Rebalance) -> int:
    """Spendable cash and the named holdings at their last prices."""
    total = acting.cash_minor()
    for weight in spec.weights:
        listing = acting.listing(weight.instrument_id)
        last = listing.street.last_ticks or listing.reference_ticks or 0
        total += listing.instrument.notional_minor(last, acting.held_qty(weight.instrument_id))
    return total


def wanted_quantities(acting: Acting, spec: Rebalance) -> dict[str, int]:
    """Quantity per instrument that its weight stands for, whole lots, rounded down."""
    total = _value_minor(acting, spec)
    usable = total - total * spec.reserve_permille // 1000
    found: dict[str, int] = {}
    for weight in spec.weights:
        listing = acting.listing(weight.instrument_id)
        price = listing.street.last_ticks or listing.reference_ticks
        if price is None or listing.rules is None:
            continue
        lot_minor = listing.instrument.notional_minor(price, listing.rules.lot)
        money = usable * weight.permille // 1000
        found[weight.instrument_id] = money // max(1, lot_minor) * listing.rules.lot
    return found


def _spec(plan: Plan) -> Rebalance:
    spec = plan.terms.spec
    assert isinstance(spec, Rebalance)
    return spec
