"""A plan comes back from its row as it was."""

from __future__ import annotations

from types import SimpleNamespace

from matching.orders import AccountId, OrderId
from matching.units import AtNs
from simtrade.desk.requests import VenueId
from simtrade.plans.model import Plan, PlanId, PlanState, Progress, Sums, Terms, Tracked
from simtrade.store.engine_store import table_of
from simtrade.store.engine_tables import PlanRow
from simtrade.store.plan_rows import plan_of, plan_row
from tests.simtrade.plans.samples import grid


def test_a_plan_comes_back_as_it_was() -> None:
    plan = Plan(
        PlanId(7), AccountId(3), Terms(grid(900, 1100, 10, 5)), AtNs(11), AtNs(12),
        state=PlanState.PAUSED, cause="owner", steps=4, ended_at_ns=AtNs(13),
        progress=Progress(
            orders=[Tracked(OrderId(2**52 + 9), 3, 30)], sums={"XTST:MADE": Sums(3, 30)}, level=4,
        ),
    )  # fmt: skip
    names = [column.name for column in table_of(PlanRow).columns]
    row = SimpleNamespace(**dict(zip(names, plan_row(VenueId("p1"), plan), strict=True)))
    assert plan_of(row) == plan
