"""Invariant I10 of the fill model on every kind of data: cash is what an account began with, and
its fills, and what corporate actions paid or took."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from feeds.catalogue import US_DAILY
from feeds.order_store import write_order_tape
from feeds.tape_store import write_tape
from matching.market import DataKind
from matching.orders import AccountId, FillProfile, Side
from matching.scope import Scope
from matching.units import NS_PER_SECOND
from simtrade.desk.requests import ClockAction, Done, SubscribeRequest
from simtrade.venues.feeds import TAPES
from tests.feeds.l2_sample import SESSION, SampleDay
from tests.simtrade.desk.corporate import market as told_market
from tests.simtrade.desk.mixture import Market, Run
from tests.world import World, shared_tapes

SAMPLE = SampleDay(steps=300).tape()
# Steps that lead to fills, and time between them.
STEPS = ["place"] * 8 + ["group"] * 3 + ["cancel", "replace", "sell_all", "reopen"]
STEPS += ["seconds"] * 5 + ["seek"] * 3 + ["step"] * 2 + ["far"]
PAID = {"split": 1, "ex_date": 1, "dividend_paid": 1, "delisted": 1, "subscribed": -1}


def expected_minor(world: World, account_id: AccountId) -> int:
    """From receipts alone: no balance is asked for."""
    summary = world.portfolio.summary(account_id)
    cash = summary.start_minor
    for fill in world.portfolio.fills(account_id, limit=100_000):
        cash += fill.notional_minor * (1 if fill.side is Side.SELL else -1)
        cash -= sum(fee.amount_minor for fee in fill.fees)
    for one in world.portfolio.activities(account_id, limit=100_000):
        cash += PAID.get(one.kind, 0) * int(one.body.get("paid_minor", 0))
    return cash


class Counted(Run):
    """Cash is counted after every step."""

    fills = 0

    def check(self) -> None:
        super().check()
        self.count()

    def count(self) -> None:
        for account in self.accounts:
            summary = self.world.portfolio.summary(account)
            assert summary.cash_minor + summary.hold_minor == expected_minor(self.world, account)
            assert summary.fees_minor == sum(
                fee.amount_minor
                for fill in self.world.portfolio.fills(account, limit=100_000)
                for fee in fill.fees
            )
        self.fills = sum(len(self.world.portfolio.fills(one)) for one in self.accounts)


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shared_tapes(tmp_path_factory.mktemp("cash") / "tapes")
    write_order_tape(root, SAMPLE)
    return root


def market_of(kind: DataKind, seed: int) -> Market:
    profile = list(FillProfile)[seed % 3]
    if kind is DataKind.BARS:
        return Market(US_DAILY, date(2005, 2, 25), profile, delays=False)  # Apple splits on Monday
    told = "" if kind is DataKind.ORDERS else f"@{kind}"
    scope = Scope.EXCHANGE if seed % 2 else Scope.ACCOUNT
    return Market(SAMPLE.tape_id + told, SESSION, profile, delays=seed % 2 == 0, scope=scope)


@pytest.mark.parametrize("kind", list(DataKind))
def test_cash_is_the_start_and_what_happened(tmp_path: Path, streets: Path, kind: DataKind) -> None:
    filled = 0
    for seed in range(2):
        rng = Random(f"{kind}{seed}")
        steps = [(rng.choice(STEPS), rng.randrange(10**9)) for _ in range(45)]
        run = Counted(tmp_path / str(seed), streets, market_of(kind, seed))
        try:
            run.play(steps)
        finally:
            run.world.close()
        filled += run.fills
    assert filled, "a run without fills proves nothing"


ACTIONS = """
day 2024-01-02 ONE 13.00 TWO 50.00
day 2024-01-03 ONE 12.00 TWO 50.00
day 2024-01-04 ONE 12.00 TWO 50.00
day 2024-01-05 ONE 6.00 TWO 50.00
day 2024-01-08 ONE 6.00 TWO -
action 2024-01-03 ONE ex cash=0.53 rights=3:10 price=8.70 deadline=2024-01-04 pay=2024-01-04
action 2024-01-05 ONE split 7:3
action 2024-01-05 TWO delisting announced=2024-01-02
"""


def test_corporate_actions_are_counted_too(tmp_path: Path, streets: Path) -> None:
    tape = told_market(ACTIONS)
    folder = tmp_path / "data"
    (folder / TAPES).mkdir(parents=True)
    write_tape(folder / TAPES, tape)
    shared_tapes(folder / TAPES)
    run = Counted(
        folder, streets, Market(tape.tape_id, date(2024, 1, 2), FillProfile.STANDARD, delays=False)
    )
    try:
        account = run.accounts[0]
        for symbol in ("XNAS:ONE", "XNAS:TWO"):
            assert isinstance(run.world.place(account, Side.BUY, 1_001, symbol), Done)
        kinds: set[str] = set()
        for _ in range(24):
            later = run.world.at(run.venue) + 6 * 3600 * NS_PER_SECOND
            run.world.set_clock(run.venue, ClockAction.SEEK, later)
            right: Any = next(iter(run.world.portfolio.rights(account)), None)
            if right is not None:
                asked = SubscribeRequest(
                    account, run.world.key(), right.instrument.instrument_id, right.ex_session, 100
                )  # type: ignore[arg-type]
                run.world.submit(asked)
            run.count()
            kinds |= {one.kind for one in run.world.portfolio.activities(account)}
        assert set(PAID) <= kinds
        report = run.world.verify()
        assert report.ok, report.problems
    finally:
        run.world.close()
