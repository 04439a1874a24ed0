from __future__ import annotations

from pathlib import Path

import pytest

from feeds.imports.importer import Job, Wanted, WantedError
from feeds.imports.naming import notes_of, source_and_licence, tape_name
from feeds.imports.report import Report

NOTES = "# A day of 600001\nRepository: somewhere\nLicence: none \n"


def test_a_name_comes_from_the_words_of_the_path() -> None:
    assert tape_name("", "SH#600 001.Txt") == "sh_600_001_txt"
    assert tape_name("own", "x") == "own"
    assert len(tape_name("", "x" * 90)) == 40
    for name in ("A B", "_", "x" * 41):
        with pytest.raises(WantedError, match="The name of a tape is 1 to 40"):
            tape_name(name, "x")
    with pytest.raises(WantedError):
        tape_name("", "沪深")


def test_source_and_licence_come_from_the_notes_beside_the_data(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x")

    def told(**said: str) -> tuple[str, str]:
        return source_and_licence(Job(Wanted(path=path, **said), tmp_path, Report()))  # type: ignore[arg-type]

    assert told() == ("a.csv", "not stated")
    (tmp_path / "SOURCE.md").write_text(NOTES)
    assert notes_of(path) == notes_of(tmp_path)
    assert notes_of(path).title == "# A day of 600001"
    assert told() == ("somewhere", "none")
    assert told(source="me", licence="mine") == ("me", "mine")
