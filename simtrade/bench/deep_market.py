"""A generated market of single orders that can be lived through again with one taker more.

The flow is fixed by its seed: limit orders at random distances from the other side, takers, and
cancels of anybody who stands.  Played as it is, it is a recorded day.  Played with our orders
taking what stands and everybody else doing the same, it tells what they would really have paid.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from feeds.calendar import day_number, local_ns
from feeds.order_tape import SNAPSHOTS, STREET, OrderTape, StreetKind, with_id
from feeds.schedule import schedule_of
from feeds.street_check import NOBODY
from feeds.tape import TapeId
from matching.book import Book
from matching.instrument import Instrument, InstrumentId
from matching.orders import Side
from matching.units import CURRENCIES, NS_PER_SECOND, AtNs

SESSION = date(2023, 2, 7)
MIDDLE = 10_000  # ticks
WARM_UP = 2_000  # messages before the market is as it will be
STEP_NS = NS_PER_SECOND // 10
# Chosen so that the two simple models of simtrade/bench/market_orders.py err as in the published
# measurement (fill model 4.3); the exchange had no part in the choice.
_JOINS, _TAKES, _CANCELS = 50, 10, 40  # of a hundred messages where so many orders stand
_STANDING = 80
_NEAR = 0.22  # chance of every tick that an order stays no farther from the other side
_FARTHEST = 20  # ticks
_FIRST_SECOND = 9 * 3600 + 30 * 60


class Doing(IntEnum):
    JOIN = 0
    TAKE = 1
    CANCEL = 2


class Message(NamedTuple):
    doing: Doing
    order_id: int
    side: Side
    price_ticks: int
    qty: int


class Episode(NamedTuple):
    """``children`` equal takers of one side, the first after message ``first``, then every
    ``apart`` messages."""

    first: int
    apart: int
    side: Side
    qty: int
    children: int

    def after(self, child: int) -> int:
        """The message after which a child comes."""
        return self.first + child * self.apart


@dataclass(frozen=True)
class DeepMarket:
    """The flow and the day that it makes; message ``k`` happens at ``at_ns(k)``."""

    messages: tuple[Message, ...]
    tape: OrderTape
    start_ns: int

    def at_ns(self, message: int) -> AtNs:
        return AtNs(self.start_ns + message * STEP_NS)


def generate(seed: int, length: int) -> DeepMarket:
    """A market of ``length`` messages, the first 2,000 of which fill the book."""
    hours = schedule_of("XSHG").hours("main", SESSION)
    zone = ZoneInfo(hours.time_zone)
    start_ns = local_ns(day_number(SESSION), _FIRST_SECOND, zone)
    messages: list[Message] = []
    rows: list[tuple[int, ...]] = []
    for number, (message, told) in enumerate(islice(_flow(random.Random(seed)), length)):  # noqa: S311
        messages.append(message)
        at_ns = start_ns + number * STEP_NS
        rows += [(len(rows) + k, at_ns, *row) for k, row in enumerate(told)]
    tape = OrderTape(
        tape_id=TapeId(""),
        name="deep_market",
        source=f"generated from seed {seed}",
        licence="free",
        origin="",
        hours=hours,
        instrument=Instrument(
            InstrumentId("XSHG:600000"),
            "600000",
            "600000",
            "600000",
            CURRENCIES["CNY"],
            "XSHG",
            "main",
        ),
        session=SESSION,
        reference_ticks=MIDDLE,
        street=np.array(rows, np.int64).reshape(-1, len(STREET)).T.copy(),
        snapshots=np.empty((len(SNAPSHOTS), 0), np.int64),
    )
    return DeepMarket(tuple(messages), with_id(tape), start_ns)


Told = list[tuple[int, ...]]  # rows of a tape from ``kind`` on


def _flow(draw: random.Random) -> Iterator[tuple[Message, Told]]:
    """Messages that fit the book they themselves make, with what a feed tells of each."""
    book, standing, newest = Book(), list[int](), 0
    where: dict[int, tuple[Side, int]] = {}
    while True:
        chance = draw.random() * (_JOINS + _TAKES + _CANCELS * len(standing) / _STANDING)
        newest += 1
        side = Side(draw.randrange(2))
        if chance < _JOINS or len(standing) < _STANDING // 4:
            message = Message(Doing.JOIN, newest, side, _price(draw, book, side), _lots(draw, 5))
            book.limit(newest, side, message.price_ticks, message.qty)
            standing.append(newest)
            where[newest] = (side, message.price_ticks)
            told: Told = [
                (StreetKind.ORDER, side, newest, NOBODY, message.price_ticks, message.qty)
            ]
        elif chance < _JOINS + _TAKES:
            message = Message(Doing.TAKE, newest, side, 0, _lots(draw, 6))
            told = _told(message, book.market(newest, side, message.qty) or ())
        else:
            picked = draw.randrange(len(standing))
            standing[picked], standing[-1] = standing[-1], standing[picked]
            order_id = standing.pop()
            side, price = where.pop(order_id)
            qty = book.cancel(order_id)
            if qty < 0:  # it has traded meanwhile
                continue
            message = Message(Doing.CANCEL, order_id, side, price, qty)
            told = [(StreetKind.CANCEL, side, order_id, NOBODY, price, qty)]
        yield message, told


def _price(draw: random.Random, book: Book, side: Side) -> int:
    """So many ticks behind the other side's best price, rarely many."""
    best = book.best(side.opposite)
    if best < 0:
        best = MIDDLE + side.sign
    away = 1
    while away < _FARTHEST and draw.random() > _NEAR:
        away += 1
    return best - side.sign * away


def _lots(draw: random.Random, most: int) -> int:
    return 100 * draw.randint(1, most)


def _told(taker: Message, fills: tuple[tuple[int, int, int], ...]) -> Told:
    found: Told = []
    for maker, price, qty in fills:
        buyer, seller = (taker.order_id, maker)[:: taker.side.sign]
        found.append((StreetKind.TRADE, taker.side, buyer, seller, price, qty))
    return found


def episodes(
    market: DeepMarket, seed: int, count: int, *, qty: int, apart: int, children: int = 5
) -> list[Episode]:
    """``count`` episodes at random places, the earliest first."""
    draw = random.Random(f"{seed} {qty} {apart}")  # noqa: S311
    last = len(market.messages) - apart * children - 1
    found = [
        Episode(draw.randrange(WARM_UP, last), apart, Side(draw.randrange(2)), qty, children)
        for _ in range(count)
    ]
    return sorted(found)


class Paid(NamedTuple):
    qty: int
    turnover: int  # ticks times quantity


def true_prices(market: DeepMarket, wanted: list[Episode]) -> list[Paid]:
    """What the takers of each episode would have paid; ``wanted`` earliest first."""
    book, found = Book(), list[Paid]()
    coming = list(wanted)[::-1]
    for number, message in enumerate(market.messages):
        _do(book, message)
        while coming and coming[-1].first == number:
            found.append(_lived(market, coming.pop(), book.orders()))
    return found


def _lived(market: DeepMarket, episode: Episode, standing: npt.NDArray[Any]) -> Paid:
    """One episode, from the orders that stood when it began."""
    book, qty, turnover = Book(), 0, 0
    for side, price_ticks, order_id, resting, _ in standing.tolist():
        book.rest(order_id, side, price_ticks, resting)
    for child in range(episode.children):
        ours = (1 << 61) + child
        for _, price, filled in book.market(ours, episode.side, episode.qty) or ():
            qty += filled
            turnover += price * filled
        begin = episode.after(child) + 1
        for message in market.messages[begin : begin + episode.apart]:
            _do(book, message)
    return Paid(qty, turnover)


def _do(book: Book, message: Message) -> None:
    match message.doing:
        case Doing.JOIN:
            book.limit(message.order_id, message.side, message.price_ticks, message.qty)
        case Doing.TAKE:
            book.market(message.order_id, message.side, message.qty)
        case Doing.CANCEL:
            book.cancel(message.order_id)
