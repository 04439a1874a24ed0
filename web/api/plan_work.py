"""``/api/accounts/{account}/plans``: set plans to work, steer them, try them out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from anyio import to_thread
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from matching.orders import Side
from matching.reasons import Reason
from simtrade.desk.requests import ArmPlan, PlanAction, Refusal, SteerPlan
from simtrade.desk.state import FillRecord
from simtrade.plans.model import Plan, PlanId, Terms
from simtrade.plans.trial import SESSIONS, Trial
from web.api import shapes
from web.api.askers import (
    account_of_path,
    number_of,
    program_of,
    require_not_suspended,
    trading_account_of_path,
)
from web.api.bodies import body_of, idempotency_key, query_of
from web.api.paging import Page, cut
from web.api.plan_wishes import PlanWish, faults, form_of, member_of
from web.api.plans import PlanShape, plan_value, step_value
from web.api.refused import Refused
from web.api.replies import done_reply, json_reply
from web.broker import wire
from web.pages.common import OwnAccount, core_of, language
from web.pages.export import EXPORT_LIMIT
from web.pages.plan_forms import PlanForm
from web.pages.plan_words import PlanWords
from web.problems import Fault
from web.sentences import sentence


class ArmWish(msgspec.Struct, forbid_unknown_fields=True):
    """A plan that goes to work at once, or none of it."""

    plan: PlanWish


class TrialWish(msgspec.Struct, forbid_unknown_fields=True):
    """A plan, and over how many finished sessions it is tried: 1, 5 or 20."""

    plan: PlanWish
    sessions: Annotated[int, Meta(ge=min(SESSIONS), le=max(SESSIONS))] = SESSIONS[0]


class SteerWish(msgspec.Struct, forbid_unknown_fields=True):
    """``pause`` and ``stop`` take the plan's open orders back."""

    action: PlanAction


class PlanList(msgspec.Struct):
    items: list[PlanShape]
    next: shapes.Next


class PlanNow(msgspec.Struct):
    """A plan with its receipts, newest first; ``summary`` says what it does, ``limits`` what it may
    never do, ``outcome`` what came of it."""

    plan: PlanShape
    steps: list[dict[str, Any]]
    summary: str
    limits: list[str]
    outcome: list[str]


class TrialFill(msgspec.Struct):
    at: shapes.Moment
    instrument: str
    side: str
    quantity: shapes.Number
    price: shapes.Number


class TrialValue(msgspec.Struct):
    """What the plan would have done.  ``sessions`` empty: none is finished yet.  ``refused``: why
    it could not have been armed then.  ``value`` is the account with the plan, ``idle`` without;
    ``cut_at``: the work was stopped there."""

    sessions: list[str]
    refused: str | None
    fills: list[TrialFill]
    steps: list[dict[str, Any]]
    fees: shapes.Number
    value: shapes.Number
    idle: shapes.Number
    cut_at: shapes.Moment | None


async def account_plans(request: Request) -> Response:
    """Plans of the account, newest first."""
    own, page = account_of_path(request), query_of(request, Page)
    every = core_of(request).plans.plans(own.account_id, limit=EXPORT_LIMIT)
    kept, after = cut(every, page, lambda one: one.plan_id)
    return json_reply(request, {"items": [plan_value(one) for one in kept], "next": after})


def _plan_of_path(request: Request, own: OwnAccount) -> Plan:
    number = number_of(request.path_params["plan"])
    core = core_of(request)
    known = number is not None and number <= 2**53
    found = core.plans.plan(own.account_id, PlanId(number)) if number and known else None
    if found is None:
        raise Refused(Refusal(Reason.PLAN_UNKNOWN))
    return found


async def account_plan(request: Request) -> Response:
    """One plan, its receipts, and both in words."""
    own = account_of_path(request)
    plan = _plan_of_path(request, own)
    plans, words = core_of(request).plans, PlanWords(own, language(request))
    value = {
        "plan": plan_value(plan),
        "steps": [step_value(one) for one in plans.steps(plan.plan_id)],
        "summary": words.summary(plan.terms.spec),
        "limits": words.limits(plan.terms),
        "outcome": words.outcome(plan, plans.outcome(own.account_id, plan)),
    }
    return json_reply(request, value)


async def arm(request: Request) -> Response:
    """Set a plan to work."""
    own = trading_account_of_path(request)
    key = idempotency_key(request)
    wish = body_of(request, ArmWish).plan
    form, terms = _read(request, own, wish)
    require_not_suspended(request)
    core = core_of(request)
    reply = await core.gateway.submit(ArmPlan(own.account_id, key, terms))
    if isinstance(reply, Refusal):
        raise _refused(form, wish, reply)
    program = program_of(request)
    if program is not None:
        core.keys.ordered(program.key)
    return done_reply(reply, HTTPStatus.CREATED)


def _read(request: Request, own: OwnAccount, wish: PlanWish) -> tuple[PlanForm, Terms]:
    form = form_of(wish, own, language(request))
    terms = form.terms()
    if terms is None:
        errors = faults(wish, form.errors)
        field = errors[0].field if errors else ""
        raise Refused(Fault.BAD_FIELDS, field=f"plan.{field}".rstrip("."), errors=errors)
    return form, terms


def _refused(form: PlanForm, wish: PlanWish, refusal: Refusal) -> Refused:
    """The desk's refusal at the member it means."""
    form.refuse(refusal)
    name, text = next(iter(form.errors.items()))
    field = f"plan.{member_of(wish, name)}".rstrip(".")
    return Refused(refusal, field=field, detail=text)


async def steer(request: Request) -> Response:
    """Pause, resume or stop a plan."""
    own = trading_account_of_path(request)
    plan = _plan_of_path(request, own)
    key = idempotency_key(request)
    action = body_of(request, SteerWish).action
    if action is PlanAction.RESUME:
        require_not_suspended(request)
    asked = SteerPlan(own.account_id, key, plan.plan_id, action)
    reply = await core_of(request).gateway.submit(asked)
    if isinstance(reply, Refusal):
        raise Refused(reply)
    return done_reply(reply)


async def trial(request: Request) -> Response:
    """What a plan would have done in the sessions before now; nothing is kept of it."""
    own = account_of_path(request)
    wish = body_of(request, TrialWish)
    if wish.sessions not in SESSIONS:
        raise Refused(Fault.BAD_FIELDS, field="sessions")
    form, terms = _read(request, own, wish.plan)
    plans = core_of(request).plans
    refusal = plans.check(own.account_id, terms)
    if refusal is not None:
        raise _refused(form, wish.plan, refusal)
    found = await to_thread.run_sync(plans.try_out, own.account_id, terms, wish.sessions)
    if isinstance(found, Refusal):
        raise _refused(form, wish.plan, found)
    return json_reply(request, _trial_value(request, own, found))


def _trial_value(request: Request, own: OwnAccount, found: Trial) -> TrialValue:
    def money(minor: int) -> str:
        return wire.money(own.currency, minor)

    refusal = found.refusal
    return TrialValue(
        sessions=[one.isoformat() for one in found.sessions],
        refused=None if refusal is None else sentence(refusal.reason, {}, language(request)),
        fills=[_trial_fill(own, one) for one in found.fills],
        steps=[step_value(one) for one in found.steps],
        fees=money(found.fees_minor),
        value=money(found.value_minor),
        idle=money(found.idle_minor),
        cut_at=wire.moment_or_none(found.cut_ns),
    )


def _trial_fill(own: OwnAccount, fill: FillRecord) -> TrialFill:
    instrument = own.instrument(fill.instrument_id)
    assert instrument is not None
    return TrialFill(
        at=wire.moment(fill.at_ns),
        instrument=instrument.instrument_id,
        side=Side(fill.side).name.lower(),
        quantity=instrument.qty_text(fill.qty),
        price=instrument.price_text(fill.price_ticks),
    )
