"""``simtrade bench``: every benchmark is a module of simtrade/bench with a function of its name."""

from __future__ import annotations

from importlib import import_module

import typer

BENCHMARKS = ("crash", "durable", "fanout", "matching", "replay")

application = typer.Typer(
    help="Measure: matching, fan-out, durable writes, crashes, replay.", no_args_is_help=True
)


@application.callback()
def bench() -> None:
    """Measure: matching, fan-out, durable writes, crashes, replay."""


def load() -> None:
    """Bring in the benchmarks themselves: they import numba and the whole desk, so only the one
    command that needs them pays for it."""
    for name in BENCHMARKS:
        application.command(name)(getattr(import_module(f"simtrade.bench.{name}"), name))
