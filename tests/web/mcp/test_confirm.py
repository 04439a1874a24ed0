"""Confirmations: one order of one key, for a short time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.instrument import InstrumentId
from matching.orders import AccountId, OrderKind, Side, TimeInForce
from matching.units import NS_PER_SECOND, AtNs, PriceTicks, Qty
from simtrade.desk.requests import PlaceRequest, UserId, VenueId
from simtrade.people.api_keys import ApiKey
from web.mcp.confirm import LETTERS, LIFE_SECONDS, Confirmations, Invalid

ORDER = PlaceRequest(
    AccountId(1), "any", InstrumentId("XNAS:AAPL"), Side.BUY, OrderKind.LIMIT, Qty(10),
    PriceTicks(7_000), TimeInForce.DAY,
)  # fmt: skip
KEY = ApiKey(
    "SIMA", UserId(1), VenueId("p1"), "", frozenset(), AtNs(0), None, None, None, None
)  # fmt: skip


class Clock:
    now_ns = 10**18

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def confirmations(clock: Clock) -> Confirmations:
    return Confirmations(clock)


def test_a_confirmation_is_for_its_order_under_one_name(confirmations: Confirmations) -> None:
    text = confirmations.make(KEY, ORDER)
    assert len(text) == LETTERS
    first = confirmations.check(text, KEY, replace(ORDER, key="another form"))
    assert isinstance(first, PlaceRequest)
    assert replace(first, key="any") == ORDER
    assert confirmations.check(text, KEY, ORDER) == first
    other = confirmations.check(confirmations.make(KEY, ORDER), KEY, ORDER)
    assert isinstance(other, PlaceRequest)
    assert other.key != first.key


def test_it_ends(confirmations: Confirmations, clock: Clock) -> None:
    text = confirmations.make(KEY, ORDER)
    clock.now_ns += LIFE_SECONDS * NS_PER_SECOND - 1
    assert isinstance(confirmations.check(text, KEY, ORDER), PlaceRequest)
    clock.now_ns += 1
    assert confirmations.check(text, KEY, ORDER) is Invalid.EXPIRED


@pytest.mark.parametrize(
    "changed",
    [
        {"qty": Qty(11)},
        {"side": Side.SELL},
        {"limit_ticks": PriceTicks(7_001)},
        {"kind": OrderKind.MARKET},
        {"account_id": AccountId(2)},
        {"instrument_id": InstrumentId("XNAS:MSFT")},
        {"time_in_force": TimeInForce.GTC},
        {"short": True},
    ],
)
def test_it_is_for_no_other_order(confirmations: Confirmations, changed: dict[str, object]) -> None:
    text = confirmations.make(KEY, ORDER)
    other = replace(ORDER, **changed)  # type: ignore[arg-type]
    assert confirmations.check(text, KEY, other) is Invalid.OTHER


def test_it_is_for_no_other_key_and_of_no_other_process(
    confirmations: Confirmations, clock: Clock
) -> None:
    text = confirmations.make(KEY, ORDER)
    assert confirmations.check(text, replace(KEY, key_id="SIMB"), ORDER) is Invalid.OTHER
    assert Confirmations(clock).check(text, KEY, ORDER) is Invalid.OTHER


def test_any_other_letter_makes_it_worthless(confirmations: Confirmations) -> None:
    text = confirmations.make(KEY, ORDER)
    for place in range(LETTERS):
        other = "A" if text[place] != "A" else "B"
        made_up = text[:place] + other + text[place + 1 :]
        assert confirmations.check(made_up, KEY, ORDER) is Invalid.OTHER


@pytest.mark.parametrize("text", ["", "x", "x" * LETTERS, "%" * LETTERS, "é" * LETTERS, "=" * 48])
def test_nonsense_confirms_nothing(confirmations: Confirmations, text: str) -> None:
    assert confirmations.check(text, KEY, ORDER) is Invalid.OTHER
