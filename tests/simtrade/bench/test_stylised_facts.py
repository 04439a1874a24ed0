"""Facts of rows whose figures are known beforehand."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from feeds.calendar import Int64s
from feeds.order_tape import STREET, StreetKind
from feeds.street_check import NOBODY
from matching.units import NS_PER_SECOND
from simtrade.bench.stylised_facts import facts_of

MINUTE = 60 * NS_PER_SECOND
END = 40 * MINUTE


def street(rows: list[tuple[int, ...]]) -> Int64s:
    """Rows of (time, kind, side, order, other, price, quantity)."""
    numbered = [(place, *row) for place, row in enumerate(rows)]
    return np.array(numbered, np.int64).reshape(-1, len(STREET)).T.copy()


def quiet_book() -> list[tuple[int, ...]]:
    """A bid at 9,990 and an ask at 10,010, with enough for everybody."""
    orders = ((0, 1, 9_990), (1, 2, 10_010))
    return [(0, StreetKind.ORDER, side, k, NOBODY, price, 10**9) for side, k, price in orders]


def taker(
    at_ns: int, number: int, side: int, qty: int = 100, price: int | None = None
) -> tuple[int, ...]:
    order = 1_000 + number
    buyer, seller = (order, 2) if side == 0 else (1, order)
    at = (10_010 if side == 0 else 9_990) if price is None else price
    return (at_ns, StreetKind.TRADE, side, buyer, seller, at, qty)


def test_a_market_that_never_moves() -> None:
    rows = quiet_book()
    rows += [taker((2 + k) * MINUTE, k, k % 2, qty=100 if k % 4 else 500) for k in range(36)]
    facts = facts_of(street(rows), 0, END).figures
    assert facts["takers"] == 36
    assert facts["buyers %"] == 50
    assert facts["spread mean bp"] == pytest.approx(20)
    assert facts["spread ticks"] == 20
    assert facts["10 s deviation bp"] == 0
    assert facts["10 s kurtosis"] is None
    assert facts["taker gap median s"] == 60
    assert facts["taker gap variation"] == 0
    assert facts["taker median / mean"] == pytest.approx(0.5)
    assert facts["beyond the best %"] == 0
    assert facts["impact 1 bp"] == 0
    assert facts["signs 1"] == pytest.approx(-1, abs=0.01)
    assert facts["signs 2"] == pytest.approx(1, abs=0.01)
    assert facts["depth 1 / mean"] == 5, "there is one level only"
    assert (facts["takes %"], facts["joins %"], facts["cancels %"]) == (100, 0, 0)


def test_a_taker_s_trades_are_one_and_his_remainder_no_new_order() -> None:
    rows = quiet_book()
    rows.append((MINUTE, StreetKind.ORDER, 1, 3, NOBODY, 10_012, 10**9))
    for k in range(10):
        at_ns = (2 + k) * MINUTE
        rows.append(taker(at_ns, k, 0))
        rows.append((at_ns, StreetKind.TRADE, 0, 1_000 + k, 3, 10_012, 50))
        rows.append((at_ns, StreetKind.ORDER, 0, 1_000 + k, NOBODY, 9_000, 700))
        rows.append((at_ns + MINUTE // 2, StreetKind.CANCEL, 0, 1_000 + k, NOBODY, 9_000, 700))
    facts = facts_of(street(rows), 0, END).figures
    assert facts["takers"] == 10
    assert facts["beyond the best %"] == 100
    assert facts["buyers %"] == 100
    assert (facts["takes %"], facts["cancels %"]) == (
        pytest.approx(1000 / 21),
        pytest.approx(1000 / 21),
    )
    assert facts["joins %"] == pytest.approx(100 / 21), "the ask at 10,012"


def test_impact_is_how_far_the_middle_goes_the_taker_s_way() -> None:
    """Every buyer lifts the market by a tick of 10,000, and nobody sells."""
    rows, price = [], 10_000
    for k in range(200):
        at_ns = MINUTE + k * 10 * NS_PER_SECOND
        bid, ask, order = price + k, price + k + 2, 10 * k + 10
        if k:
            for side, offset in ((0, 1), (1, 2)):
                gone = 10 * (k - 1) + 10 + offset
                rows.append(
                    (at_ns - 2, StreetKind.CANCEL, side, gone, NOBODY, 1, 900 if side else 1_000)
                )
        rows.append((at_ns - 1, StreetKind.ORDER, 0, order + 1, NOBODY, bid, 1_000))
        rows.append((at_ns - 1, StreetKind.ORDER, 1, order + 2, NOBODY, ask, 1_000))
        rows.append((at_ns, StreetKind.TRADE, 0, order + 3, order + 2, ask, 100))
    facts = facts_of(street(rows), 0, END).figures
    for lag in (1, 5, 20, 50):
        assert facts[f"impact {lag} bp"] == pytest.approx(
            10_000 * math.log(1 + lag / 10_050), rel=0.05
        )


def test_trades_alone_tell_what_trades_can() -> None:
    draw = random.Random(5)
    rows, price, size = [], 10_000, 3
    for k in range(2_000):
        if k % 200 == 0:
            size = 8 if size == 1 else 1
        price += draw.choice((-size, size))
        rows.append(
            (
                MINUTE + k * NS_PER_SECOND,
                StreetKind.TRADE,
                draw.randrange(2),
                NOBODY,
                NOBODY,
                price,
                100,
            )
        )
    facts = facts_of(street(rows), 0, END).figures
    assert facts["takers"] == 2_000
    assert "spread mean bp" not in facts
    assert "cancels %" not in facts
    assert (facts["volatility 1"] or 0) > 0.2, "calm and wild stretches follow each other"
    assert abs(facts["signs 1"] or 0) < 0.1


def test_nothing_at_all() -> None:
    facts = facts_of(street([]), 0, END)
    assert facts.figures["takers"] == 0
    assert facts.curves == {"signs": (), "volatility": (), "impact": ()}
