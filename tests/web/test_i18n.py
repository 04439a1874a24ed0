"""The Chinese catalogue lacks nothing, and the right language is found."""

from __future__ import annotations

import re

import pytest

from tests.web.messages import chinese, template
from web.i18n import CATALOGUE, as_language, negotiate, translate


def test_the_catalogue_lacks_nothing() -> None:
    kept = {one.id: one for one in chinese() if one.id}
    wanted = {one.id for one in template() if one.id}
    assert sorted(wanted - kept.keys()) == [], "run: python -m tests.web.messages"
    assert sorted(kept.keys() - wanted) == [], "run: python -m tests.web.messages"
    assert [one.id for one in kept.values() if not one.string or one.fuzzy] == []


def test_translations_keep_every_name_and_mark() -> None:
    holes = re.compile(r"{\w+}|%\(\w+\)s|%%|<[^>]+>")
    for one in chinese():
        if one.id:
            assert sorted(holes.findall(str(one.id))) == sorted(holes.findall(str(one.string))), (
                one.id
            )


def test_the_catalogue_names_no_machine() -> None:
    assert "/home/" not in CATALOGUE.read_text("utf-8")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("de,en;q=0.7,zh;q=0.3", "en"),
        ("fr", None),
        ("", None),
        ("en;q=0,zh;q=oops", None),
        ("en;q=0.1, zh-Hant-TW", "zh"),
    ],
)
def test_the_browsers_language_is_found(header: str, language: str | None) -> None:
    assert negotiate(header) == language


def test_only_known_languages() -> None:
    assert as_language("zh_Hans") == "zh"
    assert as_language("EN-us") == "en"
    assert as_language("../etc") is None


def test_an_unknown_message_stays_readable() -> None:
    assert translate("Never marked", "zh") == "Never marked"
    assert translate("Buy", "en") == "Buy"
