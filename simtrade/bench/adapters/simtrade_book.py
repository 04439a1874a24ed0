"""Our book as an adapter of the peers' comparison (``simtrade bench matching --bench-dir DIR``).

Loaded by DIR/compare.py, which provides ``adapter`` and ``contract``: they are no packages of ours.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from matching.book import CANCEL, LIMIT, MARKET, MESSAGE, STAY, Book

_adapter: Any = import_module("adapter")
_contract: Any = import_module("contract")
_Base: Any = _adapter.Adapter

# Their codes of an operation, in their order: limit, market, cancel, replace.  Their replace
# always loses its place, ours keeps it for a smaller quantity: so it is a cancel and a limit here.
_KINDS = np.array([LIMIT, MARKET, CANCEL, LIMIT], np.uint8)
_REPLACE = 3
_EXPECTED = 1 << 15  # orders that rest at once at most, the hint their prototypes get too


def _resting(book: Book) -> Any:
    found = book.orders()
    rows = [found["side"], found["price_ticks"], found["order_id"], found["qty"]]
    return np.column_stack([row.astype(np.int64) for row in rows])


class Calls(_Base):  # type: ignore[misc]
    name, group, dist = "simtrade book, one call a message", "ours", "numba"

    def setup(self) -> None:
        self.book = Book(_EXPECTED)
        self.out: list[tuple[int, Any]] = []

    def bind(self) -> None:
        book = self.book
        self.fns = book.limit, book.market, book.cancel

    def run(self, part: Any) -> None:
        limit, market, cancel = self.fns
        keep = self.out.append
        for operation, side, order_id, price, qty in zip(*part.lists, strict=True):
            if operation == 0:
                fills = limit(order_id, side, price, qty)
            elif operation == 2:
                cancel(order_id)
                continue
            elif operation == 1:
                fills = market(order_id, side, qty)
            else:
                cancel(order_id)
                fills = limit(order_id, side, price, qty)
            if fills is not None:
                keep((order_id, fills))

    def result(self) -> Any:
        rows = [(taker, *fill) for taker, fills in self.out for fill in fills]
        return _contract.Result(_contract.trades_array(rows), _resting(self.book))


class Batch(_Base):  # type: ignore[misc]
    name, group, dist, mode = "simtrade book, whole batches", "ours", "numba", "batch"

    def setup(self) -> None:
        self.book = Book(_EXPECTED)
        self.out: list[Any] = []

    def prepare(self, part: Any) -> None:
        """Pack the part as it would come off a wire: untimed, like the peers' arrays."""
        replaced = part.op == _REPLACE
        row = np.repeat(np.arange(len(part)), 1 + replaced)
        first = np.concatenate([[True], row[1:] != row[:-1]])
        messages = np.zeros(len(row), MESSAGE)
        messages["kind"] = np.where(replaced[row] & first, CANCEL, _KINDS[part.op[row]])
        messages["side"] = part.side[row]
        messages["price_ticks"] = part.price[row]
        messages["order_id"] = part.oid[row]
        messages["qty"] = part.qty[row]
        messages["time_in_force"] = STAY
        self.messages = messages

    def run(self, part: Any) -> None:  # noqa: ARG002
        self.out.append(self.book.apply_batch(self.messages))

    def result(self) -> Any:
        fills = np.concatenate(self.out)
        rows = [fills["taker_id"], fills["maker_id"], fills["price_ticks"], fills["qty"]]
        trades = np.column_stack([row.astype(np.int64) for row in rows])
        return _contract.Result(trades, _resting(self.book))


ALL = [Calls, Batch]
