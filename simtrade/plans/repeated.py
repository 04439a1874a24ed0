"""Fixed amount: every so many sessions buy for the same amount of money, in whole lots.

What a purchase leaves over, or spends beyond it because the price moved, is carried to the next.
"""

from __future__ import annotations

from matching.market import MarketEvent, Phase, PhaseChange
from matching.orders import Side
from simtrade.desk.state import OrderRecord
from simtrade.plans.acting import Acting
from simtrade.plans.behaviour import Behaviour
from simtrade.plans.model import (
    Because,
    FixedAmount,
    Leg,
    Plan,
    PlanState,
    StepKind,
    most_orders,
)


class FixedAmountPlan(Behaviour):
    """It buys when continuous trading begins: prices are known then, and nothing is an auction."""

    def start(self, acting: Acting, because: Because) -> None:
        """The first purchase comes at once where the market trades, else with the next session."""
        progress = acting.plan.progress
        trading = acting.venue.exchange.phase is Phase.CONTINUOUS
        if trading and progress.session is None:
            self._session(acting, because)

    def on_event(self, acting: Acting, event: MarketEvent) -> None:
        another = acting.venue.exchange.session != acting.plan.progress.session
        if isinstance(event, PhaseChange) and event.phase is Phase.CONTINUOUS and another:
            self._session(acting, Because.SESSION)

    def on_ended(self, acting: Acting, record: OrderRecord) -> None:
        """What was really paid is known now."""
        acting.plan.progress.carry_minor -= record.filled_notional_minor

    def _session(self, acting: Acting, because: Because) -> None:
        spec, progress = _spec(acting.plan), acting.plan.progress
        progress.session = acting.venue.exchange.session
        if progress.placed >= most_orders(acting.plan.terms):
            acting.finish(PlanState.DONE, Because.LIMIT)
            return
        progress.sessions_left = max(0, progress.sessions_left - 1)
        if progress.sessions_left:
            left = {"sessions_left": progress.sessions_left}
            acting.tell(StepKind.WAITED, Because.SESSION, numbers=left)
            return
        progress.sessions_left = spec.every_sessions
        progress.carry_minor += spec.amount_minor
        self._buy(acting, spec, because)

    def _buy(self, acting: Acting, spec: FixedAmount, because: Because) -> None:
        budget = acting.plan.progress.carry_minor
        listing = acting.listing(spec.instrument_id)
        price = listing.expected_ticks(Side.BUY)
        qty = 0
        if price is not None and listing.rules is not None:
            lot_minor = listing.instrument.notional_minor(price, listing.rules.lot)
            qty = max(0, budget // max(1, lot_minor)) * listing.rules.lot
        if not qty:
            numbers = {"budget_minor": budget}
            acting.tell(StepKind.WAITED, because, numbers=numbers, price_ticks=price)
            return
        acting.place(Leg(spec.instrument_id, Side.BUY, qty), because, price_ticks=price)


def _spec(plan: Plan) -> FixedAmount:
    spec = plan.terms.spec
    assert isinstance(spec, FixedAmount)
    return spec
