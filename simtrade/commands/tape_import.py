"""``simtrade tape import``: any recording in any known format becomes tapes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import typer

from feeds.imports.formats import FORMATS, formats_help
from feeds.imports.importer import Job, Made, Wanted, WantedError, run_import, unused
from feeds.imports.opening import Limits
from feeds.imports.report import Report, StopImportError
from simtrade.commands import tape_options as options
from simtrade.commands.output import (
    SHOWN_PROBLEMS,
    TAPES,
    AsJson,
    complain,
    complain_of,
    load_settings,
    progress,
    tell,
)
from simtrade.mistakes import Mistake

_FINDINGS = ("crossed", "out_of_order", "duplicates", "rounded")


def import_tape(
    tape_format: options.FormatName,
    path: options.Where,
    *,
    name: options.Name = "",
    kind: options.Kind = "",
    market: options.Market = "",
    board: options.Board = "",
    currency: options.CurrencyCode = "",
    decimals: options.Decimals = None,
    tick: options.Tick = "",
    symbol: options.Symbol = "",
    session: options.Session = "",
    status: options.Status = "",
    source: options.Source = "",
    licence: options.Licence = "",
    columns: options.Columns = "",
    interval: options.Interval = "",
    label: options.Label = "",
    zone: options.Zone = "",
    time_format: options.TimeFormat = "",
    price_divisor: options.PriceDivisor = 1,
    qty_multiplier: options.QtyMultiplier = 1,
    levels: options.Levels = 0,
    round_prices: options.RoundPrices = False,
    instruments: options.InstrumentFile = None,
    actions: options.Actions = None,
    listings: options.Listings = None,
    most_refused: options.MostRefused = None,
    as_json: AsJson = False,
) -> None:
    """Import recorded market data as tapes; refused lines are listed with their reason.

    Exit 2, and nothing is kept, when it can't be imported as a whole.
    """
    if tape_format not in FORMATS:
        raise Mistake(f"There is no format {tape_format!r}; the formats are {', '.join(FORMATS)}.")
    wanted = Wanted(
        path=path, name=name, kind=kind, market=market, board=board, currency=currency,
        decimals=decimals, tick=tick, symbol=symbol, session=_day(session), status=status,
        source=source, licence=licence, columns=_columns(columns), interval=interval, label=label,
        zone=zone, time_format=time_format, price_divisor=price_divisor,
        qty_multiplier=qty_multiplier, levels=levels, round_prices=round_prices,
        instruments=instruments, actions=actions, listings=listings,
    )  # fmt: skip
    _run(tape_format, wanted, most_refused, as_json=as_json)


import_tape.__doc__ = f"{import_tape.__doc__}\n\nFormats:\n\n{formats_help()}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Mistake(f"{text!r} is no day; write it as 2023-02-07.") from None


def _columns(text: str) -> dict[str, str]:
    """``time=DateTime,price=Px`` as fields and their words."""
    found: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        field, equals, word = (part.strip() for part in pair.partition("="))
        if not field or not equals or not word or field in found:
            raise Mistake(f"{pair!r} is no pair of the map; write time=DateTime,price=Px.")
        found[field] = word
    return found


def _run(tape_format: str, wanted: Wanted, most_refused: int | None, *, as_json: bool) -> None:
    for path in (wanted.path, wanted.actions, wanted.listings, wanted.instruments):
        if path is not None and not path.exists() and not path.is_symlink():
            raise Mistake(f"There is no file {path}.")
    settings = load_settings()
    most = settings.import_most_refused if most_refused is None else most_refused
    limits = Limits(settings.import_most_ratio, settings.import_most_gigabytes << 30)
    made: tuple[Made, ...] = ()
    stopped = ""
    own = FORMATS[tape_format]
    if ignored := unused(own, wanted):
        raise Mistake(f"The format {tape_format} has no use for {', '.join(ignored)}.")
    with progress(f"Importing {wanted.path.name}") as advance:
        report = Report(most, advance)
        job = Job(wanted, settings.data / TAPES, report, limits)
        try:
            made = run_import(own.load(), job)
        except StopImportError as stop:
            stopped = stop.problem.sentence
        except WantedError as error:
            raise Mistake(str(error)) from error
    complain_of([one.sentence for one in report.problems], report.problem_count)
    if stopped:
        complain(stopped)
    tell(_outcome(made, report, stopped), _text(made, report), as_json=as_json)
    if stopped:
        raise typer.Exit(2)


def _outcome(tapes: Sequence[Made], report: Report, stopped: str) -> dict[str, object]:
    spans = [one.span for one in tapes]
    found = {word: report.counted[word] for word in _FINDINGS}
    return {
        "tape": tapes[0].tape_id if tapes else None,
        "rows": sum(one.rows for one in tapes),
        "refused": report.refused,
        "span": [min(one[0] for one in spans), max(one[1] for one in spans)] if spans else None,
        "gaps": sum(one.gaps for one in tapes),
        **found,
        "stopped": stopped or None,
        "problems": [
            {"file": one.file, "line": one.line, "code": one.code.value, "text": one.text}
            for one in report.problems[:SHOWN_PROBLEMS]
        ],
        "problem_count": report.problem_count,
        "tapes": [
            {"tape": one.tape_id, "rows": one.rows, "span": [*one.span], "gaps": one.gaps,
             "counts": dict(one.counts), "notes": [*one.notes]}
            for one in tapes
        ],
    }  # fmt: skip


def _text(tapes: Sequence[Made], report: Report) -> str:
    refused = f"{report.refused:,} lines refused"
    if not tapes:
        return f"Nothing imported; {refused}."
    lines = []
    for one in tapes:
        counts = ", ".join(f"{count:,} {word}" for word, count in one.counts.items())
        lines.append(
            f"Imported {one.tape_id}: {one.rows:,} rows{counts and f' ({counts})'}, "
            f"{one.span[0]} to {one.span[1]}, {one.gaps:,} gaps."
        )
        lines += [f"  {note}" for note in one.notes]
    found = [f"{report.counted[word]:,} {word.replace('_', ' ')}" for word in _FINDINGS]
    return "\n".join([*lines, f"{refused}; {', '.join(found)}."])
