"""Answers are kept per person, lesson, version and quiz; the first right one is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from simtrade.store.answer_store import AnswerStore, StoredAnswer
from simtrade.store.app_store import AppStore


@pytest.fixture
def people(tmp_path: Path) -> Iterator[AppStore]:
    people = AppStore.open(tmp_path)
    yield people
    people.close()


def test_the_newest_answer_stays_and_so_does_the_first_right_time(people: AppStore) -> None:
    user, answers = people.add_guest(None, 1).user_id, AnswerStore(people.engine)
    for at_ns, (chosen, right) in enumerate([("[0]", False), ("[1]", True), ("[2]", False)], 10):
        answers.put(user, "first", 1, "which", chosen, right=right, at_ns=at_ns)
    answers.put(user, "first", 1, "also", "[0]", right=True, at_ns=20)
    assert answers.of_lesson(user, "first", 1) == (
        StoredAnswer("also", "[0]", 1, 20, 20),
        StoredAnswer("which", "[2]", 3, 12, 11),
    )
    answers.put(user, "first", 1, "which", "[1]", right=True, at_ns=30)
    assert answers.of_lesson(user, "first", 1)[1] == StoredAnswer("which", "[1]", 4, 30, 11)
    assert answers.right_counts(user) == {("first", 1): 2}


def test_people_lessons_and_versions_are_kept_apart(people: AppStore) -> None:
    ann, ben = (people.add_guest(None, 1).user_id for _ in range(2))
    answers = AnswerStore(people.engine)
    answers.put(ann, "first", 1, "q", "[0]", right=False, at_ns=1)
    answers.put(ann, "first", 2, "q", "[1]", right=True, at_ns=2)
    answers.put(ann, "second", 1, "q", "[2]", right=True, at_ns=3)
    assert answers.of_lesson(ben, "first", 1) == ()
    assert [one.chosen for one in answers.of_lesson(ann, "first", 2)] == ["[1]"]
    assert answers.right_counts(ann) == {("first", 1): 0, ("first", 2): 1, ("second", 1): 1}
    assert answers.right_counts(ben) == {}
    every = [(lesson, version, one.chosen) for lesson, version, one in answers.of_user(ann)]
    assert every == [("first", 1, "[0]"), ("first", 2, "[1]"), ("second", 1, "[2]")]
    assert answers.of_user(ben) == ()


def test_an_answer_needs_its_person(people: AppStore) -> None:
    with pytest.raises(IntegrityError):
        AnswerStore(people.engine).put(99, "first", 1, "q", "[0]", right=True, at_ns=1)
