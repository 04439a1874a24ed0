"""Lessons on disk: reads folders, checks them alone and together, holds the shipped ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lessons.checks import TEXT_BYTES_MAX
from lessons.model import HEADER_FILE, Fault, Language, Lesson, Problem
from lessons.parse import TEXT_FILES, check_together, in_order, parse

SHIPPED = Path(__file__).parent / "shipped"
FILES_MAX = 100  # more than that is no lesson folder


class CatalogueError(Exception):
    """Shipped lessons have problems: the installation is broken."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One folder: its lesson, None when it cannot be read, and everything wrong with it."""

    name: str
    languages: tuple[Language, ...]
    lesson: Lesson | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Lessons without problems in the order in which to read them."""

    lessons: tuple[Lesson, ...]

    def get(self, lesson_id: str) -> Lesson | None:
        return next((one for one in self.lessons if one.lesson_id == lesson_id), None)

    def before(self, lesson: Lesson) -> Lesson | None:
        place = self.lessons.index(lesson)
        return self.lessons[place - 1] if place else None

    def after(self, lesson: Lesson) -> Lesson | None:
        place = self.lessons.index(lesson) + 1
        return self.lessons[place] if place < len(self.lessons) else None


class _Folder(NamedTuple):
    texts: Mapping[str, str]
    problems: list[Problem]


def lesson_folders(path: Path) -> list[Path]:
    """``path`` itself when it is a lesson, else the folders in it, by name."""
    if (path / HEADER_FILE).is_file():
        return [path]
    return sorted(one for one in path.iterdir() if one.is_dir() and not one.name.startswith("."))


def check(folders: Iterable[Path], beside: Iterable[Path] = ()) -> tuple[Entry, ...]:
    """Every folder checked alone and together with those ``beside`` it, which are not reported.

    A folder takes the place of one beside it with the same name.
    """
    entries = {one.name: one for one in map(_entry, folders)}
    others = {one.name: one for one in map(_entry, beside)}
    everyone = {**others, **entries}
    lessons = [one.lesson for one in everyone.values() if one.lesson]
    between = check_together(lessons, everyone.keys())
    return tuple(
        Entry(
            one.name,
            one.languages,
            one.lesson,
            (*one.problems, *(it for it in between if it.file.startswith(f"{one.name}/"))),
        )
        for one in entries.values()
    )


@cache
def shipped() -> Catalogue:
    """The lessons that come with simtrade, read once.  Raises CatalogueError."""
    entries = check(lesson_folders(SHIPPED))
    problems = [one for entry in entries for one in entry.problems]
    if problems:
        raise CatalogueError(", ".join(f"{one.file}:{one.line} {one.fault}" for one in problems))
    return Catalogue(in_order(one.lesson for one in entries if one.lesson))


def _entry(path: Path) -> Entry:
    path = path.resolve()
    folder = _read(path)
    parsed = parse(path.name, folder.texts)
    unread = {one.file for one in folder.problems}
    languages = tuple(spoken for name, spoken in TEXT_FILES.items() if name in folder.texts)
    if isinstance(parsed, Lesson):
        return Entry(path.name, languages, None if unread else parsed, tuple(folder.problems))
    # A file that is there but could not be read is not missing too.
    rest = (one for one in parsed if one.file not in unread)
    return Entry(path.name, languages, None, (*folder.problems, *rest))


def _read(path: Path) -> _Folder:
    """The text of every file; a bound on each, since anybody's folder may be looked at."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file in sorted(path.iterdir())[:FILES_MAX]:
        where = f"{path.name}/{file.name}"
        if not file.is_file():
            problems.append(Problem(where, 0, Fault.FILE_UNKNOWN))
            continue
        if file.name != HEADER_FILE and file.name not in TEXT_FILES:
            texts[file.name] = ""  # reported by its name; what is in it does not matter
            continue
        try:
            with file.open("rb") as source:
                body = source.read(TEXT_BYTES_MAX + 1)
        except OSError as error:
            problems.append(Problem(where, 0, Fault.FILE_NOT_READABLE, error.strerror or ""))
            continue
        if len(body) > TEXT_BYTES_MAX:
            problems.append(Problem(where, 0, Fault.TOO_LONG, str(TEXT_BYTES_MAX)))
            continue
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            problems.append(Problem(where, 0, Fault.NOT_UTF8))
            continue
        texts[file.name] = text.replace("\r\n", "\n")
    return _Folder(texts, problems)
