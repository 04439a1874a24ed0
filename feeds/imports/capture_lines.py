"""Lines of recorded connections: who said what when, in the two ways in which people record.

A collector's line is ``<nanoseconds> <message>``.  A cryptofeed line is ``<seconds>: <message>``
for what was received, ``<address> <-> <seconds>`` for a connection, ``<address> <- <seconds>:
<text>`` for what was sent, and ``<address> -> <seconds>: <body>`` for the answer to a request.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from contextlib import ExitStack
from enum import Enum, StrEnum
from pathlib import Path
from typing import NamedTuple

from feeds.imports.importer import Job
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError

MOST_LINE_BYTES = 32 << 20  # a whole book of a large venue is some of these
_COLLECTED = re.compile(r"(\d{19}) (?=[{\[])")
_RECEIVED = re.compile(r"(\d{9,11}(?:\.\d{1,9})?): ")
_TOLD = re.compile(r"(\S+) (<->|<-|->) (\d{9,11}(?:\.\d{1,9})?)(?:: )?")
_PAGE = re.compile(r"\s*(<!--|<!doctype\s+html|<html|<head|<body|<\?xml)", re.IGNORECASE)


class Said(Enum):
    MESSAGE = "message"
    ANSWER = "answer"  # to a request: ``address`` is what was asked
    CONNECTED = "connected"
    OTHER = "other"  # what was sent, a word of configuration


class Line(NamedTuple):
    """``text`` is the message or body."""

    file: str
    number: int
    heard_ns: int
    said: Said
    address: str
    text: str


class LineFault(StrEnum):
    NO_LINE = "no_line"
    OUT_OF_ORDER = "out_of_order"


class NoLineError(Exception):
    """A line that is none of these."""


def line_of(file: str, number: int, text: str) -> Line:
    """Read one line; NoLineError."""
    collected = _COLLECTED.match(text)
    if collected:
        message = text[collected.end() :]
        return Line(file, number, int(collected[1]), Said.MESSAGE, "", message)
    received = _RECEIVED.match(text)
    if received:
        heard = _nanoseconds(received[1])
        return Line(file, number, heard, Said.MESSAGE, "", text[received.end() :])
    told = _TOLD.match(text)
    if told:
        said = {"<->": Said.CONNECTED, "->": Said.ANSWER}.get(told[2], Said.OTHER)
        body = text[told.end() :]
        return Line(file, number, _nanoseconds(told[3]), said, told[1], body)
    if text.startswith("configuration: "):
        return Line(file, number, 0, Said.OTHER, "", text)
    raise NoLineError(text)


def _nanoseconds(seconds: str) -> int:
    whole, _, rest = seconds.partition(".")
    return int(whole) * 10**9 + int(rest.ljust(9, "0"))


def read_lines(part: Part) -> Iterator[Line | tuple[int, str]]:
    """Each line, or the number and the beginning of one that is none; empty ones are left out.

    StopImportError for what is no text, a web page, or nothing of this kind from the beginning.
    """
    number, known = 0, False
    while data := part.stream.readline(MOST_LINE_BYTES + 1):
        number += 1
        if len(data) > MOST_LINE_BYTES:
            said = f"more than {MOST_LINE_BYTES} bytes"
            raise StopImportError(part.name, number, FileFault.LINE_TOO_LONG, said)
        try:
            text = data.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            raise StopImportError(part.name, number, FileFault.NOT_TEXT, str(error)) from None
        if not known and _PAGE.match(text):
            raise StopImportError(part.name, number, FileFault.WEB_PAGE, text[:100])
        if not text:
            continue
        try:
            yield line_of(part.name, number, text)
            known = True
        except NoLineError:
            if not known:
                fault = FileFault.NOT_TEXT if "\0" in text[:100] else FileFault.NOT_THIS_FORMAT
                raise StopImportError(part.name, number, fault, text[:100]) from None
            yield number, text[:100]


class Captured:
    """The lines of several files in order of their receive time."""

    def __init__(self, job: Job, files: list[Path]) -> None:
        self._job = job
        self._files = files

    def lines(self, *, tell: bool) -> Iterator[Line]:
        """``tell``: report what is no line, or goes back in time and is left out."""
        with ExitStack() as stack:
            streams = [self._file(stack, path, tell=tell) for path in self._files]
            yield from heapq.merge(*streams, key=lambda one: one.heard_ns)

    def _file(self, stack: ExitStack, path: Path, *, tell: bool) -> Iterator[Line]:
        newest = 0
        for part in stack.enter_context(self._job.parts(path)):
            for line in read_lines(part):
                if isinstance(line, Line) and (not line.heard_ns or line.heard_ns >= newest):
                    newest = max(newest, line.heard_ns)
                    yield line
                elif tell and isinstance(line, Line):
                    self._job.report.refuse(part.name, line.number, LineFault.OUT_OF_ORDER, "")
                elif tell and not isinstance(line, Line):
                    self._job.report.refuse(part.name, line[0], LineFault.NO_LINE, line[1])
