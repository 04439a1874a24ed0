"""What an account may borrow, what it has borrowed and what that costs: from committed rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from feeds.feed import Feed
from matching.instrument import Instrument, InstrumentId
from matching.margin_rules import MarginRules, margin_rules
from simtrade.desk.margin_book import Line, MarginBook
from simtrade.store.engine_reads import AccountRows
from simtrade.venues.rules import market_book
from simtrade.venues.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class MarginLine:
    """One position of a borrower.  ``fee_day_minor`` is the borrow fee of one calendar day at the
    price of now; ``call_ticks`` the price at which a call would come, everything else as it is."""

    instrument: Instrument
    qty: int
    value_minor: int
    fee_day_minor: int
    call_ticks: int | None


@dataclass(frozen=True, slots=True)
class MarginCallView:
    """``sessions`` left to bring ``lack_minor`` more equity; ``day`` is the last of them where the
    calendar tells.  At 0 sessions positions are closed when trading begins."""

    since: date
    sessions: int
    day: date | None
    lack_minor: int


@dataclass(frozen=True, slots=True)
class MarginView:
    """``on``: the account may borrow.  Figures as in ``MarginBook``; ``ratio_permille`` is what is
    owned against what is owed, None where nothing is."""

    on: bool
    loan_minor: int
    proceeds_minor: int
    short_minor: int
    equity_minor: int
    needed_minor: int
    restore_minor: int
    free_minor: int
    buying_power_minor: int
    ratio_permille: int | None
    interest_day_minor: int
    lines: tuple[MarginLine, ...]
    call: MarginCallView | None
    rules: MarginRules

    @property
    def excess_minor(self) -> int:
        """Equity above what has to be there; below zero a call is due."""
        return self.equity_minor - self.needed_minor

    @property
    def in_debt(self) -> bool:
        return self.loan_minor > 0 or self.short_minor > 0


def margin_view(
    rows: AccountRows, instruments: Mapping[InstrumentId, Instrument], feed: Feed, shown: Snapshot
) -> MarginView | None:
    """None where the market lends nothing."""
    session = shown.clock.session or date.fromisoformat(rows.venue.first_session)
    rules = {
        name: margin_rules(market_book(one.market), one.board, session)
        for name, one in instruments.items()
    }
    first = next((one for one in rules.values() if one is not None), None)
    if first is None:
        return None
    book = MarginBook(_cash(rows), tuple(_lines(rows, instruments, rules, feed, shown)), first)
    assets = book.cash_minor + book.loan_minor + book.long_minor
    owed = book.loan_minor + book.short_minor
    return MarginView(
        on=bool(rows.account.margin),
        loan_minor=book.loan_minor,
        proceeds_minor=book.proceeds_minor,
        short_minor=book.short_minor,
        equity_minor=book.equity_minor,
        needed_minor=book.maintenance_minor,
        restore_minor=book.restore_minor,
        free_minor=book.free_minor,
        buying_power_minor=book.buying_power_minor,
        ratio_permille=assets * 1000 // owed if owed else None,
        interest_day_minor=first.interest_minor(book.loan_minor, 1),
        lines=tuple(_line(book, one) for one in book.lines if book.in_debt),
        call=_call(rows, book, feed, shown),
        rules=first,
    )


def net(row: Any | None) -> int:
    """Posted credits less debits of a balance row; 0 without one."""
    return row.credits_posted - row.debits_posted if row else 0


def _cash(rows: AccountRows) -> int:
    money = rows.account.currency
    return net(rows.balances.get(money)) + net(rows.lent.get(money))


def _lines(
    rows: AccountRows,
    instruments: Mapping[InstrumentId, Instrument],
    rules: Mapping[InstrumentId, MarginRules | None],
    feed: Feed,
    shown: Snapshot,
) -> list[Line]:
    found = []
    for name, instrument in instruments.items():
        qty = net(rows.balances.get(name)) + net(rows.lent.get(name))
        position = rows.positions.get(name)
        if not qty or position is None:
            continue
        last = feed.last(name, shown.clock.at_ns)
        proceeds = max(0, -position.cost_minor)
        found.append(
            Line(instrument, qty, last.last_ticks if last else 0, proceeds, rules.get(name))
        )
    return found


def _line(book: MarginBook, line: Line) -> MarginLine:
    fee = line.rules.borrow_minor(line.short_minor, 1) if line.rules else 0
    name = line.instrument.instrument_id
    return MarginLine(line.instrument, line.qty, line.value_minor, fee, book.call_ticks(name))


def _call(
    rows: AccountRows, book: MarginBook, feed: Feed, shown: Snapshot
) -> MarginCallView | None:
    if rows.account.call_session is None:
        return None
    since, left = date.fromisoformat(rows.account.call_session), rows.account.call_left
    following = feed.next_session(shown.clock.at_ns) if left == 1 else None
    running = shown.clock.session
    if left == 1 and running is not None and running > since and shown.clock.phase != "closed":
        following = running
    lack = max(0, book.restore_minor - book.equity_minor)
    return MarginCallView(since, left, following, lack)
