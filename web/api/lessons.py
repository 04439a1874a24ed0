"""``/api/lessons``: what can be learnt, the text of a lesson, and its quizzes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from lessons.catalogue import shipped
from lessons.model import Lesson, LessonId
from lessons.quiz import CHOICES_MAX
from lessons.render import QuizHtml
from lessons.render import render as rendered
from simtrade.classroom.service import Answer
from simtrade.people.authorize import Action
from web.api import shapes
from web.api.askers import program_of, require
from web.api.bodies import body_of, query_of
from web.api.paging import Page, cut
from web.api.refused import Refused
from web.api.replies import json_reply
from web.pages.common import core_of, language
from web.preferences import user_of
from web.problems import Fault

_Place = Annotated[int, Meta(ge=0, lt=CHOICES_MAX)]


class QuizAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """``chosen``: places of the chosen choices, from 0."""

    chosen: Annotated[list[_Place], Meta(min_length=1, max_length=CHOICES_MAX)]


async def lessons(request: Request) -> Response:
    """Every lesson in the order in which to read them."""
    page = query_of(request, Page)
    require(request, Action.SEE_SITE, None)
    every = list(enumerate(shipped().lessons, start=1))
    kept, after = cut(every, page, lambda one: one[0], newest_first=False)
    right = _right(request)
    items = [_lesson_value(request, one, right) for _, one in kept]
    return json_reply(request, shapes.LessonList(items, after))


def _right(request: Request) -> Mapping[LessonId, int] | None:
    """How many quizzes the person has answered rightly; a key knows nothing of its person."""
    user = user_of(request)
    if user is None or program_of(request) is not None:
        return None
    return core_of(request).classroom.right(user.user_id, shipped().lessons)


def _lesson_value(
    request: Request, lesson: Lesson, right: Mapping[LessonId, int] | None
) -> shapes.Lesson:
    text = lesson.texts[language(request)]
    return shapes.Lesson(
        id=lesson.lesson_id,
        version=lesson.version,
        title=text.title,
        summary=text.summary,
        level=lesson.level.value,
        minutes=lesson.minutes,
        risk_level=lesson.risk_level,
        concepts=list(lesson.concepts),
        prerequisites=list(lesson.prerequisites),
        licence=lesson.licence,
        authors=list(lesson.authors),
        quizzes=len(lesson.quizzes),
        answered=None if right is None else right.get(lesson.lesson_id, 0),
    )


def _of_path(request: Request) -> Lesson:
    require(request, Action.SEE_SITE, None)
    lesson = shipped().get(request.path_params["lesson"])
    if lesson is None:
        raise Refused(Fault.NOT_FOUND)
    return lesson


async def lesson(request: Request) -> Response:
    """One lesson: its text, its quizzes and the asker's answers."""
    found, user = _of_path(request), user_of(request)
    kept = user is not None and program_of(request) is None
    answers = core_of(request).classroom.answers(user.user_id, found) if user and kept else {}
    parts = [
        shapes.LessonPart(None, quiz_value(one, answers.get(one.name)))
        if isinstance(one, QuizHtml)
        else shapes.LessonPart(one.text, None)
        for one in rendered(found.texts[language(request)].markdown)
    ]
    value = shapes.LessonText(_lesson_value(request, found, _right(request)), parts)
    return json_reply(request, value)


async def answer_quiz(request: Request) -> Response:
    """Answer a quiz: kept for who is signed in, judged for everybody; a program may not."""
    found, user = _of_path(request), user_of(request)
    quiz = found.quiz(request.path_params["quiz"])
    if quiz is None:
        raise Refused(Fault.NOT_FOUND)
    require(request, Action.ANSWER_QUIZ, user.user_id if user else None)
    chosen = frozenset(body_of(request, QuizAnswer).chosen)
    if not quiz.allows(chosen):
        raise Refused(Fault.BAD_FIELDS, field="chosen")
    if user is None:
        right = quiz.is_right(chosen)
        answer = Answer(chosen, right, 1, right)
    else:
        classroom = core_of(request).classroom
        classroom.answer(user.user_id, found, quiz, chosen)
        answer = classroom.answers(user.user_id, found)[quiz.name]
    parts = rendered(found.texts[language(request)].markdown)
    shown = next(one for one in parts if isinstance(one, QuizHtml) and one.name == quiz.name)
    return json_reply(request, quiz_value(shown, answer))


def quiz_value(quiz: QuizHtml, answer: Answer | None) -> shapes.Quiz:
    """Reasons are told of the chosen choices only: they say which choice is right."""
    chosen = answer.chosen if answer else frozenset()
    choices = [
        shapes.Choice(choice.text, reason.text if place in chosen else None)
        for place, (choice, reason) in enumerate(zip(quiz.choices, quiz.reasons, strict=True))
    ]
    return shapes.Quiz(
        quiz.name,
        quiz.several,
        quiz.question.text,
        choices,
        None if answer is None else _answer_value(answer),
    )


def _answer_value(answer: Answer) -> shapes.Answer:
    return shapes.Answer(sorted(answer.chosen), answer.right, answer.tries, answer.ever_right)
