"""Plans and their receipts as rows of engine.db, and back; a row is a tuple in column order."""

from __future__ import annotations

from typing import Any

import msgspec

from matching.orders import AccountId
from matching.units import AtNs
from simtrade.desk.requests import VenueId
from simtrade.desk.state import StepRecord
from simtrade.plans.model import Plan, PlanId, PlanState, Progress, Terms
from simtrade.store.engine_rows import Row, text


def plan_row(venue_id: VenueId, plan: Plan) -> Row:
    return (
        plan.plan_id, venue_id, plan.account_id, plan.terms.kind, plan.state.value, plan.cause,
        text(plan.terms), text(plan.progress), plan.armed_at_ns, plan.since_ns, plan.ended_at_ns,
        plan.steps,
    )  # fmt: skip


def step_row(seq: int, record: StepRecord) -> Row:
    return record.plan_id, record.step.number, seq, record.account_id, text(record.step)


def plan_of(row: Any) -> Plan:
    return Plan(
        plan_id=PlanId(row.plan_id),
        account_id=AccountId(row.account_id),
        terms=msgspec.json.decode(row.terms, type=Terms),
        armed_at_ns=AtNs(row.armed_at_ns),
        since_ns=AtNs(row.since_ns),
        state=PlanState(row.state),
        cause=row.cause,
        steps=row.steps,
        ended_at_ns=None if row.ended_at_ns is None else AtNs(row.ended_at_ns),
        progress=msgspec.json.decode(row.progress, type=Progress),
    )
