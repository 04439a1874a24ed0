"""What a fill does to a position: its cost, its profit, what may be traded again when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.board_rules import BoardRules
from matching.corporate_rules import corporate_rules
from matching.events import OrderFilled
from matching.instrument import Instrument
from matching.orders import Side
from matching.units import divide_half_up
from simtrade.desk.entitlement import sold, with_bought
from simtrade.desk.ledger import Asset, TransferKind, holder_of, house
from simtrade.desk.lending import Lending, net_qty
from simtrade.desk.state import Account, Position

if TYPE_CHECKING:
    from simtrade.desk.settle import Settlement


def book_position(
    settlement: Settlement,
    account: Account,
    instrument: Instrument,
    event: OrderFilled,
    notional: int,
    rules: BoardRules,
) -> None:
    """After the assets have moved.  Costs are averages; what closes a position takes its part of
    them half up and earns the difference, what goes beyond opens one on the other side."""
    position = settlement.position(account.account_id, instrument)
    after = net_qty(settlement.venue, account.account_id, instrument.instrument_id)
    before = after - event.side.sign * event.qty
    owned = before if event.side is Side.SELL else -before
    closed = min(event.qty, max(0, owned))
    if closed:
        part = notional if closed == event.qty else divide_half_up(notional * closed, event.qty)
        cost = divide_half_up(position.cost_minor * closed, owned)
        position.cost_minor -= cost
        position.realised_minor += -event.side.sign * part - cost
        notional -= part
    opened = event.qty - closed
    if opened:
        position.cost_minor += event.side.sign * notional
    waits = rules.buys_settle_sessions
    if event.side is Side.SELL:
        waits = rules.short.cover_sessions if rules.short else 0
    if waits:
        position.unsettled_qty += opened
    position.unsettled_qty = min(position.unsettled_qty, abs(after))
    _book_lots(settlement, position, instrument, event, opened, closed)


def _book_lots(
    settlement: Settlement,
    position: Position,
    instrument: Instrument,
    event: OrderFilled,
    opened: int,
    closed: int,
) -> None:
    """Where dividends are taxed by the time that shares were held, a sale pays what its shares owe
    at once (ChinaClear collects it in the month after)."""
    venue = settlement.venue
    session = venue.exchange.session
    assert session is not None
    rules = corporate_rules(venue.exchange.rule_book.of(instrument), instrument.board, session)
    if not rules.at_sale:
        return
    if event.side is Side.BUY:
        if opened:
            position.lots = with_bought(position.lots, session, opened)
        return
    position.lots, owed = sold(position.lots, closed, session, rules)
    if not owed:
        return
    tax = _pay_tax(settlement, position, owed, event)
    position.realised_minor -= tax
    settlement.tell(
        venue.accounts[position.account_id],
        "dividend_tax",
        {
            "instrument_id": instrument.instrument_id, "qty": event.qty, "tax_minor": tax,
            "owed_minor": owed, "rule": rules.sources["dividend_tax"], "at_ns": event.at_ns,
        },
    )  # fmt: skip


def _pay_tax(settlement: Settlement, position: Position, owed: int, event: OrderFilled) -> int:
    """What is taken of an account's cash; on credit where it may borrow."""
    venue, mine = settlement.venue, holder_of(position.account_id)
    money = Asset(venue.currency.code)
    account = venue.accounts[position.account_id]
    if account.margin:
        Lending(settlement, account).provide(owed, event.order_id)
        tax = owed
    else:
        tax = min(owed, venue.ledger.balance(mine, money).available)
    house_tax = house(venue.venue_id, "tax:dividend_tax")
    settlement.move(money, mine, house_tax, tax, TransferKind.POST, "dividend_tax", event.order_id)
    return tax
