"""The house lends money and shares to accounts that may borrow, and takes them back.

A loan is drawn when something has to be paid that the account's own cash does not cover, and
repaid as soon as there is cash again.  Borrowed shares come when they are sold and go back when
they are bought.  What a short sale brought stays in the account as security and pays for nothing
else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.instrument import InstrumentId
from matching.margin_rules import MarginRules, margin_rules
from matching.market import SessionClose
from matching.orders import AccountId, OrderId
from matching.units import AtNs
from simtrade.desk.ledger import Asset, Holder, TransferKind, holder_of, lent_to, receivable_of
from simtrade.desk.margin_book import Line, MarginBook
from simtrade.desk.state import Account, VenueState

if TYPE_CHECKING:
    from simtrade.desk.settle import Settlement

NO_ORDER = OrderId(0)
MARGIN_CALL_KEY = "margin-call-"  # how the keys of orders begin that a call places
POST = TransferKind.POST


def owed_qty(venue: VenueState, account_id: AccountId, instrument_id: InstrumentId) -> int:
    """Borrowed shares that an account has sold and not bought back."""
    return -venue.ledger.balance(lent_to(account_id), Asset(instrument_id)).posted


def located_qty(venue: VenueState, account_id: AccountId, instrument_id: InstrumentId) -> int:
    """Borrowed shares, and those put aside for open short sales."""
    return -venue.ledger.balance(lent_to(account_id), Asset(instrument_id)).available


def net_qty(venue: VenueState, account_id: AccountId, instrument_id: InstrumentId) -> int:
    """Shares that an account owns, those not listed yet included, less those it owes."""
    asset = Asset(instrument_id)
    holders = (holder_of(account_id), receivable_of(account_id), lent_to(account_id))
    return sum(venue.ledger.balance(one, asset).posted for one in holders)


def loan_minor(venue: VenueState, account_id: AccountId) -> int:
    """Borrowed money."""
    return -venue.ledger.balance(lent_to(account_id), Asset(venue.currency.code)).posted


def proceeds_minor(venue: VenueState, account_id: AccountId) -> int:
    """What the open short sales of an account have brought."""
    found = (venue.positions.get((account_id, one)) for one in venue.exchange.listings)
    return sum(-one.cost_minor for one in found if one is not None and one.cost_minor < 0)


def spendable_minor(venue: VenueState, account_id: AccountId) -> int:
    """Cash that is neither reserved nor the proceeds of short sales."""
    cash = venue.ledger.balance(holder_of(account_id), Asset(venue.currency.code)).available
    if not venue.accounts[account_id].margin:
        return cash
    return max(0, cash - proceeds_minor(venue, account_id))


def rules_of(venue: VenueState, instrument_id: InstrumentId) -> MarginRules | None:
    """What is lent against an instrument in the running session; None for nothing."""
    instrument = venue.instrument(instrument_id)
    session = venue.exchange.session or venue.first_session
    return margin_rules(venue.exchange.rule_book.of(instrument), instrument.board, session)


def venue_rules(venue: VenueState) -> MarginRules | None:
    """The rules of the first instrument that has some; None where nothing is lent."""
    found = (rules_of(venue, one) for one in venue.exchange.listings)
    return next((one for one in found if one is not None), None)


def margin_book(
    venue: VenueState, account_id: AccountId, at_ns: AtNs, close: SessionClose | None = None
) -> MarginBook | None:
    """The figures of an account at the prices of ``at_ns``, at a session's official closes where
    they are known; None where nothing is lent."""
    rules = venue_rules(venue)
    if rules is None:
        return None
    closes = dict(close.closes) if close else {}
    mine, money = holder_of(account_id), Asset(venue.currency.code)
    lines = []
    for instrument_id, listing in venue.exchange.listings.items():
        owned = venue.ledger.balance(mine, Asset(instrument_id)).posted
        qty = owned - owed_qty(venue, account_id, instrument_id)
        if not qty:
            continue
        last = venue.feed.last(instrument_id, at_ns)
        mark = closes.get(instrument_id) or (last.last_ticks if last else listing.reference_ticks)
        position = venue.positions[account_id, instrument_id]
        proceeds = max(0, -position.cost_minor)
        found = rules_of(venue, instrument_id)
        lines.append(Line(listing.instrument, qty, mark or 0, proceeds, found))
    cash = venue.ledger.balance(mine, money).posted - loan_minor(venue, account_id)
    return MarginBook(cash, tuple(lines), rules)


class Lending:
    """Moves between the house and one borrower, as part of a settlement."""

    def __init__(self, settlement: Settlement, account: Account) -> None:
        self._settlement = settlement
        self._venue = settlement.venue
        self._account = account
        self._mine, self._lent = holder_of(account.account_id), lent_to(account.account_id)
        self._money = Asset(self._venue.currency.code)

    def lend_shares(self, instrument_id: InstrumentId, qty: int, order_id: OrderId) -> None:
        self._settlement.move(instrument_id, self._lent, self._mine, qty, POST, "borrow", order_id)

    def provide(self, amount_minor: int, order_id: OrderId = NO_ORDER) -> None:
        """Let there be cash for a payment that comes now."""
        cash = self._venue.ledger.balance(self._mine, self._money).posted
        self._loan(amount_minor - cash, order_id)

    def pay(self, to: Holder, amount_minor: int, code: str) -> None:
        """A payment that cannot be refused, on credit where cash lacks."""
        self.provide(amount_minor)
        self._settlement.move(self._money, self._mine, to, amount_minor, POST, code)

    def settle_up(self, order_id: OrderId = NO_ORDER) -> None:
        """Give back shares that are there again, then bring the loan to what is needed: cash first
        backs the borrowed shares, the rest repays."""
        account_id = self._account.account_id
        for instrument_id in self._venue.exchange.listings:
            owed = owed_qty(self._venue, account_id, instrument_id)
            if owed:
                there = self._venue.ledger.balance(self._mine, Asset(instrument_id)).available
                back = max(0, min(owed, there))
                self._settlement.move(
                    instrument_id, self._mine, self._lent, back, POST, "return", order_id
                )
        cash = self._venue.ledger.balance(self._mine, self._money).posted
        loan = loan_minor(self._venue, account_id)
        needed = max(0, proceeds_minor(self._venue, account_id) - (cash - loan))
        self._loan(needed - loan, order_id)
        self._settlement.move(
            self._money, self._mine, self._lent, max(0, loan - needed), POST, "repay", order_id
        )

    def _loan(self, amount_minor: int, order_id: OrderId) -> None:
        self._settlement.move(
            self._money, self._lent, self._mine, max(0, amount_minor), POST, "loan", order_id
        )
