"""``simtrade verify``: is everything in the tables what the journal says?"""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer

from simtrade.commands.output import AsJson, complain, load_settings, progress, tell
from simtrade.mistakes import Mistake


def verify(*, as_json: AsJson = False) -> None:
    """Carry out every command of the journal again and compare every table; also while a server
    runs.

    Exit 1 when anything differs.
    """
    from simtrade.desk import verify as audit
    from simtrade.store.backup import copy_database
    from simtrade.store.database import open_database
    from simtrade.store.engine_store import EngineStore
    from simtrade.store.migrate import Database, migrate
    from simtrade.venues.feeds import Feeds

    settings = load_settings()
    engine_file = settings.data / "engine.db"
    if not engine_file.is_file():
        raise Mistake(f"There is no database in {settings.data}.")
    feeds = Feeds(settings.data, settings.floor_seed)
    # A copy stands still: a server may write on, and nothing here can change what it has.
    with tempfile.TemporaryDirectory(prefix="verify-", dir=settings.data) as folder:
        copy = Path(folder) / engine_file.name
        copy_database(engine_file, copy)
        engine = open_database(copy)
        try:
            migrate(engine, Database.ENGINE, Path(folder))
            with progress("Verifying") as advance:
                report = audit.verify(EngineStore(engine), feeds, advance)
        finally:
            engine.dispose()
    for problem in report.problems:
        complain(problem)
    result = {
        "ok": report.ok,
        "hash": report.hash,
        "ledger_sums": report.ledger_sums,
        "commands": report.commands,
        "problems": report.problems,
    }
    outcome = "everything agrees" if report.ok else "NOT everything agrees"
    tell(result, f"{report.commands} commands: {outcome}. {report.hash}", as_json=as_json)
    if not report.ok:
        raise typer.Exit(1)
