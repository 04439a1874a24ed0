"""Scenarios of the exchange as text: one line is one step, readable by a trader.

    depth 9999x300 9998x500 / 10001x200        the street: bids, then asks
    A buy 50 @ 9999 gtc => ahead 300           account A's first order; what it must lead to
    trade sell 330 @ 9999 => A 30@9999         a print: the seller took
    snap 9999x300 / 10001x200 last 10000 volume 500 turnover 5000000 low 9999 high 10001
    joins 17 buy 300 @ 9999                    order by order: number 17 of the street comes
    leaves 17 100 / trade sell 30 @ 9999 from 17 by 20
    open 9990 => A 50@9993                     the first price of a bar
    bar 9990 10010 9980 10000 x1000            the whole bar: open high low close volume
    phase lunch / close / open                 phases and sessions
    latency 1500                               what is sent from now on arrives that much later (ms)
    arrive => A 100@10001 / silence            time passes without news; the feed is lost
    session opening_auction                    the next session, in a phase
    split 2:1 / pays 12.5                      before it: two shares for one; ticks in cash a share
    cross 9995 x1000 sells 200 left => A 50@9995   the official result of a call auction
    A cancel / A replace 40 @ 9999 / A replace 40 stop 9980
    A sell 50 stop 9990                        a stop; stop-limit: sell 50 @ 9985 stop 9990
    A sell 50 trail 20 / trail 1.5%            a trailing stop, by ticks or by a share
    A sell 50 @ 10010 or stop 9990             a pair: A, and A-or
    A buy 50 @ 9999 profit 10010 loss 9990     a bracket: A, A-profit and A-loss; either may miss
    A buy 50 @ 9999 follow 20                  its stop-loss follows the price, by ticks or 1.5%
    A buy 50 best_five ioc till 2026-01-07     other kinds by their names; the last day of a gtd

What follows ``=>`` is everything that happened: fills ``A 30@9999``, ends ``A day_over``, refusals
``refused qty_not_in_lots``, ``A sent 9990`` (a trade met its stop), ``A works 50`` (an exit
begins), ``A left 20`` (the other of a pair was filled), ``A limit 9999`` (it took its price from
the display), ``A now 200`` (its new quantity by a corporate action), and for a new order
``ahead N``, ``waits`` or ``stop N``.  An account's orders are A, then A2, A3 ...; profiles are
chosen with ``profile strict`` for the orders that follow.
"""

from __future__ import annotations

from datetime import timedelta

from matching.corporate_actions import CASH_DECIMALS, ExDate, ExTerms
from matching.events import Event
from matching.exchange import Exchange
from matching.market import (
    AuctionCross,
    Bar,
    BarOpen,
    DataKind,
    Depth,
    Halt,
    Level,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Silence,
    Snapshot,
    Split,
    StreetCancel,
    StreetOrder,
    Trade,
)
from matching.orders import (
    AccountId,
    CancelOrder,
    FillProfile,
    OrderId,
    PlaceOrder,
    ReplaceOrder,
    Side,
)
from matching.reasons import Refused
from matching.rulebook import RuleBook
from matching.scope import Scope
from matching.units import NS_PER_SECOND, AtNs, PriceTicks, Qty
from matching.working import Stage
from tests.matching.made import FIRST_DAY as FIRST_DAY
from tests.matching.made import INSTRUMENT as INSTRUMENT
from tests.matching.made import rules as rules
from tests.matching.scenario_questions import Questions
from tests.matching.scenario_words import parsed, told


class Scenario(Questions):
    """An exchange with one instrument that is driven by lines of text."""

    def __init__(
        self,
        *,
        data: DataKind = DataKind.DEPTH,
        reference: int = 10_000,
        book: RuleBook | None = None,
        scope: Scope = Scope.ACCOUNT,
        complete: bool = False,
    ) -> None:
        self.exchange = Exchange([INSTRUMENT], book or rules(), data, scope, complete=complete)
        self.totals = {"last": 0, "volume": 0, "turnover": 0, "low": 0, "high": 0, "trades": 0}
        self.listing = self.exchange.listings[INSTRUMENT.instrument_id]
        self.at_ns = AtNs(NS_PER_SECOND)
        self.seq = 0
        self.day = FIRST_DAY
        self.reference = reference
        self.profile = FillProfile.STANDARD
        self.names: dict[OrderId, str] = {}
        self.orders: dict[str, OrderId] = {}
        self.volume = 0
        self.window = 0
        self.latency_ns = 0
        self.open_session()

    def open_session(self, phase: Phase = Phase.CONTINUOUS) -> list[Event]:
        references = ((INSTRUMENT.instrument_id, PriceTicks(self.reference)),)
        events = self._market(SessionOpen(self.at_ns, self._next(), self.day, references))
        return events + self._market(PhaseChange(self.at_ns, self._next(), phase))

    def run(self, text: str) -> None:
        """Every line in turn; AssertionError names the line that came out differently."""
        for number, raw in enumerate(text.strip().splitlines(), 1):
            line = raw.split("#")[0].strip()
            if not line:
                continue
            step, _, expected = (part.strip() for part in line.partition("=>"))
            found = self.step(step)
            assert found == expected, (
                f"line {number}: {step}\n  found    {found}\n  expected {expected}"
            )

    def step(self, step: str) -> str:
        self.at_ns = AtNs(self.at_ns + NS_PER_SECOND)
        word, *rest = step.split()
        handler = getattr(self, f"_do_{word}", None)
        if handler is not None:
            return self._tell(handler(rest))
        return self._order(word, rest)

    def _next(self) -> int:
        self.seq += 1
        return self.seq

    def _market(self, event: MarketEvent) -> list[Event]:
        return self._with_exits(self.exchange.on_market(event))

    def _with_exits(self, events: list[Event]) -> list[Event]:
        """A venue where everybody has the money and the shares: exits begin when they are due."""
        told = list(events)
        while due := self.exchange.take_releases():
            for one in due:
                told += self.exchange.release(one)
        return told

    def _tell(self, events: list[Event]) -> str:
        return told(self.names, events)

    # The street

    def _do_depth(self, rest: list[str]) -> list[Event]:
        sides = _sides(rest)
        shown = self.window or max(5, *map(len, sides))
        return self._market(
            Depth(self.at_ns, self.at_ns, self._next(), INSTRUMENT.instrument_id, *sides, shown)
        )

    def _do_window(self, rest: list[str]) -> list[Event]:
        """How many levels a side the feed shows."""
        self.window = int(rest[0])
        return []

    def _do_snap(self, rest: list[str]) -> list[Event]:
        """Three seconds later: the display, and the totals of the session that have changed."""
        self.at_ns = AtNs(self.at_ns + 2 * NS_PER_SECOND)
        cut = next((n for n, word in enumerate(rest) if word in self.totals), len(rest))
        words = rest[cut:]
        self.totals |= {
            name: int(value) for name, value in zip(words[::2], words[1::2], strict=True)
        }
        sides = _sides(rest[:cut])
        last, low, high = (
            PriceTicks(self.totals[name]) if self.totals[name] else None
            for name in ("last", "low", "high")
        )
        return self._market(
            Snapshot(
                self.at_ns, self.at_ns, self._next(), INSTRUMENT.instrument_id, *sides,
                max(5, *map(len, sides)), last, high, low, Qty(self.totals["volume"]),
                self.totals["turnover"], self.totals["trades"],
            )
        )  # fmt: skip

    def _do_trade(self, rest: list[str]) -> list[Event]:
        side, qty, _, price, *ids = rest
        aggressor = None if side == "unknown" else Side[side.upper()]
        rested, taker = (int(ids[n]) if len(ids) > n else None for n in (1, 3))
        bought, sold = (taker, rested) if aggressor is Side.BUY else (rested, taker)
        return self._market(
            Trade(
                self.at_ns, self.at_ns, self._next(), INSTRUMENT.instrument_id,
                PriceTicks(int(price)), Qty(int(qty)), aggressor,
                bought, sold,
            )
        )  # fmt: skip

    def _do_joins(self, rest: list[str]) -> list[Event]:
        number, side, qty, _, price = rest
        return self._market(
            StreetOrder(
                self.at_ns, self.at_ns, self._next(), INSTRUMENT.instrument_id,
                int(number), Side[side.upper()], PriceTicks(int(price)), Qty(int(qty)),
            )
        )  # fmt: skip

    def _do_leaves(self, rest: list[str]) -> list[Event]:
        number, qty = map(int, rest)
        book = self.listing.street.book
        place = book.find(number) if book else None
        assert place is not None, number
        return self._market(
            StreetCancel(
                self.at_ns, self.at_ns, self._next(), INSTRUMENT.instrument_id,
                number, place.side, Qty(qty),
            )
        )  # fmt: skip

    def _do_open(self, rest: list[str]) -> list[Event]:
        self.bar_start = self.at_ns
        price = PriceTicks(int(rest[0]))
        event = BarOpen(
            self.at_ns, self.at_ns, self._next(), INSTRUMENT.instrument_id, price, Qty(self.volume)
        )
        return self._market(event)

    def _do_bar(self, rest: list[str]) -> list[Event]:
        *prices, volume = rest
        self.volume = int(volume.lstrip("x"))
        numbers = [PriceTicks(int(price)) for price in prices]
        event = Bar(
            self.at_ns,
            self.at_ns,
            self._next(),
            INSTRUMENT.instrument_id,
            self.bar_start,
            *numbers,
            Qty(self.volume),
        )
        return self._market(event)

    def _do_volume(self, rest: list[str]) -> list[Event]:
        """The volume of the bar before the first one."""
        self.volume = int(rest[0])
        return []

    def _do_phase(self, rest: list[str]) -> list[Event]:
        return self._market(PhaseChange(self.at_ns, self._next(), Phase(rest[0])))

    def _do_close(self, rest: list[str]) -> list[Event]:
        closes = ((INSTRUMENT.instrument_id, PriceTicks(int(rest[0]))),)
        self._market(PhaseChange(self.at_ns, self._next(), Phase.CLOSED))
        self.reference = int(rest[0])
        return self._market(SessionClose(self.at_ns, self._next(), self.day, closes))

    def _do_session(self, rest: list[str]) -> list[Event]:
        self.day += timedelta(days=1)
        return self.open_session(Phase(rest[0]) if rest else Phase.CONTINUOUS)

    def _do_split(self, rest: list[str]) -> list[Event]:
        new, old = map(int, rest[0].split(":"))
        self.reference = self.reference * old // new
        split = Split(self.at_ns, self._next(), INSTRUMENT.instrument_id, new, old)
        return self._market(split)

    def _do_pays(self, rest: list[str]) -> list[Event]:
        cash = ExTerms(round(float(rest[0]) * 10 ** (CASH_DECIMALS - INSTRUMENT.price_decimals)))
        self.reference = cash.reference_ticks(INSTRUMENT, self.reference)
        day = self.day + timedelta(days=1)
        return self._market(ExDate(self.at_ns, self._next(), INSTRUMENT.instrument_id, day, cash))

    def _do_cross(self, rest: list[str]) -> list[Event]:
        price = None if rest[0] == "none" else PriceTicks(int(rest[0]))
        qty = Qty(0) if price is None else Qty(int(rest[1].lstrip("x")))
        heavier = {"buys": Side.BUY, "sells": Side.SELL}[rest[2]] if rest[2:] else None
        left = Qty(int(rest[3]) if rest[3:] else 0)
        event = AuctionCross(
            self.at_ns,
            self.at_ns,
            self._next(),
            INSTRUMENT.instrument_id,
            price,
            qty,
            heavier,
            left,
        )
        return self._market(event)

    def _do_silence(self, _rest: list[str]) -> list[Event]:
        return self._market(Silence(self.at_ns, self._next(), INSTRUMENT.instrument_id))

    def _do_halt(self, rest: list[str]) -> list[Event]:
        halted = rest[0] == "on"
        return self._market(Halt(self.at_ns, self._next(), INSTRUMENT.instrument_id, halted))

    def _do_wait(self, rest: list[str]) -> list[Event]:
        self.at_ns = AtNs(self.at_ns + int(rest[0]) * NS_PER_SECOND)
        return []

    def _do_latency(self, rest: list[str]) -> list[Event]:
        """Milliseconds that orders, cancels and changes are on their way."""
        self.latency_ns = int(rest[0]) * NS_PER_SECOND // 1000
        return []

    def _do_arrive(self, _rest: list[str]) -> list[Event]:
        return self._with_exits(self.exchange.pass_time(self.at_ns))

    def _do_profile(self, rest: list[str]) -> list[Event]:
        self.profile = FillProfile(rest[0])
        return []

    # Orders

    def _order(self, name: str, rest: list[str]) -> str:
        if rest[0] == "cancel":
            cancel = CancelOrder(
                self.orders[name], account_of(name), self.at_ns, self.latency_ns, self._next()
            )
            locked = self.exchange.check_cancel(cancel)
            if locked is not None:
                return f"refused {locked.reason.code}"
            return self._tell(self.exchange.cancel(cancel))
        if rest[0] == "replace":
            return self._replace(name, rest)
        order, *legs = self._parse(name, rest)
        refused = self.exchange.check_place(order, legs)
        if refused is not None:
            return f"refused {refused.reason.code}"
        for one, called in zip((order, *legs), self._called(name, legs), strict=True):
            self.names[one.order_id], self.orders[called] = called, one.order_id
        working, *others = (self.exchange.working_of(one) for one in (order, *legs))
        told = self._tell(self._with_exits(self.exchange.place(working, others)))
        return told or self._place_in_queue(order.order_id)

    def _called(self, name: str, legs: list[PlaceOrder]) -> list[str]:
        exits = ["loss" if leg.trigger else "profit" for leg in legs]
        return [name, *(f"{name}-{'or' if not leg.is_exit else kind}"
                        for leg, kind in zip(legs, exits, strict=True))]  # fmt: skip

    def _place_in_queue(self, order_id: OrderId) -> str:
        working = self.listing.orders[order_id]
        if working.stage is Stage.COMING or working.change is not None:
            return "on the way"
        if working.stage is Stage.WAITING:
            return f"stop {working.stop_ticks}"
        if working.stage is Stage.HELD:
            return "held"
        if working.stage is not Stage.RESTING:
            return "waits"
        if working.behind_window:
            return "pending"
        return f"ahead {working.ahead_milli // 1000}"

    def _replace(self, name: str, rest: list[str]) -> str:
        qty, *terms = rest[1:]
        asked = dict(zip(terms[::2], terms[1::2], strict=True))
        command = ReplaceOrder(
            self.orders[name],
            account_of(name),
            Qty(int(qty)),
            PriceTicks(int(asked["@"])) if "@" in asked else None,
            self.at_ns,
            self._next(),
            self.latency_ns,
            PriceTicks(int(asked["stop"])) if "stop" in asked else None,
        )
        refused = self.exchange.check_replace(command)
        if isinstance(refused, Refused):
            return f"refused {refused.reason.code}"
        told = self._tell(self._with_exits(self.exchange.replace(command)))
        return told or self._place_in_queue(self.orders[name])

    def _parse(self, name: str, rest: list[str]) -> list[PlaceOrder]:
        return parsed(
            rest,
            lambda: OrderId(self._next()),
            account_id=account_of(name),
            instrument_id=INSTRUMENT.instrument_id,
            profile=self.profile,
            at_ns=self.at_ns,
            latency_ns=self.latency_ns,
        )


def _sides(rest: list[str]) -> list[tuple[Level, ...]]:
    """Bids and asks of ``9999x300 9998x500 / 10001x200``."""
    cut = rest.index("/")
    return [
        tuple(
            Level(PriceTicks(int(price)), Qty(int(qty)))
            for price, qty in (level.split("x") for level in side)
        )
        for side in (rest[:cut], rest[cut + 1 :])
    ]


def account_of(name: str) -> AccountId:
    return AccountId(ord(name[0]))
