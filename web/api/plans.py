"""``/api/plans``, ``/api/plan``: an account's plans and their receipts as JSON.

Moments are milliseconds UTC: a browser's numbers end at 2^53.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from matching.orders import AccountId
from matching.reasons import Reason
from simtrade.desk.requests import Refusal
from simtrade.plans.model import ConditionKind, Plan, PlanId, Step
from web.api.askers import seen_account
from web.api.bodies import query_of
from web.api.refused import Refused
from web.api.replies import json_reply
from web.pages.common import core_of

NS_PER_MS = 1_000_000

Id = Annotated[int, Meta(ge=0, le=2**53)]


class PlansQuery(msgspec.Struct, forbid_unknown_fields=True):
    acct: Id


class PlanQuery(msgspec.Struct, forbid_unknown_fields=True):
    acct: Id
    id: Id


class TradedShape(msgspec.Struct):
    """What a plan has traded in one instrument, before fees: base units and minor units."""

    bought: int
    bought_minor: int
    sold: int
    sold_minor: int


class PlanShape(msgspec.Struct):
    """A plan as the journal keeps it: prices in ticks, quantities in base units, money in minor
    units, shares of something in permille, moments in milliseconds UTC."""

    id: Id
    kind: str
    state: str
    cause: str
    armed_ms: int
    ended_ms: int | None
    placed: int
    open: list[Id]
    traded: dict[str, TradedShape]
    carry_minor: int
    terms: dict[str, Any]


class PlanWithSteps(PlanShape):
    """A plan with its receipts, newest first."""

    steps: list[dict[str, Any]]


class PlansReply(msgspec.Struct):
    plans: list[PlanShape]


async def plans(request: Request) -> Response:
    """``?acct=``: {"plans": [...]}, newest first; each as ``/api/plan`` gives it, without steps."""
    query = query_of(request, PlansQuery)
    _require_seen(request, query.acct)
    found = core_of(request).plans.plans(AccountId(query.acct))
    return json_reply(request, {"plans": [plan_value(plan) for plan in found]})


async def plan(request: Request) -> Response:
    """``?acct=&id=``: one plan with its receipts, newest first: ``PlanWithSteps``."""
    query = query_of(request, PlanQuery)
    _require_seen(request, query.acct)
    found = core_of(request).plans.plan(AccountId(query.acct), PlanId(query.id))
    if found is None:
        raise Refused(Refusal(Reason.PLAN_UNKNOWN))
    steps = core_of(request).plans.steps(found.plan_id)
    value = {**plan_value(found), "steps": [step_value(step) for step in steps]}
    return json_reply(request, value)


def _require_seen(request: Request, account_id: int) -> None:
    if seen_account(request, account_id) is None:
        raise Refused(Refusal(Reason.ACCOUNT_UNKNOWN))


def plan_value(plan: Plan) -> dict[str, object]:
    progress = plan.progress
    return {
        "id": plan.plan_id,
        "kind": plan.terms.kind,
        "state": plan.state.value,
        "cause": plan.cause,
        "armed_ms": plan.armed_at_ns // NS_PER_MS,
        "ended_ms": None if plan.ended_at_ns is None else plan.ended_at_ns // NS_PER_MS,
        "placed": progress.placed,
        "open": [one.order_id for one in progress.orders],
        "traded": msgspec.to_builtins(progress.sums),
        "carry_minor": progress.carry_minor,
        "terms": in_milliseconds(msgspec.to_builtins(plan.terms)),
    }


def step_value(step: Step) -> dict[str, Any]:
    value: dict[str, Any] = in_milliseconds(msgspec.to_builtins(step))
    return value


def in_milliseconds(value: Any) -> Any:
    """Plain values with every moment (``*_ns``, the number of a time condition, what a time was
    compared with) in milliseconds under its name."""
    if isinstance(value, list | tuple):
        return [in_milliseconds(one) for one in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    is_time = value.get("kind") == ConditionKind.TIME_FROM.value
    for name, one in value.items():
        if name.endswith("_ns"):
            found[name.removesuffix("ns") + "ms"] = one // NS_PER_MS
        elif (name == "number" and is_time) or (name == "bound" and one > 2**53):
            found[name] = one // NS_PER_MS
        else:
            found[name] = in_milliseconds(one)
    return found
