"""A plan of a program is the form that a person would have filled in."""

from __future__ import annotations

import msgspec

from web.api.plan_wishes import PlanWish, _typed, member_of


def wish(**members: object) -> PlanWish:
    return msgspec.convert(members, PlanWish)  # type: ignore[arg-type]


ORDER = {"instrument": "X:1", "side": "sell", "qty": 100, "price": "1.50", "tif": "gtc"}


def typed(one: PlanWish) -> dict[str, str]:
    return {name: str(value) for name, value in _typed(one)}


def test_an_order_and_its_limits() -> None:
    plan = wish(kind="staged", order=ORDER, limits={"max_steps": 3}, expires="2030-01-02")
    assert typed(plan) == {
        "type": "limit", "instrument": "X:1", "side": "sell", "qty": "100", "price": "1.50",
        "tif": "gtc", "max_steps": "3", "expires": "2030-01-02",
    }  # fmt: skip
    market = {**ORDER, "price": None}
    assert typed(wish(kind="staged", order=market))["type"] == "market"


def test_lines_become_rows() -> None:
    plan = wish(kind="rebalance", lines=[{"instrument": "X:1", "weight": "40"},
                                         {"instrument": "X:2", "weight": 20}])  # fmt: skip
    assert typed(plan) == {
        "instrument_1": "X:1", "weight_1": "40", "instrument_2": "X:2", "weight_2": "20",
    }  # fmt: skip
    plan = wish(
        kind="conditional",
        order=ORDER,
        conditions=[{"when": "up", "number": "2.5"}],
        not_before={"date": "2030-01-02", "time": "10:30"},
    )
    found = typed(plan)
    assert (found["when_1"], found["number_1"]) == ("up", "2.5")
    assert (found["from_date"], found["from_time"]) == ("2030-01-02", "10:30")


def test_a_field_of_the_form_is_told_as_the_member_it_came_from() -> None:
    conditional = wish(kind="conditional", order=ORDER)
    assert member_of(conditional, "number_2") == "conditions.1.number"
    assert member_of(conditional, "qty") == "order.qty"
    assert member_of(conditional, "from_time") == "not_before.time"
    assert member_of(conditional, "max_money") == "limits.max_money"
    assert member_of(conditional, "form") == ""
    grid = wish(kind="grid", instrument="X:1", lower=1, upper=2, step=1, qty=1)
    assert member_of(grid, "qty") == "qty"
    basket = wish(kind="basket", lines=[])
    assert member_of(basket, "price_3") == "lines.2.price"
