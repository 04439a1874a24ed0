"""A branch is the first market again, to the cent, up to the moment where it parts from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest

from feeds.catalogue import US_DAILY
from feeds.order_store import write_order_tape
from matching.orders import AccountId, FillProfile, OrderId, Side, TimeInForce
from matching.reasons import Reason
from simtrade.desk.branch import COMMANDS_MAX
from simtrade.desk.requests import (
    BranchPractice,
    ClockAction,
    Done,
    Refusal,
    UserId,
    VenueId,
)
from simtrade.desk.shard import VENUES_PER_USER
from tests.feeds.l2_sample import SESSION, SampleDay
from tests.simtrade.desk.mixture import Market, Run
from tests.simtrade.plans.samples import armed, grid
from tests.world import World, shared_tapes

SAMPLE = SampleDay(steps=200).tape()


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shared_tapes(tmp_path_factory.mktemp("branch") / "tapes")
    write_order_tape(root, SAMPLE)
    return root


def branch(world: World, account: AccountId, order_id: int = 0, user: int = 1, **more: str) -> Done:
    asked = BranchPractice(UserId(user), world.key(), account, OrderId(order_id), **more)
    done = world.submit(asked)
    assert isinstance(done, Done), done
    return done


def holdings(world: World, account: AccountId) -> object:
    """What an account has and waits for, without the numbers that are its own."""
    found = world.portfolio.summary(account)
    orders = world.portfolio.orders(account, open_only=True)
    return (
        found.cash_minor,
        found.hold_minor,
        found.fees_minor,
        sorted(
            (one.instrument.instrument_id, one.qty, one.available, one.cost_minor)
            for one in found.positions
        ),
        sorted(
            (
                one.instrument.instrument_id, one.side, one.kind, one.qty, one.filled,
                one.limit_ticks or 0, one.placed_at_ns,
            )
            for one in orders
        ),
    )  # fmt: skip


def fills(world: World, account: AccountId, before: int | None = None) -> list[tuple[object, ...]]:
    """Fills of an account, oldest first; of orders of commands before one when it is named."""
    return sorted(
        (one.at_ns, one.instrument.instrument_id, one.side, one.price_ticks, one.qty)
        for one in world.portfolio.fills(account, limit=10_000)
        if before is None or one.order_id < before
    )


@pytest.fixture
def busy(world: World) -> tuple[World, VenueId, AccountId]:
    venue, account = world.practice(date(2005, 2, 25))
    world.place(account, Side.BUY, 100)
    world.pass_seconds(3)
    armed(world, account, grid(1_000, 3_000, 100, 5, "XNAS:MSFT"))
    world.place(account, Side.BUY, 10, limit=4_000, force=TimeInForce.GTC)
    world.set_clock(venue, ClockAction.SEEK, world.at(venue) + 5 * 86_400 * 10**9)
    world.place(account, Side.SELL, 50)
    world.pass_seconds(5)
    return world, venue, account


def test_from_now_on_it_is_the_same_and_stands(busy: tuple[World, VenueId, AccountId]) -> None:
    world, venue, account = busy
    done = branch(world, account, name="What if")
    assert done.account_id is not None
    assert done.account_id != account
    assert holdings(world, done.account_id) == holdings(world, account)
    assert fills(world, done.account_id) == fills(world, account)
    assert world.at(done.venue_id) == world.at(venue)
    view = world.venues.view(done.venue_id)
    assert view is not None
    assert view.name == "What if"
    assert not world.venues.clock(done.venue_id).running
    world.pass_seconds(5)
    assert world.at(done.venue_id) < world.at(venue)
    assert world.verify().problems == []


def test_before_an_order_it_was_never_placed(busy: tuple[World, VenueId, AccountId]) -> None:
    world, _, account = busy
    (sold,) = [
        one for one in world.portfolio.orders(account, open_only=False)
        if one.side is Side.SELL and one.instrument.symbol == "AAPL"
    ]  # fmt: skip
    done = branch(world, account, sold.order_id)
    assert done.account_id is not None
    assert world.at(done.venue_id) == sold.placed_at_ns
    (apple,) = [
        one
        for one in world.portfolio.summary(done.account_id).positions
        if one.instrument.symbol == "AAPL"
    ]
    assert apple.qty == 200, "bought 100, split in two, and not sold"
    assert fills(world, done.account_id) == fills(world, account, sold.order_id)
    world.set_clock(done.venue_id, ClockAction.PLAY)
    world.pass_seconds(5)
    assert world.verify().problems == []
    again = world.reopen()
    assert again.verify().problems == []
    again.close()


def test_before_an_order_of_a_plan_everything_until_then_was_done(world: World) -> None:
    """It was placed in the middle of a long seek: what the seek did before stays done."""
    venue, account = world.practice(date(2005, 2, 25))
    armed(world, account, grid(2_000, 3_000, 20, 100, "XNAS:MSFT"))
    world.set_clock(venue, ClockAction.SEEK, world.at(venue) + 60 * 86_400 * 10**9)
    orders = world.portfolio.orders(account, open_only=False, limit=10_000)
    later = sorted(orders, key=lambda one: one.placed_at_ns)[-1]
    before = [one for one in fills(world, account) if int(str(one[0])) < later.placed_at_ns]
    assert before, "the plan traded on the way"
    done = branch(world, account, later.order_id)
    assert done.account_id is not None
    assert world.at(done.venue_id) == later.placed_at_ns - 1
    assert fills(world, done.account_id) == before
    assert world.verify().problems == []


def test_a_branch_can_be_branched_and_the_same_key_is_the_same_branch(
    busy: tuple[World, VenueId, AccountId],
) -> None:
    world, _, account = busy
    first = branch(world, account)
    assert first.account_id is not None
    second = branch(world, first.account_id)
    assert second.account_id is not None
    assert holdings(world, second.account_id) == holdings(world, account)
    asked = BranchPractice(UserId(1), "same", account, OrderId(0))
    one, two = world.submit(asked), world.submit(asked)
    assert isinstance(one, Done)
    assert isinstance(two, Done)
    assert (one.venue_id, two.replayed) == (two.venue_id, True)


def refused(world: World, asked: BranchPractice) -> Reason:
    answer = world.submit(asked)
    assert isinstance(answer, Refusal), answer
    return answer.reason


def test_what_is_refused(busy: tuple[World, VenueId, AccountId]) -> None:
    world, _, account = busy
    key, me = world.key, UserId(1)
    assert refused(world, BranchPractice(UserId(2), key(), account, OrderId(0))) is (
        Reason.ACCOUNT_UNKNOWN
    )
    assert refused(world, BranchPractice(me, key(), AccountId(99_999), OrderId(0))) is (
        Reason.ACCOUNT_UNKNOWN
    )
    for order in (OrderId(99_999), OrderId(2**60), OrderId(-1), OrderId(1)):
        assert refused(world, BranchPractice(me, key(), account, order)) is Reason.ORDER_UNKNOWN
    floor = world.floor()
    assert refused(world, BranchPractice(me, key(), floor, OrderId(0))) is Reason.BRANCH_SHARED
    assert refused(world, BranchPractice(me, key(), account, OrderId(0), "x" * 41)) is (
        Reason.VENUE_NAME_TOO_LONG
    )
    assert world.verify().ok


def test_a_long_past_and_too_many_markets(
    busy: tuple[World, VenueId, AccountId], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _, account = busy
    monkeypatch.setattr("simtrade.desk.branch.COMMANDS_MAX", 2)
    asked = BranchPractice(UserId(1), world.key(), account, OrderId(0))
    assert refused(world, asked) is Reason.BRANCH_TOO_LONG
    monkeypatch.setattr("simtrade.desk.branch.COMMANDS_MAX", COMMANDS_MAX)
    monkeypatch.setattr("simtrade.desk.shard.VENUES_PER_USER", 2)
    branch(world, account)
    asked = BranchPractice(UserId(1), world.key(), account, OrderId(0))
    assert refused(world, asked) is Reason.TOO_MANY_VENUES
    assert VENUES_PER_USER > 2


NAMES = {
    "place": 14, "group": 10, "cancel": 8, "replace": 8, "plan": 4, "steer": 2, "seconds": 12,
    "seek": 5, "step": 4, "speed": 1, "sell_all": 2, "reopen": 1,
}  # fmt: skip


def markets() -> Iterator[tuple[int, str, date, bool]]:
    for seed in range(2):
        delays = seed % 2 == 0
        yield seed, US_DAILY, date(2005, 2, 24), delays
        yield seed, SAMPLE.tape_id + ("" if seed % 3 else "@quotes"), SESSION, delays


@pytest.mark.parametrize(("seed", "tape", "session", "delays"), list(markets()))
def test_anything_that_was_done_is_done_again(
    seed: int, tape: str, session: date, delays: bool, streets: Path, tmp_path: Path
) -> None:
    rng = Random(seed)
    profile = rng.choice(list(FillProfile))
    run = Run(tmp_path / "data", streets, Market(tape, session, profile, delays))
    steps = [
        (one, rng.randrange(10**9)) for one in rng.choices(*zip(*NAMES.items(), strict=True), k=30)
    ]
    for name, number in steps:
        getattr(run, name)(Random(number))
    world, (account,) = run.world, run.accounts
    venue = run.venue
    world.set_clock(venue, ClockAction.PAUSE)
    done = branch(world, account)
    assert done.account_id is not None
    assert world.at(done.venue_id) == world.at(venue)
    assert fills(world, done.account_id) == fills(world, account)
    assert holdings(world, done.account_id) == holdings(world, account)
    placed = world.portfolio.orders(account, open_only=False, limit=10_000)
    if placed:
        chosen = rng.choice(placed)
        other = branch(world, account, chosen.order_id)
        assert other.account_id is not None
        told = fills(world, other.account_id)
        assert told == [one for one in fills(world, account) if one in told]
        assert len(told) <= len(fills(world, account))
    report = world.verify()
    assert report.ok, report.problems
    world.close()
