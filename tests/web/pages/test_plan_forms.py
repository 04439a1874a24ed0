"""What is typed wrongly is told at its field; what is right becomes the plan that was meant."""

from __future__ import annotations

import re

import pytest

from matching.orders import Side
from simtrade.plans.model import (
    Condition,
    Conditional,
    ConditionKind,
    Grid,
    Leg,
    Limits,
    Rebalance,
    Terms,
    VolumeSlices,
    Weight,
)
from tests.web.pages.person import Person, texts
from tests.web.pages.test_plans import APPLE, GRID, STAGED, own_account
from web.pages.plan_forms import PlanForm

WRONG = [
    ({**GRID, "lower": "30", "upper": "20"}, "lower", "must be below"),
    ({**GRID, "step": "0"}, "step", "greater than zero"),
    ({**GRID, "qty": "many"}, "qty", "as a number"),
    ({**GRID, "max_steps": "two"}, "max_steps", "whole number"),
    ({**STAGED, "type": "limit", "price": ""}, "price", "needs a price"),
    ({**STAGED, "expires": "2001-01-01"}, "expires", "over before it begins"),
    (
        {
            **STAGED, "kind": "conditional", "when_1": "at_least", "number_1": "30",
            "when_3": "at_most", "number_3": "29", "from_date": "", "from_time": "",
        },
        "number_3",
        "contradict",
    ),
    ({**STAGED, "kind": "conditional", "when_1": ""}, "when_1", "at least one condition"),
    ({"kind": "basket", "qty_1": "", "price_1": ""}, "qty_1", "at least one line"),
    (
        {
            "kind": "rebalance", "instrument_1": APPLE, "weight_1": "60",
            "instrument_2": APPLE, "weight_2": "10", "reserve": "0",
        },
        "weight_2",
        "named twice",
    ),
    ({"kind": "fixed_amount", "instrument": APPLE, "amount": "0", "every": "1"}, "amount", "zero"),
    (
        {**STAGED, "kind": "twap", "day": "2008-09-12", "start": "11:00", "end": "10:00",
         "slices": "3"},
        "end",
        "after the start",
    ),
    (
        {**STAGED, "kind": "pov", "day": "2008-09-12", "start": "25:00", "end": "10:00",
         "slices": "3", "share": "5"},
        "start",
        "a time",
    ),
    (
        {**STAGED, "kind": "twap", "day": "2008-09-13", "start": "10:00", "end": "11:00",
         "slices": "3"},
        "day",
        "does not trade between",
    ),
    (
        {**STAGED, "kind": "twap", "day": "2099-01-05", "start": "10:00", "end": "11:00",
         "slices": "3"},
        "day",
        "ends before the plan could do anything. Its last day is",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "name", "words"), WRONG)
def test_what_is_wrong_is_told_at_its_field(
    person: Person, fields: dict[str, object], name: str, words: str
) -> None:
    account = person.start()
    answer = person.post("/plans/try", **fields, account=account)
    assert answer.status_code == 422, texts(answer)
    field = re.search(rf'id="{name}-note">([^<]*)<', answer.text)
    assert field is not None, texts(answer)
    assert words in field[1]
    marked = re.search(rf'<(?:input|select) id="{name}"[^>]*>', answer.text)
    assert marked is not None
    assert 'aria-invalid="true"' in marked[0]


def read(kind: str, **typed: str) -> Terms:
    form = PlanForm.of(kind, own_account(), typed, "en")
    terms = form.terms()
    assert terms is not None, form.errors
    return terms


def test_a_grid_with_limits() -> None:
    terms = read(
        "grid", instrument=APPLE, lower="16", upper="2,400.5", step="０.2", qty="5",
        max_money="1000", max_steps="9", lowest="10", expires="",
    )  # fmt: skip
    assert terms.spec == Grid(APPLE, 1600, 240_050, 20, 5)
    assert terms.limits == Limits(max_money_minor=100_000, max_steps=9, lowest_ticks=1000)
    assert terms.expires is None


def test_conditions_keep_their_rows_and_signs() -> None:
    terms = read(
        "conditional", instrument=APPLE, side="sell", qty="5", type="market",
        when_2="loss", number_2="2.5%", from_date="2010-05-06", from_time="9:45",
    )  # fmt: skip
    assert terms.spec == Conditional(
        (
            Condition(ConditionKind.POSITION_PROFIT, -25),
            Condition(ConditionKind.TIME_FROM, 1_273_153_500 * 10**9),  # 9:45 in New York
        ),
        Leg(APPLE, Side.SELL, 5),
    )


def test_weights_and_windows() -> None:
    terms = read("rebalance", instrument_1=APPLE, weight_1="12.5", reserve="5")
    assert terms.spec == Rebalance((Weight(APPLE, 125),), 50)
    terms = read(
        "pov", instrument=APPLE, side="buy", qty="50", type="limit", price="7", day="2010-05-06",
        start="10:00", end="10:30", slices="6", share="5",
    )  # fmt: skip
    start = 1_273_154_400 * 10**9
    assert terms.spec == VolumeSlices(
        Leg(APPLE, Side.BUY, 50, 700), start, start + 1800 * 10**9, 6, 50
    )
