"""``simtrade rules`` on the command line."""

from __future__ import annotations

from simtrade.venues.rules_page import tables
from tests.simtrade.commands.conftest import Shell


def test_the_rules_and_phases_of_a_day(shell: Shell) -> None:
    found = shell("rules", "show", "XSHG", "--board", "fund", "--date", "2026-07-06", "--json").json
    assert (found["market"], found["board"], found["date"]) == ("XSHG", "fund", "2026-07-06")
    limit = next(one for one in found["rules"] if one["rule"] == "limit")
    assert (limit["since"], "10 %" in limit["source"]) == ("1996-12-16", True)
    assert found["phases"][-2:] == [
        {"at": "15:00", "phase": "after_hours"},
        {"at": "15:30", "phase": "closed"},
    ]


def test_a_day_without_trading_has_no_phases(shell: Shell) -> None:
    found = shell("rules", "show", "XNYS", "--date", "2026-11-26")
    assert found.out.endswith("No trading on that day.\n")
    assert "commission" in found.out


def test_a_day_before_the_first_record_is_refused(shell: Shell) -> None:
    found = shell("rules", "show", "XSHG", "--board", "star", "--date", "2019-07-19")
    assert (found.code, found.out) == (1, "")
    assert found.error == "XSHG star: no lot rule in force on 2019-07-19.\n"


def test_the_page_is_made_from_the_records(shell: Shell) -> None:
    text = shell("rules", "page").out
    assert text.startswith("## The floor's invented market")
    assert text == tables()
    assert shell("rules", "page", "--json").json == {"page": text}
