from __future__ import annotations

from datetime import date

import numpy as np

from feeds.bar_actions import BarActions, SplitAt
from feeds.calendar import ALWAYS_OPEN_HOURS, Calendar, day_number
from feeds.share_changes import ShareChanges
from feeds.tape import TapeSplit
from feeds.tape_actions import ActionKind, TapeAction
from tests.feeds.samples import instrument

A, B = instrument("A"), instrument("B")
FIRST = date(2024, 1, 8)
CALENDAR = Calendar(ALWAYS_OPEN_HOURS, np.arange(day_number(FIRST), day_number(FIRST) + 5))


def changes(*splits: TapeSplit, actions: tuple[TapeAction, ...] = ()) -> ShareChanges:
    ids = [A.instrument_id, B.instrument_id]
    return ShareChanges(splits, BarActions(actions, ids, CALENDAR), (A, B), CALENDAR)


def test_a_price_is_carried_over_what_lies_between() -> None:
    split = TapeSplit(A.instrument_id, date(2024, 1, 10), 2, 1)
    found = changes(split)
    assert found.splits == (SplitAt(2, 0, 2, 1),)
    assert [found.carry(0, 101, 0, upto) for upto in (1, 2, 4)] == [101, 51, 51]
    assert found.carry(0, 101, 2, 4) == 101
    assert found.carry(1, 101, 0, 4) == 101


def test_bonus_shares_change_their_number_and_dividends_do_not() -> None:
    actions = (
        TapeAction(A.instrument_id, date(2024, 1, 9), ActionKind.EX, bonus_new=1, bonus_old=1),
        TapeAction(A.instrument_id, date(2024, 1, 11), ActionKind.EX, cash_micro=100_000),
    )
    found = changes(actions=actions)
    assert found.splits_between(0, -1, 4) == [SplitAt(1, 0, 2, 1)]
    assert found.carry(0, 1_000, 0, 1) == 500
    assert found.carry(0, 1_000, 1, 4) == 990
    assert len(found.between(0, -1, 4)) == 2


def test_what_comes_after_the_last_session_changes_nothing() -> None:
    assert changes(TapeSplit(A.instrument_id, date(2025, 1, 1), 2, 1)).splits == ()
