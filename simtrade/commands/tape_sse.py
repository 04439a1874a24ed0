"""``simtrade tape import sse-l2``: a Shanghai stock's day order by order."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

import typer

from feeds.calendar import time_of
from feeds.imports.sse_l2 import Problem, SseFolder, SseResult, import_sse_l2
from feeds.order_store import write_order_tape
from feeds.schedule import schedule_of
from feeds.tape_listings import session_terms
from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES
from simtrade.commands.output import (
    SHOWN_PROBLEMS,
    TAPES,
    complain_of,
    load_settings,
    progress,
    tape_name,
    tell,
)
from simtrade.mistakes import Mistake

NOTES = "SOURCE.md"
_MARKET = "XSHG"
_SYMBOL = re.compile(r"(?<!\d)\d{6}(?!\d)")
_DAY = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")


class Given(NamedTuple):
    """Options of the import; empty is not given."""

    name: str
    board: str
    symbol: str
    session: str
    source: str
    licence: str
    status: str


def import_sse(path: Path, given: Given, *, as_json: bool) -> None:
    """Import a folder; what was not given is told from its SOURCE.md, then from its name."""
    if not path.is_dir():
        raise Mistake(f"There is no folder {path}.")
    root = load_settings().data / TAPES
    folder = _folder(path, given)
    with progress(f"Importing {path.name}") as advance:
        result = import_sse_l2(path, folder, advance)
        if result.tape is not None:
            write_order_tape(root, result.tape)
    complain_of([_sentence(one) for one in result.problems], result.problem_count)
    tell(_outcome(result), _outcome_text(result), as_json=as_json)
    if result.tape is None:
        raise typer.Exit(2)


def _folder(path: Path, given: Given) -> SseFolder:
    notes = _notes(path)
    title = notes.partition("\n")[0]
    symbol = given.symbol or _found(_SYMBOL, (title, path.resolve().name))
    if not re.fullmatch(r"\d{6}", symbol):
        raise Mistake("Which stock is it? Give its six digits with --symbol.")
    session = _session(given.session or _found(_DAY, (title, path.resolve().name)))
    try:
        hours = schedule_of(_MARKET).hours(given.board, session)
    except LookupError as error:
        raise Mistake(f"{error}.") from error
    return SseFolder(
        name=tape_name(given.name, path.resolve().name),
        instrument=Instrument(
            instrument_id=InstrumentId(f"{_MARKET}:{symbol}"),
            symbol=symbol,
            name_en=symbol,
            name_zh=symbol,
            currency=CURRENCIES["CNY"],
            market=_MARKET,
            board=given.board,
        ),
        session=session,
        source=given.source or _noted(notes, "Repository") or path.resolve().name,
        licence=given.licence or _noted(notes, "Licence") or "not stated",
        hours=hours,
        status=_status(given.status),
    )


def _status(text: str) -> str:
    if session_terms(text) is None:
        raise Mistake(
            f"There is no status {text!r}; say st, relisting, listing:N or delisting_period:N."
        )
    return text


def _notes(path: Path) -> str:
    file = path / NOTES
    return file.read_text("utf-8", errors="replace") if file.is_file() else ""


def _found(pattern: re.Pattern[str], texts: tuple[str, ...]) -> str:
    """The first match in the first text that has one."""
    return next((found.group() for found in map(pattern.search, texts) if found), "")


def _noted(notes: str, word: str) -> str:
    """What a line ``word: ...`` of the notes says."""
    found = re.search(rf"^{word}: *(.+)$", notes, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _session(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Mistake("Which day is it? Give it with --session, as 2023-02-07.") from None


def _sentence(problem: Problem) -> str:
    where = f"line {problem.line}: " if problem.line else ""
    return f"{problem.file}: {where}{problem.code.value}: {problem.text}"


def _outcome(result: SseResult) -> dict[str, object]:
    return {
        "tape": result.tape.tape_id if result.tape else None,
        "rows": result.rows,
        "refused": result.refused,
        "span": _span(result),
        "counts": result.tape.counts() if result.tape else {},
        "problems": [
            {"file": one.file, "line": one.line, "code": one.code.value, "text": one.text}
            for one in result.problems[:SHOWN_PROBLEMS]
        ],
    }


def _outcome_text(result: SseResult) -> str:
    if result.tape is None:
        return f"Nothing imported; {result.problem_count} problems, {result.refused} lines refused."
    first, last = _span(result) or ("", "")
    counts = ", ".join(f"{count:,} {word}" for word, count in result.tape.counts().items())
    return f"Imported {result.tape.tape_id}: {counts}; {first} to {last}."


def _span(result: SseResult) -> tuple[str, str] | None:
    """The first and the last moment on the market's clock."""
    if result.tape is None:
        return None
    zone = result.tape.hours.time_zone
    first, last = (time_of(one, zone).isoformat() for one in result.tape.span_ns)
    return first, last
