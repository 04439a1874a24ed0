"""``simtrade bench``: each benchmark is a module of simtrade/bench with a function of that name."""

from __future__ import annotations

from importlib import import_module

import typer

BENCHMARKS = {
    "api": "simtrade.bench.api",
    "crash": "simtrade.bench.crash",
    "durable": "simtrade.bench.durable",
    "fanout": "simtrade.bench.fanout",
    "fidelity": "simtrade.bench.fidelity",
    "import": "simtrade.bench.imports",
    "matching": "simtrade.bench.matching",
    "replay": "simtrade.bench.replay",
    "reproduce": "simtrade.bench.reproduce",
    "stylised": "simtrade.bench.stylised",
}

application = typer.Typer(
    help="Measure: matching, fan-out, API, durable writes, crashes, replay, imports, fills.",
    no_args_is_help=True,
)


@application.callback()
def bench() -> None:
    """Measure: matching, fan-out, API, durable writes, crashes, replay, imports, fills."""


def load() -> None:
    """Bring in the benchmarks themselves: they import numba and the whole desk, so only the one
    command that needs them pays for it."""
    for name, module in BENCHMARKS.items():
        application.command(name)(getattr(import_module(module), module.rpartition(".")[2]))
