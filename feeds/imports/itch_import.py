"""The format itch: some shares of a Nasdaq day, a tape of orders each."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import Int64s, day_number, local_ns, time_of
from feeds.imports.importer import Job, Made, WantedError
from feeds.imports.itch import MOST_SYMBOLS, ItchReader
from feeds.imports.opening import Part
from feeds.imports.order_head import order_head
from feeds.imports.report import FileFault, StopImportError
from feeds.order_tape import OrderTape, StreetKind
from feeds.order_writer import OrderWriter
from feeds.street_check import StreetFault
from feeds.us_shares import us_share

_CHUNK_BYTES = 1 << 20
_TIME_ZONE = "America/New_York"
_SYMBOL = re.compile(r"[A-Z][A-Z0-9.+\-=*#^~!$%]{0,7}")
# 01302019.NASDAQ_ITCH50.gz, S081321-v50.txt.gz, 20190130.BX_ITCH_50.gz
_DAYS = (
    (re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)"), 0),
    (re.compile(r"(?<!\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?P<y>20\d\d)(?!\d)"), 0),
    (re.compile(r"(?<!\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?P<y>\d\d)(?!\d)"), 2000),
)


class _Fault(StrEnum):
    """The faults of messages and rows by their words."""

    UNKNOWN_TYPE = "unknown_type"
    WRONG_LENGTH = "wrong_length"
    NOT_A_TIME = "not_a_time"
    TIME_RUNS_BACK = "time_runs_back"
    UNKNOWN_SIDE = "unknown_side"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"
    DUPLICATE_ORDER = "duplicate_order"
    UNKNOWN_ORDER = "unknown_order"
    MORE_THAN_RESTS = "more_than_rests"
    ANOTHER_PRICE = "another_price"


def import_itch(job: Job) -> tuple[Made, ...]:
    """Import the shares of ``--symbol`` (several with commas) from one file.

    A message that can't be used stops the import: with one order missing the queues are others.
    """
    symbols = _symbols(job.wanted.symbol)
    session = job.wanted.session or _day(job.wanted.path.name)
    with ExitStack() as stack:
        shares = [
            _Share(stack.enter_context(OrderWriter(job.root, _head(job, symbol, session, symbols))))
            for symbol in symbols
        ]
        midnight = local_ns(day_number(session), 0, ZoneInfo(_TIME_ZONE))
        reader = ItchReader(symbols)
        with job.parts() as parts:
            for part in parts:
                _read(part, reader, shares, midnight)
        _check(reader, symbols, shares, job.wanted.path.name)
        return tuple(share.made(reader) for share in shares)


def _symbols(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    if not all(_SYMBOL.fullmatch(word) for word in found):
        raise WantedError("Which shares? Give them with --symbol, as AAPL or AAPL,MSFT.")
    if len(found) > MOST_SYMBOLS:
        raise WantedError(f"At most {MOST_SYMBOLS} shares at once, not {len(found)}.")
    return found


def _head(job: Job, symbol: str, session: date, symbols: tuple[str, ...]) -> OrderTape:
    """The facts of one share's tape; its symbol is part of a name that was said for several."""
    name = job.wanted.name
    if name and len(symbols) > 1:
        name += "_" + re.sub(r"[^a-z0-9]+", "_", symbol.lower())
    own = replace(job, wanted=replace(job.wanted, name=name))
    share = us_share(symbol, "XNAS", job.wanted.board or "main")
    return order_head(own, share, session, f"{symbol} {session:%Y%m%d}")


def _day(name: str) -> date:
    for pattern, century in _DAYS:
        found = pattern.search(name)
        if found:
            try:
                return date(century + int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                continue
    raise WantedError("Which day is it? Give it with --session, as 2019-01-30.")


class _Share:
    """One share on its way into its tape."""

    def __init__(self, writer: OrderWriter) -> None:
        self.writer = writer
        self.first_ticks = 0

    def take(self, file: str, message: int, rows: Int64s, midnight_ns: int) -> None:
        """Rows of one batch; ``message`` is the number of its last one."""
        street = np.concatenate((np.zeros((1, rows.shape[1]), np.int64), rows[:7]))
        street[0] = np.arange(self.writer.rows + 1, self.writer.rows + 1 + rows.shape[1])
        street[1] += midnight_ns
        trades = np.flatnonzero(street[2] == StreetKind.TRADE)
        if len(trades) and not self.first_ticks:
            self.first_ticks = int(street[6, trades[0]])
        faults = self.writer.take(street)
        for row in np.flatnonzero(faults)[:1].tolist():
            word = StreetFault(int(faults[row])).word
            said = f"order {street[4, row]} or {street[5, row]}"
            raise StopImportError(file, message, _Fault(word), said)

    def made(self, reader: ItchReader) -> Made:
        writer = self.writer
        writer.head = replace(writer.head, reference_ticks=self.first_ticks)
        facts = writer.facts
        tape_id = writer.finish()
        zone = writer.head.hours.time_zone
        first, last = (time_of(one, zone).isoformat() for one in facts.span_ns)
        notes = ["The previous close is not told: the price of the first trade stands for it."]
        if not reader.ended:
            notes.append("The day does not say that it is over: the recording may break off.")
        if reader.halts or reader.broken:
            notes.append(
                f"Not in the tape: {reader.halts} halts, {reader.broken} trades that were called "
                "off."
            )
        rows = sum(facts.counts.values())
        return Made(tape_id, rows, (first, last), 0, facts.counts, tuple(notes))


def _read(part: Part, reader: ItchReader, shares: list[_Share], midnight_ns: int) -> None:
    held = b""
    while piece := part.stream.read(_CHUNK_BYTES):
        held += piece
        at = 0
        while True:
            found = reader.read(memoryview(held)[at:])
            at += found.used
            if found.fault is not None:
                said, fault = held[at : at + 40].hex(" "), _Fault(found.fault.name.lower())
                raise StopImportError(part.name, reader.messages + 1, fault, said)
            for index, share in enumerate(shares):
                rows = found.rows[:, found.rows[7] == index]
                share.take(part.name, reader.messages, rows, midnight_ns)
            if not found.used:
                break
        held = held[at:]
    if held:
        said = f"{len(held)} bytes are left inside a message"
        raise StopImportError(part.name, reader.messages + 1, FileFault.DAMAGED_FILE, said)


def _check(reader: ItchReader, symbols: tuple[str, ...], shares: list[_Share], file: str) -> None:
    for index, (symbol, share) in enumerate(zip(symbols, shares, strict=True)):
        if not reader.known(index) or not share.writer.rows:
            raise StopImportError(file, 0, FileFault.NO_ROWS, f"nothing of {symbol} is in it")
        if not share.first_ticks:
            raise StopImportError(file, 0, FileFault.NO_ROWS, f"nobody trades in {symbol}")
