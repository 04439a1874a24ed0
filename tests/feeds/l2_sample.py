"""An invented day of a Shanghai stock in the files of a level-2 recording.

The market is the plain book of the tests, so nothing here shares a line with what is tested: an
opening auction with a cancel, takers who are published as their trades and what is left of them,
cancels, a lunch, an auction at the close, and a snapshot after some of the steps.
"""

from __future__ import annotations

import gzip
import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from feeds.imports.sse_l2 import SseFolder, import_sse_l2
from feeds.imports.sse_l2_cells import ORDERS_HEADER, SNAPSHOTS_HEADER, TRADES_HEADER
from feeds.order_tape import OrderTape
from feeds.schedule import schedule_of
from matching.book import STAY
from matching.instrument import Instrument, InstrumentId
from matching.orders import Side
from matching.units import CURRENCIES
from tests.matching.oracle_book import OracleBook

REFERENCE = 1_000  # ticks
SESSION = date(2023, 2, 7)
LETTER = "BS"
AUCTION, CONTINUOUS, CLOSING = 1, 2, 4


def described() -> SseFolder:
    """What the files of a sample do not say."""
    stock = Instrument(
        instrument_id=InstrumentId("XSHG:600001"),
        symbol="600001",
        name_en="600001",
        name_zh="600001",
        currency=CURRENCIES["CNY"],
        market="XSHG",
        board="main",
    )
    hours = schedule_of("XSHG").hours("main", SESSION)
    return SseFolder("sample", stock, SESSION, "made up", "none", hours)


def centiseconds(hour: int, minute: int, second: int = 0) -> int:
    return ((hour * 60 + minute) * 60 + second) * 100


def clock(at: int) -> int:
    """Centiseconds since midnight as the digits of a clock."""
    second, rest = divmod(at, 100)
    return (second // 3600 * 10_000 + second // 60 % 60 * 100 + second % 60) * 100 + rest


class SampleDay:
    """Rows of the three files, made step by step."""

    def __init__(self, seed: int = 1, steps: int = 150) -> None:
        self.random = random.Random(seed)
        self.book = OracleBook()
        self.at = centiseconds(9, 15)
        self.place = 100
        self.newest_id = 0
        self.trades_made = self.volume = self.turnover = self.last = 0
        self.orders: list[list[object]] = []
        self.trades: list[list[object]] = []
        self.snapshots: list[list[object]] = []
        self.open_auction()
        for first, last in ((9 * 60 + 30, 11 * 60 + 30), (13 * 60, 14 * 60 + 57)):
            self.at = first * 6_000
            pause = (last - first) * 6_000 // (steps + 1)
            for _ in range(steps):
                self.at += self.random.randint(1, pause)
                self.step()
        self.close_auction()

    # --- what happens ---

    def open_auction(self) -> None:
        """After a cancel 2 lots meet at 1,001; who wanted more stays in the book."""
        self.shoot(AUCTION)
        for side, price, lots in (
            *((Side.BUY, 1_002, 2), (Side.BUY, 1_001, 5), (Side.BUY, 998, 3), (Side.BUY, 990, 4)),
            *((Side.SELL, 999, 1), (Side.SELL, 1_001, 5), (Side.SELL, 1_004, 4)),
        ):
            self.at += 700
            self.enter(side, price, lots * 100, auction=True)
            self.shoot(AUCTION, self.indicated())
        self.cancel(4)
        self.at = centiseconds(9, 25) + 12
        self.cross(1_001)
        self.shoot(CONTINUOUS)

    def indicated(self) -> tuple[int, int, int, int]:
        """(price, quantity, what is left to buy, to sell): of all prices those with the most
        volume at which everybody with a better price trades, with the least left over; their
        middle."""
        tried = []
        for price in sorted({order.price_ticks for order in self.book.arrived}):
            bought, sold = self.wanted(Side.BUY, price), self.wanted(Side.SELL, price)
            better = max(self.wanted(Side.BUY, price + 1), self.wanted(Side.SELL, price - 1))
            if better <= min(bought, sold):
                tried.append((-min(bought, sold), abs(bought - sold), price))
        if not tried or not min(tried)[0]:
            return 0, 0, 0, 0
        best = [price for traded, left, price in tried if (traded, left) == min(tried)[:2]]
        price = (best[0] + best[-1] + 1) // 2
        bought, sold = self.wanted(Side.BUY, price), self.wanted(Side.SELL, price)
        traded = min(bought, sold)
        return price, traded, bought - traded, sold - traded

    def wanted(self, side: Side, price: int) -> int:
        return sum(
            order.qty
            for order in self.book.arrived
            if order.side == side and side.sign * (order.price_ticks - price) >= 0
        )

    def cross(self, price: int) -> None:
        """One price for all, in priority."""
        lines = [
            [o for o in self.book.queue(side) if side.sign * (o.price_ticks - price) >= 0]
            for side in Side
        ]
        left = min(sum(order.qty for order in line) for line in lines)
        while left:
            buyer, seller = lines[0][0], lines[1][0]
            qty = min(buyer.qty, seller.qty, left)
            self.print(buyer.order_id, seller.order_id, price, qty, "N")
            left -= qty
            for line, order in zip(lines, (buyer, seller), strict=True):
                if self.book.reduce(order.order_id, qty) == 0:
                    line.pop(0)

    def step(self) -> None:
        side = Side(self.random.randint(0, 1))
        middle = self.last
        what = self.random.random()
        if what < 0.2 and len(self.book.arrived) > 8:
            self.cancel(self.random.choice(self.book.arrived).order_id)
        elif what < 0.5 and len(self.book.arrived) > 8:  # takes, and may leave something
            price = middle + side.sign * self.random.randint(0, 3)
            self.enter(side, price, 100 * self.random.randint(1, 9))
        else:
            price = middle - side.sign * self.random.randint(1, 12)
            self.enter(side, price, 100 * self.random.randint(1, 6))
        if self.random.random() < 0.5:
            self.shoot(CONTINUOUS)

    def close_auction(self) -> None:
        self.at = centiseconds(14, 57)
        for side in Side:
            for k in range(3):
                self.at += 900
                self.enter(side, self.last + side.sign * (2 - k), 100 * (k + 2), auction=True)
                self.shoot(CLOSING, self.indicated())
        self.at = centiseconds(15, 0) + 3
        price, qty, _, _ = self.indicated()
        if qty:
            self.cross(price)
        self.shoot(5)

    def enter(self, side: Side, price: int, qty: int, *, auction: bool = False) -> None:
        self.newest_id += 2
        order_id, left = self.newest_id, qty
        if auction:
            self.book.rest(order_id, side, price, qty, 0)
        else:
            for fill in self.book.limit(order_id, side, price, qty, 0, STAY):
                left -= fill.qty
                buyer, seller = (order_id, fill.maker_id)[:: side.sign]
                self.print(buyer, seller, fill.price_ticks, fill.qty, LETTER[side])
        if left:
            self.tell("A", order_id, side, price, left)

    def cancel(self, order_id: int) -> None:
        order = self.book.find(order_id)
        assert order is not None
        self.tell("D", order_id, order.side, order.price_ticks, self.book.cancel(order_id))

    # --- what is published ---

    def tell(self, kind: str, order_id: int, side: Side, price: int, qty: int) -> None:
        self.place += 3
        row = [self.place, self.place, 6, order_id, kind, LETTER[side], price * 10, qty * 1000]
        self.orders.append([self.place * 2, *row, clock(self.at)])

    def print(self, buyer: int, seller: int, price: int, qty: int, kind: str) -> None:
        self.place += 3
        row = [self.place, self.place, 6, buyer, seller, price * 10, qty * 1000, kind]
        self.trades.append([self.place * 2, *row, clock(self.at)])
        self.trades_made += 1
        self.volume += qty
        self.turnover += price * qty
        self.last = price

    def shoot(self, phase: int, indicated: tuple[int, int, int, int] | None = None) -> None:
        totals = [self.trades_made, self.volume * 1000, self.turnover * 1000]
        prices = [REFERENCE * 10, self.last * 10, 0, 0, 0]
        levels: list[int] = []
        for side in Side:
            shown = [(price, qty) for price, qty, _ in self.book.depth(side, 10)]
            if indicated is not None:
                price, qty, *left = indicated
                shown = [(price, qty), (0, left[side])] if qty else []
            if phase == AUCTION and indicated is None:
                shown = []
            padded = [*shown, *[(0, 0)] * 10][:10]
            levels += [number for price, qty in padded for number in (price * 10, qty * 1000)]
        head = [0, clock(self.at) // 100, phase, 69]
        self.snapshots.append([*head, *totals, *prices, 0, 0, 0, 0, *levels])

    def tape(self) -> OrderTape:
        """The day as a tape, by way of its files."""
        with TemporaryDirectory() as folder:
            result = import_sse_l2(self.write(Path(folder)), described())
        assert result.tape is not None, result.problems
        return result.tape

    def write(self, folder: Path, **lines: list[str]) -> Path:
        """Write the files; ``lines`` replaces a file's lines: orders, trades, snapshots."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (self.lines() | lines).items():
            packed = gzip.compress("".join(f"{line}\n" for line in text).encode(), mtime=0)
            (folder / f"{name}.csv.gz").write_bytes(packed)
        return folder

    def lines(self) -> dict[str, list[str]]:
        """Each file's lines, the header first."""
        tables = (
            ("orders", ORDERS_HEADER, self.orders),
            ("trades", TRADES_HEADER, self.trades),
            ("snapshots", SNAPSHOTS_HEADER, self.snapshots),
        )
        return {
            name: [",".join(header), *(",".join(map(str, row)) for row in rows)]
            for name, header, rows in tables
        }
