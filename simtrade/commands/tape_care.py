"""``simtrade tape export`` and ``remove``: take a tape out as CSV, or away for good."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simtrade.commands.output import TAPES, AsJson, load_settings, tell
from simtrade.mistakes import Mistake

if TYPE_CHECKING:
    from feeds.tape_store import Manifest
    from simtrade.settings import Settings

TapeName = Annotated[str, typer.Argument(help="The tape's id, as `tape list` shows it.")]


def export_tape(
    tape: TapeName,
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write a tape as CSV: one file per table, prices written out, and its manifest.

    What may be done with the files is what the licence in the manifest says.
    """
    from feeds import tape_export
    from feeds.tape import TapeError

    settings = load_settings()
    manifest = manifest_of(settings, tape)
    try:
        written = tape_export.export_tape(settings.data / TAPES, manifest, folder)
    except (TapeError, OSError) as error:
        raise Mistake(f"The tape was not exported: {error}.") from error
    lines = [f"{file}: {rows} rows" for file, rows in written.items()]
    text = "\n".join([*lines, f"Licence: {manifest.licence}"])
    result = {"tape": tape, "folder": str(folder), "files": written, "licence": manifest.licence}
    tell(result, text, as_json=as_json)


def remove_tape(tape: TapeName, *, as_json: AsJson = False) -> None:
    """Remove a tape.  Refused while a server runs, for shipped tapes, and for tapes that a market
    was opened on: its orders could not be explained any more."""
    from feeds.catalogue import ensure_shipped
    from feeds.tape_store import remove
    from simtrade.store.lock import DataLock

    settings = load_settings()
    manifest = manifest_of(settings, tape)
    root = settings.data / TAPES
    with DataLock(settings.data):
        if tape in ensure_shipped(root).values():
            raise Mistake(f"The tape {tape} comes with the program and would be built again.")
        if count := _used(settings, tape):
            raise Mistake(f"{count} markets run on the tape {tape}; it stays.")
        remove(root, tape)
    tell({"tape": tape, "removed": True}, f"Removed {tape} ({manifest.name}).", as_json=as_json)


def manifest_of(settings: Settings, tape: str) -> Manifest:
    """The manifest of a tape.  Raises Mistake when there is none."""
    from feeds.tape import TapeError
    from feeds.tape_store import list_tapes

    try:
        found = [one for one in list_tapes(settings.data / TAPES) if one.tape_id == tape]
    except TapeError as error:
        raise Mistake(f"{error}.") from error
    if not found:
        raise Mistake(f"There is no tape {tape!r}; see `simtrade tape list`.")
    return found[0]


def _used(settings: Settings, tape: str) -> int:
    """How many markets were opened on a tape, told as whatever."""
    from simtrade.store.engine_store import EngineStore

    if not (settings.data / "engine.db").is_file():
        return 0
    store = EngineStore.open(settings.data)
    try:
        return store.count_venues_on(tape)
    finally:
        store.close()
