"""The whole measurement, small, on an invented day; and its verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.imports.sse_l2 import import_sse_l2
from feeds.order_store import write_order_tape
from feeds.tape import TapeError
from simtrade.bench import fidelity, market_orders
from simtrade.bench.fidelity import run
from tests.feeds.l2_sample import SampleDay, described
from tests.feeds.test_order_day import at, until
from tests.simtrade.commands.conftest import Shell, shell

__all__ = ["shell"]
SHARED = Path(__file__).parents[4] / "shared" / "data" / "ashare_l3_sse_600519_am"
TAPE = SampleDay(steps=300).tape()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market_orders, "MESSAGES", 3_000)
    monkeypatch.setattr(market_orders, "CASES", ((300, 5),))
    monkeypatch.setattr(fidelity, "EPISODES", 20)


def test_everything_is_measured_and_the_exact_queue_is_exact() -> None:
    told: list[tuple[int, int]] = []
    result = run(TAPE, 40, 1, lambda *done: told.append(done))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    exact = [one for one in result.passive if one.model == "orders"]
    assert len(exact) == 4
    assert all((one.bias, one.false, one.missed) == (0, 0, 0) for one in exact)
    models = {one.model for one in result.passive}
    assert models >= {"depth", "quotes", "snapshots", "trades", "bars"}
    assert models >= {"quote_crosses", "any_touch", "trade_through"}
    assert set(result.true) == {"200/60", "2000/300"}
    assert run(TAPE, 40, 1, lambda *_: None).as_json() == result.as_json()


def test_a_recording_too_short_for_them_is_said() -> None:
    with pytest.raises(TapeError, match="no continuous trading of 60 seconds"):
        run(until(TAPE, at(9, 30, 50)), 5, 1, lambda *_: None)


def test_the_command(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_order_tape(shell.data / "tapes", TAPE)
    picture = tmp_path / "bias.svg"
    options = ("--orders", "20", "--picture", str(picture))
    told = shell("bench", "fidelity", "--tape", "sample", *options)
    assert told.code in (0, 1)  # twenty orders may miss a target by chance
    assert "20 orders of 200 shares for 60 s, truly filled" in told.out
    assert ("Every target holds." in told.out) == (told.code == 0)
    assert picture.read_text().startswith("<svg ")
    done = run(TAPE, 20, 1, lambda *_: None)
    for one in done.passive:
        if one.model == "orders":
            object.__setattr__(one, "bias", 1.0)
    monkeypatch.setattr(fidelity, "run", lambda *_: done)
    failed = shell("bench", "fidelity", "--tape", "sample", "--json")
    assert failed.code == 1
    assert '"holds": false' in failed.out
    assert "DOES NOT HOLD" in shell("bench", "fidelity", "--tape", "sample").out
    monkeypatch.undo()


def test_the_shared_morning_meets_the_targets() -> None:
    if not SHARED.is_dir():
        pytest.skip("ashare_l3_sse_600519_am is not here")
    tape = import_sse_l2(SHARED, described()).tape
    assert tape is not None
    result = run(tape, 500, 7, lambda *_: None)
    told = {(one.model, one.profile, one.qty): one for one in result.passive}
    level2 = [one for one in result.passive if one.model == "depth"]
    assert all(one.holds for one in level2), level2
    for qty in (200, 2_000):
        assert told["snapshots", "strict", qty].holds
        assert abs(told["snapshots", "standard", qty].bias) < 6.5  # 5 on the full sample
        assert told["any_touch", "", qty].bias > 5
