from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matching.auction import NOTHING, Crossing, TieRule, cross
from matching.orders import Side

TABLE = Path(__file__).parents[1] / "scenarios" / "auction_prices.txt"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "ashare_l3_sse_600519_am"
RULES = {"middle": TieRule.MIDDLE, "nearest": TieRule.NEAREST, "order": TieRule.NEAREST_ORDER}


# A trader's table


def scenarios() -> Iterator[tuple[int, str, str, str]]:
    """(line, the orders, the market's rule, what comes of it)."""
    orders = ""
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if line.startswith("buys"):
            orders = line
        elif line.strip() and not line.startswith("#"):
            rule, _, outcome = line.strip().partition(" ")
            yield number, orders, rule, outcome.strip()


def interest(text: str) -> dict[int, int]:
    pairs = (word.split("@") for word in text.split()[1:] if word != "-")
    return {int(price): int(qty) for qty, price in pairs}


def written(result: Crossing) -> str:
    if result.price_ticks is None:
        return "none"
    left = ""
    if result.unmatched_side is not None:
        left = f", {result.unmatched_side.name.lower()}s {result.unmatched_qty} left"
    return f"{result.price_ticks} x {result.qty}{left}"


@pytest.mark.parametrize(("line", "orders", "rule", "outcome"), list(scenarios()))
def test_table(line: int, orders: str, rule: str, outcome: str) -> None:
    buys, sells, reference = orders.split("|")
    _, _, close = reference.strip().partition(" ")
    result = cross(
        interest(buys), interest(sells), RULES[rule], None if close == "-" else int(close)
    )
    assert written(result) == outcome, f"line {line}"


# A slow, obvious auction: every tick is tried


def tried(buys: dict[int, int], sells: dict[int, int], tie: TieRule, reference: int) -> Crossing:
    """Apply the words of the rules one after the other to every price there is."""
    prices = sorted(price for orders in (buys, sells) for price, qty in orders.items() if qty)
    if not prices:
        return NOTHING
    ticks = list(range(prices[0], prices[-1] + 1))

    def bought(price: int) -> int:
        return sum(qty for limit, qty in buys.items() if limit >= price)

    def sold(price: int) -> int:
        return sum(qty for limit, qty in sells.items() if limit <= price)

    def traded(price: int) -> int:
        return min(bought(price), sold(price))

    most = max(map(traded, ticks))
    if not most:
        return NOTHING

    def better_fill(price: int) -> bool:
        return bought(price + 1) <= most and sold(price - 1) <= most

    def one_side_fills(price: int) -> bool:
        return most in (bought(price), sold(price))

    allowed = [p for p in ticks if traded(p) == most and better_fill(p) and one_side_fills(p)]
    if tie is not TieRule.NEAREST:
        allowed = [price for price in allowed if price in prices]
    smallest = min(abs(bought(price) - sold(price)) for price in allowed)
    allowed = [price for price in allowed if abs(bought(price) - sold(price)) == smallest]
    if tie is TieRule.MIDDLE:
        middle = Fraction(allowed[0] + allowed[-1], 2)
        price = int(middle + Fraction(1, 2))
    else:
        price = min(allowed, key=lambda one: (abs(one - reference), -one))
    surplus = bought(price) - sold(price)
    side = None if surplus == 0 else Side.BUY if surplus > 0 else Side.SELL
    return Crossing(price, traded(price), side, abs(surplus))


SIDES = st.dictionaries(st.integers(1, 24), st.integers(0, 5), max_size=8)


@given(SIDES, SIDES, st.sampled_from(TieRule), st.integers(1, 30))
@example({10: 2, 4: 1}, {4: 2, 10: 1}, TieRule.NEAREST, 4)
def test_every_price_tried_gives_the_same(
    buys: dict[int, int], sells: dict[int, int], tie: TieRule, reference: int
) -> None:
    assert cross(buys, sells, tie, reference) == tried(buys, sells, tie, reference)


@given(SIDES, SIDES, st.sampled_from(TieRule), st.none() | st.integers(1, 30))
def test_the_conditions_hold_at_the_price(
    buys: dict[int, int], sells: dict[int, int], tie: TieRule, reference: int | None
) -> None:
    result = cross(buys, sells, tie, reference)
    if result.price_ticks is None:
        assert result == NOTHING
        assert not any(b >= s and buys[b] and sells[s] for b in buys for s in sells)
        return
    bought = sum(qty for price, qty in buys.items() if price >= result.price_ticks)
    sold = sum(qty for price, qty in sells.items() if price <= result.price_ticks)
    assert result.qty == min(bought, sold) > 0
    assert sum(qty for price, qty in buys.items() if price > result.price_ticks) <= result.qty
    assert sum(qty for price, qty in sells.items() if price < result.price_ticks) <= result.qty
    assert result.unmatched_qty == abs(bought - sold)


# A real opening


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(SHARED / f"{name}.csv.gz", "rt") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def opening_orders() -> list[dict[str, str]]:
    if not SHARED.exists():
        pytest.skip("the shared order-by-order morning is absent")
    return [row for row in rows("orders") if int(row["TransactTime"]) < 9_250_000]


def apply(row: dict[str, str], book: tuple[dict[int, int], dict[int, int]]) -> None:
    orders, price = book["BS".index(row["Side"])], int(row["Price"]) // 10
    sign = 1 if row["OrdType"] == "A" else -1
    orders[price] = orders.get(price, 0) + sign * int(row["OrderQty"]) // 1000


def test_the_opening_of_600519(opening_orders: list[dict[str, str]]) -> None:
    book: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for row in opening_orders:
        apply(row, book)
    assert cross(*book, TieRule.MIDDLE, 179_500) == Crossing(180_808, 42_718, Side.BUY, 82)


def test_every_published_indication_of_600519(opening_orders: list[dict[str, str]]) -> None:
    """Each is what the orders of some moment of those seconds give: the two streams are not
    ordered against each other."""
    published = [
        (
            int(row["DataTimeStamp"]),
            Crossing(
                int(row["BidLevel[0].Price"]) // 10,
                int(row["BidLevel[0].Qty"]) // 1000,
                Side.BUY if int(row["BidLevel[1].Qty"]) else None,
                int(row["BidLevel[1].Qty"]) // 1000,
            ),
            int(row["AskLevel[1].Qty"]) // 1000,
        )
        for row in rows("snapshots")
        if row["TradingPhase"] == "1" and int(row["BidLevel[0].Qty"]) and not int(row["NumTrades"])
    ]
    assert len(published) == 126
    book: tuple[dict[int, int], dict[int, int]] = ({}, {})
    moments: list[tuple[int, Crossing]] = []
    for row in opening_orders:
        apply(row, book)
        moments.append((int(row["TransactTime"]), cross(*book, TieRule.MIDDLE, 179_500)))
    for second, shown, sells_left in published:
        wanted = shown
        if sells_left:
            wanted = shown._replace(unmatched_side=Side.SELL, unmatched_qty=sells_left)
        near = [found for at, found in moments if abs(at - second * 100) <= 600]
        assert wanted in near, second
