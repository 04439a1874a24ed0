"""What corporate actions do to the open orders of a listing.

Where the market's rules convert (``OrdersOnExDate.CONVERT``), an order that waits over nights goes
on with the prices and the quantity that mean the same as before: shares times the ratio, rounded
down; prices divided by it, a seller's limit rounded up, every other price down.  A cash dividend
lowers the limits of buyers and the stops of sellers only.  Orders of a pair go on together, and so
do an entry of which nothing is filled and its exits, as long as their prices stay on their sides of
each other; of one that is filled in part the rest ends.  An order of which something is still on
its way ends too.  Reverse splits and rights end every order.
Source: FINRA rule 5330 and Nasdaq rule 4761 (adjustment of open orders).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from matching.corporate_actions import (
    CASH_DECIMALS,
    CodeChange,
    CorporateEvent,
    Delisting,
    Due,
    ExDate,
)
from matching.corporate_rules import CorporateRules, OrdersOnExDate
from matching.events import Cause, Event, OrderAdjusted
from matching.instrument import Instrument
from matching.listing import Listing
from matching.market import Split
from matching.orders import OrderId, Side, Trigger, TriggerKind
from matching.units import AtNs, PriceTicks, Qty, divide_up
from matching.working import NOT_AT_MARKET, Stage, WorkingOrder


def see_change(listing: Listing, event: Split | CorporateEvent) -> None:
    """The instrument itself is no longer what it was."""
    match event:
        case Split():
            listing.see_split(event)
        case ExDate():
            listing.see_ex_date(event)
        case Delisting() | CodeChange():
            listing.listed = False
        case Due():
            pass


def adjust_orders(
    listing: Listing, event: Split | ExDate | Delisting, rules: CorporateRules
) -> list[Event]:
    """Convert or end every open order of the instrument, in the order they came."""
    events: list[Event] = []
    found = {} if isinstance(event, Delisting) else _all_figures(listing, event, rules)
    for working in listing.in_order():
        if working.order_id not in listing.orders:
            continue  # it ended with its group
        if isinstance(event, Delisting):
            events.append(listing.cancel(working, Cause.NOT_LISTED, event.at_ns))
            continue
        figures = found[working.order_id]
        if figures is None:
            events.append(listing.cancel(working, Cause.CORPORATE_ACTION, event.at_ns))
        elif figures != _figures(working):
            events.append(_change(listing, working, figures, event.at_ns))
    return events


class Figures(NamedTuple):
    """What an open order says of shares and prices; ``amount`` is that of its trigger."""

    leaves: int
    entry_filled: int
    limit_ticks: int
    mark_ticks: int | None
    amount: int


class Ratio(NamedTuple):
    """``new`` shares for ``old`` ones, and cash for each of the old ones."""

    new: int
    old: int
    cash_ticks: int = 0
    later: bool = False  # the new shares cannot be sold yet


def _figures(working: WorkingOrder) -> Figures:
    trigger = working.order.trigger
    return Figures(
        working.leaves,
        working.entry_filled,
        working.limit_ticks,
        working.mark_ticks,
        trigger.amount if trigger is not None else 0,
    )


def _all_figures(
    listing: Listing, event: Split | ExDate, rules: CorporateRules
) -> dict[OrderId, Figures | None]:
    """The figures of every open order after the action, all from those before it; None: it ends."""
    ratio = _ratio(listing.instrument, event)
    if ratio is None or rules.orders is not OrdersOnExDate.CONVERT:
        return dict.fromkeys(listing.orders)
    found = {one.order_id: _converted(listing, one, ratio) for one in listing.orders.values()}
    for members in listing.groups.values():
        entry = next((one for one in members if one.is_entry), None)
        if entry is not None and not entry.filled:
            found |= _with_exits(entry, members, found)
    return found


def _with_exits(
    entry: WorkingOrder, members: Iterable[WorkingOrder], found: Mapping[OrderId, Figures | None]
) -> dict[OrderId, Figures | None]:
    """An entry and its exits go on with one quantity and their prices in order, or all end."""
    first = found[entry.order_id]
    exits = [one for one in members if one is not entry]
    kept: dict[OrderId, Figures | None] = {entry.order_id: first}
    for one in exits:
        figures = found[one.order_id]
        if first is None or figures is None or not _beside(entry, first, one, figures):
            return dict.fromkeys(each.order_id for each in (entry, *exits))
        kept[one.order_id] = figures._replace(leaves=first.leaves)
    return kept


def _beside(entry: WorkingOrder, first: Figures, leg: WorkingOrder, figures: Figures) -> bool:
    """A take-profit stays on the winning side of its entry, a stop on the losing one."""
    enters, sign = _price_of(entry, first), entry.side.sign
    if leg.order.trigger is None:
        return sign * (figures.limit_ticks - enters) > 0
    return leg.trails or sign * (enters - _price_of(leg, figures)) > 0


def _price_of(working: WorkingOrder, figures: Figures) -> int:
    """Where an order would trade: its stop while it waits for one, its limit."""
    trigger = working.order.trigger
    if trigger is None or working.stage not in NOT_AT_MARKET:
        return figures.limit_ticks
    return Trigger(trigger.kind, figures.amount).stop_ticks(working.side, figures.mark_ticks)


def _converted(listing: Listing, working: WorkingOrder, ratio: Ratio) -> Figures | None:
    """The figures of one order after the action; None when it ends."""
    if not _goes_on(listing, working):
        return None
    found, trigger = _figures(working), working.order.trigger
    sells = working.side is Side.SELL
    held = working.stage is Stage.HELD
    waits = working.stage is Stage.WAITING or (held and trigger is not None)
    if sells != waits:
        ratio = ratio._replace(cash_ticks=0)
    price = _price(ratio, up=sells and not waits)
    leaves, entry_filled = found.leaves, found.entry_filled
    if not (ratio.later and sells):  # only what can be sold
        leaves, entry_filled = (one * ratio.new // ratio.old for one in (leaves, entry_filled))
    mark, amount = found.mark_ticks, found.amount
    if trigger is not None and waits:
        if trigger.kind is TriggerKind.TRAIL:
            amount = divide_up(amount * ratio.old, ratio.new)
        before = mark if trigger.trails else working.stop_ticks
        if before is not None:  # a stop that follows the price begins with its work
            mark = mark if price(before) == before else price(before)
    new = Figures(leaves, entry_filled, price(found.limit_ticks), mark, amount)
    return new if min(new.leaves, new.limit_ticks, 1 if mark is None else mark) > 0 else None


def _ratio(instrument: Instrument, event: Split | ExDate) -> Ratio | None:
    """None for what ends every order."""
    if isinstance(event, Split):
        return (
            None
            if event.new_shares < event.old_shares
            else Ratio(event.new_shares, event.old_shares)
        )
    terms = event.terms
    if terms.rights_new:
        return None
    new, old = terms.bonus_old + terms.bonus_new, terms.bonus_old
    return Ratio(new, old, _cash_ticks(instrument, terms.cash_micro), event.bonus_later)


def _goes_on(listing: Listing, working: WorkingOrder) -> bool:
    """Whether an order is one that a conversion leaves whole.  Exits of an entry that is filled in
    part go on without the rest of it."""
    if not _whole(working) or (working.is_entry and working.filled):
        return False
    group_id = working.order.group_id
    members = [] if group_id is None else listing.groups[group_id]
    beside = [one for one in members if not (one.is_entry and one.filled)]
    exits = [one for one in beside if not one.is_entry]
    held = [one for one in exits if one.stage is Stage.HELD]
    if len(exits) == len(beside) and not held:
        return True
    return all(_whole(one) for one in beside) and len(held) == len(exits)


def _whole(working: WorkingOrder) -> bool:
    """It waits over nights, wherever, with nothing of it on its way."""
    if not working.order.time_in_force.carried or working.change is not None:
        return False
    if working.stage not in NOT_AT_MARKET and working.is_market:
        return False
    return working.stage is not Stage.COMING


def _price(ratio: Ratio, *, up: bool) -> Callable[[int], int]:
    """How a price of before is said in shares of after."""

    def said(ticks: int) -> int:
        value = (ticks - ratio.cash_ticks) * ratio.old
        return divide_up(value, ratio.new) if up else value // ratio.new

    return said


def _cash_ticks(instrument: Instrument, cash_micro: int) -> int:
    """Cash per share in ticks, rounded up: the buyer never pays more than before."""
    if instrument.price_decimals >= CASH_DECIMALS:
        cash = cash_micro * 10 ** (instrument.price_decimals - CASH_DECIMALS)
        return divide_up(cash, instrument.tick)
    per_tick = instrument.tick * 10 ** (CASH_DECIMALS - instrument.price_decimals)
    return divide_up(cash_micro, per_tick)


def _change(
    listing: Listing, working: WorkingOrder, figures: Figures, at_ns: AtNs
) -> OrderAdjusted:
    """The order keeps its priority: everybody's orders change alike."""
    listing.remove(working)
    trigger = working.order.trigger
    if trigger is not None and trigger.amount != figures.amount:
        working.order = replace(working.order, trigger=Trigger(trigger.kind, figures.amount))
    working.qty = working.filled + figures.leaves
    working.limit_ticks, working.mark_ticks = figures.limit_ticks, figures.mark_ticks
    working.entry_filled = figures.entry_filled
    listing.add(working)
    listing.touched[working.order_id] = None
    return _adjusted(listing, working, at_ns)


def _adjusted(listing: Listing, working: WorkingOrder, at_ns: AtNs) -> OrderAdjusted:
    return OrderAdjusted(
        order_id=working.order_id,
        account_id=working.account_id,
        instrument_id=listing.instrument.instrument_id,
        qty=Qty(working.qty),
        limit_ticks=PriceTicks(working.limit_ticks),
        at_ns=at_ns,
    )


def move_orders(old: Listing, new: Listing, at_ns: AtNs) -> list[Event]:
    """The open orders of a renamed instrument go on as they are, with their priority."""
    return [_move(old, new, working, at_ns) for working in old.in_order()]


def _move(old: Listing, new: Listing, working: WorkingOrder, at_ns: AtNs) -> OrderAdjusted:
    old.remove(working)
    working.order = replace(working.order, instrument_id=new.instrument.instrument_id)
    new.add(working)
    new.touched[working.order_id] = None
    return _adjusted(new, working, at_ns)
