"""The formats binance and cryptofeed: recorded connections of coin venues as market tapes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from feeds.book_sync import Chain, Step
from feeds.calendar import ALWAYS_OPEN_HOURS, time_of
from feeds.imports.capture_book import PairBook
from feeds.imports.capture_lines import Captured, Line, Said
from feeds.imports.capture_scales import Pair, Scale, pair_of
from feeds.imports.capture_venues import VENUES, Venue, asked_symbol, parsed, told_steps
from feeds.imports.importer import Job, Made, WantedError
from feeds.imports.naming import source_and_licence, tape_name
from feeds.imports.report import FileFault, StopImportError
from feeds.imports.row_faults import refuse_lines
from feeds.live.heard import Fault, Heard, Unreadable
from feeds.market_manifest import TapeHeader
from feeds.records import TRADES, Table, depth_dtype
from feeds.tape_writer import TapeWriter
from matching.instrument import Instrument

_BATCH_ROWS = 1 << 13
_LEVELS = 10
_VENUE_OF_FILE = re.compile(r"([A-Z]+(?:_[A-Z]+)?)\.(?:ws|http|\d)")
_NOTES = ("SOURCE.md", "LICENSE")


@dataclass(slots=True)
class Seen:
    """What a first reading found of one pair: how fine, and what there is of it."""

    scale: Scale = field(default_factory=Scale)
    files: set[str] = field(default_factory=set)
    whole: bool = False  # its whole book is told
    quotes: bool = False
    linked: bool = False  # changes name the one before: futures
    told: bool = False  # anything but a step


def import_binance(job: Job) -> tuple[Made, ...]:
    """A recording of Binance, or every recording of a folder."""
    return _import_venue(job, VENUES["binance"], _data_files(job), job.words())


def import_cryptofeed(job: Job) -> tuple[Made, ...]:
    """Recordings of cryptofeed: the venue is told by the names of the files."""
    venues: dict[str, list[Path]] = {}
    for path in _data_files(job):
        named = _VENUE_OF_FILE.match(path.name)
        word = named[1].lower() if named else ""
        if word not in VENUES:
            said = f"its name begins with none of {', '.join(one.upper() for one in VENUES)}"
            raise StopImportError(path.name, 0, FileFault.NOT_THIS_FORMAT, said)
        venues.setdefault(word, []).append(path)
    made: list[Made] = []
    for word, files in sorted(venues.items()):
        made += _import_venue(job, VENUES[word], files, word)
    return tuple(made)


def _data_files(job: Job) -> list[Path]:
    found = [one for one in job.files() if not one.name.startswith(_NOTES)]
    if not found:
        said = "no recording in it"
        raise StopImportError(job.wanted.path.name, 0, FileFault.MISSING_FILE, said)
    return found


def _import_venue(job: Job, venue: Venue, files: list[Path], words: str) -> tuple[Made, ...]:
    captured = Captured(job, files)
    seen = _first_reading(venue, captured.lines(tell=False))
    pairs = {symbol: _instrument(symbol, one) for symbol, one in sorted(seen.items()) if one.told}
    if job.wanted.symbol:
        chosen = job.wanted.symbol.upper().split(",")
        pairs = {symbol: pairs[symbol] for symbol in chosen if symbol in pairs}
    if not pairs:
        raise StopImportError(job.wanted.path.name, 0, FileFault.NO_ROWS, "no pair is told of")
    groups: dict[tuple[str, int], list[str]] = {}
    for symbol, instrument in pairs.items():
        levels = _LEVELS if seen[symbol].whole else 1
        groups.setdefault((instrument.currency.code, levels), []).append(symbol)
    with ExitStack() as stack:
        walk = _Walk(job, venue)
        for (code, levels), symbols in groups.items():
            name = words if len(groups) == 1 else f"{words} {code} {'' if levels > 1 else 'top'}"
            header = _header(job, name, levels)
            writer = stack.enter_context(TapeWriter(job.root, header))
            walk.writers.append(writer)
            for symbol in symbols:
                chain = Chain.LINKED if seen[symbol].linked else venue.chain
                quoted = not seen[symbol].whole and seen[symbol].quotes
                book = PairBook(pairs[symbol], chain, levels, quoted)
                walk.pairs[symbol] = _Going(book, writer)
        walk.files = {symbol: seen[symbol].files for symbol in pairs}
        walk.read(captured.lines(tell=True))
        return walk.made()


def _first_reading(venue: Venue, lines: Iterable[Line]) -> dict[str, Seen]:
    """What pairs there are."""
    seen: dict[str, Seen] = {}
    only: dict[str, set[str]] = {}  # file: its pairs
    loose: list[tuple[str, Scale]] = []  # whole books that do not name their pair, by file
    for line in lines:
        if line.said not in (Said.MESSAGE, Said.ANSWER):
            continue
        message = parsed(line.text)
        for step in told_steps(message):
            seen.setdefault(step.symbol, Seen()).scale.see(step.price, step.qty)
        whole = venue.whole(message)
        name = asked_symbol(line.address) if line.said is Said.ANSWER else ""
        unnamed = Scale()
        for symbol, price, qty in venue.amounts(message):
            if not (symbol or name):
                unnamed.see(price, qty)
                continue
            one = seen.setdefault(symbol or name, Seen())
            one.scale.see(price, qty)
            one.told = True
            one.files.add(line.file)
            only.setdefault(line.file, set()).add(symbol or name)
        if whole is not None and (whole or name):
            seen.setdefault(whole or name, Seen()).whole = True
        elif whole is not None:
            loose.append((line.file, unnamed))
        best = venue.best(message)
        if best is not None:
            seen.setdefault(best.symbol, Seen()).quotes = True
        elif isinstance(message, dict) and "pu" in message:
            seen.setdefault(str(message.get("s", "")), Seen()).linked = True
    for file, scale in loose:
        names = only.get(file, set())
        if len(names) == 1:
            one = seen[next(iter(names))]
            one.whole = True
            one.scale.price_decimals = max(one.scale.price_decimals, scale.price_decimals)
            one.scale.qty_decimals = max(one.scale.qty_decimals, scale.qty_decimals)
    return seen


def _instrument(symbol: str, seen: Seen) -> Instrument:
    pair = pair_of(symbol) or Pair(symbol, "")
    if not pair.quote:
        raise WantedError(f"{symbol}: what it is priced in is not known.")
    found = seen.scale.instrument(symbol, pair)
    if found is None:
        raise WantedError(f"{symbol}: its numbers have more than nine decimals.")
    return found


def _header(job: Job, words: str, levels: int) -> TapeHeader:
    source, licence = source_and_licence(job)
    name = f"{job.wanted.name}_{words}" if job.wanted.name and words else job.wanted.name or words
    named = tape_name("", name)
    return TapeHeader(named, source, licence, ALWAYS_OPEN_HOURS, levels=levels)


@dataclass(slots=True)
class _Going:
    """A pair and the tape that it goes into; ``lines`` are those of its waiting rows."""

    book: PairBook
    writer: TapeWriter
    lines: dict[Table, list[int]] = field(
        default_factory=lambda: {Table.TRADES: [], Table.DEPTH: []}
    )


class _Walk:
    """The second reading: messages into rows."""

    def __init__(self, job: Job, venue: Venue) -> None:
        self.pairs: dict[str, _Going] = {}
        self.files: dict[str, set[str]] = {}
        self.writers: list[TapeWriter] = []
        self._job, self._venue = job, venue
        self._held = 0
        self._file, self._newest_ns = "", 0

    def read(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._file, self._newest_ns = line.file, line.heard_ns or self._newest_ns
            if line.said is Said.CONNECTED:
                for going in self.pairs.values():
                    going.book.connected()
            elif line.said is not Said.OTHER:
                self._take(line)
            if self._held >= _BATCH_ROWS:
                self._flush()
        for going in self.pairs.values():
            going.book.finish(self._newest_ns)
            self._note(going, 0)
        self._flush()

    def _take(self, line: Line) -> None:
        message = parsed(line.text)
        best = self._venue.best(message)
        if best is not None:
            if best.symbol in self.pairs:
                self.pairs[best.symbol].book.quote(best, line.heard_ns)
                self._note(self.pairs[best.symbol], line.number)
            return
        whole = self._venue.whole(message)
        if line.said is Said.ANSWER and whole is None:
            return  # a list of pairs
        watch = {symbol: going.book.instrument for symbol, going in self.pairs.items()}
        if whole is not None and self._venue.chain is Chain.CONTIGUOUS:
            own = self._owner(line, whole)
            watch = {own: watch[own]} if own in watch else {}
            if not watch:
                return
        for heard in self._venue.decode(watch, line.text, line.heard_ns):
            self._hear(line, heard)

    def _owner(self, line: Line, whole: str) -> str:
        """Whose whole book a line has."""
        named = whole or (asked_symbol(line.address) if line.address else "")
        alone = [symbol for symbol, files in self.files.items() if line.file in files]
        return named or (alone[0] if len(alone) == 1 else "")

    def _hear(self, line: Line, heard: Heard) -> None:
        if isinstance(heard, Unreadable):
            if heard.fault is not Fault.SYMBOL or not self._job.wanted.symbol:
                self._job.report.refuse(line.file, line.number, heard.fault, heard.text)
            return
        name = getattr(heard, "instrument_id", "").removeprefix("COIN:")
        if name in self.pairs:
            try:
                self.pairs[name].book.hear(heard, line.heard_ns)
            except ValueError as error:
                self._job.report.refuse(line.file, line.number, Fault.DISAGREES, str(error))
            self._note(self.pairs[name], line.number)

    def _note(self, going: _Going, number: int) -> None:
        """Remember the line of rows that have just come."""
        for table, rows in ((Table.TRADES, going.book.trades), (Table.DEPTH, going.book.displays)):
            more = len(rows) - len(going.lines[table])
            going.lines[table] += [number] * more
            self._held += more

    def _flush(self) -> None:
        for going in self.pairs.values():
            kinds = (
                (Table.TRADES, going.book.trades, TRADES),
                (Table.DEPTH, going.book.displays, depth_dtype(going.book.levels)),
            )
            for table, rows, dtype in kinds:
                if rows:
                    records = np.array(rows, dtype)
                    records["instrument"] = going.writer.index(going.book.instrument)
                    faults = going.writer.take(table, records)
                    lines = np.array(going.lines[table], np.int64)
                    values = np.array([row[:1] for row in rows], np.int64)
                    refuse_lines(self._job.report, self._file, lines, values, faults)
                    rows.clear()
                    going.lines[table].clear()
        self._held = 0

    def made(self) -> tuple[Made, ...]:
        return tuple(self._made(one) for one in self.writers if one.summary.first_ns is not None)

    def _made(self, writer: TapeWriter) -> Made:
        summary = writer.summary
        books = [going.book for going in self.pairs.values() if going.writer is writer]
        self._job.report.count("crossed", summary.crossed)
        assert summary.first_ns is not None
        assert summary.last_ns is not None
        first, last = (
            time_of(one, "UTC").isoformat() for one in (summary.first_ns, summary.last_ns)
        )
        counts = {table.value: count for table, count in summary.rows.items() if count}
        gaps = sum(book.sync.steps[Step.GAP] + book.lost_trades for book in books)
        notes = tuple(note for book in books for note in _notes(book))
        return Made(writer.finish(), sum(counts.values()), (first, last), gaps, counts, notes)


def _notes(book: PairBook) -> Iterable[str]:
    name, agreed = book.instrument.symbol, book.agreement
    if agreed.compared:
        yield (
            f"{name}: the best prices are those that the venue told in {agreed.equal:,} of "
            f"{agreed.compared:,} changes."
        )
    if book.sync.steps[Step.KEPT] and not book.sync.synced and not book.sync.steps[Step.APPLIED]:
        shown = "its best prices are the display" if book.quoted else "only its trades are told"
        yield f"{name}: changes of a book that is never told as a whole: {shown}."
    if book.sync.steps[Step.GAP]:
        yield f"{name}: {book.sync.steps[Step.GAP]:,} times a change was missing."
    if book.lost_trades:
        yield f"{name}: {book.lost_trades:,} trades are missing by their numbers."
