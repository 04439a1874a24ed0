"""``simtrade serve``: the site."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from importlib import import_module
from typing import Annotated

import typer

from simtrade.commands.output import load_settings


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Instead of the setting host.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Instead of the setting port.")
    ] = None,
) -> None:
    """Serve the site until a signal comes; what was acknowledged survives any end."""
    settings = load_settings()
    settings = replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )
    # uvicorn stops in order and then sends itself the signal once more: without a handler that
    # would end the process before the databases are closed.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    # The site is the level above and may not be imported here: it is looked up by its name, as
    # an operating system looks up a program.
    import_module("web.server").serve(settings)


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)
