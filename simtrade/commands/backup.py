"""``simtrade backup`` and ``simtrade restore``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from simtrade.commands.output import AsJson, load_settings, tell

_NS_PER_SECOND = 1_000_000_000


def back_up(
    to: Annotated[
        Path | None, typer.Option(help="New folder of the copy; default: one below the data.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Copy the databases, also while a server runs, with a manifest of their hashes."""
    from simtrade.clock import now_ns
    from simtrade.store import backup
    from simtrade.store.migrate import BACKUPS

    settings = load_settings()
    at_ns = now_ns()
    moment = datetime.fromtimestamp(at_ns // _NS_PER_SECOND, UTC)
    folder = to or settings.data / BACKUPS / moment.strftime("%Y-%m-%dT%H-%M-%SZ")
    manifest = backup.back_up(settings.data, folder, at_ns)
    size = sum(one.size_bytes for one in manifest.files)
    tell(
        {"folder": str(folder), **asdict(manifest)},
        f"Copied {len(manifest.files)} databases, {size} bytes, to {folder}.",
        as_json=as_json,
    )


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `simtrade backup` made.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the databases that are there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back; refused while a server runs on the data folder."""
    from simtrade.store import backup
    from simtrade.store.lock import DataLock

    settings = load_settings()
    with DataLock(settings.data):
        manifest = backup.restore(folder, settings.data, replace=replace)
    tell(
        {"data": str(settings.data), **asdict(manifest)},
        f"Restored {len(manifest.files)} databases from {folder}.",
        as_json=as_json,
    )
