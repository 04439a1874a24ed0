"""Short selling and margin as tables that a trader can read: tests/scenarios/short_selling.txt and
margin.txt.

A scenario begins with ``market CURRENCY [volume N]`` and its days; a story follows, one line per
step (tests/simtrade/desk/corporate.py has the words).  Every second scenario is played with a
killed process before each step; every journal is carried out again.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.simtrade.desk.corporate import VOLUME, Story, market
from tests.world import World

FOLDER = Path(__file__).parents[2] / "scenarios"


class Table(NamedTuple):
    head: str
    days: str
    story: str


def tables(text: str) -> list[tuple[int, Table]]:
    found: list[tuple[int, str, list[str], list[str]]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split("#")[0].rstrip()
        if line.startswith("market "):
            found.append((number, line, [], []))
        elif line.strip():
            word = line.split()[0]
            found[-1][2 if word in ("day", "action") else 3].append(line)
    return [
        (number, Table(head, "\n".join(days), "\n".join(story)))
        for number, head, days, story in found
    ]


CASES = [
    pytest.param(table, place % 2 == 1, id=f"{name}:{number}")
    for name in ("short_selling", "margin")
    for place, (number, table) in enumerate(
        tables((FOLDER / f"{name}.txt").read_text(encoding="utf-8"))
    )
]


@pytest.mark.parametrize(("table", "killed"), CASES)
def test_the_table_comes_out_as_written(tmp_path: Path, table: Table, killed: bool) -> None:
    _, currency, *words = table.head.split()
    volume = int(words[1]) if words else VOLUME
    (tmp_path / "tapes").mkdir()
    world = World.open(tmp_path / "data", tmp_path / "tapes")
    story = Story(world, market(table.days, currency, volume))
    story.restarts = killed
    try:
        story.run(table.story)
        report = story.world.verify()
        assert report.ok, report.problems
        assert not any(report.ledger_sums.values())
    finally:
        story.world.close()
