"""The generated market's facts within bands around the recorded morning; and the command."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from feeds.calendar import Int64s
from feeds.imports.sse_l2 import import_sse_l2
from feeds.order_store import write_order_tape
from feeds.order_tape import STREET, StreetKind
from feeds.street_check import NOBODY
from matching.units import NS_PER_SECOND
from simtrade.bench.stylised import (
    MARK,
    Recorded,
    company_facts,
    median,
    of_orders,
    twin_facts,
)
from simtrade.bench.stylised_facts import Facts, facts_of
from tests.feeds.l2_sample import SampleDay, described
from tests.simtrade.commands.conftest import Shell, shell

__all__ = ["shell"]
ROOT = Path(__file__).parents[3]
SHARED = Path(__file__).parents[4] / "shared" / "data" / "ashare_l3_sse_600519_am"
HALF_DAY = 7_200
SEEDS = range(3)

# The recorded morning (docs/generator.md), and how far the median of three twins may be from it.
BANDS = {
    "10 s deviation bp": (3.51, 0.5, 2.0),
    "10 s kurtosis": (9.01, 0.4, 2.0),
    "beyond the best %": (7.88, 0.6, 1.6),
    "taker gap median s": (0.37, 0.5, 2.0),
    "taker gap variation": (1.60, 0.7, 1.5),
    "events a second": (4.69, 0.7, 1.5),
    "joins %": (52.5, 0.85, 1.15),
    "cancels %": (25.2, 0.8, 1.25),
    "takes %": (22.4, 0.75, 1.25),
    "gap median s": (0.09, 0.5, 1.5),
    "gap variation": (1.71, 0.8, 1.4),
    "order median / mean": (0.586, 0.6, 1.4),
    "order 99 % / mean": (5.86, 0.6, 1.6),
    "taker median / mean": (0.557, 0.6, 1.5),
    "taker 99 % / mean": (7.80, 0.5, 1.5),
    "spread mean bp": (3.32, 0.5, 2.2),
    "spread 95 % bp": (11.1, 0.5, 2.0),
    "five levels bp": (12.8, 0.5, 2.0),
    "depth 1 / mean": (1.18, 0.8, 1.5),
    "depth 5 / mean": (0.974, 0.6, 1.3),
    "signs 1": (0.140, 0.5, 1.8),
    "signs 10": (0.0608, 0.5, 2.5),
    "impact 1 bp": (0.511, 0.4, 1.6),
    "impact 50 bp": (1.27, 0.5, 1.8),
}


def morning() -> Recorded:
    """A recording that says only what a twin is made of: prices, range and volume of SSE 600519."""
    prices = (180_808, 180_880, 178_773, 180_102)
    rows = [
        (k, k * HALF_DAY * NS_PER_SECOND // 4, StreetKind.TRADE, 0, 1, 2, price, 1_469_850 // 4)
        for k, price in enumerate(prices)
    ]
    street: Int64s = np.array(rows, np.int64).T.copy()
    assert len(street) == len(STREET)
    return Recorded("morning", street, 0, HALF_DAY * NS_PER_SECOND)


@cache
def twins() -> Facts:
    return median([twin_facts(morning(), seed) for seed in SEEDS])


@pytest.mark.parametrize("name", BANDS)
def test_the_twin_is_near_the_recorded_morning(name: str) -> None:
    recorded, least, most = BANDS[name]
    found = twins().figures[name]
    assert found is not None
    assert least * recorded <= found <= most * recorded, f"{found:.3g} for {recorded}"


def test_what_happens_comes_in_bursts() -> None:
    figures = twins().figures
    assert 0.4 < (figures["events clustering"] or 0) < 0.95
    assert (figures["volatility 1"] or 0) > 0.08
    signs = [figures[f"signs {lag}"] or 0 for lag in (1, 5, 20, 50)]
    assert signs[0] > signs[2] > signs[3] > 0, "signs follow each other for long, ever less"


@pytest.mark.parametrize("index", [0, 5, 10])
def test_companies_of_the_floor_are_markets_too(index: int) -> None:
    figures = company_facts(3, index, 4).figures
    assert 3 < (figures["events a second"] or 0) < 8
    assert 15 < (figures["takes %"] or 0) < 30
    assert 1 <= (figures["spread ticks"] or 0) < 12
    assert (figures["signs 1"] or 0) > 0.05
    assert (figures["impact 20 bp"] or 0) > 0
    assert 40 < (figures["buyers %"] or 0) < 60


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded morning is not here")
def test_the_bands_stand_around_what_was_recorded() -> None:
    tape = import_sse_l2(SHARED, described()).tape
    assert tape is not None
    recorded = of_orders(tape)
    made = morning()
    trades = recorded.street[:, (recorded.street[2] == 2) & (recorded.street[3] != NOBODY)]
    assert (trades[6, 0], trades[6].max(), trades[6].min(), trades[6, -1]) == tuple(made.street[6])
    found = facts_of(recorded.street, recorded.from_ns, recorded.to_ns).figures
    for name, (value, _, _) in BANDS.items():
        assert found[name] == pytest.approx(value, rel=0.01)


def test_the_command(shell: Shell, tmp_path: Path) -> None:
    write_order_tape(shell.data / "tapes", SampleDay(steps=300).tape())
    drawn, page = tmp_path / "facts.svg", tmp_path / "page.md"
    page.write_text(f"# Page\n\n{MARK}old\n", encoding="utf-8")
    options = ("--seeds", "1", "--picture", str(drawn), "--page", str(page))
    told = shell("bench", "stylised", "--tape", "sample", *options)
    assert told.code == 0, told.error
    assert "spread mean bp" in told.out
    assert drawn.read_text().startswith("<svg ")
    assert page.read_text().startswith(
        f"# Page\n\n{MARK}\n| figure | recorded | twin, median | 1 seeds |"
    )
    assert "old" not in page.read_text()
    answer = json.loads(
        shell("bench", "stylised", "--tape", "sample", "--seeds", "1", "--json").out
    )
    assert answer["twin"]["figures"]["takers"] > 0
    assert answer["recorded"]["figures"]["takers"] > 0
    unknown = shell("bench", "stylised", "--tape", "none")
    assert unknown.code != 0
    assert "There is no tape" in unknown.error


def test_the_page_and_the_picture_are_there() -> None:
    text = (ROOT / "docs" / "generator.md").read_text(encoding="utf-8")
    _, mark, below = text.partition(MARK)
    assert mark
    for name, (value, _, _) in BANDS.items():
        (line,) = (line for line in below.splitlines() if line.startswith(f"| {name} |"))
        assert float(line.split("|")[2].replace(",", "")) == pytest.approx(value, rel=0.01)
    assert (ROOT / "docs" / "generator.svg").read_text(encoding="utf-8").startswith("<svg ")
