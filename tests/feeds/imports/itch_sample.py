"""An invented Nasdaq day in ITCH 5.0, written field by field, with what it means as plain rows."""

from __future__ import annotations

import random
import struct

MIDNIGHT = 0
OPEN_NS = 34_200 * 10**9
ORDER, CANCEL, TRADE, NOBODY = 0, 1, 2, -1
# Places of the fields in their messages, as the specification lists them.
_FORMATS = {
    "S": ">c", "R": ">8sccIcc2scccccIc", "H": ">8sc1s4s", "A": ">QcI8sI", "F": ">QcI8sI4s",
    "E": ">QIQ", "C": ">QIQcI", "X": ">QI", "D": ">Q", "U": ">QQII", "P": ">QcI8sIQ",
    "Q": ">Q8sIQc", "B": ">Q", "I": ">QQc8sIIIcc", "Y": ">8sc",
}  # fmt: skip


def message(kind: str, locate: int, at_ns: int, *fields: object) -> bytes:
    """One message behind its length."""
    head = kind.encode() + struct.pack(">HH", locate, 0) + at_ns.to_bytes(6, "big")
    body = head + struct.pack(_FORMATS[kind], *fields)
    return struct.pack(">H", len(body)) + body


def stock(symbol: str) -> bytes:
    return symbol.ljust(8).encode()


def directory(locate: int, symbol: str, at_ns: int = 10**9) -> bytes:
    fields = (b"Q", b"N", 100, b"N", b"C", b"Z ", b"P", b"N", b"N", b"1", b"N", 0, b"N")
    return message("R", locate, at_ns, stock(symbol), *fields)


class ItchDay:
    """``data`` is the file; ``rows`` of each share are (ns since midnight, kind, side, order,
    other, price, qty)."""

    def __init__(self, symbols: tuple[str, ...] = ("AAA", "BBB"), seed: int = 1, steps: int = 400):
        self._draw = random.Random(seed)
        self._symbols = symbols
        self._standing: dict[int, list[int]] = {}  # number: share, side, price, left
        self._number = 1_000
        self.rows: dict[str, list[tuple[int, ...]]] = {one: [] for one in symbols}
        parts = [message("S", 0, 5, b"O")]
        parts += [directory(k + 1, symbol) for k, symbol in enumerate(symbols)]
        parts.append(message("H", 1, 2 * 10**9, stock(symbols[0]), b"T", b" ", b"    "))
        self.at_ns = OPEN_NS
        for _ in range(steps):
            self.at_ns += self._draw.randint(0, 10**8)
            parts.append(self._step())
        parts.append(message("S", 0, self.at_ns + 1, b"C"))
        self.parts = parts

    @property
    def data(self) -> bytes:
        return b"".join(self.parts)

    def _tell(self, share: int, *row: int) -> None:
        self.rows[self._symbols[share]].append((self.at_ns, *row))

    def _step(self) -> bytes:
        draw = self._draw
        kind = draw.choice("AAAFECCXDUPQIYB")
        share = draw.randrange(len(self._symbols))
        name = stock(self._symbols[share])
        if kind in "AF" or (kind in "ECXDU" and not self._standing):
            return self._add(kind if kind in "AF" else "A", share, name)
        if kind == "P":
            price, qty = draw.randint(9_900, 10_100) * 50, draw.randint(1, 300)
            self._tell(share, TRADE, NOBODY, NOBODY, NOBODY, price, qty)
            return message("P", share + 1, self.at_ns, 0, b"B", qty, name, price, 77)
        if kind == "Q":
            qty = draw.choice((0, 5_000))
            if qty:
                self._tell(share, TRADE, NOBODY, NOBODY, NOBODY, 1_000_000, qty)
            return message("Q", share + 1, self.at_ns, qty, name, 1_000_000, 78, b"O")
        if kind == "I":
            return message("I", share + 1, self.at_ns, 1, 1, b"B", name, 1, 1, 1, b"O", b"L")
        if kind == "Y":
            return message("Y", share + 1, self.at_ns, name, b"0")
        if kind == "B":
            return message("B", share + 1, self.at_ns, 78)
        return self._leave(kind)

    def _add(self, kind: str, share: int, name: bytes) -> bytes:
        draw, side = self._draw, self._draw.randrange(2)
        self._number += draw.randint(1, 9)
        price, qty = draw.randint(9_900, 10_100) * 100, draw.randint(1, 500)
        self._standing[self._number] = [share, side, price, qty]
        self._tell(share, ORDER, side, self._number, NOBODY, price, qty)
        fields = (self._number, b"BS"[side : side + 1], qty, name, price)
        mpid = (b"MPID",) if kind == "F" else ()
        return message(kind, share + 1, self.at_ns, *fields, *mpid)

    def _leave(self, kind: str) -> bytes:
        draw = self._draw
        number = draw.choice(list(self._standing))
        share, side, price, left = self._standing[number]
        qty = left if kind in "DU" else draw.randint(1, left)
        self._standing[number][3] -= qty
        if qty == left:
            del self._standing[number]
        parties = (number, NOBODY) if side == 0 else (NOBODY, number)
        told = (share + 1, self.at_ns, number)
        if kind == "E":
            self._tell(share, TRADE, 1 - side, *parties, price, qty)
            return message("E", *told, qty, 79)
        if kind == "C":
            printed, paid = draw.choice((b"Y", b"N")), price + draw.choice((0, 50))
            if printed == b"Y" and paid == price:
                self._tell(share, TRADE, 1 - side, *parties, price, qty)
            else:
                self._tell(share, CANCEL, side, number, NOBODY, price, qty)
                if printed == b"Y":
                    self._tell(share, TRADE, 1 - side, NOBODY, NOBODY, paid, qty)
            return message("C", *told, qty, 80, printed, paid)
        self._tell(share, CANCEL, side, number, NOBODY, price, qty)
        if kind == "X":
            return message("X", *told, qty)
        if kind == "D":
            return message("D", *told)
        self._number += 1
        new = [share, side, price + 100, 7]
        self._standing[self._number] = new
        self._tell(share, ORDER, side, self._number, NOBODY, new[2], 7)
        return message("U", *told, self._number, 7, new[2])
