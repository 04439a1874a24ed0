"""Fill model E4: a market that is shown every three seconds."""

from __future__ import annotations

import pytest

from matching.market import DataKind
from tests.matching.scenario import Scenario, rules

START = "snap 9999x300 9998x500 / 10001x200 10002x600 last 10000 volume 1000 turnover 10000000\n"

SCENARIOS = {
    "a taker meets the next snapshot, never the last one": """
        A buy 100 market => waits
        snap 9999x300 / 10005x70 10006x500 => A 70@10005 A 30@10006
    """,
    "nobody buys the same displayed share twice": """
        A buy 200 market => waits
        snap 9999x300 / 10001x150 10002x600 => A 150@10001 A 50@10002
        A2 buy 200 @ 10001 ioc => waits
        snap 9999x300 / 10001x150 10002x600 => A2 ioc_remainder
    """,
    "volume at our price uses up the queue first": """
        A buy 50 @ 9999 => waits
        snap 9999x300 9998x500 / 10001x200     # nothing traded: we stand behind 300
        ahead A 300
        snap 9999x100 9998x500 / 10001x200 last 9999 volume 1280 turnover 12799720
        ahead A 20
        snap 9999x90 9998x500 / 10001x200 last 9999 volume 1310 turnover 13099690 => A 10@9999
        snap 9999x90 9998x500 / 10001x200 last 9999 volume 1360 turnover 13599640 => A 40@9999
    """,
    "volume beyond our price fills at our limit, never more than was traded": """
        A buy 1000 @ 9999 => waits
        snap 9999x300 9998x500 / 10001x200
        snap 9998x9 / 9999x900 last 9998 volume 1120 turnover 11199760 => A 120@9999 A 880@9999
    """,
    "what was traded inside the spread is spread around its average": """
        A buy 50 @ 9999 => waits
        snap 9999x30 9998x500 / 10001x200
        # 100 at each of three prices: 30 for those before us
        snap 9999x30 / 10001x200 last 10000 volume 1300 turnover 13000000 => A 50@9999
    """,
    "strict: only what the average proves": """
        profile strict
        A buy 50 @ 9999 => waits
        snap 9999x30 9998x500 / 10001x200
        snap 9999x30 / 10001x200 last 10000 volume 1300 turnover 13000000
        ahead A 30
        snap 9999x30 / 10001x200 last 9999 volume 1340 turnover 13399960 => A 10@9999
    """,
    "strict: a last price beyond ours gives one lot and the front of the queue": """
        profile strict
        A buy 50 @ 9999 => waits
        snap 9999x300 9998x500 / 10001x200
        snap 9999x200 / 10001x200 last 9998 volume 1300 turnover 13000000 => A 1@9999
        ahead A 0
    """,
    "beginner: a touch is enough": """
        profile beginner
        A buy 500 @ 9999 => waits
        snap 9999x300 9998x500 / 10001x200
        snap 9999x300 / 10001x200 last 9999 volume 1300 turnover 13000000 => A 300@9999
    """,
    "the interval of arrival counts for the time that was left of it": """
        A buy 50 @ 9999 => waits   # one of the four seconds between the snapshots is over
        snap 9999x300 / 10001x200 last 9999 volume 1400 turnover 13999600
        ahead A 0
        snap 9999x300 / 10001x200 last 9999 volume 1420 turnover 14199580 => A 20@9999
    """,
    "strict: the interval of arrival does not count": """
        profile strict
        A buy 50 @ 9999 => waits
        snap 9999x300 / 10001x200 last 9999 volume 1400 turnover 13999600
        ahead A 300
    """,
    "two orders of an account share an interval": """
        A buy 50 @ 10000 => waits
        A2 buy 50 @ 9999 => waits
        snap 9999x30 9998x500 / 10001x200
        snap 9999x30 / 10001x200 last 9999 volume 1100 turnover 10999900 => A 50@10000 A2 20@9999
    """,
    "an opposite quote at our price fills its size once": """
        A buy 500 @ 9999 => waits
        snap 9999x300 / 10001x200
        snap 9997x100 / 9998x80 10002x10 => A 80@9999
        snap 9997x100 / 9998x80 10002x10
        left A 420
    """,
    "decreases that volume does not explain are cancels": """
        A buy 50 @ 9999 => waits
        snap 9999x500 / 10001x200
        ahead A 500
        snap 9999x700 / 10001x200
        snap 9999x500 / 10001x200    # 200 cancelled, 500 before us and 200 behind
        ahead A 327.587
    """,
    "after a gap nothing is known of the volume": """
        A buy 50 @ 9999 => waits
        snap 9999x30 / 10001x200
        wait 61
        snap 9999x30 / 10001x200 last 9990 low 9990 volume 9000 turnover 89000000
        left A 50
    """,
    "crossed snapshots fill nobody": """
        A buy 50 market => waits
        snap 10002x30 / 10001x200 last 9999 volume 1300 turnover 12999700
        snap 9999x30 / 10001x200 => A 50@10001
    """,
    "volume of the lunch break fills nobody": """
        A buy 50 @ 9999 => waits
        snap 9999x30 / 10001x200
        phase lunch
        snap 9999x30 / 10001x200 last 9998 low 9998 volume 1300 turnover 12999000
        phase continuous
        left A 50
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    Scenario(data=DataKind.SNAPSHOTS, book=rules(limit__permille=100)).run(START + SCENARIOS[name])
