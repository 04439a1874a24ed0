"""A margin account of the floor whose fills are told and not matched."""

from __future__ import annotations

from matching.events import FillRule
from matching.instrument import InstrumentId
from matching.orders import Side
from simtrade.desk.ledger import Asset, holder_of
from simtrade.desk.settle import Settlement
from simtrade.desk.state import OrderRecord, Position, VenueState
from tests.simtrade.desk.test_settle import ME, Books, books
from tests.world import World


class Borrower:
    def __init__(self, made: Books) -> None:
        self.books = made
        self.account = made.venue.accounts[ME]
        self.account.margin = True
        made.venue.ledger.let_borrow(holder_of(ME), allowed=True)

    @property
    def venue(self) -> VenueState:
        return self.books.venue

    @property
    def settlement(self) -> Settlement:
        return self.books.settlement

    @property
    def instrument_id(self) -> InstrumentId:
        return self.books.instrument_id

    @property
    def position(self) -> Position:
        return self.venue.positions[ME, self.instrument_id]

    @property
    def cash(self) -> int:
        """Posted: what is there."""
        money = Asset(self.venue.currency.code)
        return self.venue.ledger.balance(holder_of(ME), money).posted

    def place(self, side: Side, qty: int, limit: int, *, short: bool = False) -> OrderRecord:
        return self.books.order(side, qty, limit, short=short)

    def trade(self, side: Side, qty: int, price: int, *, short: bool = False) -> OrderRecord:
        record = self.place(side, qty, price, short=short and side is Side.SELL)
        self.books.fill(record, (price, qty), rule=FillRule.QUEUE)
        return record


def borrower_on(world: World, minor: int = 10_000_000) -> Borrower:
    tape = world.feeds.floor_tape
    made = books(world.feeds.feed(tape), tape, world.feeds)
    made.give(minor)
    return Borrower(made)
