from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from feeds.bar_replay import BarFeed
from feeds.feed import Interval
from feeds.tape import TapeSplit
from feeds.tape_actions import ActionKind, TapeAction
from simtrade.venues.adjustments import Adjustment, Known, changes
from simtrade.venues.bar_rows import Change
from tests.feeds.samples import NEW_YORK, at, daily_tape

DAYS = [date(2024, 3, 4) + timedelta(days=n) for n in range(5)]
BOTH = Adjustment.SPLITS | Adjustment.DIVIDENDS
# Cash of 1.00 on a close of 20.00, then three for two.
PAID = TapeAction("XTST:A", DAYS[2], ActionKind.EX, DAYS[0], cash_micro=1_000_000)  # type: ignore[arg-type]
BONUS = TapeAction("XTST:A", DAYS[3], ActionKind.EX, bonus_new=1, bonus_old=2)  # type: ignore[arg-type]
RIGHTS = TapeAction(
    "XTST:A", DAYS[3], ActionKind.EX, rights_new=1, rights_old=2, rights_ticks=500,  # type: ignore[arg-type]
    rights_deadline=DAYS[4],
)  # fmt: skip


def feed(*actions: TapeAction, splits: tuple[TapeSplit, ...] = ()) -> BarFeed:
    rows = [(day, 2_000, 2_000, 2_000, 2_000, 100) for day in DAYS]
    return BarFeed(daily_tape({"A": rows}, splits, actions=actions))


def found(feed: BarFeed, day: int, wanted: Adjustment) -> list[Change]:
    at_ns = at(NEW_YORK, 2024, 3, 4 + day, 12)
    days = feed.bars(feed.instruments[0].instrument_id, Interval.DAY, at_ns, 99)
    return changes(feed, feed.instruments[0], days, Known(at_ns, DAYS[day]), wanted)


def test_cash_lowers_what_came_before_it() -> None:
    expected = [Change(at(NEW_YORK, 2024, 3, 6), Fraction(19, 20), Fraction(1))]
    assert found(feed(PAID), 2, Adjustment.DIVIDENDS) == expected
    assert found(feed(PAID), 4, BOTH) == expected
    assert found(feed(PAID), 2, Adjustment.SPLITS) == []


def test_what_is_announced_only_has_not_happened() -> None:
    one = feed(PAID)
    assert one.actions(at(NEW_YORK, 2024, 3, 5, 12)) == (PAID,)
    assert found(one, 1, BOTH) == []


def test_free_shares_and_splits_change_both_price_and_volume() -> None:
    opened = at(NEW_YORK, 2024, 3, 7, 9)
    assert found(feed(BONUS), 3, BOTH) == [Change(opened, Fraction(2, 3), Fraction(3, 2))]
    assert found(feed(BONUS), 3, Adjustment.DIVIDENDS) == []
    split = TapeSplit("XTST:A", DAYS[3], 4, 1)  # type: ignore[arg-type]
    change = [Change(opened, Fraction(1, 4), Fraction(4))]
    assert found(feed(splits=(split,)), 3, Adjustment.SPLITS) == change
    assert found(feed(splits=(split,)), 2, BOTH) == []


def test_rights_are_worth_what_the_reference_price_says() -> None:
    # (20 + 5 / 2) / 1.5 = 15 of 20
    expected = [Change(at(NEW_YORK, 2024, 3, 7), Fraction(3, 4), Fraction(1))]
    assert found(feed(RIGHTS), 4, Adjustment.DIVIDENDS) == expected


def test_nothing_is_said_of_a_share_without_a_close_before() -> None:
    first = TapeAction("XTST:A", DAYS[0], ActionKind.EX, cash_micro=1)  # type: ignore[arg-type]
    assert found(feed(first), 1, BOTH) == []


@pytest.mark.parametrize("day", range(5))
def test_no_adjustment_is_none(day: int) -> None:
    assert found(feed(PAID, BONUS), day, Adjustment.RAW) == []
