"""All plans of a venue while its market moves: who acts, in which order, and what they watch.

Plans act oldest first, after everybody's orders have met the event.  Nothing here is remembered
between two commands: what a plan knows is in its row, and the rest is asked of the feed.
"""

from __future__ import annotations

from collections.abc import Mapping

from matching.corporate_actions import CodeChange, Delisting, Due, ExDate
from matching.events import Cause, Event
from matching.instrument import InstrumentId
from matching.market import (
    AuctionCross,
    AuctionIndication,
    Band,
    Bar,
    BarOpen,
    Depth,
    MarketEvent,
    SessionClose,
    SessionOpen,
    Snapshot,
    Split,
    StreetCancel,
    StreetOrder,
    Trade,
)
from matching.units import AtNs
from simtrade.desk.state import Changes, OrderRecord, VenueState
from simtrade.plans.acting import Acting, Hands
from simtrade.plans.behaviour import Behaviour
from simtrade.plans.conditions import band_of, joined, point_now
from simtrade.plans.grid import GridOfOrders
from simtrade.plans.model import (
    Because,
    Conditional,
    FixedAmount,
    Plan,
    PlanState,
    Rebalance,
    StepKind,
    Terms,
    instruments_of,
)
from simtrade.plans.once import BasketOfOrders, ConditionalOrder, StagedOrder, known_of
from simtrade.plans.rebalance import RebalancePlan
from simtrade.plans.repeated import FixedAmountPlan
from simtrade.plans.slices import SlicedOrder

BEHAVIOURS: Mapping[str, Behaviour] = {
    "staged": StagedOrder(),
    "conditional": ConditionalOrder(),
    "fixed_amount": FixedAmountPlan(),
    "grid": GridOfOrders(),
    "basket": BasketOfOrders(),
    "rebalance": RebalancePlan(),
    "twap": SlicedOrder(),
    "pov": SlicedOrder(),
}


class Runner:
    """The plans of ``venue`` during one command; what they do goes into ``changes``."""

    def __init__(self, venue: VenueState, changes: Changes, hands: Hands) -> None:
        self._venue = venue
        self._changes = changes
        self._hands = hands
        self._bands: dict[InstrumentId, Band] | None = None
        self._next_ns: AtNs | None = None
        self._look_again = True

    # For the market's loop

    def watch(self, instrument_id: InstrumentId) -> Band:
        """Which prices matter to anybody's order or to a plan."""
        band = self._venue.exchange.band(instrument_id)
        if not self._venue.plans:
            return band
        if self._bands is None:
            self._bands = self._find_bands()
        mine = self._bands.get(instrument_id)
        return band if mine is None else joined((band, mine))

    def wakes_before(self, at_ns: AtNs) -> bool:
        due = self.next_ns()
        return due is not None and due < at_ns

    def next_ns(self) -> AtNs | None:
        """When the next plan has to act whatever happens."""
        if not self._venue.plans:
            return None
        if self._look_again:
            now_ns = self._venue.cursor_ns
            times = [BEHAVIOURS[one.terms.kind].next_ns(one, now_ns) for one in self._armed()]
            self._next_ns = min((one for one in times if one is not None), default=None)
            self._look_again = False
        return self._next_ns

    def wake(self) -> None:
        """The venue's cursor stands where ``next_ns`` said."""
        now_ns = self._venue.cursor_ns
        for plan in self._armed():
            behaviour = BEHAVIOURS[plan.terms.kind]
            due = behaviour.next_ns(plan, AtNs(now_ns - 1))
            if due is not None and due <= now_ns:
                behaviour.on_time(self._acting(plan))
                self._settle(plan)
        self._forget()

    def saw(self, event: MarketEvent, happened: list[Event]) -> None:
        """A market event that everybody's orders have met."""
        if not self._venue.plans:
            return
        self._venue.cursor_ns = event.at_ns
        if happened:
            self.follow()
        plans = [plan for plan in self._armed() if _concerns(plan, event)]
        for plan in plans:
            acting = self._acting(plan)
            if not _ends_with(acting, event):
                BEHAVIOURS[plan.terms.kind].on_event(acting, event)
                self._settle(plan)
        if plans:
            self._forget()

    def follow(self) -> None:
        """Orders were filled or ended: plans count theirs and go on."""
        for plan in list(self._venue.plans.values()):
            self._settle(plan)
        self._forget()

    # For commands

    def arm(self, plan: Plan) -> None:
        self._venue.plans[plan.plan_id] = plan
        self._go(plan, StepKind.ARMED)

    def resume(self, plan: Plan) -> None:
        plan.state, plan.since_ns = PlanState.ARMED, self._venue.cursor_ns
        self._go(plan, StepKind.RESUMED)

    def acting(self, plan: Plan) -> Acting:
        return self._acting(plan)

    # Parts

    def _go(self, plan: Plan, kind: StepKind) -> None:
        acting = self._acting(plan)
        acting.tell(kind, Because.OWNER)
        BEHAVIOURS[plan.terms.kind].start(acting, Because.OWNER)
        self._settle(plan)
        self._forget()

    def _acting(self, plan: Plan) -> Acting:
        return Acting(self._venue, self._changes, self._hands, plan)

    def _armed(self) -> list[Plan]:
        return [one for one in self._venue.plans.values() if one.state is PlanState.ARMED]

    def _forget(self) -> None:
        """What was worked out before somebody acted may not be true any more."""
        self._bands = None
        self._look_again = True

    def _settle(self, plan: Plan) -> None:
        """Until nothing of the plan's own ends any more: an order may be filled as it arrives."""
        acting = self._acting(plan)
        ended = acting.absorb()
        while ended:
            for record in ended:
                if plan.plan_id in self._venue.plans and plan.state is PlanState.ARMED:
                    self._ended(acting, plan, record)
            ended = acting.absorb()

    def _ended(self, acting: Acting, plan: Plan, record: OrderRecord) -> None:
        """A person who cancels an order of his plan wants it to hold still."""
        if record.cause == Cause.BY_OWNER.value and acting.pause(Because.ENDED) is None:
            return
        BEHAVIOURS[plan.terms.kind].on_ended(acting, record)

    def _find_bands(self) -> dict[InstrumentId, Band]:
        found: dict[InstrumentId, list[Band]] = {}
        for plan in self._armed():
            spec = plan.terms.spec
            if not isinstance(spec, Conditional):
                continue
            instrument_id = InstrumentId(spec.leg.instrument_id)
            last = self._venue.feed.last(instrument_id, self._venue.cursor_ns)
            if last is None:
                found.setdefault(instrument_id, []).append(Band(None, None, awake=True))
                continue
            known = known_of(self._acting(plan), spec)
            band = band_of(spec.conditions, point_now(last), known)
            if band is not None:
                found.setdefault(instrument_id, []).append(band)
        return {instrument_id: joined(bands) for instrument_id, bands in found.items()}


def _concerns(plan: Plan, event: MarketEvent) -> bool:
    """Prices are many and few plans look at them; what is only shown moves nobody."""
    match event:
        case Trade() | AuctionCross() | Snapshot() | BarOpen() | Bar():
            spec = plan.terms.spec
            return isinstance(spec, Conditional) and spec.leg.instrument_id == event.instrument_id
        case Depth() | StreetOrder() | StreetCancel() | AuctionIndication() | Due():
            return False
    return True


def _ends_with(acting: Acting, event: MarketEvent) -> bool:
    """Whether the event is the end of a plan, or makes it wait for its owner: its last session is
    over, or its prices and quantities mean something else now."""
    expires = acting.plan.terms.expires
    match event:
        case SessionClose() if expires is not None and event.session >= expires:
            acting.finish(PlanState.EXPIRED, Because.EXPIRY)
        case SessionOpen() if expires is not None and event.session > expires:
            acting.finish(PlanState.EXPIRED, Because.EXPIRY)
        case ExDate() if not event.terms.bonus_new and not event.terms.rights_new:
            if _means_less(acting.plan.terms, event.instrument_id):
                acting.pause(Because.CORPORATE)
        case Split() | ExDate() if _means_less(acting.plan.terms, event.instrument_id):
            acting.finish(PlanState.FAILED, Because.CORPORATE)
        case Delisting() | CodeChange():
            if event.instrument_id in instruments_of(acting.plan.terms.spec):
                acting.finish(PlanState.FAILED, Because.CORPORATE)
        case _:
            return False
    return acting.plan.state is not PlanState.ARMED


def _means_less(terms: Terms, instrument_id: InstrumentId) -> bool:
    """Whether the terms hold a price or a number of shares of before a corporate action.  Amounts
    of money and weights mean the same after it."""
    if instrument_id not in instruments_of(terms.spec):
        return False
    limits = terms.limits
    numbers = (limits.lowest_ticks, limits.highest_ticks, limits.max_qty)
    if any(one is not None for one in numbers):
        return True
    return not isinstance(terms.spec, FixedAmount | Rebalance)
