"""Prints without quotes: what they prove, and what a taker pays (fill model E3, E10)."""

from __future__ import annotations

import pytest

from matching.market import DataKind
from tests.matching.scenario import Scenario, rules

SCENARIOS = {
    "a taker pays half the assumed spread at the next print, never more than it traded": """
        A buy 100 market => waits
        trade buy 60 @ 10000 => A 60@10001
        trade sell 60 @ 10010 => A 40@10011
    """,
    "a print at the limit proves nothing, one beyond it fills at the limit": """
        A buy 100 @ 9999 => waits
        trade sell 60 @ 10000
        trade sell 60 @ 9999
        left A 100
        trade sell 60 @ 9998 => A 60@9999
        trade unknown 60 @ 9998 => A 40@9999
    """,
    "a buyer's print says nothing of the sellers' queue at a price": """
        A buy 100 @ 9999 => waits
        trade sell 5 @ 10000
        trade buy 60 @ 9998
        left A 100
    """,
    "beginner: a print at the limit is enough": """
        profile beginner
        A buy 100 @ 9999 => waits
        trade sell 60 @ 10000
        trade sell 60 @ 9999 => A 60@9999
    """,
    "one print is one budget for all orders of an account": """
        A buy 30 @ 9999 => waits
        trade sell 60 @ 10000
        A2 buy 100 market => waits
        trade sell 60 @ 9990 => A 30@9999 A2 30@9991
        B buy 100 market => waits
        trade sell 60 @ 9990 => A2 60@9991 B 60@9991
    """,
    "a limit that the print alone satisfies is filled at the limit": """
        A buy 10 @ 10001 => waits
        trade sell 60 @ 10000 => A 10@10001
        B buy 10 @ 10000 => waits
        trade sell 60 @ 10000   # at the limit: it rests
        left B 10
    """,
    "ioc and fok meet one print": """
        A buy 100 @ 10001 ioc => waits
        B buy 100 @ 10001 fok => waits
        trade sell 60 @ 10000 => A 60@10001 A ioc_remainder B fok_not_fillable
    """,
    "sealed at the limit nobody takes": """
        A buy 10 market => waits
        trade sell 60 @ 11000
        left A 10
        B sell 10 market => waits
        trade sell 60 @ 11000 => B 10@10999
    """,
    "sealed at the limit even a beginner's touch takes nothing": """
        profile beginner
        A buy 10 @ 11000 => waits
        trade sell 60 @ 11000
        left A 10
    """,
    "nothing trades at lunch": """
        A buy 10 market => waits
        phase lunch
        trade sell 60 @ 10000
        left A 10
    """,
    "traded at your price is counted although it fills nobody": """
        A buy 100 @ 9999 => waits
        trade sell 60 @ 10000
        trade sell 45 @ 9999
        traded A 45
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    Scenario(data=DataKind.TRADES, book=rules(limit__permille=100)).run(SCENARIOS[name])


def test_the_rest_of_a_market_order_is_cancelled_where_the_rules_say_so() -> None:
    Scenario(data=DataKind.TRADES, book=rules(market_order__remainder="cancel")).run(
        """
        A buy 100 market => waits
        trade buy 60 @ 10000 => A 60@10001 A market_remainder
        """
    )
