"""Pauses by price: each step once in each direction, breaks do not count, closing ends them."""

from __future__ import annotations

import pytest

from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES, NS_PER_MINUTE, NS_PER_SECOND, AtNs
from matching.volatility_halt import (
    FOREVER,
    HaltBasis,
    HaltRule,
    LimitState,
    LimitStateRule,
    Pauses,
    StepHalt,
    pauses_of,
)

NEW_SHARE = HaltRule(HaltBasis.OPEN, (300, 600), (10, 10))
CONVERTIBLE = HaltRule(HaltBasis.REFERENCE, (200, 300), (30, 0))
LULD = LimitStateRule(50, 200, 300, 15, 5)
SHARE = Instrument(InstrumentId("X:A"), "A", "A", "甲", CURRENCIES["USD"], "X", "main")


def minute(number: float) -> AtNs:
    return AtNs(round(number * NS_PER_MINUTE))


def second(number: float) -> AtNs:
    return AtNs(round(number * NS_PER_SECOND))


def test_steps_of_a_day_without_limits() -> None:
    halt = StepHalt(NEW_SHARE, 500)
    steps = [
        (1, 1000, None),  # the open is the basis, not the reference
        (2, 1299, None),  # one tick short
        (3, 1300, minute(13)),
        (14, 1350, None),  # the first time only
        (15, 1600, minute(25)),
        (26, 1700, None),
        (27, 701, None),
        (28, 700, minute(38)),
        (39, 400, minute(49)),
        (50, 300, None),
    ]
    for at, price, until in steps:
        assert halt.on_price(price, minute(at)) == until, price


def test_a_leap_over_both_steps_pauses_once() -> None:
    halt = StepHalt(NEW_SHARE, 500)
    halt.on_price(1000, minute(1))
    assert halt.on_price(1700, minute(2)) == minute(12)
    assert halt.on_price(1800, minute(13)) is None


def test_a_convertible_is_measured_from_its_reference() -> None:
    halt = StepHalt(CONVERTIBLE, 1000)
    assert halt.on_price(1199, minute(1)) is None
    assert halt.on_price(1200, minute(2)) == minute(32)
    assert halt.on_price(1300, minute(33)) == FOREVER


def limit_state() -> LimitState:
    found = LimitState(LULD, 900, low_below_ticks=300)
    assert found.on_price(1000, second(0)) is None  # the open is the first reference
    assert found.band == (950, 1050)
    return found


def test_fifteen_seconds_at_the_band_pause_for_five_minutes() -> None:
    state = limit_state()
    assert state.on_price(1050, second(10)) is None
    assert state.due(second(24.999)) is None
    assert state.due(second(25)) == second(25 + 300)
    assert state.due(second(26)) is None, "told once"


def test_a_price_inside_the_band_ends_the_limit_state() -> None:
    state = limit_state()
    state.on_price(1050, second(10))
    assert state.on_price(1049, second(24)) is None
    assert state.due(second(60)) is None
    state.on_price(950, second(61))
    assert state.on_price(1000, second(76)) == second(76 + 300), "inside, but too late"


def test_the_reference_follows_the_mean_of_five_minutes() -> None:
    state = limit_state()
    state.on_price(1020, second(20))  # mean 1010: a percent, but the reference is too young
    assert state.reference_ticks == 1000
    state.on_price(1020, second(30))  # mean 1013
    assert state.reference_ticks == 1013
    state.on_price(1021, second(70))  # mean 1015: nearer than a percent
    assert state.reference_ticks == 1013
    state.on_price(1030, second(371))  # all others are more than five minutes old
    assert state.reference_ticks == 1030


def test_cheap_shares_have_a_wider_band() -> None:
    assert LimitState(LULD, 299, low_below_ticks=300).band == (239, 359)
    assert LimitState(LULD, 300, low_below_ticks=300).band == (285, 315)


def pauses() -> Pauses:
    found = pauses_of(NEW_SHARE, None, SHARE, 500)
    found.on_price(1000, minute(0))
    found.on_price(1300, minute(1))
    return found


def test_a_pause_ends_on_time() -> None:
    found = pauses()
    assert found
    assert found.active(minute(1))
    assert found.active(AtNs(minute(11) - 1))
    assert not found.active(minute(11))


def test_prints_within_a_pause_move_nothing() -> None:
    found = pauses()
    found.on_price(1700, minute(5))
    assert not found.active(minute(11))
    found.on_price(1600, minute(12))
    assert found.active(minute(12))


def test_a_lunch_break_does_not_count() -> None:
    found = pauses()
    found.on_phase(matches=False, resumes=True, at_ns=minute(6))
    assert found.active(minute(60))
    found.on_phase(matches=True, resumes=True, at_ns=minute(96))
    assert found.active(AtNs(minute(101) - 1))
    assert not found.active(minute(101))


def test_the_closing_auction_ends_every_pause() -> None:
    found = pauses_of(CONVERTIBLE, None, SHARE, 1000)
    found.on_price(1300, minute(1))
    assert found.active(minute(10_000))
    found.on_phase(matches=False, resumes=False, at_ns=minute(10_000))
    assert not found.active(minute(10_000))


@pytest.mark.parametrize("at", [26, 100])
def test_a_limit_state_pauses_without_another_print(at: int) -> None:
    found = pauses_of(None, LULD, SHARE, 1000)
    found.on_price(1000, second(0))
    found.on_price(1050, second(10))
    assert found.active(second(at)), "asked early or late, it is the same pause"
    assert found.active(AtNs(second(325) - 1))
    assert not found.active(second(325))


def test_without_rules_nothing_pauses() -> None:
    found = pauses_of(None, None, SHARE, 1000)
    assert not found
    found.on_price(10_000, minute(1))
    assert not found.active(minute(1))


def test_steps_and_minutes_belong_together() -> None:
    with pytest.raises(AssertionError):
        HaltRule(HaltBasis.OPEN, (300,), (10, 10))
    with pytest.raises(AssertionError):
        HaltRule(HaltBasis.OPEN, (600, 300), (10, 10))


def reopening() -> Pauses:
    found = pauses_of(NEW_SHARE, None, SHARE, 500, reopens=True)
    found.on_price(1000, minute(0))
    found.on_price(1300, minute(1))
    return found


def test_with_an_auction_a_pause_lasts_until_the_market_s_first_word() -> None:
    found = reopening()
    assert not found.resume(AtNs(minute(11) - 1)), "inside the pause nothing ends it"
    assert found.active(minute(20)), "its time is over and its auction has not been told"
    assert found.resume(minute(20))
    assert not found.active(minute(20))
    assert not found.resume(minute(21)), "once"
    found.on_price(1600, minute(22))
    assert found.active(minute(31))
    assert found.resume(minute(32))


def test_a_break_and_the_close_and_an_auction_that_is_due() -> None:
    found = reopening()
    found.on_phase(matches=False, resumes=True, at_ns=minute(15))
    assert not found.resume(minute(16))
    found.on_phase(matches=True, resumes=True, at_ns=minute(96))
    assert found.active(minute(96))
    assert found.resume(minute(96))
    found = reopening()
    found.on_phase(matches=False, resumes=False, at_ns=minute(15))
    assert not found.active(minute(16))
    assert not found.resume(minute(16))


def test_a_limit_state_is_ended_by_an_auction_too() -> None:
    found = pauses_of(None, LULD, SHARE, 1000, reopens=True)
    found.on_price(1000, second(0))
    found.on_price(1050, second(10))
    assert not found.resume(second(100))
    assert found.resume(second(400))
    assert not found.active(second(400))
