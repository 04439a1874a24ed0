"""Steps of a mixed run that borrow, and what always holds of who does."""

from __future__ import annotations

from random import Random

from matching.market import Phase
from matching.orders import AccountId, Side, TimeInForce
from simtrade.desk.ledger import Asset, holder_of
from simtrade.desk.lending import (
    loan_minor,
    located_qty,
    margin_book,
    owed_qty,
    proceeds_minor,
)
from simtrade.desk.margin_calls import owes
from simtrade.desk.requests import MarginRequest, VenueId
from simtrade.desk.state import VenueState
from tests.world import World


class Borrowing:
    """The part of ``mixture.Run`` that knows of loans."""

    world: World
    venue: VenueId
    accounts: list[AccountId]

    def _pick(self, rng: Random) -> tuple[AccountId, str, int]:
        quotes = self.world.venues.quotes(self.venue)
        account = rng.choice(self.accounts)
        if not quotes:
            names = sorted(self.world.venues.instruments(self.venue))
            return account, rng.choice(names), 1000
        quote = rng.choice(quotes[:3])
        return account, quote.instrument_id, quote.last_ticks

    def _near(self, rng: Random, price: int) -> int:
        wide = rng.choice([2, 5, 20, max(1, price // 50), max(1, price // 10)])
        return price + rng.randint(-wide, wide)

    def margin(self, rng: Random) -> None:
        """Mostly on: off is refused as long as anything is owed."""
        account = rng.choice(self.accounts)
        on = rng.random() < 0.8
        self.world.submit(MarginRequest(account, self.world.key(), on, understood=True))

    def short(self, rng: Random) -> None:
        account, name, price = self._pick(rng)
        limit = rng.choice([None, price, price + rng.randint(0, max(2, price // 100))])
        force = rng.choice([TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC])
        qty = rng.choice([1, 7, 100, 100, 200, self._most(account, price)])
        self.world.place(account, Side.SELL, qty, name, limit, force, short=True)

    def borrow(self, rng: Random) -> None:
        """Buy with all that is lent."""
        account, name, price = self._pick(rng)
        self.world.place(account, Side.BUY, self._most(account, price), name)

    def _most(self, account: AccountId, price: int) -> int:
        view = self.world.portfolio.margin(account)
        power = view.buying_power_minor if view is not None else 0
        return max(100, power * 94 // 100 // price // 100 * 100)

    def cover(self, rng: Random) -> None:
        account = rng.choice(self.accounts)
        for one in self.world.portfolio.summary(account).positions:
            if one.qty < 0:
                limit = rng.choice([None, None, self._near(rng, one.last_ticks)])
                qty = rng.choice([-one.qty, one.available, -one.qty // 2 + 1, 1])
                self.world.place(account, Side.BUY, qty, one.instrument.instrument_id, limit)

    def check_borrowers(self) -> None:
        """What is owed is what was borrowed, a loan is drawn only where cash lacks, and nobody owes
        a share that he holds."""
        venue = self.world.shard.runtime.get(self.venue)
        for account_id, account in venue.accounts.items() if venue else ():
            mine = holder_of(account_id)
            cash = venue.ledger.balance(mine, Asset(venue.currency.code)).posted
            loan, proceeds = loan_minor(venue, account_id), proceeds_minor(venue, account_id)
            assert loan >= 0 and (loan == 0 or cash == proceeds), (loan, cash, proceeds)
            assert account.margin or not owes(venue, account)
            assert account.margin or account.call_session is None
            shorts = [one for one in venue.orders.values() if one.order.short]
            for name in venue.exchange.listings:
                owed = owed_qty(venue, account_id, name)
                held = venue.ledger.balance(mine, Asset(name)).posted
                assert not (owed and held), (name, owed, held)
                aside = sum(
                    one.hold_qty
                    for one in shorts
                    if (one.order.account_id, one.order.instrument_id) == (account_id, name)
                )
                assert located_qty(venue, account_id, name) == owed + aside
                position = venue.positions.get((account_id, name))
                if position is not None:
                    assert (position.cost_minor < 0) == (owed > 0) or not position.cost_minor
            if account.call_session is not None:
                assert owes(venue, account), account
                assert 0 <= account.call_left <= 2
            if account.margin and owes(venue, account) and account.call_session is None:
                self._check_no_call(venue, account_id)

    def _check_no_call(self, venue: VenueState, account_id: AccountId) -> None:
        """At a close nobody goes without a call whose equity is too small."""
        if venue.exchange.phase is Phase.CLOSED:
            book = margin_book(venue, account_id, venue.cursor_ns)
            assert book.equity_minor >= book.maintenance_minor, book
