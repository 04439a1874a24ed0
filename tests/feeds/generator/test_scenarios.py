"""Scenarios as data: what can be written, and what the seed draws."""

from __future__ import annotations

import pytest

from feeds.generator.calendar import TRADING_SECONDS
from feeds.generator.scenarios import (
    Scenario,
    ScenarioKind,
    companies,
    scenario_of,
    scripts,
    story_of,
)


@pytest.mark.parametrize("kind", ScenarioKind)
def test_a_written_scenario_is_read_back(kind: ScenarioKind) -> None:
    for scenario in (Scenario(kind), Scenario(kind, 4, 40), Scenario(kind, 0, 1)):
        found = scenario_of(str(scenario))
        assert found == scenario


@pytest.mark.parametrize(
    "text",
    ["", "flood", "crash.1", "crash.1.", "crash.-1.5", "crash.01.5", "crash.1.0", "crash.1.230",
     "crash.1.60.2", "Crash", "crash 1", "crash.100000.5"],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert scenario_of(text) is None


def test_every_kind_is_described_and_meets_somebody_who_is_there() -> None:
    assert set(scripts()) == set(ScenarioKind)
    for script in scripts().values():
        there = [share for share in companies() if share.symbol == script.whom]
        assert script.everybody != bool(there)


@pytest.mark.parametrize("kind", ScenarioKind)
def test_what_is_drawn_lies_in_the_script_and_differs(kind: ScenarioKind) -> None:
    script = scripts()[kind]
    stories = [story_of(Scenario(kind), seed) for seed in range(60)]
    for story in stories:
        assert script.sessions[0] <= story.session <= script.sessions[1]
        assert 60 * script.start[0] <= story.starts <= 60 * script.start[1]
        assert 60 * script.minutes[0] <= story.moved - story.starts <= 60 * script.minutes[1]
        assert story.starts < story.half < story.moved <= story.over < TRADING_SECONDS - 600
        far = sorted(1_000 * one for one in script.move)
        signs = (1, -1) if script.either else (1,)
        assert any(far[0] <= sign * story.move_ppm <= far[1] for sign in signs)
    assert len({story.starts for story in stories}) > 30
    assert len({story.session for story in stories}) == 1 + script.sessions[1] - script.sessions[0]
    assert script.either == (len({story.move_ppm > 0 for story in stories}) == 2)


def test_a_written_moment_changes_the_moment_only() -> None:
    drawn = story_of(Scenario(ScenarioKind.RUMOUR), 5)
    written = story_of(Scenario(ScenarioKind.RUMOUR, 7, 33), 5)
    assert (written.session, written.starts) == (7, 33 * 60)
    assert written.move_ppm == drawn.move_ppm
    assert written.moved - written.starts == drawn.moved - drawn.starts
