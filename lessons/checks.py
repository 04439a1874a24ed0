"""Looks through one Markdown text: its title, its headings, its links, and all that is wrong."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from markdown_it.token import Token

from lessons.model import Fault, LessonId, LessonLink, LessonText, Problem, Quiz
from lessons.quiz import OPEN as QUIZ_OPEN
from lessons.quiz import QuizBlock, parts
from lessons.quiz import faults as quiz_faults
from lessons.render import NESTING_MAX, TERM_BLOCK, Markdown, link_allowed

TEXT_BYTES_MAX = 32 * 1024
COLUMNS_MAX = 4  # what a phone shows without scrolling
DEEPEST_HEADING = 3
_DETAIL_LENGTH = 80

# Control characters other than tab and line feed, and marks that make text read backwards.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_LESSON_PATH = re.compile(r"/learn/([^/?#]+)/?(?:[?#].*)?", re.DOTALL)
_BREAKS = ("softbreak", "hardbreak")


@dataclass(slots=True)
class _Found:
    """What the walk over the tokens has gathered so far."""

    file: str
    lines: list[str]
    problems: list[Problem] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    links: list[LessonLink] = field(default_factory=list)

    def report(self, line: int, fault: Fault, detail: str = "") -> None:
        self.problems.append(Problem(self.file, line, fault, _one_line(detail)))


@dataclass(frozen=True, slots=True)
class Checked:
    """``text`` is None exactly when there are problems."""

    text: LessonText | None
    problems: tuple[Problem, ...]


@cache
def _checker() -> Markdown:
    return Markdown(checking=True)


def check_text(file: str, text: str) -> Checked:
    """One language of a lesson, or everything that is wrong with it."""
    if len(text.encode("utf-8", "replace")) > TEXT_BYTES_MAX:
        return Checked(None, (Problem(file, 0, Fault.TOO_LONG, str(TEXT_BYTES_MAX)),))
    lines = text.split("\n")
    found = _Found(file, lines)
    for number, line in enumerate(lines, 1):
        for mark in _CONTROL.findall(line):
            found.report(number, Fault.CONTROL_CHARACTER, f"U+{ord(mark):04X}")
    if found.problems:  # a parser would read such a text in its own way
        return Checked(None, tuple(found.problems))
    tokens = _checker().parse(text)
    for token in tokens:
        _check_block(found, token)
    _check_tables(found, tokens)
    quizzes = _check_quizzes(found, tokens)
    _check_headings(found, tokens)
    if found.problems:
        return Checked(None, tuple(sorted(found.problems, key=lambda one: one.line)))
    return Checked(_as_text(found, tokens, quizzes), ())


def _as_text(found: _Found, tokens: list[Token], quizzes: tuple[Quiz, ...]) -> LessonText:
    return LessonText(
        title=_plain(tokens[1]),
        summary=next((_plain(one) for one in _paragraphs(tokens)), ""),
        markdown="\n".join(found.lines[(tokens[0].map or [0, 1])[1] :]).strip() + "\n",
        headings=tuple(found.headings),
        lesson_links=tuple(found.links),
        quizzes=quizzes,
    )


def _paragraphs(tokens: list[Token]) -> Iterator[Token]:
    """The inline tokens of paragraphs that stand by themselves."""
    for before, token in itertools.pairwise(tokens):
        if before.type == "paragraph_open" and before.level == 0:
            yield token


def _plain(inline: Token) -> str:
    """The words of a line without their marks."""
    return "".join(
        " " if one.type in _BREAKS else one.content for one in inline.children or ()
    ).strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_DETAIL_LENGTH]


def _check_block(found: _Found, token: Token) -> None:
    line = token.map[0] + 1 if token.map else 0
    if token.level == NESTING_MAX and token.nesting >= 0:
        found.report(line, Fault.TOO_DEEP, str(NESTING_MAX))
    if token.type == "html_block":
        found.report(line, Fault.RAW_HTML, token.content)
    elif token.type == QUIZ_OPEN and token.level > 0:
        found.report(line, Fault.QUIZ_NESTED, token.info)
    elif token.type in (TERM_BLOCK, QUIZ_OPEN) and not _is_closed(found, token):
        found.report(line, Fault.BLOCK_UNCLOSED, token.info)
    elif token.type == "inline":
        for offset, text in enumerate(token.content.split("\n")):
            if text.lstrip().startswith(":::"):
                found.report(line + offset, Fault.BLOCK_UNKNOWN, text)
        _check_inline(found, token, line)


def _is_closed(found: _Found, token: Token) -> bool:
    """Whether the line after the block's content is the closing one, not the end of the text."""
    after = (token.map or [0, 0])[1]
    return after < len(found.lines) and found.lines[after].strip(" \t>").startswith(":::")


def _check_inline(found: _Found, inline: Token, line: int) -> None:
    for token in inline.children or ():
        if token.level == NESTING_MAX and token.nesting > 0:
            found.report(line, Fault.TOO_DEEP, str(NESTING_MAX))
        if token.type in _BREAKS:
            line += 1
        elif token.type == "html_inline":
            found.report(line, Fault.RAW_HTML, token.content)
            line += token.content.count("\n")
        elif token.type == "image":
            found.report(line, Fault.IMAGE, str(token.attrs.get("src", "")))
        elif token.type == "link_open":
            _check_link(found, str(token.attrs.get("href", "")), line)


def _check_link(found: _Found, address: str, line: int) -> None:
    if not link_allowed(address):
        found.report(line, Fault.LINK_UNSAFE, address)
        return
    lesson = _LESSON_PATH.fullmatch(address)
    if lesson:
        found.links.append(LessonLink(line, LessonId(lesson[1])))


def _check_tables(found: _Found, tokens: list[Token]) -> None:
    line = columns = 0
    for token in tokens:
        if token.type == "table_open":
            line, columns = (token.map or [0])[0] + 1, 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "thead_close" and columns > COLUMNS_MAX:
            found.report(line, Fault.TABLE_TOO_WIDE, str(columns))


def _check_quizzes(found: _Found, tokens: list[Token]) -> tuple[Quiz, ...]:
    """The quizzes of a text, each with a name of its own."""
    blocks = [one for one in parts(tokens) if isinstance(one, QuizBlock)]
    names: list[str] = []
    for block in blocks:
        for line, fault, detail in quiz_faults(block):
            found.report(line, fault, detail)
        if block.name in names:
            found.report(block.line, Fault.QUIZ_NAME_TWICE, block.name)
        names.append(block.name)
    return tuple(block.quiz for block in blocks)


def _check_headings(found: _Found, tokens: list[Token]) -> None:
    """A title first, then headings that never leave out a level."""
    titled = len(tokens) > 1 and tokens[0].tag == "h1" and bool(_plain(tokens[1]))
    if not titled:
        found.report(1, Fault.TITLE_MISSING)
    elif not any(_plain(one) for one in _paragraphs(tokens)):
        found.report(1, Fault.BODY_MISSING)
    for token in tokens:
        if token.type != "heading_open":
            continue
        level = int(token.tag[1:])
        previous = found.headings[-1] if found.headings else 0
        first = token is tokens[0]
        if level > min(previous + 1, DEEPEST_HEADING) or (level == 1 and not first):
            found.report((token.map or [0])[0] + 1, Fault.HEADING_LEVEL, "#" * level)
        found.headings.append(level)
