"""Every word of the vocabulary has a name in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from matching.events import Cause
from matching.market import DataKind
from matching.orders import FillProfile, OrderKind, TimeInForce
from matching.scope import Scope
from web import words
from web.i18n import translate
from web.words import worded


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.CAUSES, Cause),
        (words.PROFILES, FillProfile),
        (words.DATA_KINDS, DataKind),
        (words.SCOPES, Scope),
        (words.TIMES_IN_FORCE, TimeInForce),
        (words.KINDS, OrderKind),
    ],
)
def test_no_word_lacks_its_name(table: Mapping[str, str], codes: Iterable[str]) -> None:
    for code in codes:
        assert worded(table, str(code.value), "en")  # type: ignore[attr-defined]
        assert translate(table[code.value], "zh") != table[code.value]  # type: ignore[attr-defined]


def test_an_unknown_word_is_shown_rather_than_hidden() -> None:
    assert worded(words.CAUSES, "from_the_future", "zh") == "from_the_future"
