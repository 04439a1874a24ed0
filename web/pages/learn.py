"""Lessons: the list, the reader and its quizzes.  Open to everybody, without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from lessons.catalogue import shipped
from lessons.model import Lesson, Quiz
from lessons.render import render as rendered
from simtrade.classroom.service import Answer
from simtrade.people.authorize import Action, authorize
from web.i18n import N_
from web.pages.common import core_of, language, see_other
from web.preferences import user_of
from web.render import render
from web.words import worded

LEVELS: Mapping[str, str] = {
    "beginner": N_("Beginner"),
    "intermediate": N_("Intermediate"),
    "advanced": N_("Advanced"),
}
CHOICE = "choice"  # a quiz's fields in a form: the places of the marked choices


async def lessons_page(request: Request) -> Response:
    """``GET /learn``: every lesson in the order in which to read them."""
    spoken, user = language(request), user_of(request)
    lessons = shipped().lessons
    right = core_of(request).classroom.right(user.user_id, lessons) if user else {}
    rows = [
        (one, one.texts[spoken], worded(LEVELS, one.level, spoken), right.get(one.lesson_id, 0))
        for one in lessons
    ]
    return render(request, "learn.html", lessons=rows)


async def lesson_page(request: Request) -> Response:
    """``GET /learn/{slug}``: one lesson in the language of the reader, with his answers."""
    lesson, user = _lesson(request), user_of(request)
    answers = core_of(request).classroom.answers(user.user_id, lesson) if user else {}
    return _reader(request, lesson, answers)


async def answer_quiz(request: Request) -> Response:
    """``POST /learn/{slug}/quiz/{quiz}``: kept for who has a session, judged for everybody."""
    lesson, user = _lesson(request), user_of(request)
    quiz = lesson.quiz(request.path_params["quiz"])
    if quiz is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if not authorize(user, Action.ANSWER_QUIZ, user.user_id if user else None):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    chosen = _chosen(quiz, (await request.form()).getlist(CHOICE))
    classroom = core_of(request).classroom
    if chosen is None:
        answers = classroom.answers(user.user_id, lesson) if user else {}
        return _reader(request, lesson, answers, unanswered=quiz.name)
    if user is None:
        right = quiz.is_right(chosen)
        return _reader(request, lesson, {quiz.name: Answer(chosen, right, 1, right)})
    classroom.answer(user.user_id, lesson, quiz, chosen)
    return see_other(f"/learn/{lesson.lesson_id}#quiz-{quiz.name}")


def _lesson(request: Request) -> Lesson:
    lesson = shipped().get(request.path_params["slug"])
    if lesson is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return lesson


def _chosen(quiz: Quiz, fields: Sequence[object]) -> frozenset[int] | None:
    """The marked choices; None when this is no answer to the quiz."""
    places = {str(place): place for place in range(len(quiz.right))}
    known = [places.get(one) if isinstance(one, str) else None for one in fields]
    chosen = frozenset(one for one in known if one is not None)
    return chosen if None not in known and quiz.allows(chosen) else None


def _reader(
    request: Request, lesson: Lesson, answers: Mapping[str, Answer], unanswered: str = ""
) -> Response:
    """The lesson; ``unanswered`` is the quiz whose form came without a usable answer."""
    catalogue, spoken = shipped(), language(request)
    before, after = catalogue.before(lesson), catalogue.after(lesson)
    return render(
        request,
        "learn_lesson.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if unanswered else HTTPStatus.OK,
        lesson=lesson,
        title=lesson.texts[spoken].title,
        parts=rendered(lesson.texts[spoken].markdown),
        answers=answers,
        unanswered=unanswered,
        level=worded(LEVELS, lesson.level, spoken),
        place=catalogue.lessons.index(lesson) + 1,
        count=len(catalogue.lessons),
        before=before and (before.lesson_id, before.texts[spoken].title),
        after=after and (after.lesson_id, after.texts[spoken].title),
    )
