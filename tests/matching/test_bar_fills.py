"""Fill model E11: when only bars are known."""

from __future__ import annotations

import pytest

from matching.market import DataKind
from tests.matching.scenario import Scenario, rules

SCENARIOS = {
    "a market order fills at the next open, with the assumed half spread": """
        open 10000
        A buy 100 market => waits
        bar 10000 10050 9950 10020 x1000
        open 10030 => A 100@10031
    """,
    "a seller pays the half spread too": """
        open 10000
        A sell 100 market => waits
        bar 10000 10050 9950 10020 x1000
        open 10030 => A 100@10029
    """,
    "never in the bar of submission": """
        open 10000
        A buy 100 @ 9990 => waits
        bar 10000 10050 9900 10020 x1000
        left A 100
    """,
    "a takers' open is capped by a quarter of the last bar": """
        open 10000
        A buy 400 market => waits
        bar 10000 10050 9950 10020 x1000
        open 10030 => A 250@10031
        bar 10030 10040 10020 10030 x400
        open 10030 => A 100@10031
        left A 50
    """,
    "a limit needs a tick of penetration": """
        open 10000
        A buy 10 @ 9990 => waits
        bar 10000 10050 9950 10020 x1000
        open 10000
        bar 10000 10010 9990 10000 x1000
        left A 10
        open 10000
        bar 10000 10010 9989 10000 x1000 => A 10@9990
    """,
    "only the share of the volume beyond the price is there": """
        open 10000
        A buy 1000 @ 9990 => waits
        bar 10000 10050 9950 10020 x1000
        open 10000
        bar 10000 10010 9985 10000 x1000 => A 200@9990
    """,
    "an account's orders share a bar, best price first": """
        open 10000
        A buy 150 @ 9995 => waits
        A2 buy 1000 @ 9990 => waits
        bar 10000 10050 9950 10020 x1000
        open 10000
        bar 10000 10010 9985 10000 x1000 => A 150@9995 A2 50@9990
    """,
    "a market that jumps over a resting order fills it at the open": """
        open 10000
        A buy 10 @ 9990 => waits
        bar 10000 10050 9995 10020 x1000
        open 10000
        bar 10000 10010 9995 10000 x1000
        open 9980 => A 10@9980
    """,
    "what the open leaves of an order that it jumped over takes on from the open": """
        open 10000
        A buy 300 @ 9990 => waits
        bar 10000 10050 9995 10020 x1000
        open 10000
        bar 10000 10010 9995 10000 x100
        open 9980 => A 25@9980
        bar 9980 9985 9970 9980 x200 => A 175@9981
        open 9995
        bar 9995 9999 9989 9990 x2000 => A 100@9990
    """,
    "a seller who was jumped over is paid the open less the half spread": """
        open 10000
        A sell 300 @ 10100 => waits
        bar 10000 10050 9950 10020 x100
        open 10150 => A 25@10149
        bar 10150 10160 10140 10150 x100 => A 75@10149
    """,
    "a marketable limit pays the half spread up to its limit": """
        open 10000
        A buy 10 @ 10100 => waits
        B buy 10 @ 10030 => waits
        bar 10000 10050 9950 10020 x1000
        open 10030 => A 10@10031
        left B 10   # reached, not passed
        bar 10030 10030 10029 10030 x1000 => B 10@10030
    """,
    "beginner: a touch is enough": """
        profile beginner
        open 10000
        A buy 10 @ 9990 => waits
        bar 10000 10050 9950 10020 x1000
        open 10000
        bar 10000 10009 9990 10000 x1000 => A 10@9990
    """,
    "ioc and fok meet the next open only": """
        open 10000
        A buy 400 market ioc => waits
        B buy 400 market fok => waits
        C buy 100 @ 9000 ioc => waits
        bar 10000 10050 9950 10020 x1000
        open 10030 => A 250@10031 A ioc_remainder B fok_not_fillable C ioc_remainder
    """,
    "outside the collar a market order waits for a better price": """
        open 10000
        A buy 10 market => waits
        bar 10000 10050 9950 10020 x1000
        open 12000
        left A 10
        bar 12000 12000 12000 12000 x1000
        open 10500 => A 10@10501
    """,
    "a replaced order waits for the bar after the next open": """
        open 10000
        A buy 10 @ 9000 => waits
        bar 10000 10050 9950 10020 x1000
        open 10000
        A replace 10 @ 9990 => waits
        bar 10000 10010 9900 10000 x1000
        left A 10
        open 10000
        bar 10000 10010 9900 10000 x1000 => A 10@9990
    """,
    "a gtc order lives over the night": """
        open 10000
        A buy 10 @ 9000 gtc => waits
        A2 buy 10 @ 9000 day => waits
        bar 10000 10050 9950 10020 x1000
        close 10020 => A2 day_over
        session
        open 8900 => A 10@8901
    """,
    "a bar without a range gives nothing to resting orders": """
        open 10000
        A buy 10 @ 9990 => waits
        bar 10000 10000 10000 10000 x1000
        open 9990
        bar 9990 9990 9990 9990 x1000
        left A 10
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    Scenario(data=DataKind.BARS).run("volume 1000\n" + SCENARIOS[name])


def test_market_remainder_is_cancelled_where_the_rules_say_so() -> None:
    Scenario(data=DataKind.BARS, book=rules(market_order__remainder="cancel")).run(
        """
        volume 1000
        open 10000
        A buy 400 market => waits
        bar 10000 10050 9950 10020 x1000
        open 10030 => A 250@10031 A market_remainder
        """
    )
