"""Plans that send their orders once: staged, conditional, basket."""

from __future__ import annotations

from matching.instrument import InstrumentId
from matching.market import Bar, MarketEvent, PhaseChange
from matching.phases import PHASES
from matching.units import AtNs
from simtrade.plans.acting import Acting
from simtrade.plans.behaviour import Behaviour, takes_orders
from simtrade.plans.conditions import (
    Known,
    Point,
    PriceEvent,
    all_hold,
    only_times,
    point_now,
    points_of,
)
from simtrade.plans.model import (
    Basket,
    Because,
    Conditional,
    ConditionKind,
    Leg,
    Plan,
    PlanState,
    Seen,
    Staged,
)


def _send(acting: Acting, leg: Leg, because: Because, seen: tuple[Seen, ...] = ()) -> None:
    """One order; the plan is over, well or not."""
    if acting.place(leg, because, seen=seen) is None:
        acting.finish(PlanState.FAILED, Because.REFUSAL)
    else:
        acting.finish(PlanState.DONE, Because.COMPLETE, keep_orders=True)


class StagedOrder(Behaviour):
    """Released in the first phase of a later session that takes it: the opening auction where there
    is one, for a market order what comes after it."""

    def on_event(self, acting: Acting, event: MarketEvent) -> None:
        spec = acting.plan.terms.spec
        assert isinstance(spec, Staged)
        another = acting.venue.exchange.session != acting.plan.progress.session
        if isinstance(event, PhaseChange) and another and takes_orders(acting, spec.leg):
            _send(acting, spec.leg, Because.SESSION)


class ConditionalOrder(Behaviour):
    """Sent when all conditions hold at one price, or at their moment where they are only times."""

    def start(self, acting: Acting, because: Because) -> None:  # noqa: ARG002
        self.on_time(acting)

    def on_time(self, acting: Acting) -> None:
        spec, exchange = _conditional(acting.plan), acting.venue.exchange
        if only_times(spec.conditions):
            ready = takes_orders(acting, spec.leg)
        else:
            ready = PHASES[exchange.phase].matches
        last = acting.venue.feed.last(InstrumentId(spec.leg.instrument_id), acting.venue.cursor_ns)
        if ready and last is not None:
            self._judge(acting, spec, (point_now(last),))

    def on_event(self, acting: Acting, event: MarketEvent) -> None:
        spec = _conditional(acting.plan)
        if isinstance(event, PhaseChange) and only_times(spec.conditions):
            self.on_time(acting)
        elif isinstance(event, PriceEvent) and not only_times(spec.conditions):
            if event.instrument_id != spec.leg.instrument_id:
                return
            moment = event.start_ns if isinstance(event, Bar) else event.at_ns
            before = acting.venue.feed.last(event.instrument_id, moment)
            points = points_of(event, before, acting.plan.since_ns)
            # The last bar of a session ends when it is over: nothing can be sent any more.
            if takes_orders(acting, spec.leg):
                self._judge(acting, spec, points)

    def next_ns(self, plan: Plan, now_ns: AtNs) -> AtNs | None:
        times = [
            one.number
            for one in _conditional(plan).conditions
            if one.kind is ConditionKind.TIME_FROM and one.number > now_ns
        ]
        return AtNs(min(times)) if times else None

    def _judge(self, acting: Acting, spec: Conditional, points: tuple[Point, ...]) -> None:
        known = known_of(acting, spec)
        for point in points:
            seen = all_hold(spec.conditions, point, known)
            if seen is not None:
                _send(acting, spec.leg, Because.CONDITIONS, seen)
                return


def _conditional(plan: Plan) -> Conditional:
    spec = plan.terms.spec
    assert isinstance(spec, Conditional)
    return spec


def known_of(acting: Acting, spec: Conditional) -> Known:
    instrument_id = InstrumentId(spec.leg.instrument_id)
    listing = acting.venue.exchange.listings[instrument_id]
    position = acting.venue.positions.get((acting.account_id, instrument_id))
    return Known(
        at_ns=acting.venue.cursor_ns,
        reference_ticks=listing.reference_ticks,
        instrument=listing.instrument,
        position_qty=acting.held_qty(instrument_id),
        cost_minor=position.cost_minor if position else 0,
    )


class BasketOfOrders(Behaviour):
    """All legs at one moment: at once, or in the first phase that takes orders.  A leg that is
    refused does not hold the others back; each is told."""

    def start(self, acting: Acting, because: Because) -> None:
        if takes_orders(acting, *_legs(acting.plan)):
            self._send_all(acting, because)

    def on_event(self, acting: Acting, event: MarketEvent) -> None:
        if isinstance(event, PhaseChange) and takes_orders(acting, *_legs(acting.plan)):
            self._send_all(acting, Because.SESSION)

    def _send_all(self, acting: Acting, because: Because) -> None:
        placed = [acting.place(leg, because) for leg in _legs(acting.plan)]
        if any(one is not None for one in placed):
            acting.finish(PlanState.DONE, Because.COMPLETE, keep_orders=True)
        else:
            acting.finish(PlanState.FAILED, Because.REFUSAL)


def _legs(plan: Plan) -> tuple[Leg, ...]:
    spec = plan.terms.spec
    assert isinstance(spec, Basket)
    return spec.legs
