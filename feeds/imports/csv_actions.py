"""Import of corporate actions from CSV text, line by line, for the instruments of a tape.

One action a line; dividend, bonus and rights of one instrument and day become one ex-date.
A bad line is refused and reported with its number; the good ones join the tape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from feeds.imports.csv_lines import (
    BadLineError,
    LineFault,
    LineProblem,
    count_in,
    day_in,
    number_in,
    optional_day,
    price_in,
    read_lines,
)
from feeds.tape import Tape, TapeSplit, remade
from feeds.tape_actions import ActionKind, TapeAction, action_faults
from matching.corporate_actions import CASH_DECIMALS
from matching.instrument import Instrument, InstrumentId

NEEDED = ("symbol", "date", "action")
COLUMNS = (
    *NEEDED, "cash", "new", "old", "price", "pay", "listed", "deadline", "until", "period", "to",
    "announced",
)  # fmt: skip
MOST_SHARES_OF_A_SPLIT = 1000


@dataclass(frozen=True, slots=True)
class ActionsResult:
    """``tape`` has the actions of the good lines; ``rows`` counts those."""

    tape: Tape
    rows: int
    problems: tuple[LineProblem, ...]


@dataclass(slots=True)
class _Found:
    """Actions so far, each with the lines that it came from."""

    actions: dict[tuple[InstrumentId, date, ActionKind], TapeAction] = field(default_factory=dict)
    lines: dict[tuple[InstrumentId, date, ActionKind], list[int]] = field(default_factory=dict)
    splits: dict[tuple[InstrumentId, date], TapeSplit] = field(default_factory=dict)
    said: dict[tuple[InstrumentId, date, str], None] = field(default_factory=dict)
    problems: list[LineProblem] = field(default_factory=list)


def import_csv_actions(path: Path, tape: Tape) -> ActionsResult:
    """Read a CSV file of actions into a copy of ``tape``; OSError when it can't be opened."""
    found = _Found()
    by_symbol = {one.symbol: one for one in tape.instruments}
    problems, readable = read_lines(
        path, NEEDED, COLUMNS, lambda line, words: _take(line, words, by_symbol, found)
    )
    if not readable:
        return ActionsResult(tape, 0, tuple(problems))
    found.problems += problems
    _drop_contradictions(found, tape)
    splits = (*tape.splits, *found.splits.values())
    actions = (*tape.actions, *found.actions.values())
    made = remade(tape, splits=splits, actions=actions)
    rows = sum(len(found.lines[name]) for name in found.actions) + len(found.splits)
    return ActionsResult(made, rows, tuple(sorted(found.problems)))


def _take(
    line: int, words: Mapping[str, str], by_symbol: Mapping[str, Instrument], found: _Found
) -> None:
    word = words["action"].lower()
    if word not in _KINDS and word != "split":
        raise BadLineError(LineFault.UNKNOWN_ACTION, words["action"])
    instrument = by_symbol.get(words["symbol"])
    if instrument is None:
        raise BadLineError(LineFault.UNKNOWN_SYMBOL, words["symbol"])
    day, name = day_in(words["date"]), instrument.instrument_id
    if (name, day, word) in found.said:
        raise BadLineError(LineFault.TWICE, f"{words['symbol']} {day} {word}")
    if word == "split":
        new, old = (count_in(words, one, MOST_SHARES_OF_A_SPLIT) for one in ("new", "old"))
        found.splits[name, day] = TapeSplit(name, day, new, old)
    else:
        kind, read = _KINDS[word]
        values = read(words, instrument, by_symbol)
        if words.get("announced"):
            values["announced"] = day_in(words["announced"])
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
                    LineProblem(line, LineFault.CONTRADICTION, fault) for line in found.lines[key]
                ]
        if not dropped:
            return


_Symbols = Mapping[str, Instrument]
_Reader = Callable[[Mapping[str, str], Instrument, _Symbols], dict[str, Any]]


def _dividend(words: Mapping[str, str], _: Instrument, __: _Symbols) -> dict[str, Any]:
    cash = number_in(words, "cash", CASH_DECIMALS)
    return {"cash_micro": cash, "pay_session": optional_day(words, "pay")}


def _bonus(words: Mapping[str, str], _: Instrument, __: _Symbols) -> dict[str, Any]:
    new, old = (count_in(words, one, 10**6) for one in ("new", "old"))
    listed = optional_day(words, "listed")
    return {"bonus_new": new, "bonus_old": old, "bonus_session": listed}


def _rights(words: Mapping[str, str], instrument: Instrument, _: _Symbols) -> dict[str, Any]:
    new, old = (count_in(words, one, 10**6) for one in ("new", "old"))
    return {
        "rights_new": new,
        "rights_old": old,
        "rights_ticks": price_in(words, "price", instrument),
        "rights_deadline": day_in(words.get("deadline", "")),
        "rights_session": optional_day(words, "listed"),
    }


def _suspension(words: Mapping[str, str], _: Instrument, __: _Symbols) -> dict[str, Any]:
    return {"until": day_in(words.get("until", ""))}


def _delisting(words: Mapping[str, str], instrument: Instrument, _: _Symbols) -> dict[str, Any]:
    paid = price_in(words, "cash", instrument) if words.get("cash") else None
    return {"cash_ticks": paid, "period_session": optional_day(words, "period")}


def _code(words: Mapping[str, str], _: Instrument, by_symbol: _Symbols) -> dict[str, Any]:
    new = by_symbol.get(words.get("to", ""))
    if new is None:
        raise BadLineError(LineFault.UNKNOWN_SYMBOL, words.get("to", ""))
    return {"new_id": new.instrument_id}


_KINDS: dict[str, tuple[ActionKind, _Reader]] = {
    "dividend": (ActionKind.EX, _dividend),
    "bonus": (ActionKind.EX, _bonus),
    "rights": (ActionKind.EX, _rights),
    "suspension": (ActionKind.SUSPENSION, _suspension),
    "delisting": (ActionKind.DELISTING, _delisting),
    "code": (ActionKind.CODE, _code),
}
