"""Arming, pausing, resuming and stopping a plan: commands of its owner."""

from __future__ import annotations

from matching.orders import AccountId
from matching.reasons import Reason
from simtrade.desk.requests import ArmPlan, PlanAction, Refusal, SteerPlan
from simtrade.desk.state import VenueState
from simtrade.plans.checks import PLANS_MAX, check_terms
from simtrade.plans.model import Because, Plan, PlanId, PlanState, Progress, Staged, Terms
from simtrade.plans.runner import Runner


def arm(runner: Runner, venue: VenueState, plan_id: PlanId, request: ArmPlan) -> Refusal | None:
    """Take the plan in and let it act for the first time, or refuse it as a whole."""
    if venue.ended:
        return Refusal(Reason.VENUE_ENDED)
    if _living(venue, request.account_id) >= PLANS_MAX:
        return Refusal(Reason.TOO_MANY_PLANS, {"max_plans": PLANS_MAX})
    plan = _new(venue, plan_id, request.account_id, request.terms)
    refusal = check_terms(venue, request.terms, runner.acting(plan).check)
    if refusal is not None:
        return refusal
    if isinstance(request.terms.spec, Staged):
        plan.progress = Progress(session=venue.exchange.session)
    runner.arm(plan)
    return None


def could_arm(
    runner: Runner, venue: VenueState, account_id: AccountId, terms: Terms
) -> Refusal | None:
    """What ``arm`` would answer, with nothing changed."""
    plan = _new(venue, PlanId(0), account_id, terms)
    return check_terms(venue, terms, runner.acting(plan).check)


def _new(venue: VenueState, plan_id: PlanId, account_id: AccountId, terms: Terms) -> Plan:
    return Plan(plan_id, account_id, terms, venue.cursor_ns, venue.cursor_ns)


def steer(runner: Runner, venue: VenueState, request: SteerPlan) -> Refusal | None:
    plan = venue.plans.get(request.plan_id)
    if plan is None or plan.account_id != request.account_id:
        return Refusal(Reason.PLAN_UNKNOWN)
    wanted = PlanState.PAUSED if request.action is PlanAction.RESUME else PlanState.ARMED
    if plan.state is not wanted and request.action is not PlanAction.STOP:
        return Refusal(Reason.PLAN_OVER)
    acting = runner.acting(plan)
    match request.action:
        case PlanAction.PAUSE:
            return acting.pause(Because.OWNER)
        case PlanAction.RESUME:
            runner.resume(plan)
            return None
        case PlanAction.STOP:
            refusal = acting.cancel_all()
            if refusal is None:
                acting.finish(PlanState.STOPPED, Because.OWNER)
            return refusal


def _living(venue: VenueState, account_id: AccountId) -> int:
    return sum(plan.account_id == account_id for plan in venue.plans.values())
