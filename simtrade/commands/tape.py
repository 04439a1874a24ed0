"""``simtrade tape``: import, record, list, show, verify, export and remove market data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simtrade.commands.output import TAPES, AsJson, complain, load_settings, table, tell
from simtrade.commands.tape_care import TapeName, export_tape, manifest_of, remove_tape
from simtrade.commands.tape_import import import_tape
from simtrade.commands.tape_live import history, keep, record
from simtrade.mistakes import Mistake

if TYPE_CHECKING:
    from feeds.tape_store import Manifest

application = typer.Typer(help="Recorded market data.", no_args_is_help=True)

application.command("import")(import_tape)
application.command("export")(export_tape)
application.command("remove")(remove_tape)
application.command("record")(record)
application.command("keep")(keep)
application.command("history")(history)


@application.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """List the tapes of the data folder."""
    manifests = _manifests()
    result = [_summary(one) for one in manifests]
    rows = [(one.tape_id, one.kind.value, str(one.rows), one.licence) for one in manifests]
    tell({"tapes": result}, table(("tape", "kind", "rows", "licence"), rows), as_json=as_json)


@application.command("connectors")
def connectors(*, as_json: AsJson = False) -> None:
    """List the vendors whose live market data can be heard, with what each tells."""
    from feeds.live.vendors import VENDORS

    result = [
        {
            "connector": name,
            "kind": one.kind.value,
            "needs_key": one.needs_key,
            "source": one.source,
        }
        for name, one in VENDORS.items()
    ]
    rows = [
        (name, one.kind.value, "yes" if one.needs_key else "no", one.source)
        for name, one in VENDORS.items()
    ]
    text = table(("connector", "tells", "key", "source"), rows)
    tell({"connectors": result}, text, as_json=as_json)


@application.command("show")
def show(tape: TapeName, *, as_json: AsJson = False) -> None:
    """Show what a tape says of itself."""
    import msgspec

    manifest = manifest_of(load_settings(), tape)
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
    names = (
        [manifest_of(load_settings(), tape).tape_id]
        if tape
        else [one.tape_id for one in _manifests()]
    )
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


def _summary(manifest: Manifest) -> dict[str, object]:
    return {
        "tape": manifest.tape_id,
        "kind": manifest.kind.value,
        "rows": manifest.rows,
        "instruments": len(manifest.instruments),
        "source": manifest.source,
        "licence": manifest.licence,
    }
