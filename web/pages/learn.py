"""Lessons: the list, and the reader.  Open to everybody, without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from lessons.catalogue import shipped
from lessons.render import render as rendered
from web.i18n import N_
from web.pages.common import language
from web.render import render
from web.words import worded

LEVELS: Mapping[str, str] = {
    "beginner": N_("Beginner"),
    "intermediate": N_("Intermediate"),
    "advanced": N_("Advanced"),
}


async def lessons_page(request: Request) -> Response:
    """``GET /learn``: every lesson in the order in which to read them."""
    spoken = language(request)
    lessons = [
        (one, one.texts[spoken], worded(LEVELS, one.level, spoken)) for one in shipped().lessons
    ]
    return render(request, "learn.html", lessons=lessons)


async def lesson_page(request: Request) -> Response:
    """``GET /learn/{slug}``: one lesson in the language of the reader."""
    catalogue, spoken = shipped(), language(request)
    lesson = catalogue.get(request.path_params["slug"])
    if lesson is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    before, after = catalogue.before(lesson), catalogue.after(lesson)
    return render(
        request,
        "learn_lesson.html",
        lesson=lesson,
        title=lesson.texts[spoken].title,
        body=rendered(lesson.texts[spoken].markdown),
        level=worded(LEVELS, lesson.level, spoken),
        place=catalogue.lessons.index(lesson) + 1,
        count=len(catalogue.lessons),
        before=before and (before.lesson_id, before.texts[spoken].title),
        after=after and (after.lesson_id, after.texts[spoken].title),
    )
