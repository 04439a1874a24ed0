"""Corporate actions on the sessions of a bar tape."""

from __future__ import annotations

from datetime import date

from feeds.bar_replay import BarFeed
from feeds.feed import Interval
from feeds.tape import TapeSplit
from feeds.tape_actions import ActionKind, TapeAction
from matching.corporate_actions import (
    CodeChange,
    CorporateEvent,
    Delisting,
    Due,
    DueStep,
    ExDate,
)
from matching.instrument import InstrumentId
from matching.market import MarketEvent, SessionOpen
from matching.terms import ORDINARY, ListingTerms
from matching.units import AtNs
from tests.feeds.samples import ASLEEP, NEW_YORK, at, daily_tape

A, B, C = (InstrumentId(f"XTST:{symbol}") for symbol in "ABC")
DAYS = [date(2020, 1, day) for day in (2, 3, 6, 7, 8)]
Row = tuple[date, int, int, int, int, int]


def flat(price: int, *days: int) -> list[Row]:
    return [(date(2020, 1, day), price, price, price, price, 39_000) for day in days]


def feed(
    bars: dict[str, list[Row]], *actions: TapeAction, splits: tuple[TapeSplit, ...] = ()
) -> BarFeed:
    return BarFeed(daily_tape(bars, splits, actions=actions))


def told(made: BarFeed) -> list[MarketEvent]:
    start, end = AtNs(made.start_ns - 1), made.end_ns
    return list(made.events(start, end, lambda _: ASLEEP))


def days_of(made: BarFeed) -> list[tuple[int, str]]:
    """(day of the month, what happens) of every corporate action."""
    day, found, waiting = 0, [], []
    for event in told(made):
        if isinstance(event, SessionOpen):
            day = event.session.day
            found += [(day, one) for one in waiting]
            waiting = []
        elif isinstance(event, CorporateEvent):
            name = type(event).__name__
            if isinstance(event, Due):
                name = event.step.value
            waiting.append(name)
    return found


def terms(made: BarFeed, name: InstrumentId) -> list[ListingTerms]:
    opens = [event for event in told(made) if isinstance(event, SessionOpen)]
    return [dict(event.terms).get(name, ORDINARY) for event in opens]


def references(made: BarFeed, name: InstrumentId) -> list[int | None]:
    return [
        dict(event.references).get(name) for event in told(made) if isinstance(event, SessionOpen)
    ]


ALL = flat(100, 2, 3, 6, 7, 8)


def test_steps_of_an_ex_date_come_on_their_days() -> None:
    action = TapeAction(
        A, DAYS[1], ActionKind.EX, cash_micro=100_000, bonus_new=1, bonus_old=10, rights_new=1,
        rights_old=10, rights_ticks=50, pay_session=date(2020, 1, 5), bonus_session=DAYS[2],
        rights_deadline=DAYS[2], rights_session=DAYS[4],
    )  # fmt: skip
    made = feed({"A": ALL, "B": ALL}, action)
    assert days_of(made) == [
        (3, "ExDate"), (6, "cash"), (6, "bonus"), (7, "rights_closed"), (8, "rights"),
    ]  # fmt: skip
    # (1.00 - 0.10 + 0.5 x 0.1) / 1.2 = 0.79
    assert references(made, A) == [100, 79, 100, 100, 100]
    seqs = [event.seq for event in told(made)]
    assert seqs == sorted(set(seqs))


def test_without_days_everything_comes_with_the_ex_date() -> None:
    action = TapeAction(A, DAYS[1], ActionKind.EX, cash_micro=100_000, bonus_new=1)
    made = feed({"A": ALL}, action)
    assert days_of(made) == [(3, "ExDate"), (3, "cash")]
    (ex_date,) = [one for one in told(made) if isinstance(one, ExDate)]
    assert not ex_date.bonus_later
    assert ex_date.at_ns == at(NEW_YORK, 2020, 1, 3, 9, 0)


def test_a_suspended_instrument_is_listed_at_its_last_price() -> None:
    action = TapeAction(A, DAYS[1], ActionKind.SUSPENSION, until=DAYS[2])
    cash = TapeAction(A, DAYS[2], ActionKind.EX, cash_micro=200_000)
    made = feed({"A": flat(100, 2, 7, 8), "B": ALL}, action, cash)
    assert days_of(made) == [(6, "ExDate"), (6, "cash")]
    assert terms(made, A) == [
        ORDINARY, ListingTerms(suspended=True), ListingTerms(suspended=True), ORDINARY, ORDINARY,
    ]  # fmt: skip
    assert references(made, A) == [100, 100, 80, 80, 100]
    noon = at(NEW_YORK, 2020, 1, 6, 12, 0)
    last = made.last(A, noon)
    assert last is not None
    assert (last.last_ticks, last.reference_ticks) == (80, 80)
    # Without the record an instrument without bars is not listed.
    assert references(feed({"A": flat(100, 2, 7, 8), "B": ALL}), A) == [100, None, None, 100, 100]


def test_a_delisting_comes_after_the_last_session() -> None:
    action = TapeAction(A, DAYS[1], ActionKind.DELISTING, cash_ticks=70, period_session=DAYS[0])
    made = feed({"A": flat(100, 2, 3), "B": ALL}, action)
    (gone,) = [one for one in told(made) if isinstance(one, Delisting)]
    assert (gone.session, gone.cash_ticks) == (DAYS[2], 70)
    assert references(made, A) == [100, 100, None, None, None]
    assert [one.delisting_day for one in terms(made, A)] == [1, 2, 0, 0, 0]


def test_a_new_code_goes_on_with_price_and_chart() -> None:
    action = TapeAction(A, DAYS[2], ActionKind.CODE, new_id=C)
    split = TapeSplit(A, DAYS[1], 2, 1)
    bars = {"A": flat(200, 2) + flat(100, 3), "B": ALL, "C": flat(90, 6, 7, 8)}
    made = feed(bars, action, splits=(split,))
    (change,) = [one for one in told(made) if isinstance(one, CodeChange)]
    assert (change.instrument_id, change.new_id, change.session) == (A, C, DAYS[2])
    assert references(made, C) == [None, None, 100, 90, 90]
    morning = at(NEW_YORK, 2020, 1, 6, 9, 10)
    assert made.last(C, at(NEW_YORK, 2020, 1, 3, 12, 0)) is None
    last = made.last(C, morning)
    assert last is not None
    assert last.last_ticks == 100
    chart = made.bars(C, Interval.DAY, at(NEW_YORK, 2020, 1, 7, 16, 0), 10)
    assert chart.close_ticks.tolist() == [200, 100, 90, 90]
    assert made.bars(C, Interval.DAY, at(NEW_YORK, 2020, 1, 3, 16, 0), 10).close_ticks.size == 0
    assert made.bars(C, Interval.DAY, made.end_ns, 4).close_ticks.tolist() == [100, 90, 90, 90]
    assert [one.new_shares for one in made.splits(C, made.end_ns)] == [2]
    assert made.splits(C, at(NEW_YORK, 2020, 1, 3, 16, 0)) == ()


def test_a_new_code_that_trades_later_keeps_the_price() -> None:
    action = TapeAction(A, DAYS[2], ActionKind.CODE, new_id=C)
    made = feed({"A": flat(100, 2, 3), "B": ALL, "C": flat(90, 7, 8)}, action)
    last = made.last(C, at(NEW_YORK, 2020, 1, 6, 12, 0))
    assert last is not None
    assert last.last_ticks == 100


def test_a_bonus_adjusts_the_chart_and_cash_does_not() -> None:
    bonus = TapeAction(A, DAYS[1], ActionKind.EX, cash_micro=100_000, bonus_new=3, bonus_old=10)
    made = feed({"A": ALL}, bonus)
    (split,) = made.splits(A, made.end_ns)
    assert (split.new_shares, split.old_shares) == (13, 10)
    assert made.splits(A, at(NEW_YORK, 2020, 1, 2, 16, 0)) == ()


def test_actions_are_known_from_their_announcement_on() -> None:
    told_before = TapeAction(A, DAYS[3], ActionKind.EX, announced=DAYS[1], cash_micro=1)
    surprise = TapeAction(A, DAYS[2], ActionKind.SUSPENSION, until=DAYS[2])
    made = feed({"A": ALL}, told_before, surprise)
    opens = [at(NEW_YORK, 2020, 1, day.day, 12, 0) for day in DAYS]
    assert [len(made.actions(one)) for one in opens] == [0, 1, 2, 2, 2]
    assert made.actions(AtNs(made.start_ns - 1)) == ()


def test_what_is_due_after_the_tape_never_comes() -> None:
    action = TapeAction(
        A, DAYS[4], ActionKind.EX, cash_micro=1, pay_session=date(2020, 2, 1), bonus_new=1
    )
    late = TapeAction(A, date(2020, 3, 1), ActionKind.EX, cash_micro=1)
    assert days_of(feed({"A": ALL}, action, late)) == [(8, "ExDate")]
    assert DueStep("cash") is DueStep.CASH
