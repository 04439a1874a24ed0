"""The format lobster: a day (or a piece of one) of a Nasdaq share, messages and book."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from feeds.calendar import day_number, local_ns, time_of
from feeds.imports.importer import Job, Made
from feeds.imports.lobster import (
    Fault,
    Kind,
    Ladder,
    LineError,
    LobsterBook,
    Message,
    Row,
    ladders_of,
    message_of,
)
from feeds.imports.opening import bare_name
from feeds.imports.order_head import BATCH_ROWS, order_head, street_of
from feeds.imports.plain_lines import plain_lines
from feeds.imports.report import FileFault, StopImportError
from feeds.order_writer import OrderWriter
from feeds.street_check import StreetFault
from feeds.us_shares import us_share

_NAME = re.compile(
    r"(?P<symbol>[A-Z.\-]{1,8})_(?P<day>\d{4}-\d\d-\d\d)_(?P<from>\d{1,8})_\d{1,8}"
    r"_message_\d{1,3}\.csv"
)
_MESSAGE, _BOOK = "_message_", "_orderbook_"


def import_lobster(job: Job) -> tuple[Made, ...]:
    """Import a folder with one pair of files, or the message file of a pair.

    What contradicts itself stops the import: with one message missing the queues are others.
    """
    path = _message_file(job)
    named = _NAME.fullmatch(bare_name(path.name))
    if named is None:
        said = "its name is not SYMBOL_DAY_FROM_TO_message_LEVELS.csv"
        raise StopImportError(path.name, 0, FileFault.NOT_THIS_FORMAT, said)
    session = job.wanted.session or _day(path, named["day"])
    share = us_share(job.wanted.symbol or named["symbol"], "XNAS", job.wanted.board or "main")
    words = f"{share.symbol}_{session:%Y%m%d}"
    head = order_head(job, share, session, words)
    midnight = local_ns(day_number(session), 0, ZoneInfo(head.hours.time_zone))
    with OrderWriter(job.root, head) as writer:
        walk = _Walk(writer, path.name, midnight, midnight + int(named["from"]) * 1_000_000)
        walk.read(_pairs(job, path))
        if not walk.first_ticks:
            raise StopImportError(path.name, 0, FileFault.NO_ROWS, "nobody trades in it")
        writer.head = replace(head, reference_ticks=walk.first_ticks)
        facts = writer.facts
        tape_id = writer.finish()
    first, last = (time_of(one, head.hours.time_zone).isoformat() for one in facts.span_ns)
    notes = (
        f"{walk.messages:,} messages agree with the book beside them; "
        f"{walk.revealed:,} levels came into view.",
        "The previous close is not told: the price of the first trade stands for it.",
    )
    return (Made(tape_id, sum(facts.counts.values()), (first, last), 0, facts.counts, notes),)


def _message_file(job: Job) -> Path:
    found = [one for one in job.files() if _MESSAGE in one.name]
    if len(found) != 1:
        said = f"{len(found)} message files, not one"
        raise StopImportError(job.wanted.path.name, 0, FileFault.MISSING_FILE, said)
    return found[0]


def _day(path: Path, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StopImportError(path.name, 0, FileFault.NOT_THIS_FORMAT, text) from None


_Pair = tuple[int, str | None, str | None]


def _pairs(job: Job, path: Path) -> Iterator[_Pair]:
    """Line number, message and row; None where one of the files has no more."""
    book = path.with_name(path.name.replace(_MESSAGE, _BOOK))
    with ExitStack() as stack:
        texts = []
        for file in (path, book):
            part = next(stack.enter_context(job.parts(file)))
            texts.append(line for line in plain_lines(part))
        nothing = (0, None)
        for (line, message), (other, row) in zip_longest(*texts, fillvalue=nothing):
            yield max(line, other), message, row


class _Walk:
    """The lines of both files on their way into the writer."""

    def __init__(self, writer: OrderWriter, file: str, midnight_ns: int, from_ns: int) -> None:
        self.messages = 0
        self.first_ticks = 0
        self.revealed = 0
        self._writer, self._file = writer, file
        self._midnight_ns, self._from_ns = midnight_ns, from_ns
        self._book: LobsterBook | None = None
        self._newest_ns = 0
        self._rows: list[Row] = []
        self._lines: list[int] = []  # of each row

    def read(self, pairs: Iterator[_Pair]) -> None:
        for line, message, row in pairs:
            if message is None or row is None:
                text = message or row or ""
                raise StopImportError(self._file, line, Fault.MISSING_ROW, text)
            try:
                levels = (row.count(",") + 1) // 4
                self._follow(message_of(message), ladders_of(row), levels, line)
            except LineError as error:
                raise StopImportError(self._file, line, error.fault, error.text) from None
            if len(self._rows) >= BATCH_ROWS:
                self._flush()
        self._flush()

    def _follow(
        self, message: Message, shown: tuple[Ladder, Ladder], levels: int, line: int
    ) -> None:
        at_ns = self._midnight_ns + message.second_ns
        if at_ns < self._newest_ns:
            raise LineError(Fault.TIME_RUNS_BACK, str(message.second_ns))
        self._newest_ns = at_ns
        if self._book is None:
            self._book = LobsterBook(levels)
            self._rows += self._book.begin(message, shown, min(at_ns, self._from_ns))
        if message.kind == Kind.TRADE:
            self.first_ticks = self.first_ticks or message.price_ticks
        self._rows += self._book.follow(message, shown, at_ns)
        self._lines += [line] * (len(self._rows) - len(self._lines))
        self.messages += 1
        self.revealed = self._book.revealed

    def _flush(self) -> None:
        faults = self._writer.take(street_of(self._rows, self._writer.rows + 1))
        for row in np.flatnonzero(faults)[:1].tolist():
            said = StreetFault(int(faults[row])).word
            text = ",".join(map(str, self._rows[row]))
            raise StopImportError(self._file, self._lines[row], Fault(said), text)
        self._rows.clear()
        self._lines.clear()
