"""What all commands share."""

from __future__ import annotations

import sys

import pytest

from simtrade.commands.output import progress, table, tell


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table(("a", "b"), [("1", "two"), ("333", "4")]) == "a    b\n1    two\n333  4"
    assert table(("a", "b"), []) == "a  b"


def test_programs_get_json_and_people_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    tell({"name": "王"}, "text", as_json=True)
    tell({"name": "王"}, "text", as_json=False)
    assert capsys.readouterr().out == '{"name": "王"}\ntext\n'


@pytest.mark.parametrize("watched", [True, False])
def test_a_bar_is_drawn_only_while_a_person_watches(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: watched, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress("Importing") as advance:
        advance(1, 2)
    assert ("Importing" in capsys.readouterr().err) is watched
