"""``simtrade lesson``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lessons.model import Fault
from simtrade.commands.lesson import SENTENCES
from tests.lessons.samples import ENGLISH, HEADER, write
from tests.simtrade.commands.conftest import Shell

SHIPPED = ["first-trade", "order-types", "what-trading-costs", "where-you-stand-in-the-queue"]


@pytest.mark.parametrize("options", [[], ["--all"]])
def test_the_shipped_lessons_are_right(shell: Shell, options: list[str]) -> None:
    assert shell("lesson", "check", "--json", *options).json == {
        "lessons": [
            {"id": name, "languages": ["en", "zh"], "quizzes": 1, "tasks": 0, "problems": []}
            for name in SHIPPED
        ]
    }
    shown = shell("lesson", "check", *options)
    assert shown.error == ""
    assert shown.out.splitlines()[1].split() == ["first-trade", "en", "zh", "0"]


def test_every_problem_has_its_file_its_line_and_a_sentence(shell: Shell, tmp_path: Path) -> None:
    broken = HEADER.replace("small", "broken") + "teacher = 1\n"
    write(tmp_path / "own", "broken", header=broken, en=ENGLISH + "\n![x](/y.png)\n", zh=None)
    write(tmp_path / "own", "fine", en=ENGLISH + "\n[on](/learn/first-trade)\n")
    found = shell("lesson", "check", str(tmp_path / "own"))
    assert found.code == 1
    assert found.error.splitlines() == [
        "broken/lesson.toml:10: There is no key 'teacher'.",
        "broken/en.md:9: Lessons have no images: /y.png",
        "broken/zh.md: Every lesson needs this language.",
    ]
    told = shell("lesson", "check", str(tmp_path / "own"), "--json")
    assert told.code == 1
    lessons = {one["id"]: one for one in json.loads(told.out)["lessons"]}
    assert lessons.keys() == {"broken", "fine"}
    assert lessons["fine"]["problems"] == []
    assert lessons["broken"]["languages"] == ["en"]
    assert lessons["broken"]["problems"][1] == {
        "file": "broken/en.md",
        "line": 9,
        "code": "image",
        "text": "Lessons have no images: /y.png",
    }


def test_one_lesson_and_all_others(shell: Shell, tmp_path: Path) -> None:
    folder = write(tmp_path, "own")
    alone = shell("lesson", "check", str(folder), "--json").json
    assert [one["id"] for one in alone["lessons"]] == ["own"]
    everything = shell("lesson", "check", "--all", str(folder), "--json").json
    assert [one["id"] for one in everything["lessons"]] == [*SHIPPED, "own"]


def test_where_no_lesson_is(shell: Shell, tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "no", "There is no folder"), (tmp_path, "no lesson in")):
        found = shell("lesson", "check", str(path))
        assert (found.code, found.out) == (1, "")
        assert sentence in found.error


def test_every_fault_has_a_sentence() -> None:
    assert SENTENCES.keys() == {one.value for one in Fault}
