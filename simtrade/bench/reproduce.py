"""``simtrade bench reproduce``: a recorded day, order by order, through our own matching.

The tape tells a taker as its trades and then as an order of what is left.  Here each incoming order
is put together again (what it traded plus what is left) and given to the kernel's book, which has
to make the very trades of the record, in order.  The call auctions are held by our own auction
from the orders that stand.  After each incoming order the book is compared with the snapshots that
the market published: of continuous trading ten levels of both sides, trades, volume and turnover,
of a running auction its indicated price, quantity and what is left over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import typer

from feeds.calendar import Calendar, day_number, time_of
from feeds.order_tape import LEVELS, OrderTape, SnapshotPhase, SnapshotRow
from matching.auction import Crossing, TieRule, cross
from matching.book import Book, Fills
from matching.market import Phase, StreetCancel
from matching.orders import Side
from matching.phases import PHASES
from simtrade.bench.incoming import Auction, Incoming, Made, Step, steps
from simtrade.bench.tapes import order_tape
from simtrade.commands.output import Advance, AsJson, complain, progress, tell

_ALL_LEVELS = 1 << 20
_STEPS_PER_REPORT = 2_000
_AUCTIONS = (SnapshotPhase.OPENING_AUCTION, SnapshotPhase.CLOSING_AUCTION)


@dataclass(slots=True)
class Reproduced:
    """``trades_equal`` counts the recorded trades that our matching made at the same place.

    ``opening`` and ``closing`` are what our own auction gave, None where the tape has none.
    """

    snapshots: int = 0
    snapshots_equal: int = 0
    indications: int = 0
    indications_equal: int = 0
    trades: int = 0
    trades_equal: int = 0
    opening: dict[str, object] | None = None
    closing: dict[str, object] | None = None
    first_difference: str | None = None

    @property
    def equal(self) -> bool:
        return self.first_difference is None

    def as_json(self) -> dict[str, object]:
        return {
            "snapshots": self.snapshots,
            "snapshots_equal": self.snapshots_equal,
            "indications": self.indications,
            "indications_equal": self.indications_equal,
            "trades": self.trades,
            "trades_equal": self.trades_equal,
            "opening": self.opening,
            "closing": self.closing,
            "first_difference": self.first_difference,
            "equal": self.equal,
        }


class _Run:
    """One pass over a tape."""

    def __init__(self, tape: OrderTape) -> None:
        self.tape = tape
        self.book = Book(1 << 15)
        self.result = Reproduced()
        self.trades = self.volume = self.turnover = 0
        days = np.array([day_number(tape.session)], np.int64)
        self._phases = Calendar(tape.hours, days).phases(0)
        rows = [one for one in tape.snapshot_rows() if _comparable(one)]
        self._wanted = rows
        self._next = 0
        for one in rows:
            if one.phase in _AUCTIONS:
                self.result.indications += 1
            else:
                self.result.snapshots += 1

    def apply(self, step: Step) -> None:
        match step:
            case StreetCancel():
                if self.book.reduce(step.street_order_id, step.qty) < 0:
                    self._differ(f"row {step.seq}: order {step.street_order_id} is not in our book")
            case Auction():
                self._hold(step)
            case Incoming():
                self._enter(step)
        self.compare_snapshots()

    def _phase(self, at_ns: int) -> Phase:
        past = [phase for from_ns, phase in self._phases if from_ns <= at_ns]
        return past[-1] if past else Phase.PRE_OPEN

    def _differ(self, sentence: str) -> None:
        self.result.first_difference = self.result.first_difference or sentence

    def _enter(self, step: Incoming) -> None:
        fills: Fills | None = None
        if PHASES[self._phase(step.at_ns)].auction:
            self.book.rest(step.order_id, step.side, step.price_ticks, step.qty)
        else:
            fills = self.book.limit(step.order_id, step.side, step.price_ticks, step.qty)
        bought = step.side is Side.BUY
        made = [
            Made(step.order_id if bought else maker, maker if bought else step.order_id, price, qty)
            for maker, price, qty in fills or ()
        ]
        self._compare_trades(step, made)

    def _crossing(self) -> Crossing:
        sides = [self.book.depth(side, _ALL_LEVELS) for side in Side]
        buys, sells = ({price: qty for price, qty, _ in side} for side in sides)
        return cross(buys, sells, TieRule.MIDDLE, self.tape.reference_ticks)

    def _hold(self, step: Auction) -> None:
        """Price and quantity from all orders; then in priority, buyer by buyer."""
        found = self._crossing()
        made = _auction_trades(self.book, found)
        told = {
            "price": self.tape.instrument.price_text(found.price_ticks or 0),
            "qty": found.qty,
            "trades": len(made),
            "equal": made == list(step.trades),
        }
        continuous = next(at for at, phase in self._phases if phase is Phase.CONTINUOUS)
        if step.at_ns < continuous:
            self.result.opening = told
        else:
            self.result.closing = told
        self._compare_trades(step, made)

    def _compare_trades(self, step: Incoming | Auction, made: list[Made]) -> None:
        recorded = step.trades
        same = [ours == theirs for ours, theirs in zip(made, recorded, strict=False)]
        self.result.trades += len(recorded)
        self.result.trades_equal += sum(same)
        if len(made) != len(recorded) or not all(same):
            k = same.index(False) if False in same else min(len(made), len(recorded))
            ours = made[k] if k < len(made) else None
            theirs = recorded[k] if k < len(recorded) else None
            self._differ(f"row {step.first_row + k}: recorded {theirs}, ours {ours}")
        self.trades += len(made)
        self.volume += sum(one.qty for one in made)
        self.turnover += sum(one.price_ticks * one.qty for one in made)

    def compare_snapshots(self) -> None:
        """A snapshot names no row; its trades do, and of those moments it is the first it fits."""
        while self._next < len(self._wanted):
            wanted = self._wanted[self._next]
            if wanted.trades > self.trades:
                return
            if wanted.trades < self.trades:
                self._miss(wanted)
            elif not self._shows(wanted):
                return
            elif wanted.phase in _AUCTIONS:
                self.result.indications_equal += 1
            else:
                self.result.snapshots_equal += 1
            self._next += 1

    def finish(self) -> Reproduced:
        for wanted in self._wanted[self._next :]:
            self._miss(wanted)
        return self.result

    def _miss(self, wanted: SnapshotRow) -> None:
        when = time_of(wanted.at_ns, self.tape.hours.time_zone)
        self._differ(
            f"snapshot of {when.time()} after {wanted.trades} trades: our book never showed it"
        )

    def _shows(self, wanted: SnapshotRow) -> bool:
        if (wanted.volume, wanted.turnover) != (self.volume, self.turnover):
            return False
        if wanted.phase in _AUCTIONS:
            found = self._crossing()
            left = (0, 0)
            if found.unmatched_side is not None:
                bought = found.unmatched_side is Side.BUY
                left = (found.unmatched_qty, 0) if bought else (0, found.unmatched_qty)
            level = (found.price_ticks, found.qty)
            shown = ((level,), (level,)) if found.qty else ((), ())
            return (wanted.bids, wanted.asks, wanted.left_over) == (*shown, left)
        for side, levels in zip(Side, (wanted.bids, wanted.asks), strict=True):
            shown_levels = [level[:2] for level in self.book.depth(side, LEVELS)]
            if shown_levels != [tuple(level) for level in levels]:
                return False
        return True


def _comparable(row: SnapshotRow) -> bool:
    """Continuous trading, or the indication of an auction that has not been held yet: the market
    shows its one price on both sides."""
    if row.phase is SnapshotPhase.CONTINUOUS:
        return True
    prices = [[level.price_ticks for level in side] for side in (row.bids, row.asks)]
    return row.phase in _AUCTIONS and prices[0] == prices[1]


def _auction_trades(book: Book, found: Crossing) -> list[Made]:
    """Who trades with whom: both sides in priority, at the one price.

    The sellers of the auction stand in a book of their own in their priority, where the buyers
    come in theirs; what they trade leaves ``book``.
    """
    if found.price_ticks is None:
        return []
    pit, made = Book(), list[Made]()
    resting = {int(row["order_id"]): int(row["qty"]) for row in book.orders()}
    for seller in book.reached(Side.SELL, found.price_ticks):
        pit.rest(seller, Side.SELL, found.price_ticks, resting[seller])
    left = found.qty
    for buyer in book.reached(Side.BUY, found.price_ticks):
        qty = min(left, resting[buyer])
        if not qty:
            break
        fills = pit.limit(buyer, Side.BUY, found.price_ticks, qty) or ()
        made += [Made(buyer, seller, price, traded) for seller, price, traded in fills]
        left -= qty
    for trade in made:
        book.reduce(trade.buyer, trade.qty)
        book.reduce(trade.seller, trade.qty)
    return made


def run(tape: OrderTape, advance: Advance) -> Reproduced:
    """Reproduce a whole tape; ``advance`` is called with (rows done, rows)."""
    rows, found = tape.street.shape[1], _Run(tape)
    found.compare_snapshots()
    for number, step in enumerate(steps(tape.events())):
        found.apply(step)
        if number % _STEPS_PER_REPORT == 0:
            advance(number, rows)
    return found.finish()


def reproduce(
    *,
    tape: Annotated[str, typer.Option(help="A tape of orders, as `tape list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Run a recorded day's orders through our matching; exit 1 when a trade or a book differs."""
    recorded = order_tape(tape)
    with progress(f"Reproducing {recorded.tape_id}") as advance:
        result = run(recorded, advance)
    tell(result.as_json(), _text(result), as_json=as_json)
    if not result.equal:
        complain(f"First difference: {result.first_difference}.")
        raise typer.Exit(1)


def _text(result: Reproduced) -> str:
    lines = [
        f"snapshots    {result.snapshots_equal:,} of {result.snapshots:,} equal",
        f"indications  {result.indications_equal:,} of {result.indications:,} equal",
        f"trades       {result.trades_equal:,} of {result.trades:,} equal",
    ]
    for name, told in (("opening", result.opening), ("closing", result.closing)):
        if told is not None:
            same = "equal" if told["equal"] else "DIFFERENT"
            lines.append(
                f"{name}      {told['price']} x {told['qty']:,} in {told['trades']} trades, {same}"
            )
    return "\n".join([*lines, "Everything is equal." if result.equal else "NOT EQUAL."])
