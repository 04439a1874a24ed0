"""The figures of an account that may borrow: what it owns and owes, and what that allows.

Everything follows from the account's own money, what it holds and owes of each instrument, and one
price for each.  ``cash_minor`` is money less the loan, proceeds of short sales included; these back
the borrowed shares and buy nothing else, so the loan is what the rest of the cash lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from matching.instrument import Instrument, InstrumentId
from matching.margin_rules import MarginRules
from matching.orders import Side
from matching.units import divide_half_up

HIGHEST = 1_000  # a call is looked for up to that multiple of the price


@dataclass(frozen=True, slots=True)
class Line:
    """``qty`` is negative for what is owed, ``proceeds_minor`` what its sale brought.  ``rules``
    None: nothing is lent against it."""

    instrument: Instrument
    qty: int
    mark_ticks: int
    proceeds_minor: int
    rules: MarginRules | None

    @property
    def value_minor(self) -> int:
        """Worth; negative for what is owed."""
        value = int(self.instrument.notional_minor(self.mark_ticks, abs(self.qty)))
        return value if self.qty >= 0 else -value

    @property
    def collateral_minor(self) -> int:
        """What a holding counts as security, half up."""
        if self.rules is None or self.qty <= 0:
            return 0
        return divide_half_up(self.value_minor * self.rules.collateral_permille, 1000)

    @property
    def short_minor(self) -> int:
        """Worth of what is owed."""
        return max(0, -self.value_minor)

    @property
    def maintenance_minor(self) -> int:
        """Equity that the line asks for, beside what the loan does."""
        if self.rules is None:
            return 0
        rule = self.rules.maintenance
        if self.qty >= 0:
            return divide_half_up(self.value_minor * rule.long_permille, 1000)
        return rule.short_minor(self.short_minor, -self.qty)

    @property
    def initial_minor(self) -> int:
        """Initial margin of what is owed."""
        if self.rules is None:
            return 0
        return divide_half_up(self.short_minor * self.rules.short_permille, 1000)


@dataclass(frozen=True, slots=True)
class MarginBook:
    """``rules`` are those of the market's main board, for what belongs to no instrument."""

    cash_minor: int
    lines: tuple[Line, ...]
    rules: MarginRules

    @property
    def proceeds_minor(self) -> int:
        """What short sales have brought: it stays as security for the borrowed shares."""
        return sum(line.proceeds_minor for line in self.lines)

    @property
    def loan_minor(self) -> int:
        return max(0, self.proceeds_minor - self.cash_minor)

    @property
    def own_cash_minor(self) -> int:
        """What can be spent without a loan."""
        return max(0, self.cash_minor - self.proceeds_minor)

    @property
    def long_minor(self) -> int:
        return sum(line.value_minor for line in self.lines if line.qty > 0)

    @property
    def short_minor(self) -> int:
        return sum(line.short_minor for line in self.lines)

    @property
    def equity_minor(self) -> int:
        return self.cash_minor + sum(line.value_minor for line in self.lines)

    @property
    def in_debt(self) -> bool:
        return self.loan_minor > 0 or any(line.qty < 0 for line in self.lines)

    @property
    def maintenance_minor(self) -> int:
        """Equity that has to be there."""
        rule = self.rules.maintenance
        loan = divide_half_up(self.loan_minor * rule.loan_permille, 1000)
        return loan + sum(line.maintenance_minor for line in self.lines)

    @property
    def restore_minor(self) -> int:
        """Equity that ends a call."""
        owed = self.loan_minor + self.short_minor
        asked = divide_half_up(owed * self.rules.maintenance.restore_permille, 1000)
        return max(self.maintenance_minor, asked)

    @property
    def free_minor(self) -> int:
        """Initial margin that is not in use: own cash and what holdings count for, less what the
        loan and the borrowed shares take.  Below zero nothing more can be borrowed."""
        net = self.cash_minor - self.proceeds_minor
        counted = sum(line.collateral_minor for line in self.lines)
        shorts = sum(
            line.initial_minor + line.short_minor - line.proceeds_minor for line in self.lines
        )
        return net + counted - shorts - self._loan_margin()

    def free_after(self, cost_minor: int, counted_minor: int, margin_minor: int) -> int:
        """Free margin once orders are filled: purchases that cost so much and then count so much as
        security, short sales that take so much initial margin."""
        after = replace(self, cash_minor=self.cash_minor - cost_minor)
        return after.free_minor + counted_minor - margin_minor

    def _loan_margin(self) -> int:
        """What a loan takes over and above itself.  What it bought counts as security, so where
        that and the margin make more than the loan the difference is asked for."""
        highest = max(
            (line.rules.collateral_permille for line in self.lines if line.rules and line.qty > 0),
            default=self.rules.collateral_permille,
        )
        extra = self.rules.finance_permille + highest - 1000
        return divide_half_up(self.loan_minor * max(0, extra), 1000)

    @property
    def buying_power_minor(self) -> int:
        """What could be bought of holdings that count like the main board's, before fees."""
        free, own = self.free_minor, self.own_cash_minor
        if free <= 0:
            return 0
        lack = 1000 - self.rules.collateral_permille
        if free * 1000 <= own * lack or not self.rules.finance_permille:
            return min(own, free * 1000 // max(1, lack))
        left = free - divide_half_up(own * lack, 1000)
        return own + left * 1000 // self.rules.finance_permille

    # What if

    def with_mark(self, instrument_id: InstrumentId, mark_ticks: int) -> MarginBook:
        return replace(
            self,
            lines=tuple(
                replace(line, mark_ticks=mark_ticks)
                if line.instrument.instrument_id == instrument_id
                else line
                for line in self.lines
            ),
        )

    def with_trade(
        self, new: Line, side: Side, qty: int, price_ticks: int, fees_minor: int
    ) -> MarginBook:
        """After a trade; ``new`` is the line of its instrument where there is none yet."""
        name = new.instrument.instrument_id
        found = next((one for one in self.lines if one.instrument.instrument_id == name), new)
        value = int(new.instrument.notional_minor(price_ticks, qty))
        after, proceeds = found.qty + side.sign * qty, found.proceeds_minor
        if after >= 0:
            proceeds = 0
        elif side is Side.SELL:
            opened = min(qty, -after)
            proceeds += int(new.instrument.notional_minor(price_ticks, opened))
        else:
            proceeds -= divide_half_up(proceeds * qty, -found.qty)
        line = replace(found, qty=after, proceeds_minor=proceeds)
        others = (one for one in self.lines if one.instrument.instrument_id != name)
        return MarginBook(
            self.cash_minor - side.sign * value - fees_minor, (*others, line), self.rules
        )

    def call_ticks(self, instrument_id: InstrumentId) -> int | None:
        """The nearest price of one instrument, everything else as it is, at which a call would
        come; None where no price brings one."""
        (line,) = [one for one in self.lines if one.instrument.instrument_id == instrument_id]

        def called(ticks: int) -> bool:
            book = self.with_mark(instrument_id, ticks)
            return book.in_debt and book.equity_minor < book.maintenance_minor

        if called(line.mark_ticks):
            return line.mark_ticks
        if line.qty < 0:
            return _first(called, line.mark_ticks, line.mark_ticks * HIGHEST)
        return _first(called, line.mark_ticks, 1)


def _first(called: Callable[[int], bool], start: int, end: int) -> int | None:
    """The first price from ``start`` (where there is no call) towards ``end`` with one."""
    if not called(end):
        return None
    near, far = start, end
    while abs(far - near) > 1:
        middle = (near + far) // 2
        if called(middle):
            far = middle
        else:
            near = middle
    return far


def lines_in_order(lines: Iterable[Line]) -> Iterator[Line]:
    """Which positions a call closes first: what is owed, then holdings, the largest first."""
    return iter(
        sorted(
            (one for one in lines if one.qty),
            key=lambda one: (one.qty > 0, -abs(one.value_minor), one.instrument.instrument_id),
        )
    )


class Closing(NamedTuple):
    """What closing a line would meet: its price, what ``qty`` shares cost in fees, the lot."""

    price_ticks: int
    fees_minor: Callable[[int], int]
    lot: int


def closed(book: MarginBook, line: Line, qty: int, closing: Closing) -> MarginBook:
    """The figures after ``qty`` shares of a line are closed."""
    side = Side.BUY if line.qty < 0 else Side.SELL
    return book.with_trade(line, side, qty, closing.price_ticks, closing.fees_minor(qty))


def enough_to_close(book: MarginBook, line: Line, most: int, closing: Closing) -> int:
    """The fewest shares of a line, in whole lots and at most ``most``, whose closing would end the
    call; ``most`` where all of them would not."""

    def ends(qty: int) -> bool:
        after = closed(book, line, qty, closing)
        return not after.in_debt or after.equity_minor >= after.restore_minor

    low, high = 0, -(-most // closing.lot)
    while low < high:
        middle = (low + high) // 2
        if ends(min(most, middle * closing.lot)):
            high = middle
        else:
            low = middle + 1
    return min(most, high * closing.lot)
