"""A Shanghai day order by order at the speed of its files, in little memory.

The fast twin of ``sse_l2``: it takes a day in which everything is as it must be, and makes the same
tape of it.  At the first thing that is not it gives up, and the other one says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s, day_number, local_ns
from feeds.imports.importer import Job
from feeds.imports.number_rows import DIGITS, LETTERS, OPTIONAL, letters, number_rows
from feeds.imports.opening import Part
from feeds.imports.report import StopImportError
from feeds.imports.sse_l2 import ORDERS, PICTURES, TRADES, SseFolder
from feeds.imports.sse_l2_cells import ORDERS_HEADER, SNAPSHOTS_HEADER, TRADES_HEADER
from feeds.order_store import OrderFacts
from feeds.order_tape import (
    LEVELS,
    SNAPSHOTS,
    STREET,
    OrderTape,
    SnapshotPhase,
    StreetKind,
)
from feeds.order_writer import OrderWriter, blank
from feeds.street_check import NOBODY
from feeds.tape import TapeError, TapeId
from matching.orders import Side

_ORDER = (OPTIONAL, DIGITS, OPTIONAL, OPTIONAL, DIGITS, LETTERS, LETTERS, DIGITS, DIGITS, DIGITS)
_TRADE = (OPTIONAL, DIGITS, OPTIONAL, OPTIONAL, DIGITS, DIGITS, DIGITS, DIGITS, LETTERS, DIGITS)
_PICTURE = (
    *(OPTIONAL, DIGITS, DIGITS, OPTIONAL),
    *([DIGITS] * 8),
    *([OPTIONAL] * 4),
    *([DIGITS] * (4 * LEVELS)),
)
_KINDS = {letters("A"): int(StreetKind.ORDER), letters("D"): int(StreetKind.CANCEL)}
_SIDES = {letters("B"): int(Side.BUY), letters("S"): int(Side.SELL)}
_TAKERS = {**_SIDES, letters("N"): NOBODY}
_TICK, _SHARE, _VALUE = 10, 1000, 1000  # of the file in one of ours
_HUNDREDTH_NS = 10_000_000
_UNKNOWN = -9


class IrregularError(Exception):
    """A day that is not as it must be; ``rows`` were good before it."""

    def __init__(self, file: str, line: int, text: str, rows: int) -> None:
        super().__init__(file, line, text)
        self.file, self.line, self.text, self.rows = file, line, text, rows


def write_sse(job: Job, folder: SseFolder) -> tuple[TapeId, OrderFacts]:
    """Read the three files of a folder and write their tape below ``job.root``.  IrregularError
    when anything in them, or of the files themselves, is not as it must be."""
    head = OrderTape(
        TapeId(""), folder.name, folder.source, folder.licence, "", folder.hours,
        folder.instrument, folder.session, 0, blank(STREET), blank(SNAPSHOTS), folder.status,
    )  # fmt: skip
    midnight = local_ns(day_number(folder.session), 0, ZoneInfo(folder.hours.time_zone))
    day = _Day(job, midnight)
    with OrderWriter(job.root, head) as writer:
        try:
            for rows in day.merged():
                if writer.take(rows).any():
                    raise day.irregular(ORDERS, 0, "a row does not follow from those before")
            reference = 0
            for shown, close in day.pictures():
                if reference not in (0, close):
                    raise day.irregular(PICTURES, 0, "another previous close")
                reference = close
                writer.show(shown)
            writer.head = replace(head, reference_ticks=reference)
            facts = writer.facts
            return writer.finish(), facts
        except (TapeError, StopImportError) as error:
            raise day.irregular(job.wanted.path.name, 0, str(error)) from error


@dataclass(slots=True)
class _Day:
    """The files of one folder as rows."""

    job: Job
    midnight_ns: int
    rows: int = 0

    def irregular(self, file: str, line: int, text: str) -> IrregularError:
        return IrregularError(file, line, text, self.rows)

    def merged(self) -> Iterator[Int64s]:
        """Rows of orders and trades by the market's own number."""
        sources = [self._orders(), self._trades()]
        held = [next(one, None) for one in sources]
        while any(one is not None for one in held):
            ends = [int(one[0, -1]) for one in held if one is not None]
            end = min(ends)
            taken = []
            for k, own in enumerate(held):
                if own is None:
                    continue
                cut = int(np.searchsorted(own[0], end, side="right"))
                taken.append(own[:, :cut])
                held[k] = own[:, cut:] if cut < own.shape[1] else next(sources[k], None)
            rows = np.concatenate(taken, axis=1)
            rows = rows[:, np.argsort(rows[0], kind="stable")]
            self.rows += rows.shape[1]
            yield rows

    @contextmanager
    def _values(
        self, file: str, header: tuple[str, ...], kinds: tuple[int, ...]
    ) -> Iterator[Iterator[tuple[Int64s, Int64s]]]:
        """Cells and line numbers of a file whose header is as it must be."""
        with self.job.parts(self.job.wanted.path / file) as parts:
            yield self._cells(next(parts), file, header, kinds)

    def _cells(
        self, part: Part, file: str, header: tuple[str, ...], kinds: tuple[int, ...]
    ) -> Iterator[tuple[Int64s, Int64s]]:
        first = part.stream.readline(1 << 16).decode("utf-8", "replace").rstrip("\r\n")
        if first != ",".join(header):
            raise self.irregular(file, 1, "another header")
        for rows in number_rows(part, kinds):
            for line, fault, text in rows.bad:
                raise self.irregular(file, line + 1, f"{fault}: {text}")
            if len(rows.values):
                yield rows.values, rows.lines + 1

    def _check(self, file: str, lines: Int64s, bad: NDArray[np.bool_]) -> None:
        if bad.any():
            line = int(lines[np.flatnonzero(bad)[0]])
            raise self.irregular(file, line, "a cell that can't be used")

    def _orders(self) -> Iterator[Int64s]:
        newest = (-1, 0)
        with self._values(ORDERS, ORDERS_HEADER, _ORDER) as blocks:
            for cells, lines in blocks:
                kind, side = _mapped(cells[:, 5], _KINDS), _mapped(cells[:, 6], _SIDES)
                price, qty, at_ns, bad = _amounts(cells[:, 7], cells[:, 8], cells[:, 9])
                back, newest = _runs_back(cells[:, 1], at_ns, newest)
                self._check(ORDERS, lines, bad | back | (kind == _UNKNOWN) | (side == _UNKNOWN))
                nobody = np.full(len(cells), NOBODY)
                when = self.midnight_ns + at_ns
                yield np.stack((cells[:, 1], when, kind, side, cells[:, 4], nobody, price, qty))

    def _trades(self) -> Iterator[Int64s]:
        newest = (-1, 0)
        with self._values(TRADES, TRADES_HEADER, _TRADE) as blocks:
            for cells, lines in blocks:
                taker = _mapped(cells[:, 8], _TAKERS)
                price, qty, at_ns, bad = _amounts(cells[:, 6], cells[:, 7], cells[:, 9])
                back, newest = _runs_back(cells[:, 1], at_ns, newest)
                self._check(TRADES, lines, bad | back | (taker == _UNKNOWN))
                kind = np.full(len(cells), int(StreetKind.TRADE))
                when = self.midnight_ns + at_ns
                told = (cells[:, 1], when, kind, taker, cells[:, 4], cells[:, 5], price, qty)
                yield np.stack(told)

    def pictures(self) -> Iterator[tuple[Int64s, int]]:
        """Rows of snapshots, and the previous close that all of them tell."""
        newest = (0, 0)
        with self._values(PICTURES, SNAPSHOTS_HEADER, _PICTURE) as blocks:
            for cells, lines in blocks:
                at_ns, bad = _clock(cells[:, 1] * 100)
                levels = cells[:, -4 * LEVELS :].reshape(len(cells), 2, LEVELS, 2)
                prices = (*cells[:, 7:12].T, *levels[..., 0].reshape(len(cells), -1).T)
                sizes = (cells[:, 5], *levels[..., 1].reshape(len(cells), -1).T)
                for scale, columns in ((_TICK, prices), (_SHARE, sizes), (_VALUE, [cells[:, 6]])):
                    for column in columns:
                        bad |= column % scale != 0
                bad |= ~np.isin(cells[:, 2], list(SnapshotPhase)) | (cells[:, 7] == 0)
                bad |= cells[:, 7] != cells[0, 7]
                back, newest = _runs_back(cells[:, 4], at_ns, newest, equal=True)
                self._check(PICTURES, lines, bad | back)
                shown = [column // _TICK for column in cells[:, 8:12].T]
                for side in range(2):
                    shown += list((levels[:, side, :, 0] // _TICK).T)
                    shown += list((levels[:, side, :, 1] // _SHARE).T)
                totals = (cells[:, 4], cells[:, 5] // _SHARE, cells[:, 6] // _VALUE)
                when = self.midnight_ns + at_ns
                yield np.stack((when, cells[:, 2], *totals, *shown)), int(cells[0, 7] // _TICK)


def _mapped(values: Int64s, known: dict[int, int]) -> Int64s:
    found = np.full(len(values), _UNKNOWN)
    for word, meaning in known.items():
        found[values == word] = meaning
    return found


def _amounts(
    price: Int64s, qty: Int64s, clock: Int64s
) -> tuple[Int64s, Int64s, Int64s, NDArray[np.bool_]]:
    """Ticks, shares and nanoseconds since midnight, and where they are none."""
    at_ns, bad = _clock(clock)
    bad |= (price % _TICK != 0) | (qty % _SHARE != 0)
    return price // _TICK, qty // _SHARE, at_ns, bad


def _clock(digits: Int64s) -> tuple[Int64s, NDArray[np.bool_]]:
    """``HMMSScc`` as nanoseconds since midnight."""
    whole, part = digits // 100, digits % 100
    hour, minute, second = whole // 10_000, whole // 100 % 100, whole % 100
    bad: NDArray[np.bool_] = (hour > 23) | (minute > 59) | (second > 59)
    at_ns = ((hour * 60 + minute) * 60 + second) * 10**9 + part * _HUNDREDTH_NS
    return at_ns, bad


def _runs_back(
    place: Int64s, at_ns: Int64s, newest: tuple[int, int], *, equal: bool = False
) -> tuple[NDArray[np.bool_], tuple[int, int]]:
    """Where numbers or times go back against the row before, and the newest of both."""
    steps = np.diff(np.concatenate(([newest[0]], place)))
    back: NDArray[np.bool_] = (steps < 0) if equal else (steps <= 0)
    back |= np.diff(np.concatenate(([newest[1]], at_ns))) < 0
    return back, (int(place[-1]), int(at_ns[-1]))
