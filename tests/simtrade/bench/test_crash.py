"""Killed at any moment, the desk loses nothing that it acknowledged and does nothing twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from matching.orders import AccountId, OrderKind, Side, TimeInForce
from matching.reasons import Reason
from matching.units import Qty
from simtrade.bench.crash import CrashResult, _first_missing, _judge, _short
from simtrade.desk.requests import FLOOR, Done, PlaceRequest, Refusal
from simtrade.settings import Settings
from tests.world import World

ROOT = Path(__file__).parents[3]


def killed(kills: int) -> dict[str, object]:
    """The benchmark in a process of its own: it forks."""
    command = [sys.executable, "-m", "simtrade", "bench", "crash", "--kills", str(kills), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing_and_double_nothing() -> None:
    result = killed(100)
    assert result["kills"] == 100
    assert (result["lost"], result["doubled"], result["problems"]) == (0, 0, [])
    assert result["verified"] is True
    acknowledged, again = result["acknowledged"], result["sent_again"]
    assert isinstance(acknowledged, int)
    assert isinstance(again, int)
    assert acknowledged > 1_000, "nothing was under way"
    assert again > 0, "nothing was asked again"


@pytest.fixture
def judged(world: World) -> tuple[World, Settings, dict[int, str]]:
    """Three acknowledged orders, one of them refused."""
    account, quote = world.floor(), world.venues.quotes(FLOOR)[0]
    answers = {}
    for number, qty in enumerate((100, 200, 150)):
        reply = world.place(
            account,
            Side.BUY,
            qty,
            quote.instrument_id,
            limit=quote.lower_ticks,
            key=f"order-{number}",
        )
        answers[number] = _short(reply)
    return world, Settings(data=world.data, floor_seed=7), answers


def verdict(settings: Settings, answers: dict[int, str]) -> CrashResult:
    result = CrashResult()
    _judge(settings, answers, result)
    return result


def test_a_whole_journal_is_found_whole(judged: tuple[World, Settings, dict[int, str]]) -> None:
    _, settings, answers = judged
    assert [one.split()[0] for one in answers.values()] == ["done", "done", "refused"]
    result = verdict(settings, answers)
    assert (result.ok, result.acknowledged, result.lost, result.doubled) == (True, 3, 0, 0)
    assert result.as_json()["ok"] is True


@pytest.mark.parametrize("wrong", [{9: "done 9"}, {0: "done 99"}])
def test_an_acknowledged_order_that_is_missing_or_another_is_lost(
    judged: tuple[World, Settings, dict[int, str]], wrong: dict[int, str]
) -> None:
    _, settings, answers = judged
    result = verdict(settings, answers | wrong)
    assert (result.ok, result.lost) == (False, 1)
    assert result.problems


def test_an_order_carried_out_twice_is_doubled(
    judged: tuple[World, Settings, dict[int, str]],
) -> None:
    world, settings, answers = judged
    other = world.floor(user=2)
    world.submit(PlaceRequest(other, "order-1", "SIMA:609001", Side.BUY, OrderKind.MARKET,  # type: ignore[arg-type]
                              Qty(100), None, TimeInForce.DAY))  # fmt: skip
    assert verdict(settings, answers).doubled == 1


def test_a_row_that_somebody_else_did_is_not_verified(
    judged: tuple[World, Settings, dict[int, str]],
) -> None:
    world, settings, answers = judged
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE balance SET credits_posted = credits_posted + 1")
    result = verdict(settings, answers)
    assert (result.verified, result.ok) == (False, False)


def test_some_answered_orders_are_asked_again_and_nothing_is_skipped() -> None:
    assert _first_missing({}) == 0
    assert _first_missing(dict.fromkeys(range(10), "")) == 0
    assert _first_missing(dict.fromkeys(range(1_000), "")) == 984
    holes = dict.fromkeys([*range(900), *range(910, 1_000)], "")
    assert _first_missing(holes) <= 900


def test_a_reply_is_told_by_what_must_not_change() -> None:
    assert _short(Done(5, FLOOR, AccountId(1), replayed=True)) == _short(Done(5, FLOOR))
    assert _short(Refusal(Reason.NOT_ENOUGH_CASH, {"x": 1})) == "refused not_enough_cash"
