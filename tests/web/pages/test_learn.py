"""The list of lessons and the reader: open to everybody, whole without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lessons.catalogue import shipped
from lessons.model import Level
from lessons.render import QuizHtml, render
from simtrade.people.model import SignedIn
from tests.web.core_double import CoreDouble
from tests.web.serving import Site
from web.i18n import HTML_LANG, LANGUAGES, Language, translate
from web.pages.learn import LEVELS

LESSONS = shipped().lessons


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    core = CoreDouble(Path(tmp_path_factory.mktemp("learn")))
    with Site(core) as site:
        yield site
    core.close()


def read(site: Site, path: str, language: Language = "en") -> str:
    with site.client(None, **{"accept-language": language}) as client:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_shows_every_lesson_in_order(site: Site, language: Language) -> None:
    page = read(site, "/learn", language)
    places = [page.index(f'href="/learn/{one.lesson_id}"') for one in LESSONS]
    assert places == sorted(places)
    for one in LESSONS:
        level = translate(LEVELS[one.level], language)
        minutes = f"{one.minutes} 分钟" if language == "zh" else f"{one.minutes} min"
        assert f"{level} · {minutes}" in page
        assert one.texts[language].title in page
        assert one.texts[language].summary in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", range(len(LESSONS)))
def test_a_lesson_is_read_in_the_readers_language(
    site: Site, place: int, language: Language
) -> None:
    lesson = LESSONS[place]
    page = read(site, f"/learn/{lesson.lesson_id}", language)
    assert f'<article class="prose lesson" lang="{HTML_LANG[language]}">' in page
    assert page.count("<h1") == 1
    assert f"<h1>{lesson.texts[language].title}</h1>" in page
    assert page.count("<h2>") == lesson.texts[language].headings.count(2)
    assert "&lt;" not in page[page.index("<article") : page.index("</article>")]
    steps = dict(re.findall(r'rel="(prev|next)" href="/learn/([^"]+)"', page))
    before = {"prev": LESSONS[place - 1].lesson_id} if place else {}
    after = {"next": LESSONS[place + 1].lesson_id} if place + 1 < len(LESSONS) else {}
    assert steps == {**before, **after}


def test_a_visitor_can_begin_and_a_guest_goes_to_his_desk(site: Site) -> None:
    page = read(site, "/learn/first-trade")
    assert 'action="/try"' in page[page.index("</article>") :]
    with site.client(site.guest()) as client:
        page = client.get("/learn/first-trade").text
    assert 'action="/try"' not in page
    assert 'href="/trade">To my desk</a>' in page


def test_the_lessons_are_in_the_navigation(site: Site) -> None:
    visitor = read(site, "/learn")
    assert visitor.count('href="/learn"') == 2  # head, and foot for phones without a tab bar
    with site.client(site.guest()) as client:
        guest = client.get("/learn/order-types").text
    tabs = guest[guest.index('class="tabs-main"') :]
    tabs = tabs[: tabs.index("</nav>")]
    assert tabs.count("<a ") == 5
    assert re.findall(r'href="([^"]+)" aria-current="page"', tabs) == ["/learn"]


def test_every_link_of_the_lessons_leads_somewhere(site: Site) -> None:
    known = {route.path for route in site.app.routes if hasattr(route, "path")}
    for lesson in LESSONS:
        page = read(site, f"/learn/{lesson.lesson_id}")
        body = page[page.index("<h1>") : page.index("</article>")]
        for address in re.findall(r'href="(/[^"]*)"', body):
            path, _, fragment = address.partition("#")
            if path.startswith("/learn/"):
                read(site, path)
            else:
                assert path in known, address
            if fragment:
                assert f'id="{fragment}"' in read(site, path), address


def answered(site: Site, session: SignedIn | None, *choices: str, quiz: str = "which-price") -> Any:
    with site.client(session) as client:
        page = client.get("/learn/first-trade").text
        token = re.search(r'name="csrf" value="([^"]*)"', page)
        assert token
        fields = {"choice": list(choices), "csrf": token[1]}
        headers = {"origin": site.origin}
        return client.post(f"/learn/first-trade/quiz/{quiz}", data=fields, headers=headers)


def test_a_wrong_answer_is_explained_and_a_second_visit_shows_it(site: Site) -> None:
    guest = site.guest()
    first = answered(site, guest, "0")
    assert (first.status_code, first.headers["location"]) == (
        303,
        "/learn/first-trade#quiz-which-price",
    )
    with site.client(guest) as client:
        page = client.get("/learn/first-trade").text
        assert "Not quite." in page
        assert "That price was history when you pressed." in page
        assert "The receipt names both" not in page
        assert page.count(" checked") == 1
        assert "questions answered: 0 of 1" in client.get("/learn").text
    assert answered(site, guest, "1").status_code == 303
    with site.client(guest) as client:
        page = client.get("/learn/first-trade").text
        assert "Right." in page
        assert "The receipt names both" in page
        assert "questions answered: 1 of 1" in client.get("/learn").text
    with site.client(site.guest()) as client:
        assert "Right." not in client.get("/learn/first-trade").text


def test_a_visitor_is_told_but_nothing_is_kept(site: Site) -> None:
    answer = answered(site, None, "1")
    assert answer.status_code == 200
    assert "Right." in answer.text
    assert "This answer is not kept; answers are once you have begun to practise." in answer.text
    assert "Right." not in read(site, "/learn/first-trade")


@pytest.mark.parametrize(
    "choices", [[], ["3"], ["-1"], ["0", "1"], ["00"], ["x" * 5000], ["1", "x"]]
)
def test_what_is_no_answer_is_said_at_the_quiz(site: Site, choices: list[str]) -> None:
    for session in (None, site.guest()):
        answer = answered(site, session, *choices)
        assert answer.status_code == 422
        assert 'id="quiz-which-price-error">Mark one choice, then check.' in answer.text
        assert "Right." not in answer.text


def test_the_page_does_not_tell_which_choice_is_right(site: Site) -> None:
    for language in LANGUAGES:
        for lesson in LESSONS:
            page = read(site, f"/learn/{lesson.lesson_id}", language)
            assert page.count('class="card quiz"') == len(lesson.quizzes) >= 1
            for part in render(lesson.texts[language].markdown):
                for reason in part.reasons if isinstance(part, QuizHtml) else ():
                    assert reason.text not in page


def test_answers_go_nowhere_else(site: Site) -> None:
    assert answered(site, site.guest(), "0", quiz="nothing").status_code == 404
    with site.client(site.guest()) as client:
        bare = client.post("/learn/first-trade/quiz/which-price", data={"choice": "1"})
    assert bare.status_code == 403


@pytest.mark.parametrize("path", ["/learn/nothing", "/learn/..%2ffirst-trade", "/learn/%00"])
def test_other_lessons_are_not_there(site: Site, path: str) -> None:
    with site.client() as client:
        assert client.get(path).status_code == 404


def test_the_reader_needs_no_script_and_no_other_host(site: Site) -> None:
    with httpx.Client(base_url=site.origin, trust_env=False) as client:
        answer = client.get("/learn/what-trading-costs")
    body = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    assert "<script" not in body
    assert "style=" not in body
    assert "<img" not in body
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_every_level_has_a_name() -> None:
    assert LEVELS.keys() == {one.value for one in Level}
    assert all(translate(name, "zh") != name for name in LEVELS.values())
