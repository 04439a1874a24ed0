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
from simtrade.people.authorize import Action, authorize
from simtrade.plans.model import ConditionKind, Plan, PlanId, Step
from web.api.queries import QueryError, parse_query
from web.api.replies import json_reply
from web.pages.services import CoreOfPages
from web.problems import Fault, fault_response, refusal_response

NS_PER_MS = 1_000_000

Id = Annotated[int, Meta(ge=0, le=2**53)]


class _PlansQuery(msgspec.Struct, forbid_unknown_fields=True):
    acct: Id


class _PlanQuery(msgspec.Struct, forbid_unknown_fields=True):
    acct: Id
    id: Id


async def plans(request: Request) -> Response:
    """``?acct=``: {"plans": [...]}, newest first; each as ``/api/plan`` gives it, without steps."""
    try:
        query = parse_query(request, _PlansQuery)
    except QueryError as error:
        return fault_response(request.scope, Fault.BAD_QUERY, field=error.field)
    if not _owns(request, query.acct):
        return refusal_response(Refusal(Reason.ACCOUNT_UNKNOWN), request)
    found = _core(request).plans.plans(AccountId(query.acct))
    return json_reply(request, {"plans": [plan_value(plan) for plan in found]})


async def plan(request: Request) -> Response:
    """``?acct=&id=``: one plan with its receipts, newest first.

    {"id", "kind", "state", "cause", "armed_ms", "ended_ms", "placed", "open": [order ids],
    "traded": {instrument: {bought, bought_minor, sold, sold_minor}}, "carry_minor", "terms",
    "steps": [...]}: terms and steps are as the journal keeps them.
    """
    try:
        query = parse_query(request, _PlanQuery)
    except QueryError as error:
        return fault_response(request.scope, Fault.BAD_QUERY, field=error.field)
    if not _owns(request, query.acct):
        return refusal_response(Refusal(Reason.ACCOUNT_UNKNOWN), request)
    found = _core(request).plans.plan(AccountId(query.acct), PlanId(query.id))
    if found is None:
        return refusal_response(Refusal(Reason.PLAN_UNKNOWN), request)
    steps = _core(request).plans.steps(found.plan_id)
    value = {**plan_value(found), "steps": [step_value(step) for step in steps]}
    return json_reply(request, value)


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


def _core(request: Request) -> CoreOfPages:
    core: CoreOfPages = request.app.state.core
    return core


def _owns(request: Request, account_id: int) -> bool:
    account = _core(request).portfolio.account(AccountId(account_id))
    return account is not None and authorize(
        request.state.user, Action.SEE_ACCOUNT, account.user_id
    )
