"""``simtrade tape``: import recorded market data, list, show and verify it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simtrade.commands.output import TAPES, AsJson, complain, load_settings, table, tell
from simtrade.mistakes import Mistake

if TYPE_CHECKING:
    from feeds.tape_store import Manifest

application = typer.Typer(help="Recorded market data.", no_args_is_help=True)

FORMATS = ("csv", "sse-l2")

TapeName = Annotated[str, typer.Argument(help="The tape's id, as `tape list` shows it.")]


@application.command("import")
def import_tape(
    tape_format: Annotated[
        str, typer.Argument(metavar="FORMAT", help="csv: bars.  sse-l2: orders of a Shanghai day.")
    ],
    path: Annotated[Path, typer.Argument(help="csv: the file.  sse-l2: the folder.")],
    *,
    name: Annotated[str, typer.Option(help="Name of the tape; default: from the path.")] = "",
    kind: Annotated[
        str, typer.Option(help="csv: daily_bars or minute_bars; default: from the first line.")
    ] = "",
    market: Annotated[str, typer.Option(help="csv: market of the instruments.")] = "XNAS",
    board: Annotated[str, typer.Option(help="Board of the instruments.")] = "main",
    currency: Annotated[str, typer.Option(help="csv: USD, CNY or HKD.")] = "USD",
    decimals: Annotated[
        int, typer.Option(min=0, max=8, help="csv: decimals of a price; the tick is the last.")
    ] = 2,
    symbol: Annotated[
        str, typer.Option(help="The one instrument; default: from the file or its path.")
    ] = "",
    session: Annotated[
        str, typer.Option(help="sse-l2: the day, as 2023-02-07; default: from SOURCE.md or path.")
    ] = "",
    status: Annotated[
        str,
        typer.Option(
            help="sse-l2: what the stock was: st, relisting, listing:N (its N-th day) ..."
        ),
    ] = "",
    source: Annotated[str, typer.Option(help="Where the data comes from.")] = "",
    licence: Annotated[str, typer.Option(help="What you may do with it.")] = "",
    round_prices: Annotated[
        bool, typer.Option(help="csv: move prices between ticks half up, not refuse them.")
    ] = False,
    actions: Annotated[
        Path | None, typer.Option(help="csv: a file of dividends, splits, suspensions ...")
    ] = None,
    listings: Annotated[
        Path | None, typer.Option(help="csv: a file of dated states: st, listing, board, lot ...")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import recorded market data as a tape; refused lines are listed with their reason.

    A bad bar is left out; a bad line of a day of orders refuses the day.  Exit 2 when nothing was
    imported.
    """
    if tape_format == "csv":
        from simtrade.commands.tape_csv import Chosen, import_csv

        scales = (market, board, currency, decimals)
        chosen = Chosen(name, kind, symbol, source, licence, round_prices, actions, listings)
        import_csv(path, scales, chosen, as_json=as_json)
    elif tape_format == "sse-l2":
        from simtrade.commands.tape_sse import Given, import_sse

        import_sse(
            path, Given(name, board, symbol, session, source, licence, status), as_json=as_json
        )
    else:
        raise Mistake(f"There is no format {tape_format!r}; the formats are {', '.join(FORMATS)}.")


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
    """Compare a tape with its manifest, byte by byte and row by row; exit 1 on a difference."""
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
