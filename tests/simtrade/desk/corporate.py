"""Corporate actions as a trader tells them: a small market in text, and what an account has.

A market is days with one price each (``-``: no trading), and the actions of its companies:

    day 2024-01-02 ONE 10.00 TWO 50.00
    action 2024-01-04 ONE ex cash=0.50 pay=2024-01-08

A story has one line per step, in the order of time; what follows ``=>`` is what the account has:

    2024-01-02 buy 1000 ONE
    2024-01-03 look => ONE 1000, owed 0.00
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import CHINA_HOURS, US_HOURS, day_number
from feeds.tape import BarColumns, Tape, TapeKind, TapeSplit, make_tape
from feeds.tape_actions import ActionKind, TapeAction
from feeds.tape_store import write_tape
from matching.instrument import Instrument, InstrumentId
from matching.orders import (
    AccountId,
    GroupKind,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.units import CURRENCIES, AtNs, Qty, decimal_text
from simtrade.desk.requests import (
    ClockAction,
    Done,
    Leg,
    MarginRequest,
    OpenPractice,
    Refusal,
    Reply,
    SubscribeRequest,
    UserId,
    VenueId,
)
from simtrade.venues.feeds import TAPES
from tests.simtrade.portfolio.statement_check import check_statements
from tests.world import World

VOLUME = 390_000_000
MARKETS = {"USD": "XNAS", "CNY": "XSHG"}
DAYS = {"pay": "pay_session", "listed": "bonus_session", "deadline": "rights_deadline",
        "rights_listed": "rights_session", "until": "until",
        "period": "period_session", "announced": "announced"}  # fmt: skip


def market(text: str, currency: str = "USD", volume: int = VOLUME) -> Tape:
    """The tape of a market in text, ``volume`` shares of everything a day."""
    code = MARKETS[currency]
    bars: dict[str, list[tuple[int, ...]]] = {}
    actions: list[TapeAction] = []
    splits: list[TapeSplit] = []
    for line in text.strip().splitlines():
        word, day_text, *rest = line.split()
        day = date.fromisoformat(day_text)
        if word == "day":
            for symbol, price in zip(rest[::2], rest[1::2], strict=True):
                if price != "-":
                    bar = (day_number(day), *[_ticks(price)] * 4, volume)
                    bars.setdefault(symbol, []).append(bar)
        elif rest[1] == "split":
            new, old = (int(one) for one in rest[2].split(":"))
            splits.append(TapeSplit(InstrumentId(f"{code}:{rest[0]}"), day, new, old))
        else:
            actions.append(_action(code, day, rest))
    hours = CHINA_HOURS if currency == "CNY" else US_HOURS
    return make_tape(
        name="corporate",
        kind=TapeKind.DAILY_BARS,
        source="made up",
        licence="none",
        hours=hours,
        instruments=tuple(
            Instrument(
                InstrumentId(f"{code}:{one}"), one, one, one, CURRENCIES[currency], code, "main"
            )
            for one in bars
        ),
        columns=tuple(_columns(rows) for rows in bars.values()),
        splits=tuple(splits),
        actions=tuple(actions),
    )


def _ticks(price: str) -> int:
    whole, _, cents = price.partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0") or 0)


def _special(words: list[str], force: TimeInForce) -> dict[str, Any]:
    """``stop 9.01`` and ``trail 0.51`` are triggers; after ``or`` of the second of a pair."""
    kinds = {"stop": TriggerKind.STOP, "trail": TriggerKind.TRAIL}
    triggers = [
        Trigger(kinds[word], _ticks(words[place + 1]))
        for place, word in enumerate(words)
        if word in kinds
    ]
    if "or" in words:
        leg = Leg(OrderKind.MARKET, None, force, triggers[0])
        return {"group": GroupKind.OCO, "legs": (leg,)}
    return {"trigger": triggers[0]} if triggers else {}


def _columns(rows: list[tuple[int, ...]]) -> BarColumns:
    table = np.array(rows, np.int64)
    return BarColumns(*(table[:, k].copy() for k in range(6)))


def _action(code: str, day: date, rest: list[str]) -> TapeAction:
    instrument_id, kind = InstrumentId(f"{code}:{rest[0]}"), rest[1]
    values: dict[str, object] = {}
    for one in rest[2:]:
        name, _, value = one.partition("=")
        if name in DAYS:
            values[DAYS[name]] = date.fromisoformat(value)
        elif name == "cash":
            values["cash_micro"] = round(float(value) * 10**6)
        elif name == "price":
            values["rights_ticks"] = _ticks(value)
        elif name == "paid":
            values["cash_ticks"] = _ticks(value)
        elif name == "to":
            values["new_id"] = InstrumentId(f"{code}:{value}")
        else:
            new, old = value.split(":")
            values |= {f"{name}_new": int(new), f"{name}_old": int(old)}
    return TapeAction(instrument_id, day, ActionKind(kind), **values)  # type: ignore[arg-type]


class Story:
    """One account on a market; ``run`` tells what happens to it."""

    def __init__(self, world: World, tape: Tape) -> None:
        write_tape(world.data / TAPES, tape)
        self.world, self.tape = world, tape
        self.zone = ZoneInfo(tape.hours.time_zone)
        first = date(1970, 1, 1).fromordinal(
            date(1970, 1, 1).toordinal() + int(tape.columns[0].time[0])
        )
        done = world.submit(OpenPractice(UserId(1), world.key(), tape.tape_id, first))
        assert isinstance(done, Done)
        assert done.account_id is not None
        self.venue_id: VenueId = done.venue_id
        self.account_id: AccountId = done.account_id
        self.restarts = False
        self.equities: list[int] = []

    def run(self, text: str) -> None:
        for number, raw in enumerate(text.strip().splitlines(), 1):
            line = raw.split("#")[0].strip()
            if not line:
                continue
            step, _, expected = (part.strip() for part in line.partition("=>"))
            found = self.step(step)
            if expected:
                wanted = [one.strip() for one in expected.split(",")]
                missing = [one for one in wanted if one not in found]
                assert not missing, f"line {number}: {step}\n  wanted {missing}\n  found  {found}"

    def step(self, step: str) -> list[str]:
        """A day (from its opening), or a day and a time, then what the account does."""
        day, *words = step.split()
        clock = time(10, 0)
        if words and ":" in words[0]:
            clock = time.fromisoformat(words.pop(0))
        self.go_to(date.fromisoformat(day), clock)
        if self.restarts:
            self.world = self.world.reopen()
        told: list[str] = []
        if words and words[0] != "look":
            reply = self.act(words)
            if isinstance(reply, Refusal):
                told.append(f"refused {reply.reason.code}")
            elif words[0] in ("buy", "sell", "short"):
                self.set_clock(ClockAction.SEEK, self.now + 120 * 10**9)
        check_statements(self.world, self.account_id)
        return told + self.look()

    @property
    def now(self) -> int:
        return self.world.at(self.venue_id)

    def go_to(self, day: date, clock: time) -> None:
        moment = datetime.combine(day, clock, self.zone).astimezone(UTC)
        to_ns = int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 10**9
        if to_ns > self.now:
            self.set_clock(ClockAction.SEEK, to_ns)

    def set_clock(self, action: ClockAction, number: int) -> None:
        reply = self.world.set_clock(self.venue_id, action, number)
        assert isinstance(reply, Done), reply

    def act(self, words: list[str]) -> Reply:
        if words[0] == "margin":
            on, key = words[1] == "on", self.world.key()
            understood = words[2:] != ["unconfirmed"]
            return self.world.submit(MarginRequest(self.account_id, key, on, understood))
        if words[0] == "cancel":
            order = self.world.portfolio.orders(self.account_id, open_only=True)[0]
            return self.world.cancel(self.account_id, order.order_id)
        verb, qty, symbol, *rest = words
        name = f"{self.tape.instruments[0].market}:{symbol}"
        if verb == "subscribe":
            (right,) = [
                one
                for one in self.world.portfolio.rights(self.account_id)
                if one.instrument.instrument_id == name
            ] or [None]
            ex_session = right.ex_session if right else date(2000, 1, 1)
            return self.world.submit(
                SubscribeRequest(
                    self.account_id, self.world.key(), InstrumentId(name), ex_session, Qty(int(qty))
                )
            )
        limit = _ticks(rest[1]) if rest[:1] == ["@"] else None
        force = TimeInForce.GTC if rest[-1:] == ["gtc"] else TimeInForce.DAY
        side = Side.BUY if verb == "buy" else Side.SELL
        special = _special(rest, force)
        if verb == "short":
            special["short"] = True
        return self.world.place(self.account_id, side, int(qty), name, limit, force, **special)

    def look(self) -> list[str]:
        """Everything that a line may ask for."""
        summary = self.world.portfolio.summary(self.account_id)
        self.equities.append(summary.equity_minor)

        def money(minor: int) -> str:
            return decimal_text(minor, 2)

        found = [
            f"owed {money(summary.receivable_minor)}",
            f"realised {money(summary.realised_minor)}",
            f"today {money(summary.day_profit_minor)}",
            f"cash {money(summary.cash_minor)}",
        ]
        for one in summary.positions:
            found += [
                f"{one.instrument.symbol} {one.qty}",
                f"{one.instrument.symbol} can sell {one.available}",
                f"{one.instrument.symbol} pending {one.pending}",
                f"{one.instrument.symbol} cost {money(one.cost_minor)}",
                f"{one.instrument.symbol} last {money(one.last_ticks)}",
                f"{one.instrument.symbol} worth {money(one.value_minor)}",
            ]
            if one.suspended:
                found.append(f"{one.instrument.symbol} suspended")
        if not summary.positions:
            found.append("no shares")
        for order in self.world.portfolio.orders(self.account_id, open_only=False):
            if order.state == "open":
                limit = money(order.limit_ticks or 0)
                name = order.side.name.lower()
                left = order.qty - order.filled
                found.append(f"open {name} {left} {order.instrument.symbol} @ {limit}")
                found.append(f"hold {money(order.hold_minor)}")
                if order.stop_ticks is not None:
                    found.append(f"stop {money(order.stop_ticks)}")
            elif order.cause:
                found.append(f"ended {order.cause}")
        for right in self.world.portfolio.rights(self.account_id):
            found.append(f"may subscribe {right.qty} @ {money(right.price_ticks)}")
        found += self._borrowed()
        for activity in self.world.portfolio.activities(self.account_id):
            found.append(f"told {activity.kind}")
        for one in self.world.portfolio.coming(self.account_id):
            found.append(f"coming {one.day} {one.kind}")
        self.check(summary)
        return found

    def _borrowed(self) -> list[str]:
        """What a margin account owes, and what it has left."""
        view = self.world.portfolio.margin(self.account_id)
        if view is None or not view.on:
            return ["no margin"]
        figures = {
            "loan": view.loan_minor, "proceeds": view.proceeds_minor, "equity": view.equity_minor,
            "needed": view.needed_minor, "restore": view.restore_minor, "free": view.free_minor,
            "power": view.buying_power_minor,
        }  # fmt: skip
        found = ["margin", *(f"{name} {decimal_text(one, 2)}" for name, one in figures.items())]
        if view.ratio_permille is not None:
            found.append(f"ratio {decimal_text(view.ratio_permille, 1)}")
        for line in view.lines:
            symbol = line.instrument.symbol
            found.append(f"{symbol} fee a day {decimal_text(line.fee_day_minor, 2)}")
            call = "never" if line.call_ticks is None else decimal_text(line.call_ticks, 2)
            found.append(f"{symbol} call at {call}")
        if view.call is None:
            return [*found, "no call"]
        return [
            *found,
            f"call {view.call.sessions}",
            f"lacks {decimal_text(view.call.lack_minor, 2)}",
        ]

    def check(self, summary: object) -> None:
        """What is always true of an account's figures."""
        view = self.world.portfolio.summary(self.account_id)
        total = view.start_minor + view.realised_minor + view.unrealised_minor - view.fees_minor
        assert view.equity_minor == total, (view.equity_minor, total)
        assert view.twin_minor == view.start_minor
        curve = self.world.portfolio.equity(self.account_id)
        assert curve.points[-1].equity_minor == view.equity_minor
        self.moment = AtNs(self.now)
