"""What must hold on any tape with any orders: invariants I1 to I8 of the fill model."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matching.events import FillRule, OrderFilled, OrderReplaced
from matching.market import Bar, BarOpen, DataKind, Depth, MarketEvent, Trade
from matching.orders import FillProfile, OrderId, PlaceOrder, Side
from matching.units import QUEUE_SCALE, AtNs
from tests.matching.scenario import FIRST_DAY, rules
from tests.matching.street_tapes import OrderMarket
from tests.matching.tapes import (
    Action,
    DepthMarket,
    Happened,
    Run,
    Step,
    actions,
    bar_tape,
    bars,
    restart,
    seen_as,
    steps,
)

EXAMPLES = settings(max_examples=int(os.environ.get("SIMTRADE_EXAMPLES", "300")), deadline=None)
PRINTS = (FillRule.QUEUE, FillRule.THROUGH)
HALF_SPREAD = rules().on("main", FIRST_DAY).half_spread_ticks(1_000)
Drawn = list[tuple[int, int, int, int, int]]


def fills_of(happened: list[Happened]) -> list[tuple[int, OrderFilled]]:
    return [(at, event) for at, event in happened if isinstance(event, OrderFilled)]


class Watched(Run):
    """A depth run that judges every event against the street of its moment."""

    def __init__(self) -> None:
        super().__init__(DataKind.DEPTH)
        self.ahead: dict[OrderId, int] = {}
        self.shown: dict[tuple[Side, int], int] = defaultdict(int)  # ever displayed, by increases
        self.levels: dict[tuple[Side, int], int] = {}
        self.taken: dict[tuple[int, Side, int], int] = defaultdict(int)
        self.limits: dict[OrderId, int | None] = {}
        self.since: dict[OrderId, int] = {}
        self.seen = 0

    def place(self, order: PlaceOrder) -> None:
        self.limits[order.order_id] = order.limit_ticks
        self.since[order.order_id] = order.at_ns + order.latency_ns
        super().place(order)
        self.judge(None)

    def before(self, event: MarketEvent) -> None:
        self.note(self.exchange.pass_time(AtNs(event.at_ns - 1)))  # what meets the old display
        self.judge(None)  # with what cancels and replaces led to
        if isinstance(event, Depth):
            new = {
                (side, one.price_ticks): one.qty
                for side, levels in ((Side.BUY, event.bids), (Side.SELL, event.asks))
                for one in levels
            }
            for key, qty in new.items():
                self.shown[key] += max(0, qty - self.levels.get(key, 0))
            self.levels = new

    def after(self, event: MarketEvent) -> None:
        self.judge(event)

    def judge(self, event: MarketEvent | None) -> None:
        new, self.seen = self.happened[self.seen :], len(self.happened)
        replaced = {
            one.order_id
            for _, one in new
            if isinstance(one, OrderReplaced) and not one.kept_priority
        }
        for _, one in new:
            if isinstance(one, OrderReplaced):
                self.limits[one.order_id] = one.limit_ticks
                self.since[one.order_id] = one.at_ns
        self._fills([one for _, one in new if isinstance(one, OrderFilled)], event)
        self._queues(replaced)

    def _fills(self, fills: list[OrderFilled], event: MarketEvent | None) -> None:
        used: dict[int, int] = defaultdict(int)
        for fill in fills:
            self._price(fill, event)
            assert fill.at_ns >= self.since[fill.order_id], "I4: before it came"
            assert fill.receipt.event_at_ns <= fill.at_ns
            if fill.receipt.rule in PRINTS:
                assert isinstance(event, Trade)
                used[fill.account_id] += fill.qty
            else:
                assert not self.listing.street.crossed, "a crossed display filled somebody"
        if isinstance(event, Trade):
            assert all(qty <= event.qty for qty in used.values()), "I1: more than was traded"

    def _price(self, fill: OrderFilled, event: MarketEvent | None) -> None:
        """I2, I3: at a price that was there, never worse than the limit."""
        limit, sign = self.limits[fill.order_id], fill.side.sign
        assert limit is None or sign * (limit - fill.price_ticks) >= 0
        opposite = fill.side.opposite
        match fill.receipt.rule:
            case FillRule.TAKER:
                key = (opposite, fill.price_ticks)
                assert key in self.levels, "I3: nobody quoted that"
                self.taken[fill.account_id, *key] += fill.qty
                assert self.taken[fill.account_id, *key] <= self.shown[key], "I2: never displayed"
            case FillRule.CROSSED:
                best = self.listing.street.best(opposite)
                assert best is not None
                assert sign * (fill.price_ticks - best.price_ticks) >= 0
            case _:
                assert isinstance(event, Trade)
                beyond = sign * (fill.price_ticks - event.price_ticks)
                assert beyond == 0 if fill.receipt.rule is FillRule.QUEUE else beyond > 0

    def _queues(self, replaced: set[OrderId]) -> None:
        now: dict[OrderId, int] = {}
        for order_id, one in self.listing.orders.items():
            if order_id in self.listing.coming | self.listing.entering or one.behind_window:
                continue
            assert one.ahead_milli >= 0
            before = self.ahead.get(order_id)
            if before is not None and order_id not in replaced:
                assert one.ahead_milli <= before, "I5: the queue before an order grew"
            level = self.levels.get((one.side, one.limit_ticks))
            if level is not None:
                assert one.ahead_milli <= level * QUEUE_SCALE, "E3c: more than is displayed"
            now[order_id] = one.ahead_milli
        self.ahead = now


@given(steps, actions)
@EXAMPLES
def test_every_fill_on_a_displayed_book_is_possible(tape: list[Step], plan: list[Action]) -> None:
    run = Watched()
    run.play(DepthMarket().play(tape), plan)
    run.judge(None)


@given(bars, actions)
@EXAMPLES
def test_every_fill_on_bars_is_possible(drawn: Drawn, plan: list[Action]) -> None:
    tape = bar_tape(drawn)
    run = Run(DataKind.BARS)
    run.play(tape, plan)
    placed = {action_id + 1: action for action_id, action in enumerate(_in_order(plan, tape))}
    at_open: dict[tuple[int, int], int] = defaultdict(int)
    in_range: dict[tuple[int, int], int] = defaultdict(int)
    moves = [(at, one) for at, one in run.happened if isinstance(one, OrderReplaced)]
    for at, fill in fills_of(run.happened):
        event = tape[at]
        assert isinstance(event, Bar | BarOpen)
        moved = [
            number
            for number, one in moves
            if one.order_id == fill.order_id and number <= at and not one.kept_priority
        ]
        came = max([placed[fill.order_id].at, *moved])
        assert came <= at - (at % 2), "I4: in a bar that began before the order came or was moved"
        key = (fill.account_id, at // 2)
        if isinstance(event, BarOpen):
            assert abs(fill.price_ticks - event.open_ticks) <= HALF_SPREAD, "I3"
            at_open[key] += fill.qty
            assert at_open[key] <= event.previous_volume // 4, "I1: a quarter of the last bar"
        else:
            low, high = event.low_ticks - HALF_SPREAD, event.high_ticks + HALF_SPREAD
            assert low <= fill.price_ticks <= high, "I3"
            in_range[key] += fill.qty
            assert in_range[key] + at_open[key] <= event.volume, "I1: more than was traded"


def _in_order(plan: list[Action], tape: list[MarketEvent]) -> list[Action]:
    """Actions in the order in which a run gives them their ids."""
    return [one for number in range(len(tape)) for one in plan if one.at == number]


kinds = st.sampled_from(DataKind)


def tape_of(kind: DataKind, drawn: list[Step], bar_list: Drawn) -> list[MarketEvent]:
    if kind is DataKind.BARS:
        return bar_tape(bar_list)
    if kind is DataKind.ORDERS:
        return OrderMarket().play(drawn)
    return seen_as(kind, DepthMarket().play(drawn))


def events_for(tape: list[MarketEvent], plan: list[Action], kind: DataKind) -> list[Happened]:
    return Run(kind).play(tape, plan)


@given(kinds, steps, bars, actions)
@EXAMPLES
def test_other_accounts_change_nothing_and_twice_is_the_same(
    kind: DataKind, drawn: list[Step], bar_list: Drawn, plan: list[Action]
) -> None:
    """I6."""
    tape = tape_of(kind, drawn, bar_list)
    together = events_for(tape, plan, kind)
    assert events_for(tape, plan, kind) == together
    for account in (1, 2):
        # The others' actions stay in the plan as ones that do nothing, so that ids are the same.
        alone = [
            one if one.account == account else one._replace(kind="cancel", account=99)
            for one in plan
        ]
        mine = [one for one in together if one.event.account_id == account]
        assert events_for(tape, alone, kind) == mine


@given(kinds, steps, bars, actions, st.integers(0, 60))
@EXAMPLES
def test_what_comes_later_does_not_change_what_happened(
    kind: DataKind, drawn: list[Step], bar_list: Drawn, plan: list[Action], end: int
) -> None:
    """I7."""
    tape = tape_of(kind, drawn, bar_list)
    whole = events_for(tape, plan, kind)
    assert events_for(tape[:end], plan, kind) == [one for one in whole if one.at < end]


class Sparing(Run):
    """Bars that the band allows to leave out are left out; an order is told the price first."""

    def play(self, tape: list[MarketEvent], plan: list[Action]) -> list[Happened]:
        for number, event in enumerate(tape):
            self.number = number
            for action in plan:
                if action.at == number:
                    for one in tape[max(0, number - 2) : number]:
                        self.exchange.see(one)
                    self.act(action)
            self.now = event.at_ns
            bar = tape[number | 1]
            assert isinstance(bar, Bar)
            band = self.listing.band
            if band.touched_by(bar.low_ticks, bar.high_ticks):
                self.note(self.exchange.on_market(event))
        return self.happened


@given(bars, actions)
@EXAMPLES
def test_leaving_out_what_the_band_allows_changes_nothing(drawn: Drawn, plan: list[Action]) -> None:
    """I7."""
    tape = bar_tape(drawn)
    assert Sparing(DataKind.BARS).play(tape, plan) == events_for(tape, plan, DataKind.BARS)


class Restarting(Run):
    """The process ends after some events; what is stored goes on in a new one."""

    def __init__(self, kind: DataKind, ends: set[int], tape: list[MarketEvent]) -> None:
        super().__init__(kind)
        self.ends, self.tape = ends, tape

    def after(self, event: MarketEvent) -> None:
        if self.number in self.ends:
            restart(self, self.tape)


@given(kinds, steps, bars, actions, st.sets(st.integers(0, 60), min_size=1))
@EXAMPLES
def test_restarts_change_nothing(
    kind: DataKind, drawn: list[Step], bar_list: Drawn, plan: list[Action], ends: set[int]
) -> None:
    tape = tape_of(kind, drawn, bar_list)
    again = Restarting(kind, ends, tape).play(tape, plan)
    assert again == events_for(tape, plan, kind)


@given(kinds, steps, bars, actions)
@EXAMPLES
def test_the_milder_the_profile_the_more_is_filled_at_any_time(
    kind: DataKind, drawn: list[Step], bar_list: Drawn, plan: list[Action]
) -> None:
    """I8, order by order: each is alone in its account, once per profile."""
    tape = tape_of(kind, drawn, bar_list)
    profiles = (FillProfile.STRICT, FillProfile.STANDARD, FillProfile.BEGINNER)
    copies = [
        one._replace(kind="place", profile=profile, account=10 * number + place)
        for number, one in enumerate(plan)
        for place, profile in enumerate(profiles)
    ]
    filled: dict[int, int] = defaultdict(int)
    steps_of: dict[int, list[OrderFilled]] = defaultdict(list)
    for at, fill in fills_of(events_for(tape, copies, kind)):
        steps_of[at].append(fill)
    for at in sorted(steps_of):
        for fill in steps_of[at]:
            filled[fill.account_id] += fill.qty
        for number in range(len(plan)):
            strict, standard, beginner = (filled[10 * number + place] for place in range(3))
            assert strict <= standard <= beginner


DISPLAYED = {FillRule.TAKER, FillRule.QUEUE, FillRule.THROUGH, FillRule.CROSSED}
REACHED = {
    DataKind.BARS: {FillRule.BAR_OPEN, FillRule.BAR_RANGE},
    DataKind.TRADES: {FillRule.PRINT_TAKER, FillRule.THROUGH, FillRule.QUEUE},
    DataKind.QUOTES: DISPLAYED,
    DataKind.SNAPSHOTS: {
        FillRule.TAKER, FillRule.CROSSED, FillRule.INTERVAL_QUEUE, FillRule.INTERVAL_THROUGH,
    },
    DataKind.DEPTH: DISPLAYED,
    DataKind.ORDERS: DISPLAYED,
}  # fmt: skip


class _SawAllError(Exception):
    """Every rule has been met: nothing more has to be drawn."""


@pytest.mark.parametrize("kind", DataKind)
def test_the_tapes_reach_every_rule(kind: DataKind) -> None:
    """A generator that never fills proves nothing."""
    seen: set[FillRule] = set()

    @given(steps, bars, actions)
    @settings(
        max_examples=5_000, deadline=None, database=None, derandomize=True, phases=[Phase.generate]
    )
    def collect(drawn: list[Step], bar_list: Drawn, plan: list[Action]) -> None:
        tape = tape_of(kind, drawn, bar_list)
        seen.update(one.receipt.rule for _, one in fills_of(events_for(tape, plan, kind)))
        if seen >= REACHED[kind]:
            raise _SawAllError

    with suppress(_SawAllError):
        collect()
    assert seen == REACHED[kind]
