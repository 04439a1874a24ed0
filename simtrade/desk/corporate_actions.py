"""Corporate actions reach the accounts: who is entitled, what moves, and when.

On the ex-date everything that is owed moves from the house to the account's receivable holder, so
that its value does not jump; on its own day it moves on to the account.  Tax that is withheld from
a dividend is booked with it.  Fractions of a share are paid in cash at the ex-date's reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from matching.corporate_actions import (
    CodeChange,
    CorporateEvent,
    Delisting,
    Due,
    DueStep,
    ExDate,
)
from matching.corporate_rules import CorporateRules, corporate_rules
from matching.instrument import Instrument, InstrumentId
from matching.market import Split
from matching.orders import AccountId, Side
from matching.reasons import Reason
from matching.units import divide_half_up
from simtrade.desk.entitlement import Entitlement, with_bought, with_dividend, with_ratio
from simtrade.desk.holds import largest, needed_hold, partner_of, reserves
from simtrade.desk.ledger import Asset, TransferKind, holder_of, house, receivable_of
from simtrade.desk.lending import spendable_minor
from simtrade.desk.requests import Refusal, SubscribeRequest
from simtrade.desk.settle import Settlement
from simtrade.desk.state import Account, OrderRecord, Position, VenueState

POST = TransferKind.POST


def owned_qty(venue: VenueState, account_id: AccountId, instrument_id: InstrumentId) -> int:
    """Shares of an account, those that are not listed yet included."""
    asset = Asset(instrument_id)
    pending = venue.ledger.balance(receivable_of(account_id), asset).posted
    return venue.ledger.balance(holder_of(account_id), asset).posted + pending


def open_rights(venue: VenueState, account_id: AccountId) -> Iterator[Entitlement]:
    """Entitlements of an account that still allow to subscribe."""
    return (
        one
        for one in venue.entitlements.values()
        if one.account_id == account_id and one.open_rights
    )


class CorporateActions:
    """Carries the events out on one venue; the exchange has had them already."""

    def __init__(self, settlement: Settlement) -> None:
        self.settlement = settlement
        self.venue = settlement.venue
        self.corporate = house(self.venue.venue_id, "corporate")

    def happen(self, event: Split | CorporateEvent) -> None:
        match event:
            case Split():
                self._split(event)
                self._hold_again(event.instrument_id)
            case ExDate():
                self._ex_date(event)
                self._hold_again(event.instrument_id)
            case Due():
                self._due(event)
            case Delisting():
                self._delist(event)
            case CodeChange():
                self._rename(event)

    # Parts

    def _holders(self, instrument_id: InstrumentId) -> list[tuple[Account, Position, int]]:
        """(account, position, shares) of everybody who owns some, by account."""
        found = []
        for (account_id, held), position in sorted(self.venue.positions.items()):
            qty = owned_qty(self.venue, account_id, held) if held == instrument_id else 0
            if qty:
                found.append((self.venue.accounts[account_id], position, qty))
        return found

    def _rules(self, instrument: Instrument, session: date) -> CorporateRules:
        return corporate_rules(
            self.venue.exchange.rule_book.of(instrument), instrument.board, session
        )

    def _last_ticks(self, instrument_id: InstrumentId) -> int:
        """The last price, in terms of the session that begins."""
        listing = self.venue.exchange.listings[instrument_id]
        return listing.street.last_ticks or listing.reference_ticks or 0

    def _changed(self, position: Position) -> None:
        key = (position.account_id, position.instrument_id)
        self.settlement.changes.positions[key] = position

    def _keep(self, entitlement: Entitlement) -> None:
        self.venue.entitlements[entitlement.key] = entitlement
        self.settlement.changes.entitlements[entitlement.key] = entitlement

    def _orders(self, instrument_id: InstrumentId) -> list[OrderRecord]:
        """Open orders in an order that does not depend on how they were loaded."""
        found = (one for _, one in sorted(self.venue.orders.items()))
        return [one for one in found if one.order.instrument_id == instrument_id]

    def _hold_again(self, instrument_id: InstrumentId) -> None:
        """Reservations follow the open orders that went on with other figures."""
        for record in self._orders(instrument_id):
            if not reserves(self.venue, record):
                continue
            partner = partner_of(self.venue, record)
            pair = [record] if partner is None else [record, partner]
            minor, qty = largest([needed_hold(self.venue, one) for one in pair])
            cash = self.venue.ledger.balance(
                holder_of(record.order.account_id), Asset(self.venue.currency.code)
            )
            if not self.venue.accounts[record.order.account_id].margin:
                minor = min(minor, record.hold_minor + cash.available)
            if (minor, qty) != (record.hold_minor, record.hold_qty):
                self.settlement.hold(record, minor, qty)

    def _pay_fraction(
        self, position: Position, instrument: Instrument, rest: int, parts: int, total_parts: int
    ) -> int:
        """``rest``/``parts`` of a share in cash, rounded down; of ``total_parts`` its share of the
        cost goes with it."""
        if not rest:
            return 0
        price = self._last_ticks(instrument.instrument_id)
        paid = int(instrument.notional_minor(price, rest)) // parts
        mine, cash = holder_of(position.account_id), self.venue.currency.code
        self.settlement.move(cash, self.corporate, mine, paid, POST, "fraction")
        lost = divide_half_up(position.cost_minor * rest, total_parts)
        position.cost_minor -= lost
        position.realised_minor += paid - lost
        return paid

    # Events

    def _split(self, event: Split) -> None:
        """Holdings change by the ratio."""
        instrument = self.venue.instrument(event.instrument_id)
        shares = event.instrument_id
        for account, position, old in self._holders(shares):
            mine = holder_of(account.account_id)
            total = old * event.new_shares
            new, rest = divmod(total, event.old_shares)
            if new >= old:
                self.settlement.move(shares, self.corporate, mine, new - old, POST, "split")
            else:
                self.settlement.move(shares, mine, self.corporate, old - new, POST, "split")
            paid = self._pay_fraction(position, instrument, rest, event.old_shares, total)
            position.lots = with_ratio(position.lots, event.new_shares, event.old_shares)
            self._changed(position)
            self.settlement.tell(
                account,
                "split",
                {
                    "instrument_id": shares, "old_qty": old, "new_qty": new,
                    "new_shares": event.new_shares, "old_shares": event.old_shares,
                    "paid_minor": paid, "at_ns": event.at_ns,
                },
            )  # fmt: skip

    def _ex_date(self, event: ExDate) -> None:
        instrument, terms = self.venue.instrument(event.instrument_id), event.terms
        rules = self._rules(instrument, event.session)
        for account, position, qty in self._holders(event.instrument_id):
            gross = int(terms.cash_minor(instrument, qty))
            bonus, rest = terms.bonus_qty(qty)
            found = Entitlement(
                account.account_id, event.instrument_id, event.session, qty,
                cash_minor=gross, tax_minor=rules.withheld_minor(gross), cash_due=gross > 0,
                bonus_qty=bonus, bonus_due=bonus > 0 and event.bonus_later,
                rights_qty=terms.rights_qty(qty), rights_ticks=terms.rights_ticks,
                rights_open=terms.rights_qty(qty) > 0,
            )  # fmt: skip
            self._owe(found)
            parts = qty * (terms.bonus_old + terms.bonus_new)
            paid = self._pay_fraction(position, instrument, rest, terms.bonus_old, parts)
            position.realised_minor += found.net_minor
            if rules.at_sale:
                position.lots = with_dividend(position.lots, gross)
                if bonus:
                    position.lots = with_bought(position.lots, event.session, bonus)
            self._keep(found)
            self._changed(position)
            self.settlement.tell(
                account,
                "ex_date",
                {
                    "instrument_id": event.instrument_id, "ex_session": event.session.isoformat(),
                    "qty": qty, "cash_micro": terms.cash_micro, "cash_minor": gross,
                    "tax_minor": found.tax_minor, "rule": rules.sources.get("dividend_tax", ""),
                    "bonus_new": terms.bonus_new, "bonus_old": terms.bonus_old,
                    "bonus_qty": bonus, "paid_minor": paid,
                    "rights_new": terms.rights_new, "rights_old": terms.rights_old,
                    "rights_qty": found.rights_qty, "rights_ticks": terms.rights_ticks,
                    "at_ns": event.at_ns,
                },
            )  # fmt: skip

    def _owe(self, found: Entitlement) -> None:
        """From the house to what the account is owed, the tax from there."""
        owed, move = receivable_of(found.account_id), self.settlement.move
        cash, venue_id = self.venue.currency.code, self.venue.venue_id
        move(cash, house(venue_id, "dividend"), owed, found.cash_minor, POST, "dividend")
        tax = house(venue_id, "tax:dividend_tax")
        move(cash, owed, tax, found.tax_minor, POST, "dividend_tax")
        shares = owed if found.bonus_due else holder_of(found.account_id)
        move(found.instrument_id, self.corporate, shares, found.bonus_qty, POST, "bonus")

    def _due(self, event: Due) -> None:
        for key, found in sorted(self.venue.entitlements.items()):
            if key[1:] != (event.instrument_id, event.ex_session):
                continue
            owed, mine = receivable_of(found.account_id), holder_of(found.account_id)
            move, kind, body = self.settlement.move, "", {"qty": 0}
            if event.step is DueStep.CASH and found.cash_due:
                found.cash_due, kind = False, "dividend_paid"
                body = {"paid_minor": found.net_minor, "tax_minor": found.tax_minor}
                move(self.venue.currency.code, owed, mine, found.net_minor, POST, "dividend")
            elif event.step is DueStep.BONUS and found.bonus_due:
                found.bonus_due, kind = False, "bonus_listed"
                body["qty"] = found.bonus_qty
                move(event.instrument_id, owed, mine, found.bonus_qty, POST, "bonus")
            elif event.step is DueStep.RIGHTS_CLOSED and found.rights_open:
                body = {"qty": found.open_rights, "price_ticks": found.rights_ticks}
                found.rights_open, kind = False, "rights_closed"
            elif event.step is DueStep.RIGHTS and found.rights_due:
                found.rights_due, kind = False, "rights_listed"
                body["qty"] = found.subscribed_qty
                move(event.instrument_id, owed, mine, found.subscribed_qty, POST, "rights")
                self._keep_lot(found, event)
            if kind:
                self._keep(found)
                self.settlement.tell(
                    self.venue.accounts[found.account_id],
                    kind,
                    {
                        "instrument_id": event.instrument_id,
                        "ex_session": event.ex_session.isoformat(), **body, "at_ns": event.at_ns,
                    },
                )  # fmt: skip

    def _keep_lot(self, found: Entitlement, event: Due) -> None:
        """Subscribed shares are held from the session before they are listed."""
        instrument = self.venue.instrument(event.instrument_id)
        session = self.venue.exchange.session or event.ex_session
        if self._rules(instrument, session).at_sale:
            position = self.settlement.position(found.account_id, instrument)
            position.lots = with_bought(position.lots, session, found.subscribed_qty)

    def _delist(self, event: Delisting) -> None:
        """Shares that left the market are paid out: there is nowhere to sell them."""
        instrument = self.venue.instrument(event.instrument_id)
        rules = self._rules(instrument, event.session)
        last_ticks, shares = self._last_ticks(event.instrument_id), event.instrument_id
        for account, position, qty in self._holders(shares):
            if event.cash_ticks is None:
                value = int(instrument.notional_minor(last_ticks, qty))
                paid = divide_half_up(value * rules.delisted_permille, 1000)
            else:
                paid = int(instrument.notional_minor(event.cash_ticks, qty))
            mine, move = holder_of(account.account_id), self.settlement.move
            move(shares, mine, self.corporate, qty, POST, "delisting")
            move(self.venue.currency.code, self.corporate, mine, paid, POST, "delisting")
            position.realised_minor += paid - position.cost_minor
            position.cost_minor = position.unsettled_qty = 0
            position.lots = []
            self._changed(position)
            self.settlement.tell(
                account,
                "delisted",
                {
                    "instrument_id": shares, "qty": qty, "paid_minor": paid,
                    "rule": rules.sources.get("delisting", ""), "at_ns": event.at_ns,
                },
            )  # fmt: skip

    def _rename(self, event: CodeChange) -> None:
        """Shares, their cost and their orders go on under the new code."""
        new = self.venue.instrument(event.new_id)
        move = self.settlement.move
        for account, old, qty in self._holders(event.instrument_id):
            mine = holder_of(account.account_id)
            move(event.instrument_id, mine, self.corporate, qty, POST, "code")
            move(event.new_id, self.corporate, mine, qty, POST, "code")
            position = self.settlement.position(account.account_id, new)
            position.cost_minor += old.cost_minor
            position.unsettled_qty += old.unsettled_qty
            position.lots = [*position.lots, *old.lots]
            old.cost_minor = old.unsettled_qty = 0
            old.lots = []
            self._changed(old)
            self.settlement.tell(
                account,
                "renamed",
                {
                    "instrument_id": event.instrument_id, "new_id": event.new_id, "qty": qty,
                    "at_ns": event.at_ns,
                },
            )  # fmt: skip
        for record in self._orders(event.new_id):
            if record.order.side is Side.SELL and reserves(self.venue, record):
                self.settlement.hold(record, record.hold_minor, record.working.leaves)

    # Requests

    def subscribe(self, request: SubscribeRequest) -> Refusal | None:
        """Buy ``qty`` of the shares that a right allows, at its price; None when it is done."""
        key = (request.account_id, request.instrument_id, request.ex_session)
        found = self.venue.entitlements.get(key)
        if found is None or not found.rights_open:
            return Refusal(Reason.RIGHTS_NOT_OPEN)
        if request.qty <= 0:
            return Refusal(Reason.QTY_NOT_POSITIVE)
        if request.qty > found.open_rights:
            return Refusal(Reason.RIGHTS_QTY_TOO_LARGE, {"max_qty": found.open_rights})
        instrument = self.venue.instrument(found.instrument_id)
        paid = int(instrument.notional_minor(found.rights_ticks, request.qty))
        mine, move = holder_of(found.account_id), self.settlement.move
        cash = spendable_minor(self.venue, request.account_id)
        if paid > cash:
            return Refusal(Reason.NOT_ENOUGH_CASH, {"available_minor": cash, "needed_minor": paid})
        owed = receivable_of(found.account_id)
        move(self.venue.currency.code, mine, self.corporate, paid, POST, "rights")
        move(found.instrument_id, self.corporate, owed, request.qty, POST, "rights")
        found.subscribed_qty += request.qty
        found.rights_due = True
        self.settlement.position(found.account_id, instrument).cost_minor += paid
        self._keep(found)
        self.settlement.tell(
            self.venue.accounts[found.account_id],
            "subscribed",
            {
                "instrument_id": found.instrument_id, "ex_session": found.ex_session.isoformat(),
                "qty": int(request.qty), "price_ticks": found.rights_ticks, "paid_minor": paid,
                "at_ns": self.venue.cursor_ns,
            },
        )  # fmt: skip
        return None
