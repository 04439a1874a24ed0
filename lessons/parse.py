"""A lesson's files become a lesson, or the list of everything that is wrong with them.

Pure: texts in, values out.  What lies on a disk is read by lessons.catalogue.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

from lessons.checks import check_text
from lessons.header import read_header
from lessons.model import (
    HEADER_FILE,
    LANGUAGES,
    Fault,
    Language,
    Lesson,
    LessonId,
    LessonText,
    Level,
    Problem,
)

TEXT_FILES: Mapping[str, Language] = {f"{language}.md": language for language in LANGUAGES}


def parse(folder: str, files: Mapping[str, str]) -> Lesson | list[Problem]:
    """The lesson of a folder, given the text of each file in it by name."""
    problems = [
        Problem(f"{folder}/{name}", 0, Fault.FILE_UNKNOWN)
        for name in files
        if name != HEADER_FILE and name not in TEXT_FILES
    ]
    header = None
    if HEADER_FILE in files:
        header, faults = read_header(folder, files[HEADER_FILE])
        problems.extend(faults)
    else:
        problems.append(Problem(f"{folder}/{HEADER_FILE}", 0, Fault.HEADER_MISSING))
    texts: dict[Language, LessonText] = {}
    for name, language in TEXT_FILES.items():
        if name not in files:
            problems.append(Problem(f"{folder}/{name}", 0, Fault.LANGUAGE_MISSING, language))
            continue
        checked = check_text(f"{folder}/{name}", files[name])
        problems.extend(checked.problems)
        if checked.text:
            texts[language] = checked.text
    problems.extend(_differences(folder, texts))
    if problems or header is None:
        return problems
    return Lesson(
        lesson_id=LessonId(header.id),
        version=header.version,
        level=header.level,
        minutes=header.minutes,
        risk_level=header.risk_level,
        concepts=header.concepts,
        prerequisites=tuple(LessonId(one) for one in header.prerequisites),
        licence=header.licence,
        authors=header.authors,
        texts=texts,
    )


def _differences(folder: str, texts: Mapping[Language, LessonText]) -> list[Problem]:
    """Languages say the same in their own words: their headings are the same in number and rank,
    and so are their quizzes, choice by choice."""
    problems: list[Problem] = []
    for other, one in itertools.pairwise(texts):
        file = f"{folder}/{one}.md"
        if texts[one].headings != texts[other].headings:
            problems.append(Problem(file, 0, Fault.HEADINGS_DIFFER, f"{other}.md"))
        if texts[one].quizzes != texts[other].quizzes:
            problems.append(Problem(file, 0, Fault.QUIZZES_DIFFER, f"{other}.md"))
    return problems


def check_together(lessons: Sequence[Lesson], known: Collection[str]) -> list[Problem]:
    """What is wrong between lessons: names nobody has, and prerequisites that run in a circle.

    ``known`` are the names of all lessons there are, also of those that have problems themselves.
    """
    names = {*known, *(one.lesson_id for one in lessons)}
    problems: list[Problem] = []
    for lesson in lessons:
        header = f"{lesson.lesson_id}/{HEADER_FILE}"
        problems.extend(
            Problem(header, 0, Fault.PREREQUISITE_UNKNOWN, wanted)
            for wanted in lesson.prerequisites
            if wanted not in names
        )
        problems.extend(
            Problem(f"{lesson.lesson_id}/{language}.md", link.line, Fault.LESSON_UNKNOWN, link[1])
            for language, text in lesson.texts.items()
            for link in text.lesson_links
            if link.lesson_id not in names
        )
    circle = _circle(lessons)
    problems.extend(
        Problem(f"{one}/{HEADER_FILE}", 0, Fault.PREREQUISITE_CYCLE, ", ".join(circle))
        for one in circle
    )
    return problems


def _circle(lessons: Sequence[Lesson]) -> list[LessonId]:
    """Lessons that can never be begun and that others of them wait for, by name."""
    ordered = {one.lesson_id for one in in_order(lessons)}
    stuck = [one for one in lessons if one.lesson_id not in ordered]
    while True:
        wanted = {name for one in stuck for name in one.prerequisites}
        kept = [one for one in stuck if one.lesson_id in wanted]
        if len(kept) == len(stuck):
            return sorted(one.lesson_id for one in stuck)
        stuck = kept


def in_order(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Prerequisites first, then easier ones, then by name.

    Lessons of a circle, and those that need one of it, are left out; check_together reports them.
    """
    ranks = list(Level)
    waiting = sorted(lessons, key=lambda one: (ranks.index(one.level), one.lesson_id))
    missing = {one.lesson_id for one in waiting}
    ordered: list[Lesson] = []
    while True:
        ready = next((one for one in waiting if missing.isdisjoint(one.prerequisites)), None)
        if ready is None:
            return tuple(ordered)
        waiting.remove(ready)
        missing.remove(ready.lesson_id)
        ordered.append(ready)
