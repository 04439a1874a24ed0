"""Corporate actions reach who owes shares: he owes what the lender would have got.

A dividend and the worth of a right are paid in cash on the ex-date, bonus shares and the shares of
a split are owed on top, fractions are settled in cash.  Shares that leave the market are paid for.
"""

from __future__ import annotations

from matching.corporate_actions import CodeChange, CorporateEvent, Delisting, Due, ExDate
from matching.corporate_rules import CorporateRules, corporate_rules
from matching.instrument import Instrument, InstrumentId
from matching.market import Split
from matching.units import divide_half_up
from simtrade.desk.ledger import TransferKind, house, lent_to
from simtrade.desk.lending import Lending, owed_qty
from simtrade.desk.settle import Settlement
from simtrade.desk.state import Account, Position

POST = TransferKind.POST


class ShortActions:
    """Carries the events out on everybody who owes some of the instrument's shares.  Figures that
    are told are those of an owner with the other sign."""

    def __init__(self, settlement: Settlement) -> None:
        self.settlement = settlement
        self.venue = settlement.venue
        self.corporate = house(self.venue.venue_id, "corporate")

    def happen(self, event: Split | CorporateEvent) -> None:
        if isinstance(event, Due):
            return
        for account, position, owed in self._debtors(event.instrument_id):
            match event:
                case Split():
                    self._split(account, position, owed, event)
                case ExDate():
                    self._ex_date(account, position, owed, event)
                case Delisting():
                    self._delist(account, position, owed, event)
                case CodeChange():
                    self._rename(account, position, owed, event)
            key = (position.account_id, position.instrument_id)
            self.settlement.changes.positions[key] = position
            Lending(self.settlement, account).settle_up()

    # Parts

    def _debtors(self, instrument_id: InstrumentId) -> list[tuple[Account, Position, int]]:
        found = []
        for account_id, account in sorted(self.venue.accounts.items()):
            owed = owed_qty(self.venue, account_id, instrument_id) if account.margin else 0
            if owed:
                found.append((account, self.venue.positions[account_id, instrument_id], owed))
        return found

    def _last_ticks(self, instrument_id: InstrumentId) -> int:
        """The last price, in terms of the session that begins."""
        listing = self.venue.exchange.listings[instrument_id]
        return listing.street.last_ticks or listing.reference_ticks or 0

    def _owe(self, account: Account, instrument_id: InstrumentId, more: int, code: str) -> None:
        """Owe more shares, or fewer."""
        lent = lent_to(account.account_id)
        giver, taker = (lent, self.corporate) if more > 0 else (self.corporate, lent)
        self.settlement.move(instrument_id, giver, taker, abs(more), POST, code)

    def _pay(self, account: Account, amount_minor: int, code: str) -> None:
        Lending(self.settlement, account).pay(self.corporate, amount_minor, code)

    def _fraction(
        self, account: Account, position: Position, instrument: Instrument, rest: int, parts: int,
        total_parts: int,
    ) -> int:  # fmt: skip
        """``rest``/``parts`` of a share are settled in cash, rounded down like an owner's."""
        if not rest:
            return 0
        price = self._last_ticks(instrument.instrument_id)
        paid = int(instrument.notional_minor(price, rest)) // parts
        self._pay(account, paid, "fraction")
        lost = divide_half_up(position.cost_minor * rest, total_parts)
        position.cost_minor -= lost
        position.realised_minor -= paid + lost
        return paid

    # Events

    def _split(self, account: Account, position: Position, owed: int, event: Split) -> None:
        instrument = self.venue.instrument(event.instrument_id)
        total = owed * event.new_shares
        new, rest = divmod(total, event.old_shares)
        self._owe(account, event.instrument_id, new - owed, "split")
        paid = self._fraction(account, position, instrument, rest, event.old_shares, total)
        self.settlement.tell(
            account,
            "split",
            {
                "instrument_id": event.instrument_id, "old_qty": -owed, "new_qty": -new,
                "new_shares": event.new_shares, "old_shares": event.old_shares,
                "paid_minor": -paid, "at_ns": event.at_ns,
            },
        )  # fmt: skip

    def _ex_date(self, account: Account, position: Position, owed: int, event: ExDate) -> None:
        instrument, terms = self.venue.instrument(event.instrument_id), event.terms
        gross = int(terms.cash_minor(instrument, owed))
        bonus, rest = terms.bonus_qty(owed)
        rights, last = terms.rights_qty(owed), self._last_ticks(event.instrument_id)
        worth = int(instrument.notional_minor(max(0, last - terms.rights_ticks), rights))
        self._pay(account, gross, "dividend")
        self._pay(account, worth, "rights")
        self._owe(account, event.instrument_id, bonus, "bonus")
        parts = owed * (terms.bonus_old + terms.bonus_new)
        paid = worth + self._fraction(account, position, instrument, rest, terms.bonus_old, parts)
        position.realised_minor -= gross + worth
        self.settlement.tell(
            account,
            "ex_date",
            {
                "instrument_id": event.instrument_id, "ex_session": event.session.isoformat(),
                "qty": -owed, "cash_micro": terms.cash_micro, "cash_minor": -gross,
                "tax_minor": 0, "rule": "", "bonus_new": terms.bonus_new,
                "bonus_old": terms.bonus_old, "bonus_qty": -bonus, "paid_minor": -paid,
                "rights_new": terms.rights_new, "rights_old": terms.rights_old, "rights_qty": 0,
                "rights_ticks": terms.rights_ticks, "at_ns": event.at_ns,
            },
        )  # fmt: skip

    def _delist(self, account: Account, position: Position, owed: int, event: Delisting) -> None:
        instrument = self.venue.instrument(event.instrument_id)
        rules = self._rules(instrument, event)
        if event.cash_ticks is None:
            value = int(instrument.notional_minor(self._last_ticks(event.instrument_id), owed))
            paid = divide_half_up(value * rules.delisted_permille, 1000)
        else:
            paid = int(instrument.notional_minor(event.cash_ticks, owed))
        self._pay(account, paid, "delisting")
        self._owe(account, event.instrument_id, -owed, "delisting")
        position.realised_minor -= paid + position.cost_minor
        position.cost_minor = position.unsettled_qty = 0
        self.settlement.tell(
            account,
            "delisted",
            {
                "instrument_id": event.instrument_id, "qty": -owed, "paid_minor": -paid,
                "rule": rules.sources.get("delisting", ""), "at_ns": event.at_ns,
            },
        )  # fmt: skip

    def _rules(self, instrument: Instrument, event: Delisting) -> CorporateRules:
        book = self.venue.exchange.rule_book.of(instrument)
        return corporate_rules(book, instrument.board, event.session)

    def _rename(self, account: Account, old: Position, owed: int, event: CodeChange) -> None:
        """What is owed goes on under the new code."""
        self._owe(account, event.instrument_id, -owed, "code")
        self._owe(account, event.new_id, owed, "code")
        instrument = self.venue.instrument(event.new_id)
        position = self.settlement.position(account.account_id, instrument)
        position.cost_minor += old.cost_minor
        position.unsettled_qty += old.unsettled_qty
        old.cost_minor = old.unsettled_qty = 0
        self.settlement.tell(
            account,
            "renamed",
            {
                "instrument_id": event.instrument_id, "new_id": event.new_id, "qty": -owed,
                "at_ns": event.at_ns,
            },
        )  # fmt: skip
