"""The report of ``simtrade bench matching``: requirements, verdicts and what was left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from simtrade.bench import matching


def rows(**times: float) -> dict[str, Any]:
    names = {"calls": matching.CALLS, "batch": matching.BATCH, "bourse": "bourse 1", "c": "C ref 1"}
    return {names[key]: {"ns": ns, "agrees": True} for key, ns in times.items()}


def held(result: dict[str, Any]) -> dict[str, bool | None]:
    return {line["what"]: line["holds"] for line in matching._must(result)}


def test_requirements_hold_or_fail_by_the_ratios() -> None:
    good = rows(calls=100, batch=15, bourse=270, c=10)
    assert set(held({"flows": {"normal": good}}).values()) == {True}
    slow = held({"flows": {"normal": rows(calls=120, batch=20, bourse=270, c=10)}})
    assert slow == {
        "normal: calls, times bourse": False,
        "normal: batch, times bourse": False,
        "normal: batch, time over C": False,
        "normal: fills and final book agree": True,
    }


def test_wide_prices_have_a_limit_of_their_own() -> None:
    lines = held({"flows": {"wide": rows(calls=100, batch=25, bourse=270, c=20)}})
    assert lines["wide: batch, times bourse"] is True


def test_a_missing_peer_leaves_its_lines_open() -> None:
    lines = held({"flows": {"normal": rows(calls=100, batch=15)}})
    assert lines["normal: calls, times bourse"] is None
    assert lines["normal: batch, time over C"] is None


def test_a_figure_without_agreement_does_not_count() -> None:
    bad = rows(calls=100, batch=15, bourse=270, c=10)
    bad[matching.CALLS]["agrees"] = False
    lines = held({"flows": {"normal": bad}})
    assert lines["normal: calls, times bourse"] is None
    assert lines["normal: fills and final book agree"] is False


def test_the_command_prints_json_and_the_report_names_every_line() -> None:
    result = matching.run(flows=["adversarial"], rounds=1, probes=False)
    text = matching.report(result)
    for line in result["must"]:
        assert line["what"] in text
    assert all(row["agrees"] for row in result["flows"]["adversarial"].values())
    assert json.loads(json.dumps(result)) == result


def test_an_unknown_flow_is_refused_with_its_name() -> None:
    answer = CliRunner().invoke(matching.app, ["--flow", "sideways"])
    assert answer.exit_code == 2
    assert "sideways" in answer.output


@pytest.mark.parametrize("holds", [True, False])
def test_the_exit_code_says_whether_everything_holds(
    monkeypatch: pytest.MonkeyPatch, holds: bool
) -> None:
    line = {"what": "x", "value": 1.0, "least": 1, "most": None, "holds": holds}
    result = {
        "python": "3", "machine": "m", "load": 0.0, "rounds": 1,
        "left_out": [], "flows": {}, "must": [line],
    }  # fmt: skip
    monkeypatch.setattr(matching, "run", lambda **_: result)
    answer = CliRunner().invoke(matching.app, ["--json"])
    assert answer.exit_code == (0 if holds else 1)
    assert json.loads(answer.stdout) == result
