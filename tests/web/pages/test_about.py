"""Pages of text in both languages, licences that are complete, errors that are pages."""

from __future__ import annotations

import pytest

from tests.web.pages.person import Person, texts
from web.pages.about import dependencies, vendored


@pytest.mark.parametrize("path", ["/help", "/about", "/about/licences", "/risk", "/privacy"])
def test_every_text_speaks_both_languages(person: Person, chinese: Person, path: str) -> None:
    for one, mark in ((person, '<html lang="en"'), (chinese, '<html lang="zh-CN"')):
        answer = one.get(path)
        assert answer.status_code == 200
        assert mark in answer.text


def test_licences_name_everything_we_build_on() -> None:
    names = {one.name.lower() for one in dependencies()}
    assert {"starlette", "jinja2", "numpy", "babel", "uvicorn"} <= names
    assert "simtrade" not in names
    charts = next(one for one in vendored() if one.name == "lightweight-charts")
    assert "TradingView" in charts.text
    assert "Apache License" in charts.text


def test_a_wrong_address_is_a_page(person: Person) -> None:
    answer = person.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address." in texts(answer)


def test_a_part_of_a_page_fails_into_the_notice(person: Person) -> None:
    answer = person.fragment("/f/positions")
    assert answer.status_code == 401
    assert answer.headers["hx-retarget"] == "#toast"
    assert "<html" not in answer.text
