"""``simtrade tape``: import recorded market data, list, show and verify it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from simtrade.commands.output import AsJson, complain, load_settings, progress, table, tell
from simtrade.mistakes import Mistake

if TYPE_CHECKING:
    from feeds.csv_bars import CsvBars, CsvResult
    from feeds.tape_store import Manifest
    from matching.instrument import Instrument

application = typer.Typer(help="Recorded market data.", no_args_is_help=True)

FORMATS = ("csv",)
TAPES = "tapes"
_SHOWN_PROBLEMS = 20
_NAME_AT_MOST = 40
_LINE_AT_MOST = 4096

TapeName = Annotated[str, typer.Argument(help="The tape's id, as `tape list` shows it.")]


class _Chosen(NamedTuple):
    """Options of the import; empty is not chosen."""

    name: str
    kind: str
    symbol: str
    source: str
    licence: str
    round_prices: bool


@application.command("import")
def import_tape(
    tape_format: Annotated[str, typer.Argument(metavar="FORMAT", help="csv: bars, plain or gzip.")],
    path: Annotated[Path, typer.Argument(help="The file.")],
    *,
    name: Annotated[str, typer.Option(help="Name of the tape; default: the file's.")] = "",
    kind: Annotated[
        str, typer.Option(help="daily_bars or minute_bars; default: told from the first line.")
    ] = "",
    market: Annotated[str, typer.Option(help="Market of the instruments.")] = "XNAS",
    board: Annotated[str, typer.Option(help="Board of the instruments.")] = "main",
    currency: Annotated[str, typer.Option(help="USD, CNY or HKD.")] = "USD",
    decimals: Annotated[
        int, typer.Option(min=0, max=8, help="Decimals of a price; the tick is the last one.")
    ] = 2,
    symbol: Annotated[
        str, typer.Option(help="The one instrument; default: the symbol column or the file's name.")
    ] = "",
    source: Annotated[str, typer.Option(help="Where the data comes from.")] = "",
    licence: Annotated[str, typer.Option(help="What you may do with it.")] = "",
    round_prices: Annotated[
        bool, typer.Option(help="Move prices between ticks half up instead of refusing them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a file as a tape; refused lines are listed with their reason.

    Exit 2 when no line could be used.
    """
    from feeds.csv_bars import import_csv_bars
    from feeds.tape_store import write_tape

    if tape_format not in FORMATS:
        raise Mistake(f"There is no format {tape_format!r}; the formats are {', '.join(FORMATS)}.")
    if not path.is_file():
        raise Mistake(f"There is no file {path}.")
    settings = load_settings()
    chosen = _Chosen(name, kind, symbol, source, licence, round_prices)
    plan = _plan(path, _instrument(market, board, currency, decimals), chosen)
    with progress(f"Importing {path.name}") as advance:
        result = import_csv_bars(path, plan, advance)
        if result.tape is not None:
            write_tape(settings.data / TAPES, result.tape)
    _complain_of(result)
    tell(_outcome(result), _outcome_text(result), as_json=as_json)
    if result.tape is None:
        raise typer.Exit(2)


@application.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """List the tapes of the data folder."""
    manifests = _manifests()
    result = [_summary(one) for one in manifests]
    rows = [(one.tape_id, one.kind.value, str(one.rows), one.licence) for one in manifests]
    tell({"tapes": result}, table(("tape", "kind", "rows", "licence"), rows), as_json=as_json)


@application.command("show")
def show(tape: TapeName, *, as_json: AsJson = False) -> None:
    """Show what a tape says of itself."""
    import msgspec

    manifest = _manifest(tape)
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2).decode()
    tell(msgspec.to_builtins(manifest), text, as_json=as_json)


@application.command("verify")
def verify(
    tape: Annotated[str, typer.Argument(help="The tape's id; default: all tapes.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Compare a tape with its manifest, byte by byte and bar by bar; exit 1 on a difference."""
    from feeds.tape_store import verify_tape

    root = load_settings().data / TAPES
    names = [_manifest(tape).tape_id] if tape else [one.tape_id for one in _manifests()]
    problems = [
        {"tape": name, "file": problem.file, "message": problem.message}
        for name in names
        for problem in verify_tape(root, name)
    ]
    for problem in problems:
        complain(f"{problem['tape']}/{problem['file']}: {problem['message']}")
    result = {"ok": not problems, "tapes": names, "problems": problems}
    tell(result, f"{len(names)} tapes, {len(problems)} problems.", as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _instrument(market: str, board: str, currency: str, decimals: int) -> Instrument:
    from matching.instrument import Instrument, InstrumentId
    from matching.units import CURRENCIES

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


def _plan(path: Path, template: Instrument, chosen: _Chosen) -> CsvBars:
    """How to read the file: what was not chosen is told from its name and first two lines."""
    from feeds.calendar import CHINA_HOURS, US_HOURS
    from feeds.csv_bars import CsvBars
    from feeds.csv_values import DEFAULT_NAMES, Field, OffTick
    from feeds.tape import TapeKind

    words, cells = _first_lines(path)
    named = [DEFAULT_NAMES.get(word.strip().lower()) for word in words]
    timed = Field.TIME in named or any(":" in cell for cell in cells)
    kinds = {kind.value: kind for kind in TapeKind}
    kind = chosen.kind or (TapeKind.MINUTE_BARS if timed else TapeKind.DAILY_BARS).value
    if kind not in kinds:
        raise Mistake(f"There is no kind {kind!r}; the kinds are {', '.join(kinds)}.")
    stem = path.name.removesuffix(".gz").removesuffix(".csv")
    name = chosen.name or re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")[:_NAME_AT_MOST]
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]{0,39}", name):
        raise Mistake("The name of a tape is 1 to 40 of a-z, 0-9 and _; give one with --name.")
    only_symbol = chosen.symbol or (None if Field.SYMBOL in named else stem.upper())
    return CsvBars(
        name=name,
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
    import csv
    import gzip

    opener = gzip.open if path.suffix == ".gz" else Path.open
    try:
        with opener(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as text:
            rows = csv.reader(text.readline(_LINE_AT_MOST) for _ in range(2))
            return next(rows, []), next(rows, [])
    except (EOFError, gzip.BadGzipFile, csv.Error):
        return [], []


def _complain_of(result: CsvResult) -> None:
    for problem in result.problems[:_SHOWN_PROBLEMS]:
        complain(f"line {problem.line}: {problem.code.value}: {problem.text}")
    hidden = result.problem_count - _SHOWN_PROBLEMS
    if hidden > 0:
        complain(f"... and {hidden} more.")


def _outcome(result: CsvResult) -> dict[str, object]:
    return {
        "tape": result.tape.tape_id if result.tape else None,
        "rows": result.rows,
        "refused": result.refused,
        "rounded": result.rounded,
        "span": _span(result),
        "problems": [
            {"line": one.line, "code": one.code.value, "text": one.text}
            for one in result.problems[:_SHOWN_PROBLEMS]
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


def _manifests() -> list[Manifest]:
    from feeds.tape import TapeError
    from feeds.tape_store import list_tapes

    try:
        return list_tapes(load_settings().data / TAPES)
    except TapeError as error:
        raise Mistake(f"{error}.") from error


def _manifest(tape: str) -> Manifest:
    found = [one for one in _manifests() if one.tape_id == tape]
    if not found:
        raise Mistake(f"There is no tape {tape!r}; see `simtrade tape list`.")
    return found[0]


def _summary(manifest: Manifest) -> dict[str, object]:
    return {
        "tape": manifest.tape_id,
        "kind": manifest.kind.value,
        "rows": manifest.rows,
        "instruments": len(manifest.instruments),
        "source": manifest.source,
        "licence": manifest.licence,
    }
