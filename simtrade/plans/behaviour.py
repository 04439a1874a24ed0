"""What a kind of plan does when something happens; each kind changes what it needs."""

from __future__ import annotations

from matching.market import MarketEvent
from matching.phases import PHASES
from matching.units import AtNs
from simtrade.desk.state import OrderRecord
from simtrade.plans.acting import Acting
from simtrade.plans.model import Because, Leg, Plan


class Behaviour:
    """All methods act at the venue's cursor on an armed plan."""

    def start(self, acting: Acting, because: Because) -> None:
        """It was armed or resumed."""

    def on_event(self, acting: Acting, event: MarketEvent) -> None:
        """A session, phase or split; prices only where ``price_matters``."""

    def on_time(self, acting: Acting) -> None:
        """The moment of ``next_ns`` has come."""

    def on_ended(self, acting: Acting, record: OrderRecord) -> None:
        """An order of the plan was filled or ended."""

    def next_ns(self, plan: Plan, now_ns: AtNs) -> AtNs | None:  # noqa: ARG002
        """When it has to act whatever happens."""
        return None


def takes_orders(acting: Acting, *legs: Leg) -> bool:
    """Whether the venue is in a phase that takes day orders, and these: a call auction takes no
    market orders, they wait until it is over."""
    allows = PHASES[acting.venue.exchange.phase]
    by_market = any(leg.limit_ticks is None for leg in legs)
    return allows.accepts_waiting and not (allows.auction and by_market)
