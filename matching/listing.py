"""One instrument on one venue: the rules of its day, its street, and everybody's open orders.

Orders rest in the book in price-time order.  In account scope they never meet each other; the
book says who is reached by a price, best price first and oldest first.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from matching.board_rules import BoardRules
from matching.book import Book
from matching.consumed import Consumed
from matching.corporate_actions import ExDate
from matching.events import Cause, Event, OrderCancelled, OrderFilled, Receipt
from matching.groups import Release, share_end, share_fill
from matching.instrument import Instrument
from matching.market import Band, DataKind, Split
from matching.orders import AccountId, OrderId, Side
from matching.rulebook import RuleBook, RulesUnknownError
from matching.scope import Scope
from matching.street import Street
from matching.street_book import StreetBook
from matching.terms import ORDINARY, ListingTerms
from matching.triggers import reach_of
from matching.units import NS_PER_MINUTE, AtNs, PriceTicks, Qty
from matching.volatility_halt import Pauses, pauses_of
from matching.working import Stage, WorkingOrder, stage_of

if TYPE_CHECKING:
    from matching.bar_path import BarWalk

# Fill model E2: with the best quote alone, takings fade.
_QUOTES_HALF_LIFE_NS = NS_PER_MINUTE

# Where orders meet a display or prints of which every one is told.
_NO_DISPLAY = (DataKind.BARS, DataKind.TRADES)


class DayFigures(NamedTuple):
    """The last whole day of an instrument: what the size of an order is measured by (E10)."""

    volume: int
    range_ticks: int  # high less low


class Listing:
    """The state of one instrument; ``shows_depth`` says whether the data has a display at all."""

    def __init__(
        self,
        instrument: Instrument,
        data: DataKind,
        scope: Scope = Scope.ACCOUNT,
        *,
        complete: bool = False,
    ) -> None:
        self.instrument = instrument
        self.data = data
        self.scope = scope
        self.shows_depth = data not in _NO_DISPLAY
        self.complete = complete
        self.street = Street(book=StreetBook() if data is DataKind.ORDERS else None)
        self.consumed = Consumed(_QUOTES_HALF_LIFE_NS if data is DataKind.QUOTES else None)
        self.book = Book()
        self.orders: dict[OrderId, WorkingOrder] = {}
        self.entering: dict[OrderId, WorkingOrder] = {}
        self.coming: dict[OrderId, WorkingOrder] = {}
        self.hidden: dict[OrderId, WorkingOrder] = {}  # resting behind the displayed window
        self.for_auction: dict[OrderId, WorkingOrder] = {}  # Stage.AUCTION
        self.waiting: dict[OrderId, WorkingOrder] = {}  # for their triggers
        self.changing: dict[OrderId, WorkingOrder] = {}  # a cancel or a change is on its way
        self.groups: dict[OrderId, list[WorkingOrder]] = {}  # open orders by group
        # What a fill or an end led to in its group, and exits that may begin to work.
        self.aftermath: list[tuple[OrderFilled | OrderCancelled, Event]] = []
        self.releases: list[Release] = []
        self.walk: BarWalk | None = None  # while a finished bar is gone through
        self.rules: BoardRules | None = None
        self.rules_missing: RulesUnknownError | None = None  # why a session has no rules
        self.terms = ORDINARY
        self.pauses = Pauses()
        self.reference_ticks: int | None = None
        self.day: DayFigures | None = None
        self.fallen = False  # short sales have to stay above the bid
        self.listed = False
        self.halted = False
        # One bar's volume is shared by all orders of a group (fill model E11).
        self.bar_used: dict[AccountId, int] = {}
        self.bar_used_start_ns: AtNs | None = None
        # How often two members have traded with each other this session (fill model E14).
        self.pairs: dict[tuple[AccountId, AccountId], int] = {}
        # Open orders whose place changed without an event of their own.
        self.touched: dict[OrderId, None] = {}

    @property
    def band(self) -> Band:
        """See ``Band``: whatever is finer than bars is always wanted, its queues and totals change
        with every event."""
        if self.data is not DataKind.BARS:
            return Band(None, None, awake=True)
        bid, ask = self.book.best(Side.BUY), self.book.best(Side.SELL)
        low, high = None if bid < 0 else bid, None if ask < 0 else ask
        for working in self.waiting.values():
            low, high = reach_of(working, low, high)
        return Band(
            None if low is None else PriceTicks(low),
            None if high is None else PriceTicks(high),
            awake=bool(self.entering or self.coming or self.changing or self.for_auction),
        )

    @property
    def price_band(self) -> tuple[PriceTicks, PriceTicks] | None:
        if self.rules is None or self.reference_ticks is None:
            return None
        return self.rules.band(self.reference_ticks)

    def stopped(self, at_ns: AtNs) -> bool:
        """Whether nothing trades although the market is open."""
        return self.halted or self.terms.suspended or self.pauses.active(at_ns)

    def stale(self, at_ns: AtNs) -> bool:
        """Whether the display is older than the rules of the session allow."""
        if self.complete or self.rules is None:
            return False
        return at_ns - self.street.displayed_at_ns > self.rules.stale_after_ns

    def benchmark_ticks(self, side: Side) -> int | None:
        """What the price cage is round: the opposite quote, else the own side's, else the last
        price, else the reference (mem)."""
        quote = self.street.best(side.opposite) or self.street.best(side)
        return quote.price_ticks if quote else self.street.last_ticks or self.reference_ticks

    def expected_ticks(self, side: Side) -> int | None:
        """The price a taker could expect now: the opposite quote, or the last price and the
        assumed half spread, or the reference; None before any price."""
        quote = self.street.best(side.opposite)
        if quote is not None:
            return quote.price_ticks
        last = self.street.last_ticks or self.reference_ticks
        if last is None or self.shows_depth or self.rules is None:
            return last
        return last + side.sign * self.rules.half_spread_ticks(last)

    @property
    def sealed(self) -> Side | None:
        """The side that waits at today's limit with nobody left on the other one (E5)."""
        band, street = self.price_band, self.street
        if band is None:
            return None
        for side, edge in ((Side.BUY, band[1]), (Side.SELL, band[0])):
            if self.shows_depth:
                best = street.best(side)
                shut = best is not None and best.price_ticks == edge
                if shut and street.best(side.opposite) is None:
                    return side
            elif street.last_ticks == edge:
                return side
        return None

    def group(self, working: WorkingOrder) -> AccountId:
        """Whose takings and budgets this order's fills are counted with."""
        return self.scope.group(working.account_id)

    def collar_ticks(self, side: Side, expected_ticks: int) -> PriceTicks:
        """The worst price of an order without a limit that can expect ``expected_ticks``."""
        assert self.rules is not None
        collar = self.rules.collar_ticks(side, expected_ticks)
        band = self.price_band
        if band is None:
            return collar
        return PriceTicks(max(band[0], min(band[1], collar)))

    def add(self, working: WorkingOrder) -> None:
        self.orders[working.order_id] = working
        if working.change is not None:
            self.changing[working.order_id] = working
        if working.order.group_id is not None:
            self.groups.setdefault(working.order.group_id, []).append(working)
        match working.stage:
            case Stage.COMING:
                self.coming[working.order_id] = working
            case Stage.ENTERING:
                self.entering[working.order_id] = working
            case Stage.AUCTION:
                self.for_auction[working.order_id] = working
            case Stage.RESTING:
                self._rest(working)
            case Stage.WAITING:
                self.waiting[working.order_id] = working
            case _:
                pass

    def settle_in(self, working: WorkingOrder) -> None:
        """An entering order becomes a resting one."""
        del self.entering[working.order_id]
        working.stage = Stage.RESTING
        self.touched[working.order_id] = None
        self._rest(working)

    def _rest(self, working: WorkingOrder) -> None:
        if working.behind_window:
            self.hidden[working.order_id] = working
        self.book.rest(
            working.order_id, working.side, working.limit_ticks, working.leaves, working.account_id
        )

    def enter_again(self, working: WorkingOrder) -> None:
        """An order waits for the street (anew), keeping its priority among orders."""
        self.move(working, stage_of(working.order))

    def move(self, working: WorkingOrder, stage: Stage) -> None:
        """An open order goes on in another stage, behind what is there."""
        self.remove(working)
        working.stage = stage
        self.add(working)
        self.touched[working.order_id] = None

    def see_session(
        self,
        session: date,
        reference_ticks: PriceTicks | None,
        terms: ListingTerms,
        book: RuleBook,
        *,
        pauses: bool,
    ) -> None:
        """A trading day begins; no reference: the instrument is not listed on it.  ``pauses``:
        its prices may pause trading."""
        self.listed = reference_ticks is not None
        self.terms = terms
        self.pauses = Pauses()
        self.street.clear()
        if reference_ticks is None:
            return
        self.reference_ticks = self.street.last_ticks = reference_ticks
        self._see_rules(book, session)
        if pauses and self.rules is not None:
            rules = self.rules
            self.pauses = pauses_of(
                rules.halt, rules.limit_state, self.instrument, reference_ticks,
                reopens=rules.reopens,
            )  # fmt: skip

    def _see_rules(self, book: RuleBook, session: date) -> None:
        """A session whose rules nobody knows is no session of the instrument."""
        try:
            self.rules = book.on(self.instrument.board, session, self.terms)
            self.rules_missing = None
        except RulesUnknownError as missing:
            self.rules, self.rules_missing, self.listed = None, missing, False

    def see_split(self, event: Split) -> None:
        """The last price of before the split in shares of after it."""
        last = self.street.last_ticks
        if last is not None:
            self.street.last_ticks = last * event.old_shares // event.new_shares

    def see_ex_date(self, event: ExDate) -> None:
        """The last price of before the ex-date without the entitlement."""
        last = self.street.last_ticks
        if last is not None:
            self.street.last_ticks = event.terms.reference_ticks(self.instrument, last)

    def remove(self, working: WorkingOrder) -> None:
        del self.orders[working.order_id]
        self.hidden.pop(working.order_id, None)
        if working.order.group_id is not None:
            members = self.groups[working.order.group_id]
            members.remove(working)
            if not members:
                del self.groups[working.order.group_id]
        self.entering.pop(working.order_id, None)
        self.coming.pop(working.order_id, None)
        self.changing.pop(working.order_id, None)
        self.for_auction.pop(working.order_id, None)
        self.waiting.pop(working.order_id, None)
        if working.stage is Stage.RESTING and working.leaves:
            self.book.cancel(working.order_id)

    def reached(self, side: Side, price_ticks: int) -> list[WorkingOrder]:
        """Resting orders of a side at this price or better, in priority order."""
        return [self.orders[OrderId(found)] for found in self.book.reached(side, price_ticks)]

    def begin_bar(self, start_ns: AtNs) -> None:
        """The volume of another bar has not been used by anybody."""
        if self.bar_used_start_ns != start_ns:
            self.bar_used_start_ns = start_ns
            self.bar_used.clear()

    def fill(
        self, working: WorkingOrder, price_ticks: int, qty: int, at_ns: AtNs, receipt: Receipt
    ) -> OrderFilled:
        assert 0 < qty <= working.leaves
        assert working.accepts(price_ticks)
        working.filled += qty
        working.fills += 1
        if working.stage is Stage.RESTING:
            self.book.reduce(working.order_id, qty)
        if not working.leaves:
            self.remove(working)
        fill = OrderFilled(
            order_id=working.order_id,
            account_id=working.account_id,
            instrument_id=self.instrument.instrument_id,
            side=working.side,
            number=working.fills,
            price_ticks=PriceTicks(price_ticks),
            qty=Qty(qty),
            leaves=Qty(working.leaves),
            at_ns=at_ns,
            receipt=receipt,
        )
        if working.order.group_id is not None:
            share_fill(self, working, fill)
        return fill

    def cancel(self, working: WorkingOrder, cause: Cause, at_ns: AtNs) -> OrderCancelled:
        self.remove(working)
        end = OrderCancelled(
            order_id=working.order_id,
            account_id=working.account_id,
            instrument_id=self.instrument.instrument_id,
            leaves=Qty(working.leaves),
            cause=cause,
            at_ns=at_ns,
        )
        if working.order.group_id is not None:
            share_end(self, working, end)
        return end

    def in_order(self) -> list[WorkingOrder]:
        """All open orders by their place, however they were loaded."""
        return sorted(self.orders.values(), key=lambda one: one.place)

    def cancel_all(self, cause: Cause, at_ns: AtNs) -> list[Event]:
        """End every open order; an entry takes its exits along."""
        return [
            self.cancel(one, cause, at_ns) for one in self.in_order() if one.order_id in self.orders
        ]
