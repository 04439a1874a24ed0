"""An invented piece of a Nasdaq day as LOBSTER writes it: messages of what is in view, and rows.

The market is a plain list of orders: nothing here shares a line with what is tested.
"""

from __future__ import annotations

import gzip
import random
from pathlib import Path

LEVELS = 3
NAME = "TEST_2012-06-21_34200000_57600000_{}_3.csv"
Order = list[int]  # number, side (1 buys, -1 sells), price in cents, size


class LobsterDay:
    """``messages`` and ``rows`` are the lines of the two files."""

    def __init__(self, seed: int = 1, steps: int = 300) -> None:
        self._draw = random.Random(seed)
        self._orders: list[Order] = []
        self._number = 100
        self.messages: list[str] = []
        self.rows: list[str] = []
        for k in range(60 + steps):
            self._step(k, told=k >= 60)

    def levels(self, side: int) -> list[tuple[int, int]]:
        sizes: dict[int, int] = {}
        for _, own, price, size in self._orders:
            if own == side:
                sizes[price] = sizes.get(price, 0) + size
        return sorted(sizes.items(), key=lambda one: -side * one[0])

    def _best(self, side: int) -> int:
        levels = self.levels(side)
        return levels[0][0] if levels else 1_000 - side

    def _step(self, k: int, *, told: bool) -> None:
        before = self._row()
        message = self._change()
        at = f"{34_200 + k}.{k:09}"
        if told and (self._row() != before or message[0] == 5):
            self.messages.append(",".join(map(str, (at, *message))))
            self.rows.append(self._row())

    def _change(self) -> tuple[int, ...]:
        draw = self._draw
        kind = draw.choice((1, 1, 1, 1, 2, 3, 3, 4, 5))
        if kind == 1 or len(self._orders) < 12:
            return self._add()
        if kind == 5:
            side = draw.choice((1, -1))
            return (5, 0, draw.randint(1, 9), self._best(side) * 100 + 50, side)
        if kind == 4:
            side = draw.choice((1, -1))
            queue = [one for one in self._orders if one[1] == side and one[2] == self._best(side)]
            order = queue[0]
        else:
            order = draw.choice(self._orders)
        size = order[3] if kind == 3 else draw.randint(1, order[3])
        if kind == 2 and size == order[3]:
            kind = 3
        order[3] -= size
        self._orders = [one for one in self._orders if one[3]]
        return (kind, order[0], size, order[2] * 100, order[1])

    def _add(self) -> tuple[int, ...]:
        side = self._draw.choice((1, -1))
        price = self._best(-side) - side * self._draw.randint(1, 6)
        self._number += self._draw.randint(1, 5)
        size = self._draw.randint(1, 5) * 10
        self._orders.append([self._number, side, price, size])
        return (1, self._number, size, price * 100, side)

    def _row(self) -> str:
        sides = [self.levels(side)[:LEVELS] for side in (-1, 1)]
        cells: list[int] = []
        for k in range(LEVELS):
            for levels, none in zip(sides, (9_999_999_999, -9_999_999_999), strict=True):
                price, size = levels[k] if k < len(levels) else (0, 0)
                cells += [price * 100 or none, size]
        return ",".join(map(str, cells))

    def write(
        self, folder: Path, messages: list[str] | None = None, rows: list[str] | None = None
    ) -> Path:
        """The two files below ``folder``, with other lines where given."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {"message": messages or self.messages, "orderbook": rows or self.rows}
        for word, lines in told.items():
            text = "".join(f"{line}\n" for line in lines)
            (folder / f"{NAME.format(word)}.gz").write_bytes(gzip.compress(text.encode()))
        return folder
