"""The slow twin of feeds/street_check.py, by the book of the street."""

from __future__ import annotations

from feeds.calendar import Int64s
from feeds.order_tape import street_events
from feeds.street_check import NOBODY, StreetFault
from matching.instrument import InstrumentId
from matching.market import StreetCancel, StreetOrder, Trade
from matching.orders import Side
from matching.street_book import StreetBook


def plain_faults(street: Int64s) -> list[int]:
    """What ``StreetCheck.walk`` says of a whole table."""
    book, joined, found = StreetBook(), set[int](), list[int]()
    prices = street[6].tolist()
    for row, event in enumerate(street_events(InstrumentId(""), street)):
        if isinstance(event, StreetOrder):
            fault = StreetFault.DUPLICATE_ORDER if event.street_order_id in joined else 0
            joined.add(event.street_order_id)
        else:
            fault = _fault_of(book, event, prices[row])
        found.append(int(fault))
        if not fault:
            book.on(event)
    return found


def _fault_of(book: StreetBook, event: StreetCancel | Trade, price_ticks: int) -> int:
    if isinstance(event, StreetCancel):
        parties, taker = [(event.street_order_id, event.side)], None
    else:
        assert event.buy_order_id is not None
        assert event.sell_order_id is not None
        parties = [(event.buy_order_id, Side.BUY), (event.sell_order_id, Side.SELL)]
        taker = event.aggressor
    auction = isinstance(event, Trade) and taker is None
    for street_order_id, side in parties:
        place = book.find(street_order_id)
        if isinstance(event, Trade) and street_order_id == NOBODY:
            continue  # hidden
        if place is None and side == taker:
            continue  # told only as what is left of it
        if place is None or place.side != side:
            return StreetFault.UNKNOWN_ORDER
        if event.qty > place.qty:
            return StreetFault.MORE_THAN_RESTS
        better = side.sign * (place.price_ticks - price_ticks)
        if better < 0 or (better and not auction and side != taker):
            return StreetFault.ANOTHER_PRICE
    return 0
