from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from feeds.tape_actions import ActionKind, TapeAction
from simtrade.desk.requests import ClockAction
from tests.matching.scenario import INSTRUMENT
from tests.web.broker.program import Program
from web.broker.announcements import of_action
from web.formats import midnight_ns

PATH = "/v2/corporate_actions/announcements"
SPLITS = {"ca_types": "split", "since": "2005-01-10", "until": "2005-03-10"}


def test_a_split_is_told_when_it_is_known(replay: Program) -> None:
    """Apple's shares were split 2:1 before 28 February 2005."""
    assert replay.get(PATH, **SPLITS) == []
    replay.clock(ClockAction.SEEK, midnight_ns(date(2005, 3, 1), "America/New_York"))
    (split,) = replay.get(PATH, **SPLITS)
    assert (split["ca_type"], split["ca_sub_type"]) == ("split", "stock_split")
    assert (split["old_rate"], split["new_rate"], split["ex_date"]) == ("1", "2", "2005-02-28")
    assert split["initiating_symbol"] == "AAPL"
    assert replay.get(f"{PATH}/{split['id']}") == split
    assert replay.get(PATH, **SPLITS, symbol="AAPL") == [split]
    assert replay.get(PATH, **SPLITS, symbol="FB") == []
    assert replay.get(PATH, **SPLITS, date_type="record_date") == []
    assert replay.get(PATH, **{**SPLITS, "ca_types": "dividend,merger"}) == []


def test_an_announcement_of_nothing(replay: Program) -> None:
    for wanted in ("x", "00000000-0000-4000-8000-000000000000"):
        assert replay.refused("GET", f"{PATH}/{wanted}")[0] == 404


@pytest.mark.parametrize(
    "query",
    [
        "", "ca_types=split", "ca_types=bond&since=2005-01-01&until=2005-01-02",
        "ca_types=split&since=2005-01-02&until=2005-01-01",
        "ca_types=split&since=2005-01-01&until=2005-06-01",
        "ca_types=split&since=x&until=2005-06-01",
        "ca_types=split&since=2005-01-01&until=2005-01-02&date_type=any",
        "ca_types=split&ca_types=merger&since=2005-01-01&until=2005-01-02",
        "ca_types=split&since=2005-01-01&until=2005-01-02&symbol=%00",
    ],
)  # fmt: skip
def test_wrong_queries(replay: Program, query: str) -> None:
    status, body = replay.refused("GET", f"{PATH}?{query}")
    assert (status, body["code"]) == (422, 40010001)


def told(kind: ActionKind, **values: Any) -> list[dict[str, str | None]]:
    return list(of_action(INSTRUMENT, TapeAction(INSTRUMENT.instrument_id, DAY, kind, **values)))


DAY = date(2024, 1, 4)


def test_cash_and_free_shares_of_one_day() -> None:
    cash, stock = told(
        ActionKind.EX, cash_micro=500_000, bonus_new=3, bonus_old=10, announced=date(2024, 1, 2),
        pay_session=date(2024, 1, 8),
    )  # fmt: skip
    assert (cash["ca_type"], cash["ca_sub_type"], cash["cash"]) == ("dividend", "cash", "0.500000")
    assert (cash["declaration_date"], cash["payable_date"]) == ("2024-01-02", "2024-01-08")
    assert (stock["old_rate"], stock["new_rate"], stock["payable_date"]) == (
        "10",
        "13",
        "2024-01-04",
    )
    assert cash["id"] != stock["id"]


def test_a_company_that_is_paid_for_and_what_has_no_type() -> None:
    (gone,) = told(ActionKind.DELISTING, cash_ticks=2400)
    assert gone["ca_sub_type"] == "merger_completion"
    assert told(ActionKind.DELISTING) == told(ActionKind.SUSPENSION) == told(ActionKind.CODE) == []
    rights = {"rights_new": 3, "rights_old": 10, "rights_ticks": 870}
    assert told(ActionKind.EX, **rights) == []
