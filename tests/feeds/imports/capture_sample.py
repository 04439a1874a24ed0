"""Recorded connections, invented: a market of one pair and what its venue said of it."""

from __future__ import annotations

import json
import random
from typing import Any

START_NS = 1_723_161_253_000_000_000
Book = dict[int, dict[int, int]]  # side (1 buys): price in cents: thousandths of a coin


class CoinDay:
    """``lines`` as a collector writes them; ``books`` the ten best levels after each change from
    the snapshot on, prices first."""

    def __init__(
        self, *, futures: bool = False, lost: frozenset[int] = frozenset(), again: int = -1
    ) -> None:
        """``lost`` changes are not in the recording, ``again`` is when a second snapshot is."""
        self._draw = random.Random(3)
        self._futures = futures
        self._update, self._previous, self._trade = 1_000, 1_000, 50
        self._book: Book = {1: {100_00 - k: 500 + k for k in range(15)},
                            -1: {100_03 + k: 700 + k for k in range(15)}}  # fmt: skip
        self.lines: list[str] = []
        self.books: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]] = []
        self.trades = 0
        for k in range(60):
            self.at_ms = START_NS // 10**6 + 1_300 + 100 * k  # its clock is ahead of ours
            change = self._change()
            self._say(self._quote())
            if k not in lost:
                self._say(change)
                if k >= 3:
                    self.books.append((self.levels(1), self.levels(-1)))
            if k in (2, again):
                self._say(self._snapshot(), wrap=False)

    def levels(self, side: int) -> list[tuple[int, int]]:
        found = sorted(self._book[side].items(), reverse=side == 1)
        return found[:10]

    def _say(self, message: dict[str, Any], *, wrap: bool = True) -> None:
        told = {"stream": "x", "data": message} if wrap else message
        self.lines.append(f"{START_NS + len(self.lines) * 10**7} {json.dumps(told)}")

    def _rows(self, levels: list[tuple[int, int]]) -> list[list[str]]:
        return [[f"{price / 100:.8f}", f"{qty / 1000:.8f}"] for price, qty in levels]

    def _change(self) -> dict[str, Any]:
        draw, told = self._draw, {1: {}, -1: {}}
        first = self._update + 1
        for _ in range(draw.randint(1, 4)):
            side = draw.choice((1, -1))
            best = max(self._book[1]) if side == 1 else min(self._book[-1])
            price = best - side * draw.randint(-1, 9)
            crossing = price >= min(self._book[-1]) if side == 1 else price <= max(self._book[1])
            qty = 0 if draw.random() < 0.4 and len(self._book[side]) > 12 else draw.randint(1, 900)
            if crossing:
                continue
            self._update += 1
            told[side][price] = qty
            self._book[side].pop(price, None)
            if qty:
                self._book[side][price] = qty
        self._update = max(self._update, first)
        if draw.random() < 0.3:
            self._say(self._print())
        message = {
            "e": "depthUpdate", "E": self.at_ms, "s": "ABCUSDT", "U": first, "u": self._update,
            "b": self._rows(list(told[1].items())), "a": self._rows(list(told[-1].items())),
        }  # fmt: skip
        if self._futures:
            message |= {"pu": self._previous, "T": self.at_ms}
            self._previous = self._update
            self._update += draw.randint(0, 3)  # numbers of other pairs
        return message

    def _print(self) -> dict[str, Any]:
        self._trade += 1
        self.trades += 1
        return {
            "e": "trade", "E": self.at_ms, "T": self.at_ms, "s": "ABCUSDT", "t": self._trade,
            "p": "100.01000000", "q": "0.00500000", "m": self._trade % 2 == 0, "M": True,
        }  # fmt: skip

    def _quote(self) -> dict[str, Any]:
        (bid, bid_qty), (ask, ask_qty) = self.levels(1)[0], self.levels(-1)[0]
        return {
            "u": self._previous if self._futures else self._update,
            "s": "ABCUSDT", "b": f"{bid / 100:.8f}", "B": f"{bid_qty / 1000}",
            "a": f"{ask / 100:.8f}", "A": f"{ask_qty / 1000}",
        }  # fmt: skip

    def _snapshot(self) -> dict[str, Any]:
        whole = [self._rows(list(self._book[side].items())) for side in (1, -1)]
        return {"lastUpdateId": self._update, "bids": whole[0], "asks": whole[1]}
