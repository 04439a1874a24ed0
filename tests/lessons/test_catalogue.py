"""Lessons on disk: odd folders, and the checks between lessons."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

import pytest

from lessons import catalogue
from lessons.catalogue import Catalogue, CatalogueError, check, lesson_folders, shipped
from lessons.checks import TEXT_BYTES_MAX
from lessons.model import Fault
from tests.lessons.samples import ENGLISH, faults, write


def test_a_path_is_a_lesson_or_a_folder_of_lessons(tmp_path: Path) -> None:
    one, two = write(tmp_path, "one"), write(tmp_path, "two")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "note.txt").write_text("x")
    assert lesson_folders(tmp_path) == [one, two]
    assert lesson_folders(two) == [two]


def test_bytes_and_files_that_are_none(tmp_path: Path) -> None:
    folder = write(tmp_path, "one", en=ENGLISH.replace("\n", "\r\n"))
    (folder / "zh.md").write_bytes(b"# \xff\n")
    (folder / "pictures").mkdir()
    (folder / "huge.bin").write_bytes(b"x" * (TEXT_BYTES_MAX * 2))
    (entry,) = check([folder])
    assert entry.lesson is None
    assert entry.languages == ("en",)
    assert sorted(faults(entry.problems)) == [
        ("huge.bin", 0, Fault.FILE_UNKNOWN),
        ("pictures", 0, Fault.FILE_UNKNOWN),
        ("zh.md", 0, Fault.NOT_UTF8),
    ]


def test_a_long_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    folder = write(tmp_path, "one", en=ENGLISH + "多" * TEXT_BYTES_MAX)
    (entry,) = check([folder])
    assert faults(entry.problems) == [("en.md", 0, Fault.TOO_LONG)]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, "one")
    usual = Path.open

    def locked(self: Path, mode: str) -> IO[Any]:
        if self.name == "en.md":
            raise PermissionError(13, os.strerror(13), str(self))
        return usual(self, mode)

    monkeypatch.setattr(Path, "open", locked)
    (entry,) = check([folder])
    assert faults(entry.problems) == [("en.md", 0, Fault.FILE_NOT_READABLE)]


def test_lessons_beside_are_known_but_not_reported(tmp_path: Path) -> None:
    new = write(tmp_path / "new", "new", en=f"{ENGLISH}\n[x](/learn/old) [y](/learn/no)\n")
    old = write(tmp_path / "old", "old", zh=None)
    (entry,) = check([new], [old])
    assert [(one.fault, one.detail) for one in entry.problems] == [(Fault.LESSON_UNKNOWN, "no")]
    again = write(tmp_path / "new", "old")
    assert [one.problems for one in check([again], [old])] == [()]


def test_the_way_through_the_lessons() -> None:
    lessons = shipped().lessons
    assert shipped().before(lessons[0]) is None
    assert shipped().after(lessons[-1]) is None
    assert shipped().after(lessons[0]) is lessons[1]
    assert shipped().before(lessons[1]) is lessons[0]
    assert shipped().get(lessons[2].lesson_id) is lessons[2]
    assert shipped().get("../first-trade") is None
    assert Catalogue(()).get("x") is None


def test_a_broken_installation_says_what_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "one", zh=None)
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path)
    with pytest.raises(CatalogueError, match=r"one/zh.md:0 language_missing"):
        shipped.__wrapped__()
