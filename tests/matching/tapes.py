"""Small random markets that could have happened, and random orders sent into them.

A tape is drawn as a list of steps, so that a failing one shrinks: somebody joins, cancels or hits,
the display crosses for a moment, nothing happens for longer than a display may be old.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from hypothesis import strategies as st

from matching.events import Event
from matching.exchange import Exchange
from matching.listing import Listing
from matching.market import (
    Bar,
    BarOpen,
    DataKind,
    Depth,
    Level,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionOpen,
    Snapshot,
    Trade,
)
from matching.orders import (
    AccountId,
    CancelOrder,
    FillProfile,
    OrderId,
    OrderKind,
    PlaceOrder,
    ReplaceOrder,
    Side,
    TimeInForce,
)
from matching.scope import Scope
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs, PriceTicks, Qty
from tests.matching.scenario import FIRST_DAY, INSTRUMENT, rules

ID = INSTRUMENT.instrument_id
MIDDLE = 1_000
WINDOW = 3  # displayed levels a side
STALE_SECONDS = 60
# Twice as often: orders that stay.
FORCES = (
    *(one for one in TimeInForce if not one.for_auction),
    TimeInForce.DAY,
    TimeInForce.GTC,
)


class Step(NamedTuple):
    """One thing that happens; ``place`` counts levels from the best, ``qty`` base units."""

    kind: str
    side: Side
    place: int
    qty: int


class Action(NamedTuple):
    """One command of somebody before event number ``at``; ``which`` picks an open order."""

    at: int
    kind: str
    account: int
    side: Side
    offset: int | None  # limit from the middle; None: market
    qty: int
    force: TimeInForce
    profile: FillProfile
    which: int
    delay_ms: int = 0  # how long the command is on its way; events are a second apart


KINDS = ("join", "join", "cancel", "hit", "hit", "print", "unknown", "flash", "pause")

steps = st.lists(
    st.builds(
        Step, st.sampled_from(KINDS), st.sampled_from(Side), st.integers(-2, 5), st.integers(1, 120)
    ),
    min_size=10,
    max_size=40,
)
actions = st.lists(
    st.builds(
        Action,
        st.integers(0, 30),
        st.sampled_from(("place", "place", "place", "place", "cancel", "replace")),
        st.integers(1, 2),
        st.sampled_from(Side),
        st.one_of(st.integers(-6, 6), st.integers(-6, 6), st.integers(-6, 6), st.none()),
        st.integers(1, 150),
        st.sampled_from(FORCES),
        st.sampled_from(FillProfile),
        st.integers(0, 5),
        st.sampled_from((0, 0, 0, 300, 1_000, 2_500)),
    ),
    min_size=2,
    max_size=12,
)
bars = st.lists(
    st.tuples(
        st.integers(-4, 4),  # open from the last close
        st.integers(0, 5),  # high above the open
        st.integers(0, 5),  # low below the open
        st.integers(0, 10),  # close: that far from low to high
        st.integers(0, 300),
    ),
    min_size=5,
    max_size=25,
)


@dataclass
class DepthMarket:
    """A book that is never crossed, displayed ``WINDOW`` levels deep."""

    at_ns: int = NS_PER_SECOND
    seq: int = 10
    books: tuple[dict[int, int], dict[int, int]] = field(
        default_factory=lambda: (
            {MIDDLE - 1: 60, MIDDLE - 2: 40, MIDDLE - 3: 90, MIDDLE - 5: 50},
            {MIDDLE + 1: 50, MIDDLE + 2: 70, MIDDLE + 4: 30, MIDDLE + 5: 80},
        )
    )

    def best(self, side: Side) -> int:
        """The best price; far away when nobody is there."""
        book = self.books[side]
        return max(book, key=lambda price: side.sign * price) if book else MIDDLE - 40 * side.sign

    def play(self, all_steps: list[Step]) -> list[MarketEvent]:
        events = [self.display()]
        for step in all_steps:
            events.extend(self._happen(step))
        return events

    def _happen(self, step: Step) -> Iterator[MarketEvent]:
        side, book = step.side, self.books[step.side]
        match step.kind:
            case "join":
                price = self.best(side) - side.sign * step.place
                if side.sign * (self.best(side.opposite) - price) > 0:
                    book[price] = book.get(price, 0) + step.qty
            case "cancel" if book:
                ranked = sorted(book, key=lambda one: -side.sign * one)
                self._reduce(side, ranked[step.place % len(ranked)], step.qty)
            case "hit" | "unknown":
                yield from self._hit(step)
            case "print":  # off the book: at a price where somebody else met
                yield self._trade(self.best(side) + step.place, step.qty, side.opposite)
            case "flash":
                yield self._crossed(step)
                return
            case "pause":
                self.at_ns += 2 * STALE_SECONDS * NS_PER_SECOND
                return
            case _:
                pass
        yield self.display()

    def _hit(self, step: Step) -> Iterator[MarketEvent]:
        """Somebody takes from ``side``: a print per level, the display follows."""
        left, aggressor = step.qty, step.side.opposite
        while left and self.books[step.side]:
            price = self.best(step.side)
            qty = min(left, self.books[step.side][price])
            self._reduce(step.side, price, qty)
            left -= qty
            yield self._trade(price, qty, None if step.kind == "unknown" else aggressor)

    def _reduce(self, side: Side, price: int, qty: int) -> None:
        book = self.books[side]
        book[price] = max(0, book[price] - qty)
        if not book[price]:
            del book[price]

    def _tick(self) -> AtNs:
        self.at_ns += NS_PER_SECOND
        self.seq += 10  # commands take the numbers between
        return AtNs(self.at_ns)

    def _trade(self, price: int, qty: int, aggressor: Side | None) -> Trade:
        at = self._tick()
        return Trade(at, at, self.seq, ID, PriceTicks(price), Qty(qty), aggressor)

    def levels(self, side: Side) -> tuple[Level, ...]:
        ranked = sorted(self.books[side].items(), key=lambda one: -side.sign * one[0])
        return tuple(Level(PriceTicks(price), Qty(qty)) for price, qty in ranked[:WINDOW])

    def display(self) -> Depth:
        at = self._tick()
        sides = self.levels(Side.BUY), self.levels(Side.SELL)
        return Depth(at, at, self.seq, ID, *sides, WINDOW)

    def _crossed(self, step: Step) -> Depth:
        """A display that cannot be: one side's best on top of the other's."""
        shown = self.display()
        price = self.best(step.side.opposite) + step.side.sign * abs(step.place)
        wrong = (Level(PriceTicks(price), Qty(step.qty)),)
        return shown._replace(bids=wrong) if step.side is Side.BUY else shown._replace(asks=wrong)


def bar_tape(drawn: list[tuple[int, int, int, int, int]]) -> list[MarketEvent]:
    """One-minute bars, each announced by its first price."""
    events: list[MarketEvent] = []
    close, before, at = MIDDLE, 400, NS_PER_MINUTE
    for number, (gap, up, down, part, volume) in enumerate(drawn):
        start, end, seq = AtNs(at), AtNs(at + NS_PER_MINUTE - 1), 10 + 20 * number
        first = close + gap
        high, low = first + up, first - down
        close = low + part * (high - low) // 10
        events.append(BarOpen(start, start, seq, ID, PriceTicks(first), Qty(before)))
        prices = [PriceTicks(one) for one in (first, high, low, close)]
        events.append(Bar(end, end, seq + 10, ID, start, *prices, Qty(volume)))
        before, at = volume, at + NS_PER_MINUTE
    return events


SNAPSHOT_EVERY = 2  # events of a full market


def seen_as(kind: DataKind, tape: list[MarketEvent]) -> list[MarketEvent]:
    """What a feed of another kind shows of a market whose every change is known."""
    match kind:
        case DataKind.TRADES:
            return [one for one in tape if isinstance(one, Trade)]
        case DataKind.QUOTES:
            return [
                one._replace(bids=one.bids[:1], asks=one.asks[:1], levels_shown=1)
                if isinstance(one, Depth)
                else one
                for one in tape
            ]
        case DataKind.SNAPSHOTS:
            return list(_snapshots(tape))
    return tape


def _snapshots(tape: list[MarketEvent]) -> Iterator[MarketEvent]:
    made: list[Trade] = []
    shown: Depth | None = None
    for number, event in enumerate(tape):
        if isinstance(event, Trade):
            made.append(event)
        elif isinstance(event, Depth):
            shown = event
        if shown is not None and number % SNAPSHOT_EVERY == 0:
            prices = [one.price_ticks for one in made]
            yield Snapshot(
                event.at_ns, event.at_ns, event.seq, ID, shown.bids, shown.asks, shown.levels_shown,
                prices[-1] if made else None,
                max(prices, default=None), min(prices, default=None),
                Qty(sum(one.qty for one in made)),
                sum(one.qty * one.price_ticks for one in made), len(made),
            )  # fmt: skip


class Happened(NamedTuple):
    """An event of the exchange and the number of the market event it follows (or precedes)."""

    at: int
    event: Event


class Run:
    """An exchange that is driven through a tape with commands between its events."""

    def __init__(self, data: DataKind, scope: Scope = Scope.ACCOUNT) -> None:
        self.data = data
        self.scope = scope
        self.happened: list[Happened] = []
        self.number = 0
        self.now = AtNs(0)
        self.next_id = 1
        self.exchange = self.new_exchange()

    def new_exchange(self) -> Exchange:
        exchange = Exchange([INSTRUMENT], rules(), self.data, self.scope)
        exchange.on_market(SessionOpen(AtNs(1), 1, FIRST_DAY, ((ID, PriceTicks(MIDDLE)),)))
        exchange.on_market(PhaseChange(AtNs(2), 2, Phase.CONTINUOUS))
        return exchange

    @property
    def listing(self) -> Listing:
        return self.exchange.listings[ID]

    def play(self, tape: list[MarketEvent], plan: list[Action]) -> list[Happened]:
        for number, event in enumerate(tape):
            self.number = number
            for action in plan:
                if action.at == number:
                    self.act(action)
            self.now = AtNs(event.at_ns)
            self.before(event)
            self.note(self.exchange.on_market(event))
            self.after(event)
        return self.happened

    def before(self, event: MarketEvent) -> None:
        """For tests that look."""

    def after(self, event: MarketEvent) -> None:
        """For tests that look."""

    def note(self, events: list[Event]) -> None:
        self.happened += [Happened(self.number, event) for event in events]

    def act(self, action: Action) -> None:
        """Carry an action out if the exchange lets it pass.  Ids depend on the plan only."""
        order_id, self.next_id = OrderId(self.next_id), self.next_id + 1
        self.now = AtNs(self.now + 1)
        account = AccountId(action.account)
        if action.kind == "place":
            self.place(order_of(action, order_id, self.now))
            return
        delay_ns = action.delay_ms * NS_PER_SECOND // 1000
        own = sorted(self.exchange.open_orders.get(account, {}))
        if not own:
            return
        chosen = own[action.which % len(own)]
        if action.kind == "cancel":
            cancel = CancelOrder(chosen, account, self.now, delay_ns, order_id)
            self.note(self.exchange.cancel(cancel))
            return
        limit = PriceTicks(MIDDLE + (action.offset or 0))
        working = self.exchange.find(account, chosen)
        if working is None or working.change is not None:
            return  # one change at a time: the desk sees to that
        command = ReplaceOrder(
            chosen, account, Qty(action.qty), limit, self.now, order_id, delay_ns
        )
        if self.exchange.check_replace(command) is None:
            self.note(self.exchange.replace(command))

    def place(self, order: PlaceOrder) -> None:
        if self.exchange.check_place(order) is None:
            self.note(self.exchange.place(self.exchange.working_of(order)))


def order_of(action: Action, order_id: OrderId, at_ns: AtNs) -> PlaceOrder:
    limit = None if action.offset is None else PriceTicks(MIDDLE + action.offset)
    return PlaceOrder(
        order_id=order_id,
        account_id=AccountId(action.account),
        instrument_id=ID,
        side=action.side,
        kind=OrderKind.MARKET if limit is None else OrderKind.LIMIT,
        qty=Qty(action.qty),
        limit_ticks=limit,
        time_in_force=action.force,
        profile=action.profile,
        at_ns=at_ns,
        latency_ns=action.delay_ms * NS_PER_SECOND // 1000,
    )


def restart(run: Run, tape: list[MarketEvent]) -> None:
    """Go on with a new exchange that was given only what a database and a feed keep."""
    old, run.exchange = run.listing, run.new_exchange()
    seen = tape[: run.number + 1]
    for event in seen[_newest_display(seen, run.data) :]:
        run.exchange.see(event)
    run.listing.street.last_ticks = old.street.last_ticks
    for working in sorted(
        old.orders.values(), key=lambda one: (one.since_ns, one.priority, one.order_id)
    ):
        run.exchange.restore(replace(working))
    for entry in old.consumed.entries():
        run.listing.consumed.put(*entry)
    run.listing.bar_used_start_ns = old.bar_used_start_ns
    run.listing.bar_used.update(old.bar_used)
    run.listing.pairs.update(old.pairs)


def _newest_display(seen: list[MarketEvent], data: DataKind) -> int:
    """From where on a feed tells what a new street needs: its last display, or the last bar."""
    if data in (DataKind.BARS, DataKind.TRADES):
        return max(0, len(seen) - 2)
    if data is DataKind.ORDERS:
        return 0
    return max((n for n, one in enumerate(seen) if isinstance(one, Depth | Snapshot)), default=0)
