"""Every order type as a table that a trader can read: tests/scenarios/*.txt, one run each.

A scenario begins with ``data KIND`` and rules of its day, if any: ``data depth settlement=1``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from matching.market import DataKind
from tests.matching.scenario import Scenario, rules

TABLES = sorted((Path(__file__).parent / "scenarios").glob("*.txt"))


def scenarios(text: str) -> list[tuple[int, str, str]]:
    """(line number of its first line, its head, its lines) of every scenario of a table."""
    found: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("data "):
            found.append((number, line.split("#")[0], []))
        elif found and line.startswith(" "):
            found[-1][2].append(line)
    return [(number, head, "\n".join(lines)) for number, head, lines in found]


CASES = [
    pytest.param(head, lines, id=f"{path.stem}:{number}")
    for path in TABLES
    for number, head, lines in scenarios(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("head", "lines"), CASES)
def test_the_table_comes_out_as_written(head: str, lines: str) -> None:
    _, kind, *words = head.split()
    figures: dict[str, int | str | bool | tuple[int, ...]] = {}
    for word in words:
        name, _, value = word.partition("=")
        parts = value.split("+")
        if all(one.isdigit() for one in parts):
            numbers = tuple(int(one) for one in parts)
            figures[name] = numbers if len(numbers) > 1 else numbers[0]
        else:
            figures[name] = value.replace("+", " ")
    Scenario(data=DataKind(kind), book=rules(**figures)).run(lines)


def test_there_is_a_table_for_every_kind_of_order() -> None:
    assert {
        "market_and_limit",
        "stop",
        "stop_limit",
        "trailing",
        "pair",
        "bracket",
        "auctions",
        "best_of_five",
        "best_price",
        "hong_kong",
        "fixed_price",
    } <= {path.stem for path in TABLES}
