"""The command line as a whole: help everywhere, quick, and no traceback for a person's mistake."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
import typer

from simtrade.cli import application
from simtrade.commands.bench import BENCHMARKS
from tests.simtrade.commands.conftest import Shell, shell

__all__ = ["shell"]

HEAVY = (
    "numpy",
    "numba",
    "polars",
    "sqlalchemy",
    "sqlmodel",
    "alembic",
    "argon2",
    "uvicorn",
    "web",
)


def commands() -> list[tuple[str, ...]]:
    root = typer.main.get_command(application)
    found: list[tuple[str, ...]] = []
    for name, command in getattr(root, "commands", {}).items():
        inner = getattr(command, "commands", None)
        found += [(name, one) for one in inner] if inner else [(name,)]
    found.remove(("bench",))  # brings its commands in only when it is asked for
    return found + [("bench", one) for one in BENCHMARKS]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_each_command_has_help_and_json(shell: Shell, command: tuple[str, ...]) -> None:
    finished = shell(*command, "--help")
    assert finished.code == 0
    assert "--json" in finished.out or command in (("serve",), ("mcp",))


def test_help_imports_nothing_heavy_and_is_there_at_once() -> None:
    code = f"""
import sys
import simtrade.cli
print([name for name in {HEAVY} if name in sys.modules])
"""
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    # 0.1 s on an idle machine; the bound is for one that runs other tests beside.
    assert time.monotonic() - started < 3


def test_a_wrong_setting_is_a_sentence(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMTRADE_PROT", "1")
    finished = shell("user", "list")
    assert finished.code == 1
    assert "Unknown environment variable: SIMTRADE_PROT. Did you mean" in finished.error


def test_a_folder_that_cannot_be_made_is_a_sentence(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMTRADE_DATA", "/dev/null/x")
    finished = shell("user", "list")
    assert (finished.code, finished.error) == (1, "/dev/null/x: Not a directory.\n")


def test_an_unknown_command_is_told(shell: Shell) -> None:
    assert shell("sevre").code == 2
