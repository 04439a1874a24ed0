"""``simtrade tape import csv``: bars, plain or gzip."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import typer

from feeds.calendar import CHINA_HOURS, US_HOURS
from feeds.imports.csv_actions import import_csv_actions
from feeds.imports.csv_bars import CsvBars, CsvResult, import_csv_bars
from feeds.imports.csv_lines import LineProblem
from feeds.imports.csv_listings import import_csv_listings
from feeds.imports.csv_values import DEFAULT_NAMES, Field, OffTick
from feeds.tape import Tape, TapeKind
from feeds.tape_store import write_tape
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

_LINE_AT_MOST = 4096
_Read = TypeVar("_Read")  # what reading a second file gives


class Chosen(NamedTuple):
    """Options of the import; empty is not chosen."""

    name: str
    kind: str
    symbol: str
    source: str
    licence: str
    round_prices: bool
    actions: Path | None = None
    listings: Path | None = None


def import_csv(
    path: Path, scales: tuple[str, str, str, int], chosen: Chosen, *, as_json: bool
) -> None:
    """Import a file; ``scales`` are market, board, currency and decimals of a price."""
    if not path.is_file():
        raise Mistake(f"There is no file {path}.")
    settings = load_settings()
    plan = _plan(path, _instrument(*scales), chosen)
    with progress(f"Importing {path.name}") as advance:
        result = import_csv_bars(path, plan, advance)
    actions = _second_file(result, chosen.actions, import_csv_actions)
    if actions is not None:
        result = replace(result, tape=actions.tape)
    listings = _second_file(result, chosen.listings, import_csv_listings)
    if listings is not None:
        result = replace(result, tape=listings.tape)
    if result.tape is not None:
        write_tape(settings.data / TAPES, result.tape)
    complain_of(
        [f"line {one.line}: {one.code.value}: {one.text}" for one in result.problems],
        result.problem_count,
    )
    outcome, text = _outcome(result), _outcome_text(result)
    if actions is not None:
        told = _told("actions", actions.problems)
        outcome |= {"actions": actions.rows, "action_problems": told[:SHOWN_PROBLEMS]}
        text += f" {actions.rows} corporate actions, {len(told)} problems in their file."
    if listings is not None:
        told = _told("listings", listings.problems)
        outcome |= {"listings": listings.rows, "listing_problems": told[:SHOWN_PROBLEMS]}
        text += f" {listings.rows} listing states, {len(told)} problems in their file."
    tell(outcome, text, as_json=as_json)
    if result.tape is None:
        raise typer.Exit(2)


def _second_file(
    result: CsvResult, path: Path | None, read: Callable[[Path, Tape], _Read]
) -> _Read | None:
    """What a second file adds to the tape; None without one."""
    if path is None or result.tape is None:
        return None
    if not path.is_file():
        raise Mistake(f"There is no file {path}.")
    return read(path, result.tape)


def _told(file: str, problems: Sequence[LineProblem]) -> list[str]:
    """The problems of a second file, complained of."""
    told = [f"{one.line}: {one.code.value}: {one.text}" for one in problems]
    complain_of([f"{file}, line {one}" for one in told], len(told))
    return told


def _instrument(market: str, board: str, currency: str, decimals: int) -> Instrument:
    if currency not in CURRENCIES:
        raise Mistake(
            f"There is no currency {currency!r}; the currencies are {', '.join(CURRENCIES)}."
        )
    return Instrument(
        instrument_id=InstrumentId(f"{market}:"),
        symbol="",
        name_en="",
        name_zh="",
        currency=CURRENCIES[currency],
        market=market,
        board=board,
        price_decimals=decimals,
    )


def _plan(path: Path, template: Instrument, chosen: Chosen) -> CsvBars:
    """How to read the file: what was not chosen is told from its name and first two lines."""
    words, cells = _first_lines(path)
    named = [DEFAULT_NAMES.get(word.strip().lower()) for word in words]
    timed = Field.TIME in named or any(":" in cell for cell in cells)
    kinds = {kind.value: kind for kind in (TapeKind.DAILY_BARS, TapeKind.MINUTE_BARS)}
    kind = chosen.kind or (TapeKind.MINUTE_BARS if timed else TapeKind.DAILY_BARS).value
    if kind not in kinds:
        raise Mistake(f"There is no kind {kind!r}; the kinds are {', '.join(kinds)}.")
    stem = path.name.removesuffix(".gz").removesuffix(".csv")
    only_symbol = chosen.symbol or (None if Field.SYMBOL in named else stem.upper())
    return CsvBars(
        name=tape_name(chosen.name, stem),
        kind=kinds[kind],
        source=chosen.source or path.name,
        licence=chosen.licence or "not stated",
        hours=CHINA_HOURS if template.currency.code == "CNY" else US_HOURS,
        template=template,
        only_symbol=only_symbol,
        off_tick=OffTick.ROUND_HALF_UP if chosen.round_prices else OffTick.REFUSE,
    )


def _first_lines(path: Path) -> tuple[list[str], list[str]]:
    """The cells of the header and of the first line; what is no text is the import's to report."""
    opener = gzip.open if path.suffix == ".gz" else Path.open
    try:
        with opener(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as text:
            rows = csv.reader(text.readline(_LINE_AT_MOST) for _ in range(2))
            return next(rows, []), next(rows, [])
    except (EOFError, gzip.BadGzipFile, csv.Error):
        return [], []


def _outcome(result: CsvResult) -> dict[str, object]:
    return {
        "tape": result.tape.tape_id if result.tape else None,
        "rows": result.rows,
        "refused": result.refused,
        "rounded": result.rounded,
        "span": _span(result),
        "problems": [
            {"line": one.line, "code": one.code.value, "text": one.text}
            for one in result.problems[:SHOWN_PROBLEMS]
        ],
    }


def _outcome_text(result: CsvResult) -> str:
    if result.tape is None:
        return f"Nothing imported; {result.refused} lines refused."
    first, last = _span(result) or ("", "")
    return (
        f"Imported {result.tape.tape_id}: {result.rows} bars, {first} to {last}; "
        f"{result.refused} lines refused, {result.rounded} prices rounded."
    )


def _span(result: CsvResult) -> tuple[str, str] | None:
    return (result.span[0].isoformat(), result.span[1].isoformat()) if result.span else None
