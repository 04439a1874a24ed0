"""Borrowing has its dates: what it costs each session, when more equity is asked for, and what
happens when nobody answers.

Equity is looked at when a session closes, and where the market's rules say so every half hour that
it is open.  A call leaves some sessions; whoever has brought his equity back by then is free of
it, of the others positions are closed by market orders when the next trading begins.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from matching.corporate_actions import Delisting, Due, ExDate
from matching.events import Cause, Event, OrderCancelled
from matching.market import (
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Split,
)
from matching.orders import CancelOrder, OrderKind, Side, TimeInForce
from matching.reasons import Reason
from matching.units import NS_PER_MINUTE, AtNs, Qty
from simtrade.desk.ledger import Asset, holder_of, house
from simtrade.desk.lending import (
    MARGIN_CALL_KEY,
    Lending,
    loan_minor,
    margin_book,
    owed_qty,
    venue_rules,
)
from simtrade.desk.margin_book import (
    Closing,
    Line,
    MarginBook,
    closed,
    enough_to_close,
    lines_in_order,
)
from simtrade.desk.requests import MarginRequest, PlaceRequest, Refusal, Reply
from simtrade.desk.settle import Settlement
from simtrade.desk.state import Account, VenueState

LOOK_EVERY_NS = 30 * NS_PER_MINUTE


class Places(Protocol):
    """The desk's own way of placing an order, with all its checks."""

    def place(self, request: PlaceRequest) -> Reply: ...


class MarginDesk:
    """The borrowers of one venue during one command."""

    def __init__(self, settlement: Settlement, hands: Places) -> None:
        self._settlement = settlement
        self._venue = settlement.venue
        self._hands = hands
        self._anybody = any(one.margin for one in self._venue.accounts.values())
        self._since_ns = self._venue.cursor_ns  # looked at, or the market was closed
        self._intraday: bool | None = None

    # For the market's loop

    def next_ns(self) -> AtNs | None:
        """When equity has to be looked at next while the market is open: at whole half hours."""
        if not self._anybody or self._venue.exchange.phase is not Phase.CONTINUOUS:
            return None
        if self._intraday is None:
            rules = venue_rules(self._venue)
            self._intraday = rules is not None and rules.call.intraday
        if not self._intraday:
            return None
        return AtNs((self._since_ns // LOOK_EVERY_NS + 1) * LOOK_EVERY_NS)

    def wakes_before(self, at_ns: AtNs) -> bool:
        due = self.next_ns()
        return due is not None and due < at_ns

    def wake(self) -> None:
        """The venue's cursor stands where ``next_ns`` may have said."""
        due, now_ns = self.next_ns(), self._venue.cursor_ns
        if due is not None and due <= now_ns:
            self._since_ns = now_ns
            for account in self._borrowers():
                self._look(account, now_ns)

    def saw(self, event: MarketEvent, happened: list[Event]) -> bool:
        """A market event that everybody's orders have met; whether orders were placed."""
        if not self._anybody:
            return False
        match event:
            case SessionOpen():
                self._intraday = None
            case Split() | ExDate() | Due() | Delisting():
                for account in self._borrowers():  # what was paid repays first
                    Lending(self._settlement, account).settle_up()
            case SessionClose():
                for account in self._borrowers():
                    self._charge(account, event)
                for account in self._borrowers():
                    self._look(account, event.at_ns, event)
            case PhaseChange(phase=Phase.CONTINUOUS):
                self._since_ns = event.at_ns
                due = [one for one in self._called() if not one.call_left]
                self._venue.cursor_ns = event.at_ns if due else self._venue.cursor_ns
                for account in due:
                    self._close_positions(account, event.at_ns)
                return bool(due)
            case _:
                if happened:
                    self.answered(event.at_ns)
        return False

    def answered(self, at_ns: AtNs) -> None:
        """Orders were filled: calls may be met."""
        for account in self._called() if self._anybody else ():
            book = margin_book(self._venue, account.account_id, at_ns)
            assert book is not None
            self._meet(account, book, at_ns)

    # Parts

    def _borrowers(self) -> list[Account]:
        """Accounts that owe something, in an order that does not depend on how they were loaded."""
        found = (one for _, one in sorted(self._venue.accounts.items()) if one.margin)
        return [one for one in found if owes(self._venue, one)]

    def _called(self) -> list[Account]:
        accounts = sorted(self._venue.accounts.items())
        return [one for _, one in accounts if one.call_session is not None]

    def _charge(self, account: Account, close: SessionClose) -> None:
        """Interest and borrow fees until the next session, by calendar days."""
        venue, settlement = self._venue, self._settlement
        following = venue.feed.next_session(close.at_ns)
        days = (following - close.session).days if following else 1
        book = margin_book(venue, account.account_id, close.at_ns, close)
        assert book is not None
        lending = Lending(settlement, account)
        loan = book.loan_minor
        for line in sorted(book.lines, key=lambda one: one.instrument.instrument_id):
            if line.qty >= 0 or line.rules is None:
                continue
            fee = line.rules.borrow_minor(line.short_minor, days)
            lending.pay(house(venue.venue_id, "fee:borrow_fee"), fee, "borrow_fee")
            account.fees_minor += fee
            settlement.tell(
                account,
                "borrow_fee",
                {
                    "instrument_id": line.instrument.instrument_id, "qty": -line.qty,
                    "value_minor": line.short_minor, "days": days, "amount_minor": fee,
                    "rule": line.rules.sources["lending"], "at_ns": close.at_ns,
                },
            )  # fmt: skip
        if loan:
            interest = book.rules.interest_minor(loan, days)
            lending.pay(house(venue.venue_id, "fee:loan_interest"), interest, "loan_interest")
            account.fees_minor += interest
            settlement.tell(
                account,
                "loan_interest",
                {
                    "loan_minor": loan, "days": days, "amount_minor": interest,
                    "rule": book.rules.sources["loan"], "at_ns": close.at_ns,
                },
            )  # fmt: skip
        lending.settle_up()

    def _look(self, account: Account, at_ns: AtNs, close: SessionClose | None = None) -> None:
        """Call for equity, or count a session of a call that stands."""
        book = margin_book(self._venue, account.account_id, at_ns, close)
        assert book is not None
        if account.call_session is None:
            if book.equity_minor < book.maintenance_minor:
                self._call(account, book, at_ns)
            return
        if self._meet(account, book, at_ns) or close is None or not account.call_left:
            return
        if close.session > account.call_session:
            account.call_left -= 1
            kind = "margin_call_stands" if account.call_left else "margin_call_over"
            self._tell(account, kind, book, at_ns)

    def _call(self, account: Account, book: MarginBook, at_ns: AtNs) -> None:
        session = self._venue.exchange.session
        assert session is not None
        account.call_session, account.call_left = session, book.rules.call.sessions
        self._tell(account, "margin_call", book, at_ns)

    def _meet(self, account: Account, book: MarginBook, at_ns: AtNs) -> bool:
        if book.in_debt and book.equity_minor < book.restore_minor:
            return False
        account.call_session, account.call_left = None, 0
        self._tell(account, "margin_call_met", book, at_ns)
        return True

    def _tell(self, account: Account, kind: str, book: MarginBook, at_ns: AtNs) -> None:
        rules = book.rules.sources
        self._settlement.tell(
            account,
            kind,
            {
                "equity_minor": book.equity_minor, "needed_minor": book.maintenance_minor,
                "restore_minor": book.restore_minor, "sessions": account.call_left,
                "rule": rules["margin_call" if account.call_session else "maintenance"],
                "at_ns": at_ns,
            },
        )  # fmt: skip

    # Closing positions

    def _close_positions(self, account: Account, at_ns: AtNs) -> None:
        """Take the open orders back, then close as much as ends the call: what is owed first, then
        holdings, the largest first."""
        self._take_back(account, at_ns)
        book = margin_book(self._venue, account.account_id, at_ns)
        assert book is not None
        for line in lines_in_order(book.lines):
            if not book.in_debt or book.equity_minor >= book.restore_minor:
                break
            closing = self._closing(line)
            qty = self._closable(account, book, line, closing) if closing else 0
            if closing and qty and self._close_line(account, line, qty, at_ns):
                book = closed(book, line, qty, closing)

    def _take_back(self, account: Account, at_ns: AtNs) -> None:
        exchange = self._venue.exchange
        for order_id in sorted(exchange.open_orders.get(account.account_id, {})):
            asked = CancelOrder(order_id, account.account_id, at_ns)
            if exchange.check_cancel(asked) is None:
                self._settlement.follow([_because(one) for one in exchange.cancel(asked)])

    def _closing(self, line: Line) -> Closing | None:
        """What a market order could expect now; None where it could expect nothing."""
        listing = self._venue.exchange.listings[line.instrument.instrument_id]
        side = Side.BUY if line.qty < 0 else Side.SELL
        rules, price_ticks = listing.rules, listing.expected_ticks(side)
        if rules is None or price_ticks is None:
            return None

        def fees_minor(qty: int) -> int:
            value = int(line.instrument.notional_minor(price_ticks, qty))
            return sum(amount for _, amount in rules.fee_items(side, value, qty))

        return Closing(price_ticks, fees_minor, rules.lot)

    def _closable(self, account: Account, book: MarginBook, line: Line, closing: Closing) -> int:
        """How many shares of a line to trade: no more than is needed, nor than may be."""
        instrument_id = line.instrument.instrument_id
        rules = self._venue.exchange.listings[instrument_id].rules
        assert rules is not None
        position = self._venue.positions[account.account_id, instrument_id]
        most = abs(line.qty) - position.unsettled_qty
        if line.qty > 0:
            mine = holder_of(account.account_id)
            free = self._venue.ledger.balance(mine, Asset(instrument_id)).available
            most = min(most, free - position.unsettled_qty)
        limit = rules.lots.most(market=True, after_hours=False)
        return enough_to_close(book, line, max(0, min(most, limit)), closing)

    def _close_line(self, account: Account, line: Line, qty: int, at_ns: AtNs) -> bool:
        instrument_id = line.instrument.instrument_id
        side = Side.BUY if line.qty < 0 else Side.SELL
        request = PlaceRequest(
            account_id=account.account_id,
            key=f"{MARGIN_CALL_KEY}{account.call_session}",
            instrument_id=instrument_id,
            side=side,
            kind=OrderKind.MARKET,
            qty=Qty(qty),
            limit_ticks=None,
            time_in_force=TimeInForce.DAY,
        )
        reply = self._hands.place(request)
        refused = isinstance(reply, Refusal)
        self._settlement.tell(
            account,
            "margin_closing",
            {
                "instrument_id": instrument_id, "side": int(side), "qty": qty,
                "order_id": None if isinstance(reply, Refusal) else reply.order_id,
                "reason": reply.reason.code if isinstance(reply, Refusal) else "",
                "at_ns": at_ns,
            },
        )  # fmt: skip
        return not refused

    # The permission

    def switch(self, account: Account, request: MarginRequest) -> Refusal | None:
        """Let an account borrow, or no more; None when it is done.  The questions of suitability
        are to be asked before ``understood`` is."""
        venue = self._venue
        if request.on == account.margin:
            return None
        refusal = self._may_begin(account, request) if request.on else self._may_end(account)
        if refusal is not None:
            return refusal
        account.margin = request.on
        venue.ledger.let_borrow(holder_of(account.account_id), allowed=request.on)
        kind = "margin_on" if request.on else "margin_off"
        self._settlement.tell(account, kind, {"at_ns": venue.cursor_ns})
        return None

    def _may_begin(self, account: Account, request: MarginRequest) -> Refusal | None:
        if not request.understood:
            return Refusal(Reason.MARGIN_NOT_CONFIRMED)
        book = margin_book(self._venue, account.account_id, self._venue.cursor_ns)
        if book is None:
            return Refusal(Reason.MARGIN_NOT_OFFERED)
        equity, least = book.equity_minor, book.rules.entry_minor
        if equity < least:
            numbers = {"equity_minor": equity, "least_minor": least}
            return Refusal(Reason.MARGIN_ENTRY_TOO_SMALL, numbers, book.rules.sources["collateral"])
        return None

    def _may_end(self, account: Account) -> Refusal | None:
        """Not while something is owed, nor while open orders would need it."""
        venue, account_id = self._venue, account.account_id
        orders = (one.order for one in venue.orders.values())
        shorts = any(one.short and one.account_id == account_id for one in orders)
        cash = venue.ledger.balance(holder_of(account_id), Asset(venue.currency.code)).available
        if shorts or cash < 0 or owes(venue, account):
            return Refusal(Reason.MARGIN_IN_USE)
        return None


def owes(venue: VenueState, account: Account) -> bool:
    """Whether an account owes money or shares."""
    account_id = account.account_id
    if loan_minor(venue, account_id):
        return True
    return any(owed_qty(venue, account_id, one) for one in venue.exchange.listings)


def _because(event: Event) -> Event:
    """An order that was taken back for its owner."""
    if isinstance(event, OrderCancelled) and event.cause is Cause.BY_OWNER:
        return replace(event, cause=Cause.MARGIN_CALL)
    return event
