"""Names and passwords: what passes, and the first reason that applies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simtrade.people.model import PersonReason
from simtrade.people.rules import judge_name, judge_password, name_key, tidy_name, tidy_password


@pytest.mark.parametrize(
    "name", ["Ann", "王小明", "李四2号", "jean-luc", "a.b_c", "佐々木", "Ünal", "иван", "x" * 32]
)
def test_a_usual_name_is_allowed(name: str) -> None:
    assert judge_name(tidy_name(name)) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", PersonReason.NAME_EMPTY),
        (" \t", PersonReason.NAME_EMPTY),
        ("x", PersonReason.NAME_TOO_SHORT),
        ("x" * 33, PersonReason.NAME_TOO_LONG),
        ("two words", PersonReason.NAME_NOT_ALLOWED),
        ("-dash", PersonReason.NAME_NOT_ALLOWED),
        ("an\u200bn", PersonReason.NAME_NOT_ALLOWED),  # zero-width space
        ("an\u202en", PersonReason.NAME_NOT_ALLOWED),  # right-to-left override
        ("an\u3164n", PersonReason.NAME_NOT_ALLOWED),  # Hangul filler, drawn as nothing
        ("\u0430dam", PersonReason.NAME_NOT_ALLOWED),  # Cyrillic a in a Latin name
        ("<b>", PersonReason.NAME_NOT_ALLOWED),
        ("😀😀", PersonReason.NAME_NOT_ALLOWED),
        ("\u0661\u0662\u0663", PersonReason.NAME_NOT_ALLOWED),  # Arabic digits
        ("Admin", PersonReason.NAME_NOT_ALLOWED),
        ("官方", PersonReason.NAME_NOT_ALLOWED),
    ],
)
def test_a_name_is_refused_for_the_first_reason(name: str, reason: PersonReason) -> None:
    assert judge_name(tidy_name(name)) is reason


def test_the_command_line_may_give_a_reserved_name() -> None:
    assert judge_name("admin", reserved_too=True) is None


def test_full_width_and_case_make_no_other_name() -> None:
    assert tidy_name(" Ａｎｎ ") == "Ann"
    assert name_key("ＡＮＮ") == name_key("ann")
    assert name_key("Straße") == name_key("STRASSE")


@given(st.text(max_size=40))
def test_tidying_and_keys_are_settled_after_one_pass(text: str) -> None:
    assert tidy_name(tidy_name(text)) == tidy_name(text)
    if judge_name(tidy_name(text)) is None:
        assert name_key(name_key(text)) == name_key(text)
        assert 2 <= len(tidy_name(text)) <= 32


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("1234567", PersonReason.PASSWORD_TOO_SHORT),
        ("x1" * 513, PersonReason.PASSWORD_TOO_LONG),
        ("password", PersonReason.PASSWORD_TOO_COMMON),
        ("PassWord", PersonReason.PASSWORD_TOO_COMMON),
        ("zzzzzzzzzzz", PersonReason.PASSWORD_TOO_COMMON),
        ("Ann.Miller", PersonReason.PASSWORD_TOO_COMMON),
        ("correct horse", None),
        ("我爱北京天安门呀", None),
        ("x1" * 512, None),
    ],
)
def test_a_password_is_judged(password: str, reason: PersonReason | None) -> None:
    assert judge_password(tidy_password(password), "ann.miller") is reason
