"""What screens ask about plans: their rows and receipts, and trials on copies.

Arming, pausing and stopping are commands; they go through the gateway.
"""

from __future__ import annotations

import threading

import msgspec

from matching.orders import AccountId
from matching.reasons import Reason
from simtrade.clock import monotonic_ns
from simtrade.desk import desk
from simtrade.desk.requests import Refusal, VenueId
from simtrade.plans.model import Plan, PlanId, Step, Terms
from simtrade.plans.outcome import Outcome, outcome_of
from simtrade.plans.trial import Trial, try_out
from simtrade.store.engine_reads import EngineReads
from simtrade.store.engine_store import EngineStore, VenueRows
from simtrade.store.plan_rows import plan_of
from simtrade.venues.feeds import Feeds
from simtrade.venues.loader import load_venue
from simtrade.venues.service import Venues

PLANS_SHOWN = 100
STEPS_SHOWN = 500
TRIAL_WAITS_SECONDS = 5


class Plans:
    """Reads of plans.  LookupError for an account that does not exist."""

    def __init__(
        self, reads: EngineReads, store: EngineStore, venues: Venues, feeds: Feeds
    ) -> None:
        self._reads = reads
        self._store = store
        self._venues = venues
        self._feeds = feeds
        # A trial works hard: one at a time leaves the desk its share of the machine.
        self._trial = threading.Lock()

    def plans(self, account_id: AccountId, limit: int = PLANS_SHOWN) -> tuple[Plan, ...]:
        """Newest first."""
        return tuple(plan_of(row) for row in self._reads.plans(account_id, limit=limit))

    def plan(self, account_id: AccountId, plan_id: PlanId) -> Plan | None:
        row = self._reads.plan(account_id, plan_id)
        return None if row is None else plan_of(row)

    def steps(self, plan_id: PlanId, limit: int = STEPS_SHOWN) -> tuple[Step, ...]:
        """The receipts of a plan, newest first."""
        rows = self._reads.steps(plan_id, limit=limit)
        return tuple(msgspec.json.decode(row.body, type=Step) for row in rows)

    def outcome(self, account_id: AccountId, plan: Plan) -> Outcome:
        """What its orders have traded, those that outlived it too."""
        steps = self.steps(plan.plan_id, limit=plan.steps)
        placed = [one.order_id for one in steps if one.order_id is not None]
        fills, opened = self._reads.traded(account_id, placed)
        return outcome_of(steps, fills, opened)

    def check(self, account_id: AccountId, terms: Terms) -> Refusal | None:
        """Why the plan could not be armed now, None when it could."""
        venue_id, rows = self._account_rows(account_id)
        at_ns = self._venues.clock(venue_id).at_ns
        venue = load_venue(rows, self._feeds, at_ns=at_ns)
        return desk.check_plan(venue, account_id, terms)

    def try_out(self, account_id: AccountId, terms: Terms, sessions: int) -> Trial | Refusal:
        """What the plan would have done in the sessions before now.  Takes seconds: not for an
        event loop.  Refused while another trial runs."""
        venue_id, rows = self._account_rows(account_id)
        now_ns = self._venues.clock(venue_id).at_ns
        if not self._trial.acquire(timeout=TRIAL_WAITS_SECONDS):
            return Refusal(Reason.INBOX_FULL)
        try:
            return try_out(rows, self._feeds, account_id, terms, sessions, now_ns, monotonic_ns)
        finally:
            self._trial.release()

    def _account_rows(self, account_id: AccountId) -> tuple[VenueId, VenueRows]:
        venue_id = self._store.venue_of(account_id)
        rows = None if venue_id is None else self._store.load_venue(venue_id, account_id)
        if venue_id is None or rows is None:
            raise LookupError(account_id)
        return venue_id, rows
