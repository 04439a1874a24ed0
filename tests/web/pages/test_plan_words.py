"""Plans and receipts as sentences: every code has words, and the numbers are in them."""

from __future__ import annotations

from datetime import date

import pytest

from matching.orders import AccountId, Side, TimeInForce
from matching.units import AtNs
from simtrade.plans.model import (
    Basket,
    Because,
    Condition,
    Conditional,
    ConditionKind,
    FixedAmount,
    Grid,
    Leg,
    Limits,
    Plan,
    PlanId,
    PlanState,
    Rebalance,
    Seen,
    Spec,
    Staged,
    Step,
    StepKind,
    Terms,
    TimeSlices,
    VolumeSlices,
    Weight,
)
from simtrade.plans.outcome import Outcome, Traded
from tests.web.pages.test_plans import APPLE, own_account
from web.pages.plan_forms import CONDITIONS, KINDS
from web.pages.plan_words import BECAUSE, CONDITION_CHOICES, STATES, STEPS, PlanWords

LEG = Leg(APPLE, Side.BUY, 5, 2050)
TEN = 1_273_154_400 * 10**9  # 10:00 in New York on May 6, 2010


def english() -> PlanWords:
    return PlanWords(own_account(), "en")


def test_every_code_has_words() -> None:
    assert set(STATES) == {state.value for state in PlanState}
    assert set(STEPS) == {kind.value for kind in StepKind}
    assert set(BECAUSE) == {cause.value for cause in Because}
    assert set(CONDITION_CHOICES) == set(CONDITIONS)
    for kind in KINDS:
        assert english().kind(kind)
        assert english().about(kind)


SENTENCES: list[tuple[Spec, str]] = [
    (Staged(LEG), "At the next open: Buy 5 AAPL at 20.50."),
    (Grid(APPLE, 1600, 2400, 20, 5), "AAPL: 5 at a time, every 0.20 from 16.00 to 24.00."),
    (FixedAmount(APPLE, 50_000, 1), "AAPL: buy for $500.00 every session."),
    (FixedAmount(APPLE, 50_000, 3), "AAPL: buy for $500.00 every 3 sessions."),
    (
        Basket((LEG, Leg(APPLE, Side.SELL, 2, None, TimeInForce.GTC))),
        "Together: Buy 5 AAPL at 20.50; Sell 2 AAPL at the market price.",
    ),
    (Rebalance((Weight(APPLE, 125),), 50), "AAPL 12.50%; 5.00% stays cash."),
    (
        Conditional(
            (
                Condition(ConditionKind.CHANGE, -25),
                Condition(ConditionKind.PRICE_AT_MOST, 2000),
                Condition(ConditionKind.TIME_FROM, TEN),
            ),
            LEG,
        ),
        "When it is down 2.50% on the day and the price is at or below 20.00 and it is "
        "May 6, 2010 10:00:00 or later: Buy 5 AAPL at 20.50.",
    ),
    (
        TimeSlices(LEG, TEN, TEN + 60 * 10**9, 3),
        "Buy 5 AAPL at 20.50, in 3 parts between May 6, 2010 10:00:00 and May 6, 2010 10:01:00.",
    ),
    (
        VolumeSlices(LEG, TEN, TEN + 60 * 10**9, 3, 55),
        "Buy 5 AAPL at 20.50, 5.50% of the volume between May 6, 2010 10:00:00 and "
        "May 6, 2010 10:01:00.",
    ),
]


@pytest.mark.parametrize(("spec", "sentence"), SENTENCES)
def test_what_a_plan_does(spec: Spec, sentence: str) -> None:
    assert english().summary(spec) == sentence
    assert PlanWords(own_account(), "zh").summary(spec) != sentence


def test_limits_are_told_in_their_units() -> None:
    limits = Limits(100_000, 30, 4, 1500, 2500)
    terms = Terms(Grid(APPLE, 1600, 2400, 20, 5), limits, date(2010, 6, 1))
    assert english().limits(terms) == [
        "Never more than $1,000.00 in it.",
        "Never more than 30 shares.",
        "Never more than 4 orders.",
        "Nothing below 15.00.",
        "Nothing above 25.00.",
        "Last day: Jun 1, 2010.",
    ]


def test_a_receipt_says_what_was_sent_why_and_what_was_seen() -> None:
    step = Step(2, TEN, StepKind.PLACED, Because.CONDITIONS, LEG, 9, seen=(Seen(0, 1990, 2000),))
    assert english().step(step) == [
        "Buy 5 AAPL at 20.50.",
        "All conditions were met.",
        "Seen: 19.90; the condition is met from 20.00.",
    ]


def test_a_refusal_says_the_reason_with_its_numbers() -> None:
    numbers = {"available_minor": 100, "needed_minor": 10_250}
    step = Step(
        3, TEN, StepKind.REFUSED, Because.SESSION, LEG, reason="not_enough_cash", numbers=numbers
    )
    first, second, third = english().step(step)
    assert first == "Buy 5 AAPL at 20.50."
    assert "You have $1.00." in second
    assert third == "A session began."


def test_waiting_says_how_much_was_there() -> None:
    step = Step(3, TEN, StepKind.WAITED, Because.SESSION, numbers={"budget_minor": 600})
    assert english().step(step)[-1] == "There was $6.00 to spend, too little for one lot."


def ended(cause: str, state: PlanState) -> Plan:
    return Plan(PlanId(1), AccountId(1), Terms(Staged(LEG)), AtNs(1), AtNs(1), state, cause)


def test_what_came_of_a_plan_is_told_in_both_languages() -> None:
    traded = (
        Traded(APPLE, Side.BUY, 30, 61_501, 61_501),
        Traded(APPLE, Side.SELL, 10, 21_000, 21_000),
    )
    plan = ended("time", PlanState.DONE)
    assert english().outcome(plan, Outcome(traded, 123, 2, None)) == [
        "Bought 30 AAPL for $615.01, 20.5003 on average.",
        "Sold 10 AAPL for $210.00, 21.00 on average.",
        "Fees: $1.23.",
        "Orders of it that still wait in the market: 2.",
        "Its time had come.",
    ]
    chinese = PlanWords(own_account(), "zh").outcome(plan, Outcome(traded, 123, 2, None))
    assert chinese[0] == "买入 AAPL 30，共 $615.01，均价 20.5003。"


def test_a_plan_that_gave_up_says_which_order_was_refused_and_why() -> None:
    refused = Step(2, 5, StepKind.REFUSED, Because.SESSION, LEG, reason="not_enough_cash",
                   numbers={"needed_minor": 10_250, "available_minor": 100})  # fmt: skip
    told = english().outcome(ended("refusal", PlanState.FAILED), Outcome((), 0, 0, refused))
    assert told[0] == "Nothing was traded."
    assert told[-2:] == [
        "Refused was: Buy 5 AAPL at 20.50.",
        "You do not have enough available cash for this order. It needs $102.50. You have $1.00.",
    ]


def test_a_living_plan_has_no_ending() -> None:
    assert english().ending(ended("", PlanState.ARMED)) == []
