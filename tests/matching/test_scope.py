"""Who shares the street's size with whom."""

from __future__ import annotations

import pytest

from matching.market import DataKind
from matching.orders import AccountId
from matching.scope import POOL, Scope
from tests.matching.scenario import Scenario

BOOK = "depth 9999x300 9998x500 / 10001x200 10002x600\n"

POOLED = {
    "one takings ledger": """
        A buy 150 market => A 150@10001
        B buy 150 market => B 50@10001 B 100@10002
    """,
    "one budget of every print, in the order of arrival": """
        A buy 50 @ 9999 => ahead 300
        B buy 50 @ 9999 => ahead 300
        trade sell 360 @ 9999 => A 50@9999 B 10@9999
    """,
    "better prices first, whoever has them": """
        A buy 50 @ 9999 => ahead 300
        B buy 50 @ 10000 => ahead 0
        trade sell 60 @ 9998 => B 50@10000 A 10@9999
    """,
    "one crossing quote fills its size once for all": """
        A buy 50 @ 9999 => ahead 300
        B buy 50 @ 9999 => ahead 300
        depth 9997x100 / 9998x80 10002x10 => A 50@9999 B 30@9999
    """,
}


@pytest.mark.parametrize("name", POOLED)
def test_a_pool_shares_the_street(name: str) -> None:
    Scenario(scope=Scope.POOL).run(BOOK + POOLED[name])


def test_a_pool_shares_a_bar() -> None:
    Scenario(data=DataKind.BARS, scope=Scope.POOL).run(
        """
        volume 400
        A buy 80 market => waits
        B buy 80 market => waits
        open 9990 => A 80@9991 B 20@9991
        """
    )


def test_a_pool_shares_an_interval() -> None:
    Scenario(data=DataKind.SNAPSHOTS, scope=Scope.POOL).run(
        """
        snap 9999x30 / 10001x200 last 10000 volume 1000 turnover 10000000
        A buy 50 @ 9999 => waits
        B buy 50 @ 9999 => waits
        snap 9999x30 / 10001x200
        snap 9999x30 / 10001x200 last 9999 volume 1090 turnover 10899910 => A 50@9999 B 10@9999
        """
    )


def test_an_account_alone_is_its_own_group() -> None:
    assert Scope.ACCOUNT.group(AccountId(7)) == 7
    assert Scope.POOL.group(AccountId(7)) == Scope.EXCHANGE.group(AccountId(7)) == POOL
