"""Which own order would be met first, against the naive reading."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from matching.crossing import crossed_ticks
from matching.orders import GroupKind, OrderId, OrderKind, PriceTicks, Side
from matching.working import Stage, WorkingOrder
from tests.matching.test_entry import GOOD

drawn = st.lists(
    st.tuples(
        st.sampled_from(list(Side)),
        st.integers(95, 105),
        st.sampled_from([one for one in Stage if one is not Stage.ENDED]),
        st.booleans(),
        st.sampled_from([OrderKind.LIMIT, OrderKind.MARKET]),
    ),
    max_size=6,
)


def made(number: int, one: tuple[Side, int, Stage, bool, OrderKind]) -> WorkingOrder:
    side, limit, stage, leg, kind = one
    order = replace(
        GOOD,
        order_id=OrderId(number),
        side=side,
        kind=kind,
        limit_ticks=PriceTicks(limit),
        group=GroupKind.OCO if leg else None,
        group_id=OrderId(number) if leg else None,
    )
    return WorkingOrder(order, 10, limit, stage, GOOD.at_ns, number)


@given(drawn, st.sampled_from(list(Side)), st.integers(95, 105))
def test_the_nearest_opposite_order_in_the_market_is_named(
    orders: list[tuple[Side, int, Stage, bool, OrderKind]], side: Side, price: int
) -> None:
    own = [made(number, one) for number, one in enumerate(orders, 1)]
    met = []
    for other, limit, stage, leg, kind in orders:
        waits = stage in (Stage.HELD, Stage.WAITING)  # for its entry, for its trigger
        there = stage is Stage.RESTING or (kind is OrderKind.LIMIT and not waits)
        crosses = limit <= price if side is Side.BUY else limit >= price
        if other is not side and there and not leg and crosses:
            met.append(limit)
    wanted = None if not met else min(met) if side is Side.BUY else max(met)
    assert crossed_ticks(own, GOOD.instrument_id, side, price) == wanted
