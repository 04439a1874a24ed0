"""The arithmetic grid: one buy a step below and one sell a step above the last level traded.

Both orders stay until they are filled or the plan ends.  It sells only what it has bought: shares
that were held before are never touched, and what is bought today waits where the market says so.
"""

from __future__ import annotations

from matching.market import MarketEvent, PhaseChange
from matching.orders import Side, TimeInForce
from simtrade.desk.state import OrderRecord
from simtrade.plans.acting import Acting
from simtrade.plans.behaviour import Behaviour, takes_orders
from simtrade.plans.model import Because, Grid, Leg, Plan, PlanState, StepKind, most_orders
from simtrade.portfolio.views import OrderState


def levels(spec: Grid) -> int:
    """How many prices the grid has; the highest is not above ``upper_ticks``."""
    return (spec.upper_ticks - spec.lower_ticks) // spec.step_ticks + 1


def price_of(spec: Grid, level: int) -> int:
    return spec.lower_ticks + level * spec.step_ticks


class GridOfOrders(Behaviour):
    def start(self, acting: Acting, because: Because) -> None:
        if takes_orders(acting):
            self._work(acting, because)

    def on_event(self, acting: Acting, event: MarketEvent) -> None:
        """A new session is another chance for what was refused before; a phase that takes cancels
        again may find orders that should have moved."""
        if not isinstance(event, PhaseChange) or not takes_orders(acting):
            return
        if acting.venue.exchange.session != acting.plan.progress.session:
            self._work(acting, Because.SESSION)
        elif acting.plan.progress.moving:
            self._work(acting, Because.FILLED)

    def on_ended(self, acting: Acting, record: OrderRecord) -> None:
        spec = _grid(acting.plan)
        if record.state is OrderState.FILLED:
            price = record.working.limit_ticks
            acting.plan.progress.level = (price - spec.lower_ticks) // spec.step_ticks
            self._work(acting, Because.FILLED, price)

    def _work(self, acting: Acting, because: Because, price_ticks: int | None = None) -> None:
        """Bring both orders beside the last level traded; what hangs elsewhere is taken back."""
        progress = acting.plan.progress
        was_moving = progress.moving
        kept, progress.moving = self._take_back(acting)
        if progress.moving and not was_moving:
            acting.tell(StepKind.WAITED, because, price_ticks=price_ticks)
        if not progress.moving:
            for side in (Side.BUY, Side.SELL):
                leg = None if side in kept else self._wanted(acting, side)
                if leg is not None and acting.plan.state is PlanState.ARMED:
                    progress.session = acting.venue.exchange.session
                    acting.place(leg, because, price_ticks=price_ticks)
        if _exhausted(acting.plan) and not progress.orders:
            acting.finish(PlanState.DONE, Because.LIMIT)

    def _take_back(self, acting: Acting) -> tuple[list[Side], bool]:
        """The sides whose orders are where they should be, and whether one could not be moved."""
        spec = _grid(acting.plan)
        kept: list[Side] = []
        for tracked in list(acting.plan.progress.orders):
            record = acting.venue.orders[tracked.order_id]
            side, level = record.order.side, _level(acting, spec, record.order.side)
            if level is not None and record.working.limit_ticks == price_of(spec, level):
                kept.append(side)
            elif acting.cancel(tracked) is not None:
                return kept, True
        return kept, False

    def _wanted(self, acting: Acting, side: Side) -> Leg | None:
        spec = _grid(acting.plan)
        level, sums = _level(acting, spec, side), acting.sums(spec.instrument_id)
        sold_out = side is Side.SELL and sums.bought - sums.sold < spec.qty
        if level is None or sold_out or _exhausted(acting.plan):
            return None
        price = price_of(spec, level)
        return Leg(spec.instrument_id, side, spec.qty, price, TimeInForce.GTC)


def _exhausted(plan: Plan) -> bool:
    return plan.progress.placed >= most_orders(plan.terms)


def _level(acting: Acting, spec: Grid, side: Side) -> int | None:
    """The level of the next order of a side: beside the last one traded, at first beside the
    price; None beyond the grid's ends."""
    level = acting.plan.progress.level
    if level >= 0:
        wanted = level - side.sign
    else:
        last = acting.listing(spec.instrument_id).street.last_ticks
        if last is None:
            return None
        below = -(-(last - spec.lower_ticks) // spec.step_ticks) - 1
        wanted = below if side is Side.BUY else (last - spec.lower_ticks) // spec.step_ticks + 1
        wanted = min(wanted, levels(spec) - 1) if side is Side.BUY else max(wanted, 0)
    return wanted if 0 <= wanted < levels(spec) else None


def _grid(plan: Plan) -> Grid:
    spec = plan.terms.spec
    assert isinstance(spec, Grid)
    return spec
