"""The shipped lessons: whole, in both languages, and telling what the exchange really does."""

from __future__ import annotations

import re
from datetime import date

import pytest

from lessons.catalogue import SHIPPED, check, lesson_folders, shipped
from lessons.model import LANGUAGES, Language, Lesson
from matching.orders import Side
from simtrade.venues.rules import rule_book
from tests.lessons.samples import html_of
from tests.matching.scenario import Scenario
from web.i18n import translate
from web.words import TIMES_IN_FORCE, WAITING

TEXTS = [(one, spoken) for one in shipped().lessons for spoken in LANGUAGES]


def name_of(value: object) -> str:
    return value.lesson_id if isinstance(value, Lesson) else str(value)


def numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d[\d,.]*\d|\d", text))


def test_nothing_is_wrong_with_them() -> None:
    assert [one for entry in check(lesson_folders(SHIPPED)) for one in entry.problems] == []
    assert [one.lesson_id for one in shipped().lessons] == [
        "first-trade",
        "order-types",
        "where-you-stand-in-the-queue",
        "what-trading-costs",
    ]


@pytest.mark.parametrize("lesson", shipped().lessons, ids=name_of)
def test_both_languages_have_the_same_parts_and_links(lesson: Lesson) -> None:
    english, chinese = (lesson.texts[spoken].markdown for spoken in LANGUAGES)
    assert lesson.texts["en"].headings == lesson.texts["zh"].headings
    links = re.compile(r"\]\(([^)]+)\)")
    assert links.findall(english) == links.findall(chinese)
    for mark in (r"^:::", r"^\|", r"^- ", r"^\d\. "):
        found = [len(re.findall(mark, text, re.MULTILINE)) for text in (english, chinese)]
        assert found[0] == found[1], mark


@pytest.mark.parametrize("lesson", shipped().lessons, ids=name_of)
def test_it_takes_the_minutes_it_says(lesson: Lesson) -> None:
    words = len(lesson.texts["en"].markdown.split())
    letters = len(re.findall("[\u4e00-\u9fff]", lesson.texts["zh"].markdown))
    assert 3 <= lesson.minutes <= 6
    assert lesson.minutes - 2 <= words / 200 <= lesson.minutes
    assert lesson.minutes - 3.5 <= letters / 350 <= lesson.minutes


@pytest.mark.parametrize(("lesson", "spoken"), TEXTS, ids=name_of)
def test_no_mark_is_left_standing(lesson: Lesson, spoken: Language) -> None:
    shown = re.sub(r"<[^>]+>", "", html_of(lesson.texts[spoken].markdown))
    assert [mark for mark in ("*", "`", "|", ":::", "](", "&lt;") if mark in shown] == []


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_choices_and_waiting_are_called_as_on_the_desk(spoken: Language) -> None:
    lesson = shipped().get("order-types")
    assert lesson is not None
    text = lesson.texts[spoken].markdown.lower()
    called = [*TIMES_IN_FORCE.values(), WAITING["queue"], WAITING["price"], WAITING["next_bar"]]
    assert [one for one in called if translate(one, spoken).lower() not in text] == []


def test_the_queue_moves_as_the_lesson_says() -> None:
    Scenario().run("""
        depth 999x3000 998x4000 / 1001x2000 1002x4000
        A buy 500 @ 999           => ahead 3000
        depth 999x5000 998x4000 / 1001x2000 1002x4000
        ahead A 3000
        depth 999x3700 998x4000 / 1001x2000 1002x4000
        ahead A 2100
        trade sell 2300 @ 999     => A 200@999
        depth 999x1400 998x4000 / 1001x2000 1002x4000
        ahead A 0
        trade sell 1000 @ 999     => A 300@999
    """)
    Scenario().run("""
        depth 999x3000 998x4000 / 1001x2000 1002x4000
        A buy 3000 @ 1002         => A 2000@1001 A 1000@1002
    """)


def test_strict_gives_the_step_nothing() -> None:
    Scenario().run("""
        profile strict
        depth 999x3000 / 1001x2000
        A buy 500 @ 999           => ahead 3000
        depth 999x5000 / 1001x2000
        depth 999x3700 / 1001x2000
        ahead A 3000
        trade sell 2300 @ 999
        ahead A 700
    """)


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_the_costs_are_those_of_the_floor(spoken: Language) -> None:
    rules = rule_book("sima").on("main", date(2026, 1, 5))
    bought = dict(rules.fee_items(Side.BUY, 1_001_000, 1000))
    sold = dict(rules.fee_items(Side.SELL, 1_000_000, 1000))
    assert bought == {"commission": 500, "transfer_fee": 10}
    assert sold == {"commission": 500, "stamp_duty": 500, "transfer_fee": 10}
    fees = sum(bought.values()) + sum(sold.values())
    lesson = shipped().get("what-trading-costs")
    assert lesson is not None
    shown = numbers(lesson.texts[spoken].markdown)
    assert {f"{fees / 100:.2f}", f"{(fees + 1000) / 100:.2f}"} <= set(shown)
    assert round((fees + 1000) / 1_001_000 * 50 * 100, 1) == 12.6

    def kept(bid_minor: int) -> int:
        back = rules.fee_items(Side.SELL, bid_minor, 1000)
        return bid_minor - sum(dict(back).values()) - 1_001_000 - sum(bought.values())

    assert kept(1_002_000) < 0 < kept(1_003_000)
