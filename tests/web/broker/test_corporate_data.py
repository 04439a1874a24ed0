from __future__ import annotations

from datetime import date, timedelta

import pytest

from feeds.bar_replay import BarFeed
from feeds.tape_actions import ActionKind, TapeAction
from matching.units import AtNs
from simtrade.desk.requests import ClockAction
from simtrade.venues.history import History
from tests.feeds.samples import NEW_YORK, at, daily_tape
from tests.web.broker.program import Program
from web.broker.corporate_data import actions

PATH = "/v1/corporate-actions"
DAYS = [date(2024, 3, 4) + timedelta(days=n) for n in range(5)]


def told(day: int, *recorded: TapeAction) -> list[tuple[str, dict[str, object]]]:
    """Groups and members of what is known at noon of a day."""
    rows = [(one, 2_000, 2_000, 2_000, 2_000, 100) for one in DAYS]
    feed = BarFeed(daily_tape({"A": rows, "B": rows}, actions=recorded))
    history = History(feed, feed, AtNs(at(NEW_YORK, 2024, 3, 4 + day, 12)), DAYS[day])
    return [(one.group, one.members) for one in actions(history, feed.instruments)]


def action(day: int, kind: ActionKind, announced: int | None = None, **terms: object) -> TapeAction:
    known = None if announced is None else DAYS[announced]
    return TapeAction("XTST:A", DAYS[day], kind, known, **terms)  # type: ignore[arg-type]


def test_an_ex_date_is_told_as_what_it_gives() -> None:
    one = action(
        2, ActionKind.EX, cash_micro=1_250_000, pay_session=DAYS[4],
        rights_new=1, rights_old=4, rights_ticks=900, rights_deadline=DAYS[3],
    )  # fmt: skip
    (cash, rights) = told(2, one)
    assert cash[0] == "cash_dividends"
    assert {name: cash[1][name] for name in ("symbol", "rate", "ex_date", "payable_date")} == {
        "symbol": "A", "rate": 1.25, "ex_date": "2024-03-06", "payable_date": "2024-03-08",
    }  # fmt: skip
    assert (rights[0], rights[1]["rate"]) == ("rights_distributions", 0.25)
    assert told(1, one) == [], "nobody knew"


def test_an_announced_action_is_known_before_its_day() -> None:
    one = action(3, ActionKind.EX, announced=1, cash_micro=1_000_000)
    assert told(0, one) == []
    assert [group for group, _ in told(1, one)] == ["cash_dividends"]


def test_free_shares_are_told_once() -> None:
    ((group, members),) = told(3, action(2, ActionKind.EX, bonus_new=3, bonus_old=10))
    assert (group, members["rate"]) == ("stock_dividends", 0.3)


def test_the_ends_of_a_listing() -> None:
    renamed = action(2, ActionKind.CODE, new_id="XTST:B")
    ((group, members),) = told(2, renamed)
    assert (group, members["old_symbol"], members["new_symbol"]) == ("name_changes", "A", "B")
    groups = [
        told(2, action(2, ActionKind.DELISTING, announced=0, **cash))[0][0]
        for cash in ({"cash_ticks": 150}, {})
    ]
    assert groups == ["redemptions", "worthless_removals"]
    assert told(2, action(2, ActionKind.SUSPENSION, until=DAYS[2])) == []


@pytest.fixture
def later(replay: Program) -> Program:
    replay.clock(ClockAction.SEEK, at(NEW_YORK, 2005, 3, 2, 11))
    return replay


def test_splits_come_when_they_happened(replay: Program) -> None:
    asked = {"start": "2005-02-01", "end": "2005-12-31"}
    assert replay.get(PATH, **asked) == {"corporate_actions": {}, "next_page_token": None}
    replay.clock(ClockAction.SEEK, at(NEW_YORK, 2005, 3, 2, 11))
    (split,) = replay.get(PATH, **asked)["corporate_actions"]["forward_splits"]
    assert (split["symbol"], split["new_rate"], split["old_rate"]) == ("AAPL", 2, 1)
    assert split["ex_date"] == "2005-02-28"
    assert replay.get(PATH)["corporate_actions"] == {}, "by default those of today"
    (again,) = replay.get(PATH, ids=split["id"])["corporate_actions"]["forward_splits"]
    assert again == split


def test_filters_and_pages(later: Program) -> None:
    asked = {"start": "2000-01-01"}
    whole = later.get(PATH, **asked)["corporate_actions"]["forward_splits"]
    assert len(whole) == 3
    found, query = [], {**asked, "limit": 1}
    while True:
        page = later.get(PATH, **query)
        found += page["corporate_actions"]["forward_splits"]
        if page["next_page_token"] is None:
            break
        query["page_token"] = page["next_page_token"]
    assert found == whole
    back = later.get(PATH, **asked, sort="desc")["corporate_actions"]["forward_splits"]
    assert back == whole[::-1]
    own = later.get(PATH, **asked, symbols="MSFT")["corporate_actions"]["forward_splits"]
    assert {one["symbol"] for one in own} == {"MSFT"}
    assert later.get(PATH, **asked, types="cash_dividend")["corporate_actions"] == {}
    assert later.get(PATH, **asked, types="cash_dividend,forward_split")["corporate_actions"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("types", "gift"), ("start", "never"), ("end", "1999-01-01"), ("limit", "1001"),
        ("cusips", "037833100"), ("sort", "sideways"), ("page_token", "x"),
    ],
)  # fmt: skip
def test_wrong_questions_are_400(later: Program, name: str, value: str) -> None:
    status, body = later.refused("GET", PATH, params={"start": "2000-01-01"} | {name: value})
    assert (status, body["code"]) == (400, 40010000)
