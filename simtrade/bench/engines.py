"""The matching engines under test, each driven in the way that is fastest for it.

An engine takes a flow part by part.  ``calls`` engines get Python rows and are called once a
message, with fills as Python objects where they hand them out; ``batch`` engines get the array.
Afterwards they tell what happened: (taker, maker, price, qty) of every fill in order and
(side, price, id, qty) of every resting order in order of service.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from matching.book import CANCEL, FILL, LIMIT, MARKET, OUTCOME, Book
from simtrade.bench.flow import Flow, Messages

Rows = list[tuple[int, ...]]
PART = {False: 1_000, True: 10_000}  # messages timed at once, by calls and by batch
EXPECTED = 1 << 15  # orders that rest at once at most; the C reference is told all its sizes


class Engine(Protocol):
    name: str
    batch: bool

    def start(self, flow: Flow) -> None:
        """Begin with an empty book."""

    def run(self, part: Any) -> None:
        """Apply a part of the flow: rows, or an array for a batch engine.  This is timed."""

    def result(self, flow: Flow) -> tuple[Rows, Rows]:
        """Fills and resting orders."""


class BookByCalls:
    name, batch = "Book, one call a message", False

    def start(self, flow: Flow) -> None:  # noqa: ARG002
        self.book = Book(EXPECTED)
        self.fills: list[tuple[int, tuple[tuple[int, int, int], ...]]] = []

    def run(self, part: Any) -> None:
        book, keep = self.book, self.fills.append
        limit, market, cancel, replace = book.limit, book.market, book.cancel, book.replace
        for kind, side, _, _, price, order_id, qty, owner in part:
            if kind == LIMIT:
                fills = limit(order_id, side, price, qty, owner)
            elif kind == CANCEL:
                cancel(order_id)
                continue
            elif kind == MARKET:
                fills = market(order_id, side, qty, owner)
            else:
                fills = replace(order_id, price, qty)
            if fills is not None:
                keep((order_id, fills))

    def result(self, flow: Flow) -> tuple[Rows, Rows]:  # noqa: ARG002
        return [(taker, *fill) for taker, fills in self.fills for fill in fills], _rests(self.book)


class BookByBatch:
    name, batch = "Book, whole batches", True

    def start(self, flow: Flow) -> None:  # noqa: ARG002
        self.book = Book(EXPECTED)
        self.fills: list[Any] = []
        self.outcomes = np.zeros(1 << 17, OUTCOME)

    def run(self, part: Any) -> None:
        self.fills.append(self.book.apply_batch(part, self.outcomes[: len(part)]))

    def result(self, flow: Flow) -> tuple[Rows, Rows]:  # noqa: ARG002
        return _trades(np.concatenate(self.fills)), _rests(self.book)


class Bourse:
    """bourse overwrites orders of one price and time, so its clock is set before each order."""

    name, batch = "bourse", False

    def __init__(self) -> None:
        from bourse.core import OrderBook  # type: ignore[import-not-found,unused-ignore]

        self._new_book = OrderBook
        self.name = f"bourse {version('bourse')}"

    def start(self, flow: Flow) -> None:
        self.book = self._new_book(0, 1)
        self.given = [0] * flow.ids
        self.now = 0

    def run(self, part: Any) -> None:
        book, given, now = self.book, self.given, self.now
        place, cancel, set_time = book.place_order, book.cancel_order, book.set_time
        for kind, side, _, _, price, order_id, qty, _ in part:
            if kind == CANCEL:
                cancel(given[order_id])
                continue
            if kind not in (LIMIT, MARKET):
                cancel(given[order_id])
            now += 1
            set_time(now)
            if kind == MARKET:
                given[order_id] = place(side == 0, qty, 0)
            else:
                given[order_id] = place(side == 0, qty, 0, price)
        self.now = now

    def result(self, flow: Flow) -> tuple[Rows, Rows]:
        bringing = flow.messages["kind"] != CANCEL
        ours = flow.messages["order_id"][bringing].tolist()  # bourse counts orders from 0
        fills: Rows = [
            (ours[a], ours[p], price, qty) for _, _, price, qty, a, p in self.book.get_trades()
        ]
        live: list[Any] = sorted(
            ((order[2], order) for order in self.book.get_orders() if order[1] == 1),
            key=lambda pair: pair[0],
        )
        rows: Rows = [(0 if o[0] else 1, o[6], ours[o[8]], o[4]) for _, o in live]
        rows.sort(key=lambda row: (row[0], row[1] if row[0] else -row[1]))
        return fills, rows


class CReference:
    """``reference.c`` beside this file, compiled by the system's ``cc``."""

    name, batch = "C reference", True

    def __init__(self) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise ImportError("there is no C compiler")
        source = Path(__file__).with_name("reference.c")
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "reference.so"
            command = [compiler, "-O3", "-shared", "-fPIC", "-o", str(target), str(source)]
            subprocess.run(command, check=True)  # noqa: S603
            library = ctypes.CDLL(str(target))
        pointer, count = ctypes.c_void_p, ctypes.c_int64
        self._new, self._free = library.book_new, library.book_free
        self._run, self._fills, self._dump = library.book_run, library.book_fills, library.book_dump
        self._new.restype, self._new.argtypes = pointer, [count, count, count]
        self._free.restype, self._free.argtypes = None, [pointer]
        self._run.restype, self._run.argtypes = count, [pointer, pointer, count, pointer]
        self._fills.restype, self._fills.argtypes = pointer, [pointer]
        self._dump.restype, self._dump.argtypes = count, [pointer, pointer]
        self.book = 0

    def start(self, flow: Flow) -> None:
        self.close()
        self.book = self._new(flow.prices, flow.ids, 2 * len(flow.messages))
        self.count = 0
        self.outcomes = np.zeros(1 << 17, OUTCOME)

    def run(self, part: Any) -> None:
        self.count = self._run(self.book, part.ctypes.data, len(part), self.outcomes.ctypes.data)

    def result(self, flow: Flow) -> tuple[Rows, Rows]:
        raw = ctypes.string_at(self._fills(self.book), self.count * FILL.itemsize)
        rows = np.zeros((flow.ids, 4), np.int64)
        resting = self._dump(self.book, rows.ctypes.data)
        fills = _trades(np.frombuffer(raw, FILL))
        self.close()
        return fills, [tuple(row) for row in rows[:resting].tolist()]

    def close(self) -> None:
        if self.book:
            self._free(self.book)
        self.book = 0


def _trades(fills: Messages) -> Rows:
    rows: Rows = fills[["taker_id", "maker_id", "price_ticks", "qty"]].tolist()
    return rows


def _rests(book: Book) -> Rows:
    rows: Rows = book.orders()[["side", "price_ticks", "order_id", "qty"]].tolist()
    return rows


def engines() -> tuple[list[Engine], list[str]]:
    """Those that can run here, ours first, and a sentence for each that can't."""
    found: list[Engine] = [BookByCalls(), BookByBatch()]
    missing = []
    for peer in (Bourse, CReference):
        try:
            found.append(peer())
        except (ImportError, PackageNotFoundError, subprocess.CalledProcessError, OSError) as error:
            missing.append(f"{peer.name} is left out: {error}")
    return found, missing
