"""``simtrade bench``: every benchmark is reached by its name."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from simtrade.bench import crash, replay
from simtrade.bench.crash import CrashResult
from simtrade.bench.replay import ReplayResult
from simtrade.commands.bench import BENCHMARKS
from tests.simtrade.commands.conftest import Shell


def test_help_names_every_benchmark(shell: Shell) -> None:
    text = shell("bench", "--help").out
    assert all(f" {name} " in text for name in BENCHMARKS)


@pytest.mark.parametrize("module", BENCHMARKS.values())
def test_each_is_a_module_with_a_function_of_that_name(module: str) -> None:
    assert callable(getattr(import_module(module), module.rpartition(".")[2]))


def test_small_commands_do_not_pay_for_the_benchmarks() -> None:
    text = (
        "import sys, simtrade.cli; print('numba' in sys.modules, 'simtrade.bench' in sys.modules)"
    )
    said = subprocess.check_output([sys.executable, "-c", text], text=True)
    assert said.split() == ["False", "False"]


@pytest.mark.parametrize("lost", [0, 2])
def test_a_broken_promise_is_an_exit_code(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    result = CrashResult(kills=3, acknowledged=10, lost=lost, verified=True, problems=["x"] * lost)
    monkeypatch.setattr(crash, "run", lambda *_: result)
    told = shell("bench", "crash", "--kills", "3", "--json")
    assert told.code == (1 if lost else 0)
    assert f'"lost": {lost}' in told.out
    assert told.error.count("x\n") == lost
    assert f"{lost} lost" in shell("bench", "crash").out


def test_a_replay_that_takes_too_long_is_an_exit_code(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds, equal, code in ((1.0, True, 0), (99.0, True, 1), (1.0, False, 1)):
        result = ReplayResult(3_000, 1_000, 5, seconds, equal, 20.0)
        monkeypatch.setattr(replay, "run", lambda found=result: found)
        assert shell("bench", "replay").code == code
