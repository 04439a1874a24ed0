"""Fill model E9: chance that can be drawn again, and depends on its names alone."""

from __future__ import annotations

from matching.chance import DRAWS, draw


def test_the_same_names_are_the_same_number_on_every_machine() -> None:
    assert draw("floor", 7, "place") == draw("floor", 7, "place") == 13826236554709961825
    assert 0 <= draw() < DRAWS


def test_names_are_kept_apart() -> None:
    seen = {draw("ab", "c"), draw("a", "bc"), draw("abc"), draw("ab", "c", ""), draw("c", "ab")}
    assert len(seen) == 5


def test_the_numbers_are_spread_evenly() -> None:
    counts = [0] * 16
    for number in range(8_000):
        counts[draw("spread", number) * 16 // DRAWS] += 1
    assert all(400 < one < 600 for one in counts)
