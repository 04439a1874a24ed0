"""The format sse-l2: a folder with a Shanghai stock's day order by order."""

from __future__ import annotations

import re
from datetime import date

from feeds.calendar import time_of
from feeds.imports.importer import Job, Made, Wanted, WantedError
from feeds.imports.naming import notes_of, source_and_licence, tape_name
from feeds.imports.report import FileFault, StopImportError
from feeds.imports.sse_l2 import SseFolder, import_sse_l2
from feeds.imports.sse_rows import IrregularError, write_sse
from feeds.order_store import OrderFacts, facts_of, write_order_tape
from feeds.schedule import schedule_of
from feeds.tape import TapeId
from feeds.tape_listings import session_terms
from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES

_MARKET = "XSHG"
_SYMBOL = re.compile(r"(?<!\d)\d{6}(?!\d)")
_DAY = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")


# So many rows can be read again line by line, to tell of every fault.
_MOST_TOLD = 2_000_000


def import_sse(job: Job) -> tuple[Made, ...]:
    """Import a folder; what was not said is told from its SOURCE.md, then from its name.

    A day that is not as it must be is read a second time, slowly, to tell of all its faults.
    """
    path = job.wanted.path
    if not path.is_dir():
        raise WantedError(f"There is no folder {path}.")
    folder = _folder(job)
    try:
        return (_made(folder, *write_sse(job, folder)),)
    except IrregularError as error:
        if error.rows > _MOST_TOLD:
            fault = FileFault.CONTRADICTION
            raise StopImportError(error.file, error.line, fault, error.text) from None
    result = import_sse_l2(path, folder, job.report.progress, job.limits)
    for one in result.problems:
        job.report.complain(*one)
    job.report.problem_count += result.problem_count - len(result.problems)
    job.report.refused += result.refused
    if result.tape is None:
        said = f"{result.problem_count} problems: a day is imported whole or not at all"
        raise StopImportError(path.name, 0, FileFault.CONTRADICTION, said)
    write_order_tape(job.root, result.tape)
    return (_made(folder, result.tape.tape_id, facts_of(result.tape)),)


def _made(folder: SseFolder, tape_id: TapeId, facts: OrderFacts) -> Made:
    zone = folder.hours.time_zone
    first, last = (time_of(one, zone).isoformat() for one in facts.span_ns)
    return Made(tape_id, sum(facts.counts.values()), (first, last), 0, facts.counts)


def _folder(job: Job) -> SseFolder:
    wanted, name = job.wanted, job.wanted.path.resolve().name
    texts = (notes_of(wanted.path).title, name)
    symbol = wanted.symbol or _found(_SYMBOL, texts)
    board = wanted.board or "main"
    source, licence = source_and_licence(job)
    if not re.fullmatch(r"\d{6}", symbol):
        raise WantedError("Which stock is it? Give its six digits with --symbol.")
    session = _session(wanted, texts)
    try:
        hours = schedule_of(_MARKET).hours(board, session)
    except LookupError as error:
        raise WantedError(f"{error}.") from error
    return SseFolder(
        name=tape_name(wanted.name, job.words()),
        instrument=Instrument(
            instrument_id=InstrumentId(f"{_MARKET}:{symbol}"),
            symbol=symbol,
            name_en=symbol,
            name_zh=symbol,
            currency=CURRENCIES["CNY"],
            market=_MARKET,
            board=board,
        ),
        session=session,
        source=source,
        licence=licence,
        hours=hours,
        status=_status(wanted.status),
    )


def _status(text: str) -> str:
    if session_terms(text) is None:
        raise WantedError(
            f"There is no status {text!r}; say st, relisting, listing:N or delisting_period:N."
        )
    return text


def _found(pattern: re.Pattern[str], texts: tuple[str, ...]) -> str:
    """The first match in the first text that has one."""
    return next((found.group() for found in map(pattern.search, texts) if found), "")


def _session(wanted: Wanted, texts: tuple[str, ...]) -> date:
    try:
        return wanted.session or date.fromisoformat(_found(_DAY, texts))
    except ValueError:
        raise WantedError("Which day is it? Give it with --session, as 2023-02-07.") from None
