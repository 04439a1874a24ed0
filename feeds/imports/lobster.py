"""LOBSTER: each change of a Nasdaq book as a message, and the book after it as a row of levels.

The recording begins with a book that stands already, and tells only of what happens among its
levels.  So orders of which no message told are one order a level here: what stood at the beginning,
and what a level holds when it comes into view.  Everything else must agree: the book that follows
from the messages is, level by level, the row beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum, StrEnum
from itertools import pairwise
from typing import NamedTuple

from feeds.order_tape import LARGEST_PRICE_TICKS, LARGEST_QTY, StreetKind
from feeds.street_check import NOBODY
from matching.orders import Side
from matching.units import NS_PER_SECOND

FIRST_UNTOLD = 1 << 61  # numbers of orders of which no message told
_NO_PRICE = 9_999_999_999
_MOST_ID = FIRST_UNTOLD - 1

Row = tuple[int, int, int, int, int, int, int]  # a STREET row without its place
Ladder = list[tuple[int, int]]  # (price_ticks, qty), best first


class Kind(IntEnum):
    ADD = 1
    CANCEL = 2  # a part
    DELETE = 3
    TRADE = 4
    HIDDEN_TRADE = 5
    CROSS = 6
    HALT = 7


class Fault(StrEnum):
    """Why a line can't be used, in order of precedence."""

    WRONG_NUMBER_OF_CELLS = "wrong_number_of_cells"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_TIME = "not_a_time"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_SIDE = "unknown_side"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"
    LEVELS_OUT_OF_ORDER = "levels_out_of_order"
    TIME_RUNS_BACK = "time_runs_back"
    MISSING_ROW = "missing_row"
    DUPLICATE_ORDER = "duplicate_order"
    UNKNOWN_ORDER = "unknown_order"
    MORE_THAN_RESTS = "more_than_rests"
    ANOTHER_PRICE = "another_price"
    ANOTHER_BOOK = "another_book"


class LineError(Exception):
    """A line that can't be used."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(fault.value, text)
        self.fault = fault
        self.text = text


class Message(NamedTuple):
    """``side`` is that of the order that stood."""

    second_ns: int  # since the local midnight
    kind: Kind
    order_id: int
    qty: int
    price_ticks: int
    side: Side


def _whole(text: str) -> int:
    digits = text.removeprefix("-")
    if not digits.isdigit() or len(digits) > 18:
        raise LineError(Fault.NOT_A_NUMBER, text)
    return int(text)


def seconds_ns(text: str) -> int:
    """``34200.004241176``; what is finer than a nanosecond is cut off."""
    whole, dot, rest = text.partition(".")
    if not whole.isdigit() or len(whole) > 5 or (dot and not rest.isdigit()) or len(rest) > 30:
        raise LineError(Fault.NOT_A_TIME, text)
    seconds = int(whole)
    if seconds >= 86_400:
        raise LineError(Fault.NOT_A_TIME, text)
    return seconds * NS_PER_SECOND + int(rest[:9].ljust(9, "0"))


def message_of(line: str) -> Message:
    """One line of the message file: time, type, order, size, price (USD x 10,000), direction."""
    cells = line.split(",")
    if len(cells) not in (6, 7):  # a seventh names the market participant in newer files
        raise LineError(Fault.WRONG_NUMBER_OF_CELLS, line)
    second_ns = seconds_ns(cells[0])
    kind, order_id, qty, price, direction = (_whole(cell) for cell in cells[1:6])
    if kind not in list(Kind):
        raise LineError(Fault.UNKNOWN_TYPE, line)
    if direction not in (1, -1):
        raise LineError(Fault.UNKNOWN_SIDE, line)
    if kind != Kind.HALT:
        if qty <= 0 or price <= 0 or (order_id < 0 and kind < Kind.HIDDEN_TRADE):
            raise LineError(Fault.NOT_POSITIVE, line)
        if qty > LARGEST_QTY or price > LARGEST_PRICE_TICKS or order_id > _MOST_ID:
            raise LineError(Fault.TOO_LARGE, line)
    side = Side.BUY if direction == 1 else Side.SELL
    return Message(second_ns, Kind(kind), order_id, qty, price, side)


def ladders_of(line: str) -> tuple[Ladder, Ladder]:
    """One line of the orderbook file: bids and asks; levels that do not exist are left out."""
    cells = line.split(",")
    if len(cells) % 4:
        raise LineError(Fault.WRONG_NUMBER_OF_CELLS, line)
    values = [_whole(cell) for cell in cells]
    found = []
    for side, first in ((Side.BUY, 2), (Side.SELL, 0)):
        levels = list(zip(values[first::4], values[first + 1 :: 4], strict=True))
        shown = [one for one in levels if abs(one[0]) != _NO_PRICE]
        if any(price <= 0 or qty <= 0 for price, qty in shown):
            raise LineError(Fault.NOT_POSITIVE, line)
        if any(price > LARGEST_PRICE_TICKS or qty > LARGEST_QTY for price, qty in shown):
            raise LineError(Fault.TOO_LARGE, line)
        signed = [-side.sign * price for price, _ in shown]
        if any(a >= b for a, b in pairwise(signed)):
            raise LineError(Fault.LEVELS_OUT_OF_ORDER, line)
        found.append(shown)
    return found[0], found[1]


class LobsterBook:
    """Messages and rows of levels in, rows of a tape of orders out.

    ``depth`` is how many levels a side the rows have.  ``revealed`` counts the orders of which
    nothing was told until their level came into view.
    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.revealed = 0
        self._next = FIRST_UNTOLD
        # By side and price: what stands of each order, oldest first.
        self._queues: tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]] = ({}, {})
        self._shown: tuple[Ladder, Ladder] = ([], [])

    def begin(self, first: Message, shown: tuple[Ladder, Ladder], at_ns: int) -> Iterator[Row]:
        """What stood before the first message, from the row after it."""
        for side in Side:
            levels = dict(shown[side])
            if side == first.side and first.kind in (Kind.CANCEL, Kind.DELETE, Kind.TRADE):
                levels[first.price_ticks] = levels.get(first.price_ticks, 0) + first.qty
            elif side == first.side and first.kind == Kind.ADD:
                left = levels.pop(first.price_ticks, 0) - first.qty
                if left < 0:
                    raise LineError(Fault.ANOTHER_BOOK, f"{first.qty} at {first.price_ticks}")
                if left:
                    levels[first.price_ticks] = left
            for price, qty in levels.items():
                yield self._reveal(side, price, qty, at_ns)
            best_first = sorted(levels.items(), reverse=side == Side.BUY)
            self._shown[side][:] = best_first
        self.revealed = 0

    def follow(self, message: Message, shown: tuple[Ladder, Ladder], at_ns: int) -> Iterator[Row]:
        """One message with the row after it.  LineError when they contradict each other."""
        match message.kind:
            case Kind.ADD:
                yield self._join(message, at_ns)
            case Kind.CANCEL | Kind.DELETE | Kind.TRADE:
                yield from self._leave(message, at_ns)
            case Kind.HIDDEN_TRADE:
                taker = message.side.opposite
                yield _trade(at_ns, taker, (NOBODY, NOBODY), message.price_ticks, message.qty)
            case Kind.CROSS:
                yield _trade(at_ns, NOBODY, (NOBODY, NOBODY), message.price_ticks, message.qty)
            case Kind.HALT:
                pass
        for side in Side:
            if shown[side] != self._shown[side]:
                yield from self._compare(side, shown[side], at_ns)

    def _join(self, message: Message, at_ns: int) -> Row:
        side, price, qty, number = message.side, message.price_ticks, message.qty, message.order_id
        queue = self._queues[side].setdefault(price, {})
        if number in queue:
            raise LineError(Fault.DUPLICATE_ORDER, str(number))
        queue[number] = qty
        return (at_ns, StreetKind.ORDER, side, number, NOBODY, price, qty)

    def _reveal(self, side: Side, price: int, qty: int, at_ns: int) -> Row:
        """What stands at a price, and no message told of it."""
        number, self._next = self._next, self._next + 1
        self._queues[side].setdefault(price, {})[number] = qty
        self.revealed += 1
        return (at_ns, StreetKind.ORDER, side, number, NOBODY, price, qty)

    def _leave(self, message: Message, at_ns: int) -> Iterator[Row]:
        """A cancel or a trade: of the order itself, else of one of which no message told.

        Orders that lost something out of view may be others than we think, so what is still left
        is taken from the newest of the level.
        """
        side, price, left = message.side, message.price_ticks, message.qty
        queue = self._queues[side].get(price, {})
        others = sorted(queue, key=lambda one: (one < FIRST_UNTOLD, -one))
        for number in (message.order_id, *others):
            taken = min(left, queue.get(number, 0))
            if taken:
                self._take(side, price, number, taken)
                left -= taken
                if message.kind == Kind.TRADE:
                    made = (number, NOBODY) if side == Side.BUY else (NOBODY, number)
                    yield _trade(at_ns, side.opposite, made, price, taken)
                else:
                    yield (at_ns, StreetKind.CANCEL, side, number, NOBODY, price, taken)
        if left:
            raise LineError(Fault.MORE_THAN_RESTS, f"{message.qty} at {price}")

    def _take(self, side: Side, price: int, number: int, qty: int) -> None:
        queue = self._queues[side][price]
        queue[number] -= qty
        if not queue[number]:
            del queue[number]
        if not queue:
            del self._queues[side][price]

    def _compare(self, side: Side, shown: Ladder, at_ns: int) -> Iterator[Row]:
        """The book of the messages and the row: what was in view must agree, what comes into view
        is brought into agreement."""
        before = self._shown[side]
        whole = len(before) < self.depth  # all there was, was in view
        edge = before[-1][0] if before else 0
        told = dict(shown)
        last = shown[-1][0] if len(shown) == self.depth else None
        for price in sorted({*told, *self._queues[side]}, reverse=side == Side.BUY):
            if last is not None and side.sign * (last - price) > 0:
                break  # beyond the row
            stands = sum(self._queues[side].get(price, {}).values())
            if stands == told.get(price, 0):
                continue
            if whole or side.sign * (price - edge) >= 0:
                said = f"{told.get(price, 0)} at {price}, {stands} by the messages"
                raise LineError(Fault.ANOTHER_BOOK, said)
            if stands < told.get(price, 0):
                yield self._reveal(side, price, told[price] - stands, at_ns)
            else:
                yield from self._vanish(side, price, stands - told.get(price, 0), at_ns)
        self._shown[side][:] = shown

    def _vanish(self, side: Side, price: int, qty: int, at_ns: int) -> Iterator[Row]:
        """What left while the price was out of view: the newest orders."""
        for number, stands in reversed(list(self._queues[side][price].items())):
            taken = min(qty, stands)
            self._take(side, price, number, taken)
            yield (at_ns, StreetKind.CANCEL, side, number, NOBODY, price, taken)
            qty -= taken
            if not qty:
                return


def _trade(at_ns: int, taker: int, made: tuple[int, int], price: int, qty: int) -> Row:
    return (at_ns, StreetKind.TRADE, taker, *made, price, qty)
