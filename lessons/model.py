"""The words of lessons: what a lesson is, and every way in which a written one can be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple, NewType, get_args

LessonId = NewType("LessonId", str)
Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
# Product risk level of what a lesson speaks of, as on instruments: R1 (low) to R5 (high).
RiskLevel = Literal["R1", "R2", "R3", "R4", "R5"]

HEADER_FILE = "lesson.toml"


class Level(StrEnum):
    """Whom a lesson is for, easiest first."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Fault(StrEnum):
    """What is wrong with a written lesson; one name per reason."""

    HEADER_MISSING = "header_missing"
    HEADER_UNREADABLE = "header_unreadable"
    KEY_UNKNOWN = "key_unknown"
    KEY_MISSING = "key_missing"
    VALUE_WRONG = "value_wrong"
    ID_NOT_FOLDER = "id_not_folder"
    LANGUAGE_MISSING = "language_missing"
    FILE_UNKNOWN = "file_unknown"
    FILE_NOT_READABLE = "file_not_readable"
    NOT_UTF8 = "not_utf8"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    TITLE_MISSING = "title_missing"
    BODY_MISSING = "body_missing"
    HEADING_LEVEL = "heading_level"
    HEADINGS_DIFFER = "headings_differ"
    RAW_HTML = "raw_html"
    IMAGE = "image"
    LINK_UNSAFE = "link_unsafe"
    TABLE_TOO_WIDE = "table_too_wide"
    BLOCK_UNKNOWN = "block_unknown"
    BLOCK_UNCLOSED = "block_unclosed"
    TOO_DEEP = "too_deep"
    QUIZ_NAME_TWICE = "quiz_name_twice"
    QUIZ_NESTED = "quiz_nested"
    QUIZ_PARTS = "quiz_parts"
    QUIZ_CHOICES = "quiz_choices"
    QUIZ_CHOICE_MARK = "quiz_choice_mark"
    QUIZ_REASON_MISSING = "quiz_reason_missing"
    QUIZ_RIGHT = "quiz_right"
    QUIZZES_DIFFER = "quizzes_differ"
    LESSON_UNKNOWN = "lesson_unknown"
    PREREQUISITE_UNKNOWN = "prerequisite_unknown"
    PREREQUISITE_CYCLE = "prerequisite_cycle"


class Problem(NamedTuple):
    """``file`` is ``folder/file``; ``line`` counts from 1, 0 for the whole file; ``detail`` is the
    offending part."""

    file: str
    line: int
    fault: Fault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """HTML that went through the sanitiser; only lessons.render makes it.

    Templates show it as it is: ``__html__`` is their sign for text that is already escaped.
    """

    text: str

    def __html__(self) -> str:
        return self.text


class LessonLink(NamedTuple):
    """A link of a text to another lesson."""

    line: int
    lesson_id: LessonId


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question with choices: which are right, by their place in the text.

    ``several``: any number of choices may be marked; else exactly one is right and one is marked.
    """

    name: str
    several: bool
    right: tuple[bool, ...]

    def allows(self, chosen: frozenset[int]) -> bool:
        """Whether this is an answer: choices that exist, and as many as are asked for."""
        exist = all(0 <= one < len(self.right) for one in chosen)
        return exist and bool(chosen) and (self.several or len(chosen) == 1)

    def is_right(self, chosen: frozenset[int]) -> bool:
        """Every right choice and no other one."""
        return chosen == {place for place, right in enumerate(self.right) if right}


@dataclass(frozen=True, slots=True)
class LessonText:
    """A lesson in one language: plain title and summary (its first paragraph), Markdown body."""

    title: str
    summary: str
    markdown: str
    headings: tuple[int, ...]  # levels in order, the title's 1 first
    lesson_links: tuple[LessonLink, ...]
    quizzes: tuple[Quiz, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson without problems of its own, in every language."""

    lesson_id: LessonId
    version: int
    level: Level
    minutes: int
    risk_level: RiskLevel
    concepts: tuple[str, ...]
    prerequisites: tuple[LessonId, ...]
    licence: str
    authors: tuple[str, ...]
    texts: Mapping[Language, LessonText]

    @property
    def quizzes(self) -> tuple[Quiz, ...]:
        """The same in every language."""
        return self.texts[LANGUAGES[0]].quizzes

    def quiz(self, name: str) -> Quiz | None:
        return next((one for one in self.quizzes if one.name == name), None)
