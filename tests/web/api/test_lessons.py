"""Lessons and quizzes as JSON: nothing tells which choice is right before it was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lessons.catalogue import shipped
from tests.web.api.owner import Owner, problem
from tests.web.serving import Site

LESSON = next(one for one in shipped().lessons if one.quizzes)
QUIZ = LESSON.quizzes[0]
PATH = f"/api/lessons/{LESSON.lesson_id}"
RIGHT = [place for place, right in enumerate(QUIZ.right) if right]
WRONG = [place for place, right in enumerate(QUIZ.right) if not right]


@pytest.fixture
def owner(broker: Site) -> Iterator[Owner]:
    with Owner(broker) as one:
        yield one


def quizzes(owner: Owner) -> list[dict[str, Any]]:
    return [part["quiz"] for part in owner.get(PATH)["parts"] if part["quiz"]]


def test_the_list_is_that_of_the_page(owner: Owner) -> None:
    found = owner.get("/api/lessons")["items"]
    assert [one["id"] for one in found] == [one.lesson_id for one in shipped().lessons]
    assert all(one["answered"] == 0 for one in found)
    first = owner.get("/api/lessons", limit=1)
    rest = owner.get("/api/lessons", after=first["next"])
    assert first["items"] + rest["items"] == found


def test_a_lesson_does_not_give_its_answers_away(owner: Owner) -> None:
    told = owner.http.get(PATH).text
    assert "[x]" not in told
    (first, *_) = quizzes(owner)
    assert first["answer"] is None
    assert len(first["choices"]) == len(QUIZ.right)
    assert all(one["reason"] is None for one in first["choices"])
    assert any("<p>" in (part["html"] or "") for part in owner.get(PATH)["parts"])


def test_answers_are_kept_and_counted(owner: Owner) -> None:
    quiz = f"{PATH}/quizzes/{QUIZ.name}"
    wrong = owner.post(quiz, None, chosen=WRONG[:1]).json()
    assert (wrong["answer"]["right"], wrong["answer"]["tries"]) == (False, 1)
    reasons = [one["reason"] is not None for one in wrong["choices"]]
    assert [place for place, told in enumerate(reasons) if told] == WRONG[:1]
    right = owner.post(quiz, None, chosen=RIGHT).json()["answer"]
    assert right == {"chosen": RIGHT, "right": True, "tries": 2, "ever_right": True}
    assert quizzes(owner)[0]["answer"] == right
    assert owner.get("/api/lessons")["items"][shipped().lessons.index(LESSON)]["answered"] == 1
    assert owner.bot.get(PATH)["lesson"]["answered"] is None, "a key knows nothing of its person"
    assert all(not one["quiz"] or not one["quiz"]["answer"] for one in owner.bot.get(PATH)["parts"])


def test_a_visitors_answer_is_judged_and_forgotten(broker: Site) -> None:
    with broker.client() as visitor:
        ours = {"origin": broker.origin}
        path = f"{PATH}/quizzes/{QUIZ.name}"
        answer = visitor.post(path, json={"chosen": RIGHT}, headers=ours)
        assert answer.json()["answer"]["right"]
        assert visitor.get(PATH).json()["lesson"]["answered"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "chosen"),
        ({"chosen": []}, "chosen"),
        ({"chosen": [99]}, "chosen.0"),
        ({"chosen": [-1]}, "chosen.0"),
        ({"chosen": ["0"]}, "chosen.0"),
        ({"chosen": 0}, "chosen"),
        ({"chosen": [len(QUIZ.right)]}, "chosen"),
    ],
)
def test_what_is_no_answer(owner: Owner, body: dict[str, object], field: str) -> None:
    found = problem(owner.post(f"{PATH}/quizzes/{QUIZ.name}", None, **body))
    assert found == (422, "bad_fields", field)
    assert quizzes(owner)[0]["answer"] is None


def test_lessons_that_do_not_exist(owner: Owner) -> None:
    for path in ("/api/lessons/none", "/api/lessons/..%2f", "/api/lessons/%00"):
        assert problem(owner.http.get(path))[:2] == (404, "not_found")
    assert problem(owner.post(f"{PATH}/quizzes/none", None, chosen=[0]))[0] == 404
