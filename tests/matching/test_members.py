"""Scope "exchange": members trade with each other, never at a price the street would better."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.events import FillRule, OrderFilled
from matching.market import DataKind, MarketEvent
from matching.orders import Side
from matching.scope import Scope
from matching.units import AtNs
from tests.matching.scenario import Scenario
from tests.matching.tapes import (
    MIDDLE,
    Action,
    DepthMarket,
    Run,
    Step,
    actions,
    restart,
    seen_as,
    steps,
)
from tests.matching.test_fill_invariants import EXAMPLES

BOOK = "depth 9998x300 9997x500 / 10002x200 10003x600\n"

SCENARIOS = {
    "inside the spread members meet, the older order sets the price": """
        A buy 50 @ 10000 => ahead 0
        B sell 80 @ 9999 => A 50@10000 B 50@10000
        left B 30
        C buy 30 market => B 30@9999 C 30@9999
    """,
    "best price first, oldest first": """
        A sell 10 @ 10001 => ahead 0
        B sell 10 @ 10000 => ahead 0
        C sell 10 @ 10000 => ahead 0
        D buy 25 market => B 10@10000 D 10@10000 C 10@10000 D 10@10000 A 5@10001 D 5@10001
    """,
    "after the members the street, level by level": """
        A sell 10 @ 10001 => ahead 0
        B buy 250 market => A 10@10001 B 10@10001 B 200@10002 B 40@10003
    """,
    "at the street's own price the street is first": """
        A sell 10 @ 10002 => ahead 200
        B buy 50 @ 10002 ioc => B 50@10002
        left A 10
        trade buy 200 @ 10002
        C buy 5 @ 10002 ioc => A 5@10002 C 5@10002
    """,
    "never outside the quote": """
        A sell 400 @ 9998 => A 300@9998   # the rest waits below the street's own bid
        depth 10000x30 / 10002x200 => A 30@9998
        B buy 10 @ 9999 => ahead 0
        left A 70
        depth 9997x30 / 10002x200 => A 10@9998 B 10@9998
    """,
    "fok counts members too": """
        A sell 10 @ 10001 => ahead 0
        B buy 211 @ 10002 fok => B fok_not_fillable
        B2 buy 210 @ 10002 fok => A 10@10001 B2 10@10001 B2 200@10002
    """,
    "an own order is never met: whoever would meet it ends": """
        depth 9998x30 / 10002x200
        A sell 50 market => A 30@9998      # 20 work on
        A2 buy 10 @ 10000 => ahead 0
        depth 9998x30 / 10002x200 => A self_trade
        B sell 10 @ 10000 => A2 10@10000 B 10@10000
    """,
    "without a quote nobody knows a fair price": """
        depth 9998x300 /
        A buy 50 @ 10000 => ahead 0
        B sell 20 @ 9999 => ahead 0
        depth 9998x300 / 10002x200 => A 20@10000 B 20@10000
    """,
    "members share the street like a pool": """
        A buy 150 market => A 150@10002
        B buy 100 market => B 50@10002 B 50@10003
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    Scenario(scope=Scope.EXCHANGE).run(BOOK + SCENARIOS[name])


@pytest.mark.parametrize("scope", [Scope.ACCOUNT, Scope.POOL])
def test_elsewhere_members_never_meet(scope: Scope) -> None:
    Scenario(scope=scope).run(BOOK + "A buy 50 @ 10000 => ahead 0\nB sell 50 @ 9999 => ahead 0")


def test_snapshots_have_a_quote_too() -> None:
    Scenario(data=DataKind.SNAPSHOTS, scope=Scope.EXCHANGE).run(
        """
        snap 9998x300 / 10002x200
        A buy 50 @ 10000 => waits
        snap 9998x300 / 10002x200
        B sell 80 @ 9999 => waits
        snap 9998x300 / 10002x200 => A 50@10000 B 50@10000
        """
    )


class Judged(Run):
    """Members' trades come in pairs, at one price inside the quote of that moment."""

    def __init__(self, kind: DataKind, tape: list[MarketEvent], ends: set[int]) -> None:
        super().__init__(kind, Scope.EXCHANGE)
        self.tape, self.ends, self.seen, self.met = tape, ends, 0, 0
        self.times: dict[tuple[int, ...], int] = defaultdict(int)

    def after(self, event: MarketEvent) -> None:
        self.judge()
        if self.number in self.ends:
            restart(self, self.tape)

    def before(self, event: MarketEvent) -> None:
        self.note(self.exchange.pass_time(AtNs(event.at_ns - 1)))  # what meets the old display
        self.judge()

    def judge(self) -> None:
        new, self.seen = self.happened[self.seen :], len(self.happened)
        fills = [
            one
            for _, one in new
            if isinstance(one, OrderFilled) and one.receipt.rule is FillRule.MEMBER
        ]
        bid, ask = (self.listing.street.best(side) for side in Side)
        for one, other in zip(fills[::2], fills[1::2], strict=True):
            self.met += 1
            assert (one.qty, one.price_ticks, one.side) == (
                other.qty, other.price_ticks, other.side.opposite,
            )  # fmt: skip
            assert bid is not None
            assert ask is not None
            assert bid.price_ticks <= one.price_ticks <= ask.price_ticks
            pair = tuple(sorted((one.account_id, other.account_id)))
            assert pair[0] != pair[1], "E14: with himself"
            self.times[pair] += 1
            assert one.receipt.pair_trades == other.receipt.pair_trades == self.times[pair]


kinds = st.sampled_from((DataKind.DEPTH, DataKind.QUOTES, DataKind.SNAPSHOTS))


def wide(kind: DataKind, drawn: list[Step]) -> list[MarketEvent]:
    """A market with room between its quotes."""
    apart = ({MIDDLE - 4: 60, MIDDLE - 5: 40}, {MIDDLE + 4: 50, MIDDLE + 6: 70})
    return seen_as(kind, DepthMarket(books=apart).play(drawn))


@given(kinds, steps, actions, st.sets(st.integers(0, 60)))
@EXAMPLES
def test_members_meet_at_fair_prices_and_restarts_change_nothing(
    kind: DataKind, drawn: list[Step], plan: list[Action], ends: set[int]
) -> None:
    tape = wide(kind, drawn)
    run = Judged(kind, tape, ends)
    assert run.play(tape, plan) == Run(kind, Scope.EXCHANGE).play(tape, plan)
    run.judge()


@pytest.mark.parametrize("kind", [DataKind.DEPTH, DataKind.QUOTES])
def test_the_tapes_let_members_meet(kind: DataKind) -> None:
    met: list[int] = []

    @given(steps, actions)
    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    def collect(drawn: list[Step], plan: list[Action]) -> None:
        tape = wide(kind, drawn)
        run = Judged(kind, tape, set())
        run.play(tape, plan)
        met.append(run.met)

    collect()
    assert any(met)
