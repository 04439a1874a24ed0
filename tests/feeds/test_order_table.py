"""Orders by number against a dictionary, through growth and forgetting."""

from __future__ import annotations

import random

import numpy as np
import pytest

import feeds.order_table
from feeds.order_table import LEFT, PRICE, OrderTable, slot_of


def put(table: OrderTable, number: int, price: int, left: int) -> None:
    table.make_room(1)
    slot = slot_of(table.numbers, number)
    table.used += int(table.numbers[slot] != number)
    table.numbers[slot] = number
    table.facts[PRICE, slot], table.facts[LEFT, slot] = price, left


def known(table: OrderTable) -> dict[int, tuple[int, int]]:
    places = np.flatnonzero(table.numbers >= 0)
    rows = zip(
        table.numbers[places].tolist(),
        table.facts[PRICE, places].tolist(),
        table.facts[LEFT, places].tolist(),
        strict=True,
    )
    return {number: (price, left) for number, price, left in rows}


@pytest.mark.parametrize("step", [1, 4_096])  # the second ones fall on few places
def test_every_number_keeps_its_facts_while_the_table_grows(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds.order_table, "_FIRST_ROOM", 4)
    draw, table, plain = random.Random(1), OrderTable(), dict[int, tuple[int, int]]()
    for _ in range(2_000):
        number = draw.randrange(700) * step
        plain[number] = (draw.randrange(100), draw.randrange(3))
        put(table, number, *plain[number])
        assert table.used == len(plain)
    assert known(table) == plain


def test_a_large_table_forgets_orders_of_which_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feeds.order_table, "_FIRST_ROOM", 16)
    monkeypatch.setattr(feeds.order_table, "_MOST_MEMORIES", 16)
    table, standing = OrderTable(), dict[int, tuple[int, int]]()
    for number in range(1_000):
        put(table, number, 5, 1)
        standing[number] = (5, 1)
        if number >= 4:
            put(table, number - 4, 5, 0)
            del standing[number - 4]
    assert len(table.numbers) == 16
    assert {n: facts for n, facts in known(table).items() if facts[1]} == standing
    for number in range(1_000, 1_020):  # what stands is never forgotten
        put(table, number, 6, 1)
        standing[number] = (6, 1)
    assert {n: facts for n, facts in known(table).items() if facts[1]} == standing
    assert len(table.numbers) == 64
