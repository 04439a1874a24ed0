"""Nobody takes the same displayed share twice (fill model E2)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from matching.consumed import Consumed
from matching.market import Level
from matching.orders import AccountId, Side
from matching.street import LevelChange
from matching.units import AtNs, PriceTicks, Qty

ME, YOU = AccountId(1), AccountId(2)
PRICE = 10_001


def change(before: int, after: int, traded: int = 0) -> LevelChange:
    return LevelChange(Side.SELL, PRICE, before, after, traded)


def taken(qty: int) -> Consumed:
    consumed = Consumed()
    consumed.take(ME, Side.SELL, PRICE, qty)
    return consumed


def left(consumed: Consumed, shown: int, account: AccountId = ME) -> int:
    return consumed.available(account, Side.SELL, PRICE, shown)


def test_what_was_taken_is_not_there_again_for_the_taker_alone() -> None:
    consumed = taken(150)
    assert (left(consumed, 200), left(consumed, 200, YOU)) == (50, 200)
    assert consumed.available(ME, Side.BUY, PRICE, 200) == 200
    consumed.take(ME, Side.SELL, PRICE, 50)
    assert left(consumed, 200) == 0
    consumed.update(change(200, 260))
    assert left(consumed, 260) == 60


def test_trades_leave_the_takings_and_cancels_shrink_them() -> None:
    consumed = taken(50)
    consumed.update(change(100, 60, traded=40))
    assert left(consumed, 60) == 10
    consumed = taken(50)
    consumed.update(change(100, 60))
    assert left(consumed, 60) == 30
    consumed = taken(50)
    consumed.update(change(100, 60, traded=20))  # of 80, 20 were cancelled
    assert consumed.milli(ME, Side.SELL, PRICE) == 37_500
    assert left(consumed, 60) == 22  # 22.5, rounded against the taker


def test_takings_never_exceed_the_level_and_end_with_it() -> None:
    consumed = taken(100)
    consumed.update(change(100, 20, traded=80))
    assert left(consumed, 20) == 0
    consumed.update(change(20, 120))
    assert left(consumed, 120) == 100
    consumed.update(change(120, 0))
    assert left(consumed, 120) == 120
    assert list(consumed.entries()) == []


def levels(*sizes: int) -> list[Level]:
    return [Level(PriceTicks(PRICE + 1 + k), Qty(size)) for k, size in enumerate(sizes)]


def test_what_was_traded_of_our_takings_is_traded_behind_the_level() -> None:
    """We took 70 of 100; the market takes 50 there: 30 of what is left, 20 that we had."""
    consumed = taken(70)
    assert consumed.update(change(100, 50, traded=50)) == [(ME, 20_000)]
    assert left(consumed, 50) == 0
    consumed.push(ME, Side.SELL, levels(15, 40), 20_000)
    assert [consumed.available(ME, Side.SELL, PRICE + k, 40) for k in (1, 2)] == [25, 35]
    assert consumed.available(YOU, Side.SELL, PRICE + 1, 40) == 40


def test_nothing_is_pushed_by_cancels_or_by_trades_that_we_left_something_for() -> None:
    assert taken(70).update(change(100, 50)) == []
    assert taken(70).update(change(100, 70, traded=30)) == []
    assert taken(100).update(change(100, 0, traded=60)) == [(ME, 60_000)]
    assert Consumed().update(change(100, 0, traded=60)) == []


def test_what_is_not_there_cannot_be_pushed_away() -> None:
    consumed = taken(70)
    consumed.push(ME, Side.SELL, levels(10), 99_000)
    assert [entry[2:4] for entry in consumed.entries()] == [(PRICE, 70_000), (PRICE + 1, 10_000)]


def test_entries_are_sorted_and_put_brings_them_back() -> None:
    consumed = Consumed()
    places = [(YOU, Side.SELL, 9), (ME, Side.SELL, 9), (ME, Side.BUY, 12), (ME, Side.BUY, 7)]
    for account, side, price in places:
        consumed.take(account, side, price, 3)
    found = list(consumed.entries())
    assert [(side, price, account) for account, side, price, *_ in found] == [
        (Side.BUY, 7, ME),
        (Side.BUY, 12, ME),
        (Side.SELL, 9, ME),
        (Side.SELL, 9, YOU),
    ]
    again = Consumed()
    for entry in reversed(found):
        again.put(*entry)
    assert list(again.entries()) == found
    again.clear()
    assert list(again.entries()) == []


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 100)), max_size=30)
)
def test_takings_follow_the_exact_rule_to_the_thousandth(
    steps: list[tuple[int, int, int]],
) -> None:
    """Each step: the level's next size, what is printed meanwhile, what we take then."""
    consumed, exact, shown = Consumed(), Fraction(0), 100
    rounded_up = 0
    for after, traded, wanted in steps:
        consumed.update(change(shown, after, traded))
        by_trades = min(max(0, shown - after), traded)
        cancelled = max(0, shown - after - traded)
        if after == 0:
            exact, rounded_up = Fraction(0), 0
        elif cancelled:
            exact = exact * after / (shown - by_trades)
            rounded_up += 1
        exact = min(exact, Fraction(after))
        shown = after
        found = consumed.milli(ME, Side.SELL, PRICE)
        assert exact * 1000 <= found <= exact * 1000 + rounded_up
        assert left(consumed, shown) == max(0, shown - ceil(Fraction(found, 1000)))
        qty = min(wanted, left(consumed, shown))
        if qty:
            consumed.take(ME, Side.SELL, PRICE, qty)
            exact += qty


def test_takings_at_a_lone_quote_halve_every_minute() -> None:
    fading = Consumed(60)
    fading.take(ME, Side.SELL, PRICE, 100, AtNs(1_000))
    seen = [fading.milli(ME, Side.SELL, PRICE, AtNs(1_000 + later)) for later in (0, 30, 60, 120)]
    assert seen == [100_000, 75_000, 50_000, 25_000]
    fading.take(ME, Side.SELL, PRICE, 10, AtNs(1_060))
    assert list(fading.entries()) == [(ME, Side.SELL, PRICE, 60_000, AtNs(1_060))]
    assert fading.available(ME, Side.SELL, PRICE, 100, AtNs(1_120)) == 70
    fading.update(change(100, 50), AtNs(1_120))  # all cancels: half of what was left
    assert fading.milli(ME, Side.SELL, PRICE, AtNs(1_120)) == 15_000
    assert fading.milli(ME, Side.SELL, PRICE, AtNs(10**15)) == 1


@given(st.integers(1, 10**9), st.lists(st.integers(0, 500), min_size=1, max_size=8))
def test_fading_never_grows_and_is_never_better_for_the_taker_than_the_exact_curve(
    qty: int, times: list[int]
) -> None:
    fading = Consumed(60)
    fading.take(ME, Side.SELL, PRICE, qty, AtNs(0))
    seen = [fading.milli(ME, Side.SELL, PRICE, AtNs(at)) for at in sorted(times)]
    assert seen == sorted(seen, reverse=True)
    for at, milli in zip(sorted(times), seen, strict=True):
        assert milli * 2 ** (at // 60 + 1) >= qty * 1000  # never below the next halving
