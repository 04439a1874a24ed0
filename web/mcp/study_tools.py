"""Tools that read: lessons with the learner's progress, and the account's plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from lessons.catalogue import shipped
from simtrade.plans.model import Plan, PlanId
from web.broker import wire
from web.mcp.tool import NUMBER_MAX, Asking, Moment, Spoken, Tool, ToolRefusal, Words
from web.pages.learn import LEVELS
from web.pages.plan_words import PlanWords
from web.words import worded

STEPS_MAX = 50


class _InWords(Struct, forbid_unknown_fields=True):
    language: Spoken = None


class LessonEntry(Struct):
    lesson_id: str
    title: Words
    summary: Words
    level: Words
    minutes: int
    risk_level: str
    questions: int
    answered_right: Annotated[int, Meta(description="By this learner.")]


class LessonList(Struct):
    lessons: Annotated[list[LessonEntry], Meta(description="In the order in which to read them.")]


async def lessons(asking: Asking, given: _InWords) -> LessonList:
    """Every lesson, with how far this learner has come."""
    spoken, every = asking.language(given.language), shipped().lessons
    right = asking.core.classroom.right(asking.program.user.user_id, every)
    return LessonList(
        [
            LessonEntry(
                lesson_id=one.lesson_id,
                title=one.texts[spoken].title,
                summary=one.texts[spoken].summary,
                level=worded(LEVELS, one.level, spoken),
                minutes=one.minutes,
                risk_level=one.risk_level,
                questions=len(one.quizzes),
                answered_right=right.get(one.lesson_id, 0),
            )
            for one in every
        ]
    )


class _Lesson(Struct, forbid_unknown_fields=True):
    lesson_id: Annotated[str, Meta(min_length=1, max_length=100)]
    language: Spoken = None


class LessonBody(Struct):
    lesson_id: str
    language: str
    title: Words
    markdown: Annotated[
        str, Meta(description="Questions come with their choices, without the right answers.")
    ]


async def lesson(asking: Asking, given: _Lesson) -> LessonBody:
    """The text of one lesson."""
    found, spoken = shipped().get(given.lesson_id), asking.language(given.language)
    if found is None:
        raise ToolRefusal("lesson_unknown", "There is no such lesson.", lesson_id=given.lesson_id)
    text = found.texts[spoken]
    return LessonBody(found.lesson_id, spoken, text.title, "\n".join(unanswered(text.markdown)))


_MARK = re.compile(r"- \[[ x]\] ")


def unanswered(markdown: str) -> Iterator[str]:
    """The lines of a lesson; of its quizzes the questions and choices without marks and reasons."""
    in_quiz = in_choices = False
    for line in markdown.splitlines():
        if line.startswith(":::"):
            in_quiz, in_choices = line.startswith("::: quiz"), False
            yield line
        elif in_quiz and _MARK.match(line):
            in_choices = True
            yield _MARK.sub("- ", line, count=1)
        elif not in_choices:
            yield line


class PlanEntry(Struct):
    plan_id: int
    kind: Words
    state: Words
    does: Annotated[str, Meta(description="What the plan does, in one sentence.")]
    limits: list[str]
    orders_placed: int
    armed_at: Moment
    ended_at: Moment | None


class PlanList(Struct):
    plans: list[PlanEntry]


async def plans(asking: Asking, given: _InWords) -> PlanList:
    """Every plan of the account."""
    words = PlanWords(asking.own, asking.language(given.language))
    found = asking.core.plans.plans(asking.program.account.account_id)
    return PlanList([_entry(one, words) for one in found])


def _entry(plan: Plan, words: PlanWords) -> PlanEntry:
    return PlanEntry(
        plan_id=plan.plan_id,
        kind=words.kind(plan.terms.kind),
        state=words.state(plan.state.value),
        does=words.summary(plan.terms.spec),
        limits=words.limits(plan.terms),
        orders_placed=plan.progress.placed,
        armed_at=wire.moment(plan.armed_at_ns),
        ended_at=wire.moment_or_none(plan.ended_at_ns),
    )


class _Plan(Struct, forbid_unknown_fields=True):
    plan_id: Annotated[int, Meta(ge=1, le=NUMBER_MAX)]
    language: Spoken = None


class PlanStep(Struct):
    time: Moment
    did: Words
    reasons: list[str]


class PlanStory(Struct):
    plan: PlanEntry
    outcome: list[str]
    steps: Annotated[list[PlanStep], Meta(description="Newest first.")]


async def plan(asking: Asking, given: _Plan) -> PlanStory:
    """What one plan did and why, step by step."""
    account_id, core = asking.program.account.account_id, asking.core
    found = core.plans.plan(account_id, PlanId(given.plan_id))
    if found is None:
        raise ToolRefusal("plan_unknown", "This account has no such plan.", plan_id=given.plan_id)
    words = PlanWords(asking.own, asking.language(given.language))
    steps = core.plans.steps(found.plan_id)[:STEPS_MAX]
    return PlanStory(
        plan=_entry(found, words),
        outcome=words.outcome(found, core.plans.outcome(account_id, found)),
        steps=[
            PlanStep(wire.moment(one.at_ns), words.step_name(one.kind.value), words.step(one))
            for one in steps
        ],
    )


TOOLS = (
    Tool("lessons", "Lessons", "Every lesson with its summary and how many of its questions this "
         "learner has answered right.", _InWords, LessonList, lessons),
    Tool("lesson", "Read a lesson", "The text of one lesson in English or Chinese; its questions "
         "come without the answers.", _Lesson, LessonBody, lesson),
    Tool("plans", "Plans", "The account's plans (orders that wait for a time, a price or a share "
         "of the volume) with their state.", _InWords, PlanList, plans),
    Tool("plan", "Read a plan", "What one plan did, step by step, with the reason of each step.",
         _Plan, PlanStory, plan),
)  # fmt: skip
