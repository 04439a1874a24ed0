"""A small correct lesson, and how to spoil it in one place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lessons.model import Fault, Problem
from lessons.parse import parse
from lessons.render import QuizHtml, render

HEADER = """\
id = "small"
version = 1
level = "beginner"
minutes = 3
risk_level = "R3"
concepts = ["spread"]
prerequisites = []
licence = "Apache-2.0"
authors = ["Somebody"]
"""
ENGLISH = "# A title\n\nFirst paragraph.\n\n## A part\n\nMore.\n"
CHINESE = "# 标题\n\n第一段。\n\n## 一节\n\n更多。\n"


def files(**changes: str | None) -> dict[str, str]:
    """The files of the lesson ``small``; ``header``, ``en``, ``zh`` replace one, None removes."""
    names = {"header": "lesson.toml", "en": "en.md", "zh": "zh.md"}
    texts: Mapping[str, str | None] = {"header": HEADER, "en": ENGLISH, "zh": CHINESE, **changes}
    return {names[key]: text for key, text in texts.items() if text is not None}


def problems_of(**changes: str | None) -> list[Problem]:
    found = parse("small", files(**changes))
    assert isinstance(found, list), "the lesson is right"
    return found


def faults(problems: list[Problem] | tuple[Problem, ...]) -> list[tuple[str, int, Fault]]:
    """Problems without their details, the folder left out."""
    return [(one.file.partition("/")[2], one.line, one.fault) for one in problems]


def write(root: Path, name: str, **changes: str | None) -> Path:
    """The lesson as a folder of that name."""
    folder = root / name
    folder.mkdir(parents=True)
    texts = files(**{"header": HEADER.replace('"small"', f'"{name}"'), **changes})
    for file, text in texts.items():
        (folder / file).write_text(text, "utf-8")
    return folder


def html_of(markdown: str) -> str:
    """Every piece of HTML that a page may show of a text, in order."""
    pieces: list[str] = []
    for part in render(markdown):
        if isinstance(part, QuizHtml):
            pieces += [one.text for one in (part.question, *part.choices, *part.reasons)]
        else:
            pieces.append(part.text)
    return "".join(pieces)
