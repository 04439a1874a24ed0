"""Terms as they are written down and read again."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from matching.orders import Side
from simtrade.plans.model import (
    ORDERS_MAX,
    Basket,
    Condition,
    Conditional,
    ConditionKind,
    Limits,
    PlanState,
    Progress,
    Rebalance,
    Sums,
    Terms,
    TimeSlices,
    Weight,
    instruments_of,
    most_orders,
)
from tests.simtrade.plans.samples import grid, leg


def test_terms_come_back_from_the_journal_as_they_were() -> None:
    for spec in (
        grid(1, 9, 2, 5),
        Basket((leg(1), leg(2, Side.SELL, limit=7))),
        Conditional((Condition(ConditionKind.CHANGE, -5),), leg(1)),
        TimeSlices(leg(1), 5, 9, 2),
    ):
        terms = Terms(spec, Limits(max_qty=9), date(2004, 3, 1))
        plain = msgspec.to_builtins(terms)
        assert msgspec.convert(plain, Terms) == terms
        assert msgspec.json.decode(msgspec.json.encode(plain), type=Terms) == terms
        assert plain["spec"]["kind"] == terms.kind


def test_a_spec_of_no_kind_is_no_spec() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"spec": {"kind": "lottery"}}, Terms)


def test_instruments_are_named_once_in_order() -> None:
    assert instruments_of(Basket((leg(1, of="B"), leg(2, of="A"), leg(3, of="B")))) == ("B", "A")
    assert instruments_of(Rebalance((Weight("C", 1),))) == ("C",)
    assert instruments_of(grid(1, 9, 2, 5, of="D")) == ("D",)


def test_no_plan_places_orders_without_end() -> None:
    spec = grid(1, 9, 2, 5)
    assert most_orders(Terms(spec)) == ORDERS_MAX
    assert most_orders(Terms(spec, Limits(max_steps=7))) == 7
    assert most_orders(Terms(spec, Limits(max_steps=10**9))) == ORDERS_MAX


def test_only_armed_and_paused_plans_live() -> None:
    assert [state for state in PlanState if state.lives] == [PlanState.ARMED, PlanState.PAUSED]


def test_a_fresh_progress_shares_nothing() -> None:
    one, other = Progress(), Progress()
    one.sums["x"] = Sums()
    assert other.sums == {}
