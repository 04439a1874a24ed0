"""Quiz blocks in the tokens of a text: a question, then choices, each with its reason.

```
::: quiz NAME            (or: quiz NAME several)
The question.

- [ ] A choice.

  Why it is not right.
- [x] The right choice.

  Why it is.
:::
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markdown_it.token import Token

from lessons.model import Fault, Quiz

QUIZ = "quiz"
OPEN, CLOSE = f"container_{QUIZ}_open", f"container_{QUIZ}_close"
CHOICES_MIN, CHOICES_MAX = 2, 8
_HEAD = re.compile(r"quiz[ \t]+([a-z0-9]+(?:-[a-z0-9]+)*)([ \t]+several)?")
_NAME_LENGTH_MAX = 60
_MARK = re.compile(r"\[([ x])\][ \t]+(?=\S)")


@dataclass(slots=True)
class Choice:
    """``label`` is the line itself (one inline token), ``reason`` what stands below it."""

    line: int
    right: bool | None  # None: no mark in front
    label: list[Token]
    reason: list[Token]


@dataclass(slots=True)
class QuizBlock:
    """The tokens of one quiz.  ``stray`` is the line of something that has no place in a quiz."""

    line: int
    name: str
    several: bool
    question: list[Token] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    stray: int | None = None

    @property
    def quiz(self) -> Quiz:
        return Quiz(self.name, self.several, tuple(bool(one.right) for one in self.choices))


def head_of(info: str) -> tuple[str, bool] | None:
    """Name and whether several choices may be marked, of ``::: quiz NAME [several]``."""
    found = _HEAD.fullmatch(info.strip())
    if found is None or len(found[1]) > _NAME_LENGTH_MAX:
        return None
    return found[1], found[2] is not None


def parts(tokens: Sequence[Token]) -> Iterator[list[Token] | QuizBlock]:
    """A text in its order: runs of other tokens, and the quizzes that stand by themselves."""
    inside = False
    numbered: list[tuple[int, Token]] = []
    part = 0
    for token in tokens:
        if token.type == OPEN and token.level == 0:
            part, inside = part + 1, True
        numbered.append((part, token))
        if token.type == CLOSE and token.level == 0 and inside:
            part, inside = part + 1, False
    for _, group in groupby(numbered, key=lambda one: one[0]):
        run = [token for _, token in group]
        yield _block(run) if run[0].type == OPEN and run[0].level == 0 else run


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0


def _block(run: list[Token]) -> QuizBlock:
    """Children of a block stand one level deeper than it; a list's items one deeper again."""
    name, several = head_of(run[0].info) or ("", False)
    block = QuizBlock(_line(run[0]), name, several)
    item: list[Token] = []
    listed = ended = False
    for token in run[1:]:
        if token.type == CLOSE and token.level == 0:
            break
        if token.level == 1 and token.type == "bullet_list_open" and not listed:
            listed = True
        elif token.level == 1 and token.type == "bullet_list_close" and not ended:
            ended = True
        elif ended:
            block.stray = block.stray or _line(token) or block.line
        elif not listed:
            block.question.append(token)
        else:
            item.append(token)
            if token.level == 2 and token.type == "list_item_close":
                block.choices.append(_choice(item))
                item = []
    return block


def _choice(item: list[Token]) -> Choice:
    """An item's first paragraph is the choice, everything below it the reason."""
    line, inner = _line(item[0]), item[1:-1]
    if len(inner) < 3 or inner[0].type != "paragraph_open":
        return Choice(line, None, [], inner)
    label = inner[1].copy()
    label.children = [one.copy() for one in label.children or ()]
    first = label.children[0] if label.children else None
    found = _MARK.match(first.content) if first is not None and first.type == "text" else None
    if found is None or first is None:
        return Choice(line, None, [label], inner[3:])
    first.content = first.content[found.end() :]
    return Choice(line, found[1] == "x", [label], inner[3:])


def faults(block: QuizBlock) -> Iterator[tuple[int, Fault, str]]:
    """(line, fault, detail): everything that is wrong with one quiz."""
    if not block.question or block.stray is not None:
        yield block.stray or block.line, Fault.QUIZ_PARTS, block.name
    if not CHOICES_MIN <= len(block.choices) <= CHOICES_MAX:
        yield block.line, Fault.QUIZ_CHOICES, f"{CHOICES_MIN}-{CHOICES_MAX}"
    for choice in block.choices:
        if choice.right is None:
            yield choice.line, Fault.QUIZ_CHOICE_MARK, block.name
        if not choice.reason:
            yield choice.line, Fault.QUIZ_REASON_MISSING, block.name
    right = sum(block.quiz.right)
    if right == 0 or (right > 1 and not block.several):
        yield block.line, Fault.QUIZ_RIGHT, str(right)
