"""Import of dated listing states from CSV text, line by line, for the instruments of a tape.

A line says what holds of an instrument from a day to a day: its status, variety and board lot.
Its board is one for the whole tape.  A suspension becomes the corporate action that it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from feeds.imports.csv_lines import (
    BadLineError,
    LineFault,
    LineProblem,
    Words,
    count_in,
    day_in,
    optional_day,
    price_in,
    read_lines,
)
from feeds.tape import Tape, remade
from feeds.tape_actions import ActionKind, TapeAction, action_faults
from feeds.tape_listings import MOST_LOT, ListingStatus, TapeListing, listing_faults
from matching.instrument import Instrument, InstrumentId

NEEDED = ("symbol", "from")
COLUMNS = (*NEEDED, "to", "status", "board", "board_lot", "variety", "price")
SUSPENDED = "suspended"
_STATUSES = frozenset(one.value for one in ListingStatus)


@dataclass(frozen=True, slots=True)
class ListingsResult:
    """``tape`` says what the good lines say; ``rows`` counts those."""

    tape: Tape
    rows: int
    problems: tuple[LineProblem, ...]


@dataclass(slots=True)
class _Found:
    """What the good lines say, by line."""

    listings: dict[int, TapeListing] = field(default_factory=dict)
    suspensions: dict[int, TapeAction] = field(default_factory=dict)
    boards: dict[int, tuple[InstrumentId, str]] = field(default_factory=dict)
    board_of: dict[InstrumentId, str] = field(default_factory=dict)
    prices: dict[int, tuple[InstrumentId, int]] = field(default_factory=dict)
    lines: dict[int, None] = field(default_factory=dict)

    def drop(self, line: int) -> None:
        self.listings.pop(line, None)
        self.suspensions.pop(line, None)
        self.boards.pop(line, None)
        self.prices.pop(line, None)
        del self.lines[line]


def import_csv_listings(path: Path, tape: Tape) -> ListingsResult:
    """Read a CSV file of listing states into a copy of ``tape``; OSError when it can't be
    opened."""
    found = _Found()
    by_symbol = {one.symbol: one for one in tape.instruments}
    first_days = tape.first_days
    problems, readable = read_lines(
        path, NEEDED, COLUMNS, lambda line, words: _take(line, words, by_symbol, found, first_days)
    )
    if not readable:
        return ListingsResult(tape, 0, tuple(problems))
    problems += _drop_contradictions(found, tape, first_days)
    references, boards = dict(found.prices.values()), dict(found.boards.values())
    ids = [one.instrument_id for one in tape.instruments]
    made = remade(
        tape,
        instruments=tuple(
            replace(one, board=boards.get(one.instrument_id, one.board)) for one in tape.instruments
        ),
        first_references=tuple(
            references.get(name, known)
            for name, known in zip(ids, tape.first_references, strict=True)
        ),
        actions=(*tape.actions, *found.suspensions.values()),
        listings=(*tape.listings, *found.listings.values()),
    )
    return ListingsResult(made, len(found.lines), tuple(sorted(problems)))


def _take(
    line: int,
    words: Words,
    by_symbol: Mapping[str, Instrument],
    found: _Found,
    first_days: Mapping[InstrumentId, date],
) -> None:
    status = words.get("status", "").lower()
    if status not in _STATUSES and status != SUSPENDED:
        raise BadLineError(LineFault.UNKNOWN_STATUS, words["status"])
    instrument = by_symbol.get(words["symbol"])
    if instrument is None:
        raise BadLineError(LineFault.UNKNOWN_SYMBOL, words["symbol"])
    name, first = instrument.instrument_id, day_in(words["from"])
    last, lot = optional_day(words, "to"), _board_lot(words, instrument)
    price = _issue_price(words, instrument, first_days[name]) if words.get("price") else None
    board, variety = words.get("board", ""), words.get("variety", "")
    if board and found.board_of.get(name, board) != board:
        raise BadLineError(LineFault.CONTRADICTION, "an instrument has one board")
    if status == SUSPENDED:
        if variety or lot is not None:
            raise BadLineError(LineFault.CONTRADICTION, "a suspension tells nothing else")
        until = day_in(words.get("to", ""))
        found.suspensions[line] = TapeAction(name, first, ActionKind.SUSPENSION, until=until)
    elif status or variety or lot is not None or not board:
        found.listings[line] = TapeListing(name, first, last, ListingStatus(status), variety, lot)
    if board:
        found.boards[line] = (name, board)
        found.board_of[name] = board
    if price is not None:
        found.prices[line] = (name, price)
    found.lines[line] = None


def _issue_price(words: Words, instrument: Instrument, first_day: date) -> int:
    if words.get("status", "").lower() != ListingStatus.LISTING:
        raise BadLineError(LineFault.CONTRADICTION, "only a listing has a price of issue")
    if day_in(words["from"]) != first_day:
        raise BadLineError(LineFault.CONTRADICTION, "a price of issue needs the first day's bars")
    price = price_in(words, "price", instrument)
    if not price:
        raise BadLineError(LineFault.NOT_A_NUMBER, f"price={words['price']}")
    return price


def _board_lot(words: Words, instrument: Instrument) -> int | None:
    if not words.get("board_lot"):
        return None
    return count_in(words, "board_lot", MOST_LOT, instrument.qty_decimals)


def _drop_contradictions(
    found: _Found, tape: Tape, first_days: Mapping[InstrumentId, date]
) -> list[LineProblem]:
    """What contradicts itself, an earlier line or the tape is refused, until nothing does."""
    ids = [one.instrument_id for one in tape.instruments]
    problems: list[LineProblem] = []
    while True:
        # By identity: two equal records are two lines.
        lines = {id(one): line for line, one in found.listings.items()}
        lines |= {id(one): line for line, one in found.suspensions.items()}
        listings = (*tape.listings, *found.listings.values())
        actions = (*tape.actions, *found.suspensions.values())
        faults = [*listing_faults(listings, first_days), *action_faults(actions, ids)]
        bad = {lines[id(one)]: fault for one, fault in faults if id(one) in lines}
        if not bad:
            return problems
        for line, fault in bad.items():
            found.drop(line)
            problems.append(LineProblem(line, LineFault.CONTRADICTION, fault))
