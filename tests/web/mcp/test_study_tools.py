"""Lessons without their answers, and plans with their steps."""

from __future__ import annotations

import pytest

from lessons.catalogue import shipped
from matching.orders import Side
from simtrade.desk.requests import ArmPlan, Done
from simtrade.plans.model import Condition, Conditional, ConditionKind, Leg, Terms
from tests.web.broker.program import Program, submit
from tests.web.mcp.agent import Agent
from web.mcp.study_tools import unanswered


def test_lessons_come_in_order_with_what_was_answered(idle: Agent) -> None:
    lesson = shipped().lessons[0]
    quiz = lesson.quizzes[0]
    chosen = frozenset(place for place, right in enumerate(quiz.right) if right)
    core, user = idle.program.site.core, idle.program.user
    core.classroom.answer(user.user_id, lesson, quiz, chosen)
    found = idle.ask("lessons", language="en")["lessons"]
    assert [one["lesson_id"] for one in found] == [one.lesson_id for one in shipped().lessons]
    assert (found[0]["answered_right"], found[0]["questions"]) == (1, len(lesson.quizzes))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lesson_is_read_without_the_answers_of_its_quizzes(idle: Agent, language: str) -> None:
    for lesson in shipped().lessons:
        text = idle.ask("lesson", lesson_id=lesson.lesson_id, language=language)["markdown"]
        assert "[x]" not in text
        assert "[ ]" not in text
        assert text.count("::: quiz") == len(lesson.quizzes)
    assert idle.refused("lesson", lesson_id="../x")["code"] == "lesson_unknown"


def test_only_quizzes_lose_lines() -> None:
    text = (
        "Before.\n- [x] no quiz\n::: quiz a\nWhich?\n\n- [ ] One.\n\n  Wrong.\n- [x] Two.\n\n"
        "  Right.\n:::\nAfter.\n\n  Indented."
    )
    assert "\n".join(unanswered(text)) == (
        "Before.\n- [x] no quiz\n::: quiz a\nWhich?\n\n- One.\n- Two.\n:::\nAfter.\n\n  Indented."
    )


def test_plans_are_told_with_their_steps(replay: Program) -> None:
    agent = Agent(replay)
    assert agent.ask("plans")["plans"] == []
    account = replay.site.core.portfolio.accounts(replay.user.user_id)[0]
    leg = Leg("XNAS:AAPL", Side.BUY, 10, 7_000)
    terms = Terms(Conditional((Condition(ConditionKind.PRICE_AT_MOST, 7_000),), leg))
    armed = submit(replay.site, ArmPlan(account.account_id, "plan", terms))
    assert isinstance(armed, Done)
    (entry,) = agent.ask("plans", language="en")["plans"]
    assert "AAPL" in entry["does"]
    assert "70.00" in entry["does"]
    story = agent.ask("plan", plan_id=entry["plan_id"], language="en")
    assert story["plan"] == entry
    assert len(story["steps"]) == 1
    assert story["outcome"]


def test_anothers_plan_is_unknown(replay: Program, bot: Program) -> None:
    account = replay.site.core.portfolio.accounts(replay.user.user_id)[0]
    leg = Leg("XNAS:AAPL", Side.BUY, 10, 7_000)
    terms = Terms(Conditional((Condition(ConditionKind.PRICE_AT_MOST, 7_000),), leg))
    armed = submit(replay.site, ArmPlan(account.account_id, "plan", terms))
    assert isinstance(armed, Done)
    assert Agent(bot).refused("plan", plan_id=armed.plan_id)["code"] == "plan_unknown"
