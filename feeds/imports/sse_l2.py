"""Import of a Shanghai stock's day order by order: orders, trades and snapshots as CSV.

``orders.csv.gz``, ``trades.csv.gz`` and ``snapshots.csv.gz`` in one folder; docs/tapes.md tells the
columns.  ``BizIndex`` orders all orders, cancels and trades.  Whatever is wrong is reported with
file and line, and then nothing is imported: a day with one order missing is another day.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import Hours, Int64s, day_number, local_ns
from feeds.imports.opening import DEFAULT_LIMITS, Limits, opened
from feeds.imports.report import StopImportError
from feeds.imports.sse_l2_cells import (
    ORDERS_HEADER,
    SNAPSHOTS_HEADER,
    TRADES_HEADER,
    CellError,
    Fault,
    clock_ns,
    clock_second_ns,
    price_ticks,
    shares,
    turnover,
    whole_number,
)
from feeds.order_tape import (
    LEVELS,
    SNAPSHOTS,
    STREET,
    OrderTape,
    SnapshotPhase,
    StreetKind,
    with_id,
)
from feeds.street_check import NOBODY, StreetCheck, StreetFault
from feeds.tape import TapeId
from matching.instrument import Instrument
from matching.orders import Side

MOST_PROBLEMS = 10_000
MOST_LINE_CHARACTERS = 4_096
ORDERS, TRADES, PICTURES = "orders.csv.gz", "trades.csv.gz", "snapshots.csv.gz"

Progress = Callable[[int, int], None]
Cells = dict[str, str]
_Plan = tuple[str, tuple[str, ...], Callable[[int, Cells], None]]  # file, header, a line

_SIDES = {"B": Side.BUY, "S": Side.SELL}
_AGGRESSORS = {"B": int(Side.BUY), "S": int(Side.SELL), "N": NOBODY}
_ORDER_TYPES = {"A": StreetKind.ORDER, "D": StreetKind.CANCEL}


@dataclass(frozen=True, slots=True)
class SseFolder:
    """What the files do not say of themselves: instrument, day, what the tape is called, and what
    the session is (``session_terms``)."""

    name: str
    instrument: Instrument
    session: date
    source: str
    licence: str
    hours: Hours
    status: str = ""


class Problem(NamedTuple):
    """``line`` counts from 1, the header being line 1, 0 for the whole file."""

    file: str
    line: int
    code: StrEnum
    text: str


@dataclass(frozen=True, slots=True)
class SseResult:
    """``tape`` is None when anything was wrong.  ``refused`` counts lines; ``problems`` holds the
    first 10,000, ``problem_count`` all of them."""

    tape: OrderTape | None
    refused: int
    problems: tuple[Problem, ...]
    problem_count: int

    @property
    def rows(self) -> int:
        return self.tape.rows if self.tape else 0


class _Reader:
    """Collects rows and problems over the three files."""

    def __init__(self, folder: SseFolder) -> None:
        self.midnight_ns = local_ns(day_number(folder.session), 0, ZoneInfo(folder.hours.time_zone))
        self.street = array("q")
        self.origins: list[tuple[str, int]] = []  # file and line of each street row
        self.snapshots = array("q")
        self.reference_ticks = 0
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.refused = 0
        self._newest = {ORDERS: (-1, 0), TRADES: (-1, 0), PICTURES: (-1, 0)}

    def complain(self, file: str, line: int, code: StrEnum, text: str) -> None:
        self.problem_count += 1
        self.refused += line > 0
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(file, line, code, text[:80]))

    def follow(self, file: str, place: int, time_ns: int, cells: Cells) -> None:
        """Rows of one file come in order: CellError when this one does not."""
        before, at_ns = self._newest[file]
        if place < before or (place == before and file != PICTURES):
            fault = Fault.DUPLICATE_PLACE if place == before else Fault.OUT_OF_ORDER
            raise CellError(fault, ",".join(list(cells.values())[:10]))
        if time_ns < at_ns:
            raise CellError(Fault.TIME_RUNS_BACK, ",".join(list(cells.values())[:10]))
        self._newest[file] = (place, time_ns)

    def read_order(self, line: int, cells: Cells) -> None:
        kind = _ORDER_TYPES.get(cells["OrdType"])
        side = _SIDES.get(cells["Side"])
        row = [
            whole_number("BizIndex", cells["BizIndex"]),
            clock_ns("TransactTime", cells["TransactTime"]),
            whole_number("OrderNo", cells["OrderNo"]),
            price_ticks("Price", cells["Price"]),
            shares("OrderQty", cells["OrderQty"]),
        ]
        if kind is None:
            raise CellError(Fault.UNKNOWN_TYPE, f"OrdType={cells['OrdType']}")
        if side is None:
            raise CellError(Fault.UNKNOWN_SIDE, f"Side={cells['Side']}")
        place, time_ns, order_id, price, qty = row
        self.follow(ORDERS, place, time_ns, cells)
        at_ns = self.midnight_ns + time_ns
        self.street.extend((place, at_ns, kind, side, order_id, NOBODY, price, qty))
        self.origins.append((ORDERS, line))

    def read_trade(self, line: int, cells: Cells) -> None:
        row = [
            whole_number("BizIndex", cells["BizIndex"]),
            clock_ns("TransactTime", cells["TransactTime"]),
            whole_number("BidApplSeqNum", cells["BidApplSeqNum"]),
            whole_number("OfferApplSeqNum", cells["OfferApplSeqNum"]),
            price_ticks("LastPx", cells["LastPx"]),
            shares("LastQty", cells["LastQty"]),
        ]
        aggressor = _AGGRESSORS.get(cells["ExecType"])
        if aggressor is None:
            raise CellError(Fault.UNKNOWN_TYPE, f"ExecType={cells['ExecType']}")
        place, time_ns, buyer, seller, price, qty = row
        self.follow(TRADES, place, time_ns, cells)
        at_ns = self.midnight_ns + time_ns
        kind = StreetKind.TRADE
        self.street.extend((place, at_ns, kind, aggressor, buyer, seller, price, qty))
        self.origins.append((TRADES, line))

    def read_snapshot(self, _line: int, cells: Cells) -> None:
        phase = whole_number("TradingPhase", cells["TradingPhase"])
        time_ns = clock_second_ns("DataTimeStamp", cells["DataTimeStamp"])
        reference = price_ticks("PrevClosePx", cells["PrevClosePx"])
        counted = [
            whole_number("NumTrades", cells["NumTrades"]),
            shares("TotalVolumeTrade", cells["TotalVolumeTrade"], may_be_none=True),
            turnover("TotalValueTrade", cells["TotalValueTrade"]),
        ]
        words = ["LastPx", "OpenPx", "HighPx", "LowPx"]
        for side in ("Bid", "Ask"):
            words += [f"{side}Level[{k}].Price" for k in range(LEVELS)]
            words += [f"{side}Level[{k}].Qty" for k in range(LEVELS)]
        shown = [
            (shares if word.endswith("Qty") else price_ticks)(word, cells[word], may_be_none=True)
            for word in words
        ]
        if phase not in list(SnapshotPhase):
            raise CellError(Fault.UNKNOWN_PHASE, f"TradingPhase={phase}")
        self.follow(PICTURES, counted[0], time_ns, cells)
        if reference != (self.reference_ticks or reference):
            raise CellError(Fault.ANOTHER_REFERENCE, f"PrevClosePx={cells['PrevClosePx']}")
        self.reference_ticks = reference
        self.snapshots.extend((self.midnight_ns + time_ns, phase, *counted, *shown))


def import_sse_l2(
    path: Path, folder: SseFolder, progress: Progress | None = None, limits: Limits = DEFAULT_LIMITS
) -> SseResult:
    """Read the three files below ``path``; ``progress`` is called with (files done, 3).

    Every fault of the files is in the result.  OSError when one can't be opened for another reason
    than its absence.
    """
    reader = _Reader(folder)
    plans: tuple[_Plan, ...] = (
        (ORDERS, ORDERS_HEADER, reader.read_order),
        (TRADES, TRADES_HEADER, reader.read_trade),
        (PICTURES, SNAPSHOTS_HEADER, reader.read_snapshot),
    )
    for done, plan in enumerate(plans, 1):
        _read_file(reader, path, limits, plan)
        if progress:
            progress(done, len(plans))
    street, origins = _merged(reader)
    if not reader.problem_count:
        faults = StreetCheck().walk(street)
        for row in np.flatnonzero(faults).tolist():
            file, line = origins[row]
            fault = Fault(StreetFault(int(faults[row])).word)
            reader.complain(file, line, fault, _row_text(street, row))
    tape = None if reader.problem_count else _tape(reader, folder, street)
    return SseResult(tape, reader.refused, tuple(reader.problems), reader.problem_count)


def _merged(reader: _Reader) -> tuple[Int64s, list[tuple[str, int]]]:
    """Orders and trades in the market's order, with the line that each row came from."""
    street = np.array(reader.street, np.int64).reshape(-1, len(STREET)).T
    order = np.argsort(street[0], kind="stable")
    street = np.ascontiguousarray(street[:, order])
    origins = [reader.origins[k] for k in order.tolist()]
    for fault, broken in (
        (Fault.DUPLICATE_PLACE, np.diff(street[0]) == 0),
        (Fault.TIME_RUNS_BACK, np.diff(street[1]) < 0),
    ):
        for row in (np.flatnonzero(broken) + 1).tolist():
            file, line = origins[row]
            reader.complain(file, line, fault, _row_text(street, row))
    if not len(origins) and not reader.problem_count:
        reader.complain(ORDERS, 0, Fault.NO_ORDERS, "")
    if not reader.reference_ticks and not reader.problem_count:
        reader.complain(PICTURES, 0, Fault.NO_REFERENCE, "no snapshot tells the previous close")
    return street, origins


def _row_text(street: Int64s, row: int) -> str:
    words = (f"{name}={value}" for name, value in zip(STREET, street[:, row], strict=True))
    return " ".join(word for word in words if not word.startswith("time"))


def _tape(reader: _Reader, folder: SseFolder, street: Int64s) -> OrderTape:
    snapshots = np.array(reader.snapshots, np.int64).reshape(-1, len(SNAPSHOTS)).T
    return with_id(
        OrderTape(
            tape_id=TapeId(""),
            name=folder.name,
            source=folder.source,
            licence=folder.licence,
            origin="",
            hours=folder.hours,
            instrument=folder.instrument,
            session=folder.session,
            reference_ticks=reader.reference_ticks,
            street=street,
            snapshots=np.ascontiguousarray(snapshots),
            status=folder.status,
        )
    )


def _read_file(reader: _Reader, folder: Path, limits: Limits, plan: _Plan) -> None:
    file = plan[0]
    try:
        with opened(folder / file, limits) as parts:
            for part in parts:
                _read_lines(reader, io.TextIOWrapper(part.stream, "utf-8", newline=""), plan)
    except UnicodeDecodeError as error:
        reader.complain(file, 0, Fault.NOT_TEXT, str(error))
    except StopImportError as stop:
        reader.complain(file, 0, stop.problem.code, stop.problem.text)


def _read_lines(reader: _Reader, text: io.TextIOBase, plan: _Plan) -> None:
    file, header, read = plan
    lines = _lines(text)
    words = _cells(next(lines, ""))
    if not words:
        reader.complain(file, 0, Fault.EMPTY_FILE, "")
        return
    if tuple(words) != header:
        differing = sorted({*words} ^ {*header}) or ["the order of the columns"]
        reader.complain(file, 0, Fault.WRONG_HEADER, ", ".join(differing))
        return
    for number, line in enumerate(lines, 2):
        if line.isspace():
            continue
        cells = _cells(line)
        if cells is None:
            reader.complain(file, number, Fault.NOT_CSV, line)
        elif len(cells) != len(header):
            reader.complain(file, number, Fault.WRONG_NUMBER_OF_CELLS, line.strip())
        else:
            try:
                read(number, dict(zip(header, cells, strict=True)))
            except CellError as error:
                reader.complain(file, number, error.fault, error.text)


def _lines(text: io.TextIOBase) -> Iterator[str]:
    """Lines; of an overlong one only the beginning, which is no CSV then."""
    while line := text.readline(MOST_LINE_CHARACTERS):
        yield line
        while len(line) == MOST_LINE_CHARACTERS and not line.endswith("\n"):
            line = text.readline(MOST_LINE_CHARACTERS)


def _cells(line: str) -> list[str] | None:
    """The cells of one line; None when it is no CSV."""
    if len(line) == MOST_LINE_CHARACTERS:
        return None
    try:
        return next(csv.reader((line,), strict=True), [])
    except csv.Error:
        return None
