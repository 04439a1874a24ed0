"""What open orders have to reserve, and who carries the reservation of two that share a quantity.

A buyer reserves the worst price of what is left with the fees on top, a seller the shares.  Two
orders of a pair reserve once, the larger need of the two, carried by the older one; exits reserve
nothing before their entry has filled.  A short sale reserves its initial margin and the shares that
it borrows, what buys them back nothing: the proceeds are there, and what they lack is lent.
"""

from __future__ import annotations

from matching.board_rules import BoardRules
from matching.instrument import Instrument
from matching.orders import Side
from matching.reasons import Reason
from matching.working import Stage
from simtrade.desk.ledger import Asset, holder_of
from simtrade.desk.lending import spendable_minor
from simtrade.desk.margin_checks import buys_back, check_margin, next_day, short_margin
from simtrade.desk.requests import Refusal
from simtrade.desk.state import OrderRecord, VenueState

Needed = tuple[int, int]  # minor units of money, quantity of the instrument


def terms(venue: VenueState, record: OrderRecord) -> tuple[Instrument, BoardRules]:
    """The scales and the rules of the day for an order's instrument."""
    listing = venue.exchange.listings[record.order.instrument_id]
    assert listing.rules is not None
    return listing.instrument, listing.rules


def needed_hold(
    venue: VenueState, record: OrderRecord, qty: int | None = None, limit_ticks: int | None = None
) -> Needed:
    """What the open rest of an order has to reserve; with a new total quantity and limit: what it
    would have to after a replace.  While a replace is on its way both have to be covered."""
    working = record.working
    change = working.change
    if qty is None and change is not None and change.qty > record.filled:
        changed = _hold_for(venue, record, change.qty, change.limit_ticks)
        return more_of(changed, _hold_for(venue, record, working.qty, working.limit_ticks))
    qty = working.qty if qty is None else qty
    limit_ticks = working.limit_ticks if limit_ticks is None else limit_ticks
    return _hold_for(venue, record, qty, limit_ticks)


def _hold_for(venue: VenueState, record: OrderRecord, qty: int, limit_ticks: int) -> Needed:
    working = record.working
    instrument, rules = terms(venue, record)
    leaves = qty - record.filled
    if buys_back(venue, record):
        return 0, 0
    rest = instrument.notional_minor(limit_ticks, leaves)
    total = record.filled_notional_minor + rest
    fees = sum(amount for _, amount in rules.fee_items(working.side, total, qty))
    fees_left = max(0, fees - sum(record.fees.values()))
    if working.side is Side.BUY:
        return rest + fees_left, 0
    if record.order.short:
        return short_margin(venue, record, leaves, limit_ticks) + max(0, fees_left - rest), leaves
    return max(0, fees_left - rest), leaves


def more_of(one: Needed, other: Needed) -> Needed:
    """A reservation that covers both."""
    return largest([one, other])


def needed_at_entry(venue: VenueState, records: list[OrderRecord]) -> Needed:
    """What a new order, or the first of a group, has to reserve."""
    return largest([needed_hold(venue, one) for one in records if not one.order.is_exit])


def needed_for_exits(venue: VenueState, records: list[OrderRecord]) -> Needed:
    """What exits have to reserve for all that their entry has filled."""
    return largest([needed_hold(venue, one, one.working.entry_filled) for one in records])


def needed_after(venue: VenueState, record: OrderRecord, qty: int, limit_ticks: int) -> Needed:
    """What an order and its partner have to reserve after a replace."""
    if record.working.stage is Stage.HELD:
        return 0, 0
    found = [needed_hold(venue, record, qty, limit_ticks)]
    partner = partner_of(venue, record)
    if partner is not None:
        found.append(needed_hold(venue, partner, qty))
    return largest(found)


def largest(needed: list[Needed]) -> Needed:
    return max(minor for minor, _ in needed), max(qty for _, qty in needed)


def reserves(venue: VenueState, record: OrderRecord) -> bool:
    """Whether an order carries a reservation: not an exit that is held, nor the younger of a
    pair."""
    return record.working.stage is not Stage.HELD and lead_of(venue, record) is record


def lead_of(venue: VenueState, record: OrderRecord) -> OrderRecord:
    """The order that carries the reservation of a pair."""
    partner = partner_of(venue, record)
    if partner is None or record.order.order_id < partner.order.order_id:
        return record
    return partner


def partner_of(venue: VenueState, record: OrderRecord) -> OrderRecord | None:
    """The open order that shares the quantity of one of a pair.  The exchange may be ahead: what
    counts here is who is open in the books."""
    order = record.order
    if order.group_id is None or record.working.is_entry:
        return None
    for other in venue.groups.get(order.group_id, ()):
        if other is not record and not other.working.is_entry:
            return other
    return None


def check_funds(
    venue: VenueState,
    record: OrderRecord,
    minor: int,
    qty: int,
    change: tuple[int, int] | None = None,
) -> Refusal | None:
    """Whether cash and sellable shares cover a reservation of ``minor`` and ``qty``, counting what
    the order reserves already.  ``change``: the new total quantity and limit of a replace."""
    order = record.order
    if order.short and not venue.accounts[order.account_id].margin:
        return Refusal(Reason.MARGIN_NOT_ON)
    if order.side is Side.SELL and not order.short and qty != record.hold_qty:
        refusal = _check_shares(venue, record, qty)
        if refusal is not None:
            return refusal
    if venue.accounts[order.account_id].margin:
        return check_margin(venue, record, minor, qty, change)
    more_minor = minor - record.hold_minor
    cash = spendable_minor(venue, order.account_id)
    if more_minor > cash:
        numbers = {"available_minor": cash, "needed_minor": more_minor}
        return Refusal(Reason.NOT_ENOUGH_CASH, numbers)
    return None


def _check_shares(venue: VenueState, record: OrderRecord, qty: int) -> Refusal | None:
    """Whether there are shares to sell, settled ones, without cutting an odd rest in pieces."""
    order = record.order
    more_qty = qty - record.hold_qty
    shares = venue.ledger.balance(holder_of(order.account_id), Asset(order.instrument_id)).available
    position = venue.positions.get((order.account_id, order.instrument_id))
    unsettled = position.unsettled_qty if position and position.cost_minor >= 0 else 0
    numbers = {"available": max(0, shares - unsettled), "unsettled": unsettled}
    if more_qty > shares:
        return Refusal(Reason.NOT_ENOUGH_TO_SELL, numbers)
    if more_qty > max(0, shares - unsettled):
        rules = venue.exchange.listings[order.instrument_id].rules
        source = rules.cite("settlement") if rules else ""
        return Refusal(Reason.NOT_SETTLED_YET, numbers | next_day(venue), source)
    return _check_odd_lot(venue, record, qty, shares - unsettled + record.hold_qty)


def _check_odd_lot(venue: VenueState, record: OrderRecord, qty: int, held: int) -> Refusal | None:
    """The rest of a holding below a lot is sold whole, judged with what the order has sold."""
    rules, sold = venue.exchange.listings[record.order.instrument_id].rules, record.filled
    if rules is None or not rules.lots.splits_rest(sold + qty, sold + held):
        return None
    numbers = {"lot": rules.lots.min_qty, "odd_qty": rules.lots.odd_qty(held)}
    return Refusal(Reason.ODD_LOT_SPLIT, numbers, rules.cite("lot"))
