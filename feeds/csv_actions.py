"""Import of corporate actions from CSV text, line by line, for the instruments of a tape.

One action a line; dividend, bonus and rights of one instrument and day become one ex-date.
A bad line is refused and reported with its number; the good ones join the tape.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from feeds.tape import Tape, TapeSplit, make_tape
from feeds.tape_actions import ActionKind, TapeAction, action_faults
from matching.corporate_actions import CASH_DECIMALS
from matching.instrument import Instrument, InstrumentId
from matching.units import NumberFault, scaled_integer

NEEDED = ("symbol", "date", "action")
COLUMNS = (
    *NEEDED, "cash", "new", "old", "price", "pay", "listed", "deadline", "until", "period", "to",
    "announced",
)  # fmt: skip
MOST_SHARES_OF_A_SPLIT = 1000


class ActionFault(StrEnum):
    """Why a file or a line can't be used, in order of precedence."""

    EMPTY_FILE = "empty_file"
    NOT_TEXT = "not_text"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    WRONG_NUMBER_OF_CELLS = "wrong_number_of_cells"
    UNKNOWN_ACTION = "unknown_action"
    UNKNOWN_SYMBOL = "unknown_symbol"
    NOT_A_DATE = "not_a_date"
    NOT_A_NUMBER = "not_a_number"
    TWICE = "twice"
    CONTRADICTION = "contradiction"


class ActionProblem(NamedTuple):
    """``line`` counts from 1, the header being line 1."""

    line: int
    code: ActionFault
    text: str


@dataclass(frozen=True, slots=True)
class ActionsResult:
    """``tape`` has the actions of the good lines; ``rows`` counts those."""

    tape: Tape
    rows: int
    problems: tuple[ActionProblem, ...]


class _BadLineError(Exception):
    def __init__(self, code: ActionFault, text: str) -> None:
        self.code, self.text = code, text


@dataclass(slots=True)
class _Found:
    """Actions so far, each with the lines that it came from."""

    actions: dict[tuple[InstrumentId, date, ActionKind], TapeAction] = field(default_factory=dict)
    lines: dict[tuple[InstrumentId, date, ActionKind], list[int]] = field(default_factory=dict)
    splits: dict[tuple[InstrumentId, date], TapeSplit] = field(default_factory=dict)
    said: dict[tuple[InstrumentId, date, str], None] = field(default_factory=dict)
    problems: list[ActionProblem] = field(default_factory=list)


def import_csv_actions(path: Path, tape: Tape) -> ActionsResult:
    """Read a CSV file of actions into a copy of ``tape``; OSError when it can't be opened."""
    found = _Found()
    by_symbol = {one.symbol: one for one in tape.instruments}
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            _read(csv.reader(text), by_symbol, found)
    except (UnicodeDecodeError, csv.Error) as error:
        problem = ActionProblem(0, ActionFault.NOT_TEXT, str(error)[:80])
        return ActionsResult(tape, 0, (problem,))
    _drop_contradictions(found, tape)
    splits = (*tape.splits, *found.splits.values())
    made = make_tape(
        name=tape.name,
        kind=tape.kind,
        source=tape.source,
        licence=tape.licence,
        origin=tape.origin,
        hours=tape.hours,
        instruments=tape.instruments,
        columns=tape.columns,
        splits=splits,
        actions=(*tape.actions, *found.actions.values()),
        first_references=tape.first_references,
    )
    rows = sum(len(found.lines[name]) for name in found.actions) + len(found.splits)
    return ActionsResult(made, rows, tuple(sorted(found.problems)))


def _read(rows: Iterator[list[str]], by_symbol: Mapping[str, Instrument], found: _Found) -> None:
    header = [word.strip().lower() for word in next(rows, [])]
    if not header:
        found.problems.append(ActionProblem(1, ActionFault.EMPTY_FILE, ""))
        return
    for word in header:
        if word not in COLUMNS:
            found.problems.append(ActionProblem(1, ActionFault.UNKNOWN_COLUMN, word))
    missing = [word for word in NEEDED if word not in header]
    for word in missing:
        found.problems.append(ActionProblem(1, ActionFault.MISSING_COLUMN, word))
    if missing:
        return
    for line, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            _take(line, _words(header, cells), by_symbol, found)
        except _BadLineError as bad:
            found.problems.append(ActionProblem(line, bad.code, bad.text[:80]))


def _words(header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise _BadLineError(ActionFault.WRONG_NUMBER_OF_CELLS, ",".join(cells))
    return {name: cell.strip() for name, cell in zip(header, cells, strict=True)}


def _take(
    line: int, words: Mapping[str, str], by_symbol: Mapping[str, Instrument], found: _Found
) -> None:
    word = words["action"].lower()
    if word not in _KINDS and word != "split":
        raise _BadLineError(ActionFault.UNKNOWN_ACTION, words["action"])
    instrument = by_symbol.get(words["symbol"])
    if instrument is None:
        raise _BadLineError(ActionFault.UNKNOWN_SYMBOL, words["symbol"])
    day, name = _day(words["date"]), instrument.instrument_id
    if (name, day, word) in found.said:
        raise _BadLineError(ActionFault.TWICE, f"{words['symbol']} {day} {word}")
    if word == "split":
        new, old = (_count(words, one, MOST_SHARES_OF_A_SPLIT) for one in ("new", "old"))
        found.splits[name, day] = TapeSplit(name, day, new, old)
    else:
        kind, read = _KINDS[word]
        values = read(words, instrument, by_symbol)
        if words.get("announced"):
            values["announced"] = _day(words["announced"])
        key = (name, day, kind)
        before = found.actions.get(key) or TapeAction(name, day, kind)
        found.actions[key] = msgspec.structs.replace(before, **values)
        found.lines.setdefault(key, []).append(line)
    found.said[name, day, word] = None


def _drop_contradictions(found: _Found, tape: Tape) -> None:
    """What contradicts itself or another is refused with all its lines, until nothing does."""
    ids = [one.instrument_id for one in tape.instruments]
    while True:
        split_days = [(one.instrument_id, one.session) for one in tape.splits]
        split_days += list(found.splits)
        every = (*tape.actions, *found.actions.values())
        bad = list(action_faults(every, ids, split_days))
        dropped = False
        for action, fault in bad:
            key = (action.instrument_id, action.session, action.kind)
            if found.actions.pop(key, None) is not None:
                dropped = True
                found.problems += [
                    ActionProblem(line, ActionFault.CONTRADICTION, fault)
                    for line in found.lines[key]
                ]
        if not dropped:
            return


# Cells


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _BadLineError(ActionFault.NOT_A_DATE, text) from None


def _optional_day(words: Mapping[str, str], name: str) -> date | None:
    return _day(words[name]) if words.get(name) else None


def _number(words: Mapping[str, str], name: str, decimals: int) -> int:
    value = scaled_integer(words.get(name, ""), decimals)
    if isinstance(value, NumberFault) or value < 0:
        raise _BadLineError(ActionFault.NOT_A_NUMBER, f"{name}={words.get(name, '')}")
    return value


def _count(words: Mapping[str, str], name: str, most: int) -> int:
    value = _number(words, name, 0)
    if not 0 < value <= most:
        raise _BadLineError(ActionFault.NOT_A_NUMBER, f"{name}={words.get(name, '')}")
    return value


def _price(words: Mapping[str, str], name: str, instrument: Instrument) -> int:
    value = instrument.price_from_text(words.get(name, ""))
    if isinstance(value, NumberFault) or value < 0:
        raise _BadLineError(ActionFault.NOT_A_NUMBER, f"{name}={words.get(name, '')}")
    return value


_Symbols = Mapping[str, Instrument]
_Reader = Callable[[Mapping[str, str], Instrument, _Symbols], dict[str, Any]]


def _dividend(words: Mapping[str, str], _: Instrument, __: _Symbols) -> dict[str, Any]:
    cash = _number(words, "cash", CASH_DECIMALS)
    return {"cash_micro": cash, "pay_session": _optional_day(words, "pay")}


def _bonus(words: Mapping[str, str], _: Instrument, __: _Symbols) -> dict[str, Any]:
    new, old = (_count(words, one, 10**6) for one in ("new", "old"))
    listed = _optional_day(words, "listed")
    return {"bonus_new": new, "bonus_old": old, "bonus_session": listed}


def _rights(words: Mapping[str, str], instrument: Instrument, _: _Symbols) -> dict[str, Any]:
    new, old = (_count(words, one, 10**6) for one in ("new", "old"))
    return {
        "rights_new": new,
        "rights_old": old,
        "rights_ticks": _price(words, "price", instrument),
        "rights_deadline": _day(words.get("deadline", "")),
        "rights_session": _optional_day(words, "listed"),
    }


def _suspension(words: Mapping[str, str], _: Instrument, __: _Symbols) -> dict[str, Any]:
    return {"until": _day(words.get("until", ""))}


def _delisting(words: Mapping[str, str], instrument: Instrument, _: _Symbols) -> dict[str, Any]:
    paid = _price(words, "cash", instrument) if words.get("cash") else None
    return {"cash_ticks": paid, "period_session": _optional_day(words, "period")}


def _code(words: Mapping[str, str], _: Instrument, by_symbol: _Symbols) -> dict[str, Any]:
    new = by_symbol.get(words.get("to", ""))
    if new is None:
        raise _BadLineError(ActionFault.UNKNOWN_SYMBOL, words.get("to", ""))
    return {"new_id": new.instrument_id}


_KINDS: dict[str, tuple[ActionKind, _Reader]] = {
    "dividend": (ActionKind.EX, _dividend),
    "bonus": (ActionKind.EX, _bonus),
    "rights": (ActionKind.EX, _rights),
    "suspension": (ActionKind.SUSPENSION, _suspension),
    "delisting": (ActionKind.DELISTING, _delisting),
    "code": (ActionKind.CODE, _code),
}
