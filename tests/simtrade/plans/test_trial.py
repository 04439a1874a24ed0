"""Trying a plan on finished sessions: the same code, nothing written, no look ahead."""

from __future__ import annotations

from datetime import date

from matching.orders import Side
from simtrade.plans.model import (
    Condition,
    Conditional,
    ConditionKind,
    Limits,
    Staged,
    Terms,
    TimeSlices,
)
from simtrade.plans.trial import Trial, try_out
from simtrade.store.engine_store import VenueRows
from tests.simtrade.plans.samples import MADE, Market, grid, leg
from tests.world import World

FALLS = [1000, 1000, (1000, 1000, 985, 986), 1013, 1013, 1013]
QUIET = [1003] * 6


def tried(market: Market, terms: Terms, sessions: int = 1) -> Trial:
    found = market.world.plans.try_out(market.account, terms, sessions)
    assert isinstance(found, Trial)
    return found


def test_it_does_what_arming_it_then_would_have_done(world: World) -> None:
    market = Market.open(world, [QUIET, FALLS, QUIET])
    market.go(2, day=2)
    before = world.store.state()
    trial = tried(market, Terms(grid(900, 1100, 10, 5)))
    assert world.store.state() == before
    assert trial.sessions == (date(2004, 3, 2),)
    assert [(fill.side, fill.qty, fill.price_ticks) for fill in trial.fills] == [
        (Side.BUY, 5, 1000),
        (Side.SELL, 5, 1012),
    ]
    assert trial.fees_minor == sum(sum(fill.fees.values()) for fill in trial.fills)
    assert trial.idle_minor == 10_000_000
    assert trial.value_minor == 10_000_000 + 5 * 12 - trial.fees_minor
    assert trial.cut_ns is None


def test_it_begins_with_the_holdings_of_now(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET, QUIET])
    world.place(market.account, Side.BUY, 10, MADE)
    world.place(market.account, Side.BUY, 10, MADE, limit=500)
    market.go(3, day=1)
    trial = tried(market, Terms(TimeSlices(leg(10, Side.SELL), market.moment(4, 1),
                                           market.moment(5, 1), 1)))  # fmt: skip
    assert [(fill.side, fill.qty) for fill in trial.fills] == [(Side.SELL, 10)]


def test_times_move_to_the_tried_day(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET])
    market.go(2, day=1)
    lines = (Condition(ConditionKind.TIME_FROM, market.moment(4, day=1)),)
    trial = tried(market, Terms(Conditional(lines, leg(1)), expires=date(2004, 3, 2)))
    assert trial.steps[1].at_ns == market.moment(4, day=0)


def test_without_a_finished_session_there_is_nothing_to_try(world: World) -> None:
    market = Market.open(world, [QUIET])
    assert tried(market, Terms(Staged(leg(1)))).sessions == ()


def test_a_plan_that_could_not_have_been_armed_says_why(world: World) -> None:
    market = Market.open(world, [[1300] * 5, QUIET, QUIET])
    market.go(1, day=2)
    trial = tried(market, Terms(grid(900, 1100, 10, 5)), sessions=1)
    assert trial.refusal is not None
    assert trial.refusal.reason.code == "plan_outside_grid"


def test_sessions_can_be_chosen(world: World) -> None:
    market = Market.open(world, [QUIET, FALLS, QUIET, QUIET])
    market.go(2, day=3)
    trial = tried(market, Terms(grid(900, 1100, 10, 5)), sessions=20)
    assert len(trial.sessions) == 3
    assert len(trial.fills) == 2


def test_work_has_an_end(world: World) -> None:
    market = Market.open(world, [QUIET, QUIET])
    market.go(2, day=1)
    rows = world.store.load_venue(market.venue_id, market.account)
    assert isinstance(rows, VenueRows)
    ticks = iter(range(0, 10**15, 10**9))
    trial = try_out(
        rows, world.feeds, market.account, Terms(grid(900, 1100, 10, 5), Limits()), 1,
        world.at(market.venue_id), lambda: next(ticks),
    )  # fmt: skip
    assert trial.cut_ns is not None
    assert trial.cut_ns < market.moment(390)
