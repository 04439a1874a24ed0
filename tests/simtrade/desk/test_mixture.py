"""Everything mixed with everything: the desk never stops, its books add up, its journal agrees.

``SIMTRADE_EXAMPLES`` plays that many runs in place of a few.  A run that once failed stays here
with the few steps that it took.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

import pytest

from feeds.catalogue import US_DAILY
from feeds.order_store import write_order_tape
from feeds.tape_store import list_tapes
from matching.orders import FillProfile
from matching.scope import Scope
from tests.feeds.l2_sample import SESSION, SampleDay
from tests.feeds.market_week import SESSIONS, write_shanghai, write_week
from tests.simtrade.desk.mixture import Market, Run, Step
from tests.world import shared_tapes

SAMPLE = SampleDay(steps=300).tape()
RUNS = int(os.environ.get("SIMTRADE_EXAMPLES", "6"))

_TOLD = ["depth", "quotes", "trades", "snapshots"]
STEPS = {
    "place": 14, "group": 12, "cancel": 8, "replace": 8, "cancel_all": 1, "plan": 4, "steer": 2,
    "seconds": 12, "seek": 6, "step": 4, "far": 2, "speed": 2, "sell_all": 3, "reopen": 2,
    "verify": 1, "margin": 5, "short": 8, "cover": 4, "borrow": 4,
}  # fmt: skip


def draw(seed: int, length: int, sample: str, weeks: tuple[str, str]) -> tuple[Market, list[Step]]:
    rng = Random(seed)
    profile, delays = rng.choice(list(FillProfile)), rng.random() < 0.5
    scope = rng.choice([Scope.ACCOUNT, Scope.ACCOUNT, Scope.POOL, Scope.EXCHANGE])
    kind = rng.choice(["bars", "floor", "orders", "market"])
    if kind == "bars":
        session = rng.choice([date(2005, 2, 24), date(2005, 2, 25), date(2008, 9, 12)])
        market = Market(US_DAILY, session, profile, delays, scope)
    elif kind == "floor":
        market = Market("floor", None, profile, delays, scope)
    elif kind == "market":
        told = rng.choice(["", *(f"@{one}" for one in (*_TOLD, "bars"))])
        tape = rng.choice([weeks[0] + told, weeks[1], f"{weeks[1]}@bars"])
        market = Market(tape, rng.choice(SESSIONS), profile, delays, scope)
    else:
        told = rng.choice(["", *(f"@{one}" for one in _TOLD)])
        market = Market(sample + told, SESSION, profile, delays, scope)
    names, weights = list(STEPS), list(STEPS.values())
    return market, [(one, rng.randrange(10**9)) for one in rng.choices(names, weights, k=length)]


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shared_tapes(tmp_path_factory.mktemp("mixture") / "tapes")
    write_order_tape(root, SAMPLE)
    write_week(root)
    write_shanghai(root)
    return root


@contextmanager
def running(folder: Path, streets: Path, market: Market) -> Iterator[Run]:
    run = Run(folder, streets, market)
    try:
        yield run
    finally:
        run.world.close()


@pytest.mark.parametrize("seed", range(RUNS))
def test_anything_goes(tmp_path: Path, streets: Path, seed: int) -> None:
    names = {one.name: one.tape_id for one in list_tapes(streets)}
    weeks = names["week"], names["snapshots"]
    market, steps = draw(seed, 60, SAMPLE.tape_id, weeks)
    with running(tmp_path / "data", streets, market) as run:
        run.play(steps, every=5)


FLOOR = Market("floor", None, FillProfile.STANDARD, delays=True)
ORDERS = Market(SAMPLE.tape_id, SESSION, FillProfile.STRICT, delays=True)
FAILED: dict[str, tuple[Market, list[Step]]] = {
    "a basket inside limits fills as it is placed": (
        FLOOR, [("seek", 104891303), ("plan", 856477160)],
    ),
    "a restart forgets how old the display is": (
        ORDERS,
        [("seek", 769775424), ("reopen", 305930251), ("place", 94208968), ("seek", 258333284)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILED)
def test_what_failed_once(tmp_path: Path, streets: Path, name: str) -> None:
    market, steps = FAILED[name]
    with running(tmp_path / "data", streets, market) as run:
        run.play(steps)
