"""Quizzes: what a written one becomes, what is refused, and which answers are right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.checks import check_text
from lessons.model import Fault, Lesson, Quiz, SafeHtml
from lessons.parse import parse
from lessons.quiz import CHOICES_MAX, head_of
from lessons.render import QuizHtml, render
from tests.lessons.samples import CHINESE, ENGLISH, faults, files, problems_of

TOP = "# T\n\nWords.\n\n"
GOOD = """\
::: quiz which
Which *one*?

- [ ] The first, see [help](/help).

  No: **never**.
- [x] The second.

  Yes.

  - because of this
  - and of that
:::
"""


def block(*choices: str, head: str = "quiz which", question: str = "Which?\n\n") -> str:
    return f"::: {head}\n{question}" + "".join(f"- {one}\n" for one in choices) + ":::\n"


RIGHT, WRONG = "[x] a\n\n  Yes.", "[ ] b\n\n  No."


def test_a_quiz_stands_between_the_other_parts_in_its_place() -> None:
    before, quiz, after = render(f"Before.\n\n{GOOD}\nAfter.\n")
    assert isinstance(before, SafeHtml)
    assert isinstance(after, SafeHtml)
    assert isinstance(quiz, QuizHtml)
    assert (before.text, after.text) == ("<p>Before.</p>\n", "<p>After.</p>\n")
    assert quiz.question.text == "<p>Which <em>one</em>?</p>\n"
    assert [one.text for one in quiz.choices] == [
        'The first, see <a href="/help" rel="noopener noreferrer">help</a>.',
        "The second.",
    ]
    assert quiz.reasons[0].text == "<p>No: <strong>never</strong>.</p>\n"
    assert quiz.reasons[1].text.startswith("<p>Yes.</p>\n<ul>")
    assert not quiz.several


def test_two_quizzes_may_follow_each_other() -> None:
    two = block(WRONG, RIGHT) + block(RIGHT, RIGHT, head="quiz other several")
    assert [one.name for one in render(two) if isinstance(one, QuizHtml)] == ["which", "other"]
    checked = check_text("f", TOP + two)
    assert checked.text is not None
    assert checked.text.quizzes == (
        Quiz("which", False, (False, True)),
        Quiz("other", True, (True, True)),
    )


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        (block(RIGHT, WRONG) + block(RIGHT, WRONG), 15, Fault.QUIZ_NAME_TWICE),
        ("- a\n\n  ::: quiz q\n  b\n  :::\n", 7, Fault.QUIZ_NESTED),
        ("> ::: quiz q\n> b\n> :::\n", 5, Fault.QUIZ_NESTED),
        (block(RIGHT, WRONG, question=""), 5, Fault.QUIZ_PARTS),
        (block(RIGHT, WRONG)[:-4] + "\nMore.\n:::\n", 15, Fault.QUIZ_PARTS),
        (block(RIGHT), 5, Fault.QUIZ_CHOICES),
        (block(), 5, Fault.QUIZ_CHOICES),
        (block(RIGHT, *[WRONG] * CHOICES_MAX), 5, Fault.QUIZ_CHOICES),
        (block(RIGHT, "b\n\n  No."), 11, Fault.QUIZ_CHOICE_MARK),
        (block(RIGHT, "[X] b\n\n  No."), 11, Fault.QUIZ_CHOICE_MARK),
        (block(RIGHT, "[ ]b\n\n  No."), 11, Fault.QUIZ_CHOICE_MARK),
        (block(RIGHT, "[ ] b\n"), 11, Fault.QUIZ_REASON_MISSING),
        (block(WRONG, WRONG), 5, Fault.QUIZ_RIGHT),
        (block(RIGHT, RIGHT), 5, Fault.QUIZ_RIGHT),
        (block(WRONG, WRONG, head="quiz which several"), 5, Fault.QUIZ_RIGHT),
        (block(RIGHT, WRONG)[:-4], 5, Fault.BLOCK_UNCLOSED),
        (block(RIGHT, WRONG, head="quiz"), 5, Fault.BLOCK_UNKNOWN),
        (block(RIGHT, WRONG, head="quiz Which"), 5, Fault.BLOCK_UNKNOWN),
        (block(RIGHT, WRONG, head="quiz which many"), 5, Fault.BLOCK_UNKNOWN),
    ],
)
def test_what_is_refused(text: str, line: int, fault: Fault) -> None:
    checked = check_text("f", TOP + text)
    assert checked.text is None
    assert (line, fault) in [(one.line, one.fault) for one in checked.problems]


def test_languages_have_the_same_quizzes_choice_by_choice() -> None:
    lesson = parse("small", files(en=ENGLISH + GOOD, zh=CHINESE + GOOD))
    assert isinstance(lesson, Lesson)
    assert lesson.quiz("which") == Quiz("which", False, (False, True))
    assert lesson.quiz("other") is None
    turned = GOOD.replace("[ ]", "[y]").replace("[x]", "[ ]").replace("[y]", "[x]")
    for other in (
        turned,
        "",
        GOOD.replace("which", "what"),
        GOOD.replace("which", "which several"),
    ):
        found = problems_of(en=ENGLISH + GOOD, zh=CHINESE + other)
        assert faults(found) == [("zh.md", 0, Fault.QUIZZES_DIFFER)]


@pytest.mark.parametrize(
    ("info", "head"),
    [
        (" quiz a-b1", ("a-b1", False)),
        ("quiz  a   several ", ("a", True)),
        ("quiz", None),
        ("quiz -a", None),
        ("quiz a b", None),
        ("quiz " + "a" * 61, None),
    ],
)
def test_heads(info: str, head: tuple[str, bool] | None) -> None:
    assert head_of(info) == head


@given(st.lists(st.booleans(), min_size=2, max_size=CHOICES_MAX), st.booleans(), st.data())
def test_an_answer_is_right_exactly_when_it_marks_what_is_right(
    right: list[bool], several: bool, data: st.DataObject
) -> None:
    quiz = Quiz("q", several, tuple(right))
    chosen = data.draw(st.frozensets(st.integers(-1, len(right))))
    allowed = chosen != frozenset() and min(chosen) >= 0 and max(chosen) < len(right)
    assert quiz.allows(chosen) == (allowed and (several or len(chosen) == 1))
    naive = all((place in chosen) == good for place, good in enumerate(right))
    if quiz.allows(chosen):
        assert quiz.is_right(chosen) == naive


def test_no_page_says_which_choice_is_right() -> None:
    (quiz,) = render(GOOD)
    assert isinstance(quiz, QuizHtml)
    assert not hasattr(quiz, "right")
    assert "[" not in quiz.choices[1].text


PARTS = st.sampled_from(
    ["::: quiz a\n", ":::\n", "- [x] a\n", "- [ ] b\n", "\n", "  c\n", "> ", "q"]
)


@given(st.lists(PARTS, max_size=25).map("".join))
def test_no_text_breaks_the_parts_and_what_passes_has_a_right_answer(text: str) -> None:
    checked = check_text("f", TOP + text)
    assert (checked.text is None) == bool(checked.problems)
    shown = [one for one in render(TOP + text) if isinstance(one, QuizHtml)]
    if checked.text is not None:
        assert [one.name for one in shown] == [one.name for one in checked.text.quizzes]
        for html, quiz in zip(shown, checked.text.quizzes, strict=True):
            assert len(html.choices) == len(html.reasons) == len(quiz.right)
            assert any(quiz.right)
