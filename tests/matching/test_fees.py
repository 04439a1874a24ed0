"""What each fee comes to, for an order at once and fill by fill."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.fees import Fee, FeeSchedule, FillRole
from matching.orders import Side

COMMISSION = Fee("commission", rate_ppb=250_000, min_minor=500)
DUTY = Fee("duty", side=Side.SELL, rate_ppb=500_000)
TAKER = Fee("taker", rate_ppb=1_000_000, role=FillRole.TAKER)
MAKER = Fee("maker", rate_ppb=800_000, role=FillRole.MAKER)
HANDLING = Fee("handling", rate_ppb=34_100, included=True)


@pytest.mark.parametrize(
    ("fee", "side", "notional", "qty", "amount"),
    [
        (COMMISSION, Side.BUY, 1_000_000, 1_000, 500),  # 250 is below the minimum
        (COMMISSION, Side.BUY, 2_000_000, 1_000, 500),  # exactly the minimum
        (COMMISSION, Side.BUY, 2_002_000, 1_000, 501),  # 500.5 half up
        (COMMISSION, Side.BUY, 2_001_999, 1_000, 500),
        (DUTY, Side.BUY, 1_000_000, 1_000, 0),
        (DUTY, Side.SELL, 1_000_000, 1_000, 500),
        (Fee("par", per_unit_ppm=30_000), Side.BUY, 10**6, 1_000, 30),  # 0.03 % of par 1.00
        (Fee("fine", rate_ppb=1_500), Side.BUY, 10**8, 1, 150),  # 0.00015 %
        (Fee("whole", rate_ppb=1_000_000, whole_minor=100), Side.BUY, 100_000, 1, 100),
        (Fee("whole", rate_ppb=1_000_000, whole_minor=100), Side.BUY, 100_501, 1, 200),
        (Fee("cap", rate_ppb=20_000, max_minor=10_000), Side.BUY, 10**9, 1, 10_000),
        (Fee("share", min_minor=100, max_ppm=10_000), Side.BUY, 5_000, 10, 50),
    ],
)
def test_the_amount_of_a_fee(fee: Fee, side: Side, notional: int, qty: int, amount: int) -> None:
    assert fee.amount_minor(side, notional, qty) == amount


def test_what_is_inside_the_commission_is_shown_and_never_added() -> None:
    schedule = FeeSchedule((COMMISSION, HANDLING))
    assert schedule.items(Side.BUY, 10**8, 10**5) == (("commission", 25_000),)
    assert schedule.included(Side.BUY, 10**8, 10**5) == (("handling", 3_410),)
    due = schedule.due(Side.BUY, (10**8, 10**5), (10**8, 10**5), FillRole.TAKER, {})
    assert due == (("commission", 25_000),)


def test_nothing_filled_costs_nothing() -> None:
    assert FeeSchedule((COMMISSION, TAKER)).items(Side.BUY, 0, 0) == ()


@pytest.mark.parametrize(
    ("role", "due"), [(FillRole.TAKER, ("taker", 100)), (FillRole.MAKER, ("maker", 80))]
)
def test_a_fill_pays_for_its_own_role(role: FillRole, due: tuple[str, int]) -> None:
    schedule = FeeSchedule((TAKER, MAKER))
    charged = {"taker": 7, "maker": 7}
    assert schedule.due(Side.BUY, (300_000, 3), (100_000, 1), role, charged) == (due,)
    assert schedule.items(Side.BUY, 100_000, 1) == (("taker", 100),), "the worst case"


@given(
    st.sampled_from(list(Side)),
    st.lists(st.tuples(st.integers(1, 10**8), st.integers(1, 10**4)), min_size=1, max_size=8),
)
def test_the_fees_of_an_order_do_not_depend_on_how_it_fills(
    side: Side, fills: list[tuple[int, int]]
) -> None:
    schedule = FeeSchedule((COMMISSION, DUTY, HANDLING))
    charged: dict[str, int] = {}
    notional = qty = 0
    for fill in fills:
        notional, qty = notional + fill[0], qty + fill[1]
        for code, more in schedule.due(side, (notional, qty), fill, FillRole.TAKER, charged):
            charged[code] = charged.get(code, 0) + more
    assert charged == dict(schedule.items(side, notional, qty))
