"""Files become a lesson or every problem; lessons are checked against each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.model import Fault, Lesson, Level
from lessons.parse import check_together, in_order, parse
from tests.lessons.samples import CHINESE, ENGLISH, HEADER, faults, files, problems_of


def lesson(name: str, *wanted: str, level: str = "beginner", body: str = "") -> Lesson:
    listed = ", ".join(f'"{one}"' for one in wanted)
    header = HEADER.replace('"small"', f'"{name}"').replace("[]", f"[{listed}]")
    header = header.replace('"beginner"', f'"{level}"')
    found = parse(name, files(header=header, en=ENGLISH + body, zh=CHINESE + body))
    assert isinstance(found, Lesson), found
    return found


def test_a_right_lesson_is_read() -> None:
    found = parse("small", files())
    assert isinstance(found, Lesson)
    assert (found.lesson_id, found.level, found.minutes) == ("small", Level.BEGINNER, 3)
    assert {spoken: text.title for spoken, text in found.texts.items()} == {
        "en": "A title",
        "zh": "标题",
    }


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"header": None}, [("lesson.toml", 0, Fault.HEADER_MISSING)]),
        ({"zh": None}, [("zh.md", 0, Fault.LANGUAGE_MISSING)]),
        ({"en": None}, [("en.md", 0, Fault.LANGUAGE_MISSING)]),
        ({"zh": CHINESE + "\n## 多\n"}, [("zh.md", 0, Fault.HEADINGS_DIFFER)]),
        ({"en": "Nothing"}, [("en.md", 1, Fault.TITLE_MISSING)]),
        ({"header": HEADER + "x = 1\n"}, [("lesson.toml", 10, Fault.KEY_UNKNOWN)]),
    ],
)
def test_each_file_is_looked_at(
    changes: dict[str, str | None], wanted: list[tuple[str, int, Fault]]
) -> None:
    assert faults(problems_of(**changes)) == wanted


def test_all_files_are_reported_at_once() -> None:
    found = parse("small", {"en.md": "x", "notes.txt": "", "en.html": ""})
    assert isinstance(found, list)
    assert {(one.file, one.fault) for one in found} == {
        ("small/notes.txt", Fault.FILE_UNKNOWN),
        ("small/en.html", Fault.FILE_UNKNOWN),
        ("small/lesson.toml", Fault.HEADER_MISSING),
        ("small/en.md", Fault.TITLE_MISSING),
        ("small/zh.md", Fault.LANGUAGE_MISSING),
    }


def test_names_that_nobody_has() -> None:
    one = lesson("a", "gone", body="\n[x](/learn/nowhere)\n")
    assert [(it.file, it.line, it.fault, it.detail) for it in check_together([one], [])] == [
        ("a/lesson.toml", 0, Fault.PREREQUISITE_UNKNOWN, "gone"),
        ("a/en.md", 9, Fault.LESSON_UNKNOWN, "nowhere"),
        ("a/zh.md", 9, Fault.LESSON_UNKNOWN, "nowhere"),
    ]
    assert check_together([one], ["gone", "nowhere"]) == []


def test_a_circle_names_those_in_it_and_not_those_behind_it() -> None:
    lessons = [lesson("a", "b"), lesson("b", "a"), lesson("c", "b"), lesson("d")]
    found = check_together(lessons, [])
    assert [(it.file, it.fault, it.detail) for it in found] == [
        ("a/lesson.toml", Fault.PREREQUISITE_CYCLE, "a, b"),
        ("b/lesson.toml", Fault.PREREQUISITE_CYCLE, "a, b"),
    ]
    (alone,) = check_together([lesson("a", "a")], [])
    assert (alone.fault, alone.detail) == (Fault.PREREQUISITE_CYCLE, "a")


def test_prerequisites_first_then_easier_then_by_name() -> None:
    lessons = [
        lesson("a", level="advanced"),
        lesson("b", "d"),
        lesson("c"),
        lesson("d"),
        lesson("e", "elsewhere"),
    ]
    assert [one.lesson_id for one in in_order(lessons)] == ["c", "d", "b", "e", "a"]


def test_every_fault_is_shown_by_some_test() -> None:
    texts = [path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    missing = [one.name for one in Fault if not any(f"Fault.{one.name}" in text for text in texts)]
    assert missing == []


@given(st.dictionaries(st.sampled_from(["lesson.toml", "en.md", "zh.md", "x"]), st.text()))
def test_no_files_break_the_parser(texts: dict[str, str]) -> None:
    found = parse("small", texts)
    assert isinstance(found, list)
    assert found
    assert all(one.file.startswith("small/") for one in found)
