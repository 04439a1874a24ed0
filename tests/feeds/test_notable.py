"""Days on which something happened, against a slow search that reads as the rule does."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from feeds.notable import APART, EACH, HISTORY, notable_days
from feeds.tape import Tape, TapeSplit
from feeds.tape_store import open_tape
from matching.instrument import InstrumentId
from tests.feeds.samples import daily_tape, minute_tape

DAYS = [date(2020, 1, 1) + timedelta(days=n) for n in range(300)]
QUIET = 100_000


def tape_of(closes: dict[str, list[int]], *splits: TapeSplit) -> Tape:
    return daily_tape(
        {
            name: [
                (day, value, value, value, value, 1) for day, value in zip(DAYS, row, strict=True)
            ]
            for name, row in closes.items()
        },
        splits,
    )


def quiet(jump_at: int = -1, by: Fraction = Fraction(1)) -> list[int]:
    """A price that creeps up by a thousandth every other day, and jumps once."""
    row, value = [], QUIET
    for place in range(len(DAYS)):
        value = int(value * by) if place == jump_at else value + (place % 2) * 100
        row.append(value)
    return row


def test_a_fall_of_one_share_and_the_day_before_it() -> None:
    found = notable_days(tape_of({"A": quiet(150, Fraction(1, 2)), "B": quiet()}))
    worst = min(found, key=lambda one: one.change_permyriad)
    assert (worst.day, worst.before, worst.change_permyriad) == (DAYS[150], DAYS[149], -5_000)
    assert worst.instrument is not None
    assert worst.instrument.symbol == "A"


def test_all_shares_together_need_three_of_them() -> None:
    fall = Fraction(9, 10)
    two = notable_days(tape_of({name: quiet(200, fall) for name in "AB"}))
    assert all(one.instrument is not None for one in two)
    three = notable_days(tape_of({name: quiet(200, fall) for name in "ABC"}))
    together = [one for one in three if one.instrument is None and one.change_permyriad < 0]
    assert [(one.day, one.change_permyriad) for one in together] == [(DAYS[200], -1_000)]


def test_a_split_is_no_fall_and_nothing_is_offered_without_history() -> None:
    split = TapeSplit(InstrumentId("XTST:A"), DAYS[150], 2, 1)
    found = notable_days(tape_of({"A": quiet(150, Fraction(1, 2)), "B": quiet()}, split))
    assert all(one.change_permyriad > -100 for one in found)
    early = notable_days(tape_of({"A": quiet(HISTORY - 1, Fraction(1, 2)), "B": quiet()}))
    assert all(one.change_permyriad > -100 for one in early)
    assert notable_days(minute_tape({"A": [(10**18, 1, 1, 1, 1, 1)]})) == ()


@pytest.mark.parametrize("seed", range(5))
def test_the_largest_are_found_and_stand_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    closes = {name: (10_000 + rng.integers(-900, 900, len(DAYS))).tolist() for name in "ABCD"}
    found = [one for one in notable_days(tape_of(closes)) if one.instrument is not None]
    assert len(found) == 2 * EACH
    moves = {
        (place, name): row[place] / row[place - 1] - 1
        for name, row in closes.items()
        for place in range(HISTORY, len(DAYS))
    }
    strongest = {
        place: max((moves[place, name] for name in closes), key=abs)
        for place in range(HISTORY, len(DAYS))
    }
    for sign in (1, -1):
        kept: list[int] = []
        for place in sorted(strongest, key=lambda one: -sign * strongest[one]):
            if len(kept) < EACH and all(abs(place - one) >= APART for one in kept):
                kept.append(place)
        told = sorted(one.day for one in found if sign * one.change_permyriad > 0)
        assert told == sorted(DAYS[place] for place in kept)


def test_the_shipped_tape_knows_its_crashes(tapes: Path) -> None:
    (path,) = [one for one in tapes.iterdir() if one.name.startswith("us_daily-")]
    found = notable_days(open_tape(tapes, path.name))
    assert (date(2008, 9, 29), date(2008, 9, 26)) in [(one.day, one.before) for one in found]
    assert not any(one.day == date(2005, 2, 28) for one in found), "Apple's split"
