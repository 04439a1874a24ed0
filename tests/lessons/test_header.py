"""``lesson.toml``: every key is checked, and every wrong one is reported with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.header import HEADER_BYTES_MAX, read_header
from lessons.model import Fault
from tests.lessons.samples import HEADER, faults


def test_a_right_header_is_read() -> None:
    header, problems = read_header("small", HEADER)
    assert problems == []
    assert header is not None
    assert (header.id, header.minutes, header.concepts) == ("small", 3, ("spread",))


@pytest.mark.parametrize(
    ("old", "new", "line", "detail"),
    [
        ("version = 1", "version = 0", 2, "version"),
        ("version = 1", "version = true", 2, "version"),
        ("version = 1", 'version = "1"', 2, "version"),
        ("minutes = 3", "minutes = 61", 4, "minutes"),
        ("minutes = 3", "minutes = 2.5", 4, "minutes"),
        ('"beginner"', '"expert"', 3, "expert"),
        ('"R3"', '"R6"', 5, "R6"),
        ('["spread"]', "[]", 6, "concepts"),
        ('["spread"]', '["Spread"]', 6, "concepts"),
        ('["spread"]', '"spread"', 6, "concepts"),
        ("prerequisites = []", 'prerequisites = ["../x"]', 7, "prerequisites"),
        ('"Apache-2.0"', '""', 8, "licence"),
        ('["Somebody"]', '["Some\\nbody"]', 9, "authors"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(old: str, new: str, line: int, detail: str) -> None:
    header, (problem,) = read_header("small", HEADER.replace(old, new))
    assert header is None
    assert (problem.line, problem.fault) == (line, Fault.VALUE_WRONG)
    assert detail in problem.detail


@pytest.mark.parametrize("key", [line.split()[0] for line in HEADER.splitlines()])
def test_every_key_is_needed(key: str) -> None:
    text = "".join(line for line in HEADER.splitlines(keepends=True) if not line.startswith(key))
    (problem,) = read_header("small", text).problems
    assert (problem.fault, problem.detail) == (Fault.KEY_MISSING, key)


def test_everything_wrong_is_reported_at_once() -> None:
    text = HEADER.replace("minutes = 3", "minutes = 0\nteacher = 1") + "\n[quiz]\na = 1\n"
    text = text.replace('"small"', '"other"')
    assert faults(read_header("small", text).problems) == [
        ("lesson.toml", 1, Fault.ID_NOT_FOLDER),
        ("lesson.toml", 4, Fault.VALUE_WRONG),
        ("lesson.toml", 5, Fault.KEY_UNKNOWN),
        ("lesson.toml", 12, Fault.KEY_UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEADER + "version = 2\n", 10),
        ("id = \n", 1),
        ("a = " + "[" * 3000, 0),
        ("a = " + "9" * 4000, 0),
        ("a = 2020-13-40", 1),
    ],
)
def test_what_is_no_toml_is_one_problem(text: str, line: int) -> None:
    header, (problem, *rest) = read_header("small", text)
    assert header is None
    if problem.fault is Fault.HEADER_UNREADABLE:
        assert (problem.line, rest) == (line, [])
        assert problem.detail
    else:
        assert text.startswith("a = 9")


def test_a_header_is_short() -> None:
    text = HEADER + "#" * HEADER_BYTES_MAX
    assert [one.fault for one in read_header("small", text).problems] == [Fault.TOO_LONG]


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    header, problems = read_header("small", text)
    assert (header is None) == bool(problems)
