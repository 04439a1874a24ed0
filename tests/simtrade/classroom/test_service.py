"""What a learner answered comes back after a restart, and for the version that he answered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lessons.model import Lesson
from lessons.parse import parse
from simtrade.classroom.service import Answer, Classroom, PastAnswer
from simtrade.desk.requests import UserId
from simtrade.store.answer_store import AnswerStore
from simtrade.store.app_store import AppStore
from tests.lessons.samples import CHINESE, ENGLISH, files

QUIZ = "::: quiz which\nWhich?\n\n- [ ] a\n\n  No.\n- [x] b\n\n  Yes.\n:::\n"


def small() -> Lesson:
    lesson = parse("small", files(en=ENGLISH + QUIZ, zh=CHINESE + QUIZ))
    assert isinstance(lesson, Lesson)
    return lesson


def test_answers_are_there_after_a_restart(tmp_path: Path) -> None:
    lesson = small()
    (quiz,) = lesson.quizzes
    people = AppStore.open(tmp_path)
    user = UserId(people.add_guest(None, 1).user_id)
    classroom = Classroom(AnswerStore(people.engine), lambda: 5)
    assert classroom.answers(user, lesson) == {}
    classroom.answer(user, lesson, quiz, frozenset({1}))
    classroom.answer(user, lesson, quiz, frozenset({0}))
    people.close()
    people = AppStore.open(tmp_path)
    classroom = Classroom(AnswerStore(people.engine))
    assert classroom.answers(user, lesson) == {"which": Answer(frozenset({0}), False, 2, True)}
    assert classroom.right(user, [lesson]) == {"small": 1}
    later = replace(lesson, version=2)
    assert classroom.answers(user, later) == {}
    assert classroom.right(user, [later]) == {"small": 0}
    assert classroom.past(user) == (PastAnswer("small", 1, "which", (0,), 2, 5, 5),)
    people.close()


@pytest.mark.parametrize("chosen", [set(), {2}, {-1}, {0, 1}])
def test_what_is_no_answer_is_not_kept(tmp_path: Path, chosen: set[int]) -> None:
    people = AppStore.open(tmp_path)
    user = UserId(people.add_guest(None, 1).user_id)
    classroom = Classroom(AnswerStore(people.engine))
    lesson = small()
    with pytest.raises(ValueError, match="which"):
        classroom.answer(user, lesson, lesson.quizzes[0], frozenset(chosen))
    assert classroom.answers(user, lesson) == {}
    people.close()


def test_an_answer_to_a_quiz_that_is_gone_is_left_out(tmp_path: Path) -> None:
    people = AppStore.open(tmp_path)
    user = UserId(people.add_guest(None, 1).user_id)
    store = AnswerStore(people.engine)
    store.put(user, "small", 1, "gone", "[0]", right=True, at_ns=1)
    store.put(user, "small", 1, "which", "[7]", right=True, at_ns=1)
    assert Classroom(store).answers(user, small()) == {}
    people.close()
