from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simtrade.venues.history import Place
from web.broker.page_tokens import TOKEN_LIMIT, Mark, _check, read_token, token_of

NUMBERS = st.integers(-1, (1 << 63) - 1)
MARKS = st.builds(Mark, st.text(max_size=30), st.none() | st.builds(Place, NUMBERS, NUMBERS))


@given(MARKS, st.text(max_size=30))
def test_a_token_fits_its_own_question_only(mark: Mark, question: str) -> None:
    token = token_of(mark, question)
    assert read_token(token, question) == mark
    assert read_token(token, question + "x") is None
    assert token.isascii()
    assert "=" not in token


@given(st.binary(max_size=60), st.integers(0, 255))
def test_no_other_bytes_are_a_token(content: bytes, change: int) -> None:
    assert read_token(base64.urlsafe_b64encode(content).decode(), "q") is None
    token = token_of(Mark("A", Place(5, 6)), "q")
    packed = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    place = change % len(packed)
    packed[place] ^= 1 + change % 255
    assert read_token(base64.urlsafe_b64encode(packed).decode().rstrip("="), "q") is None


@pytest.mark.parametrize("token", ["", "x", "%%%", "é", "A" * (TOKEN_LIMIT + 1), "QUJD", "\x00"])
def test_nonsense_is_no_token(token: str) -> None:
    assert read_token(token, "q") is None


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x01", b"\x92\x01\x02"])
def test_a_token_of_somebody_who_knows_the_check_is_none_either(content: bytes) -> None:
    token = base64.urlsafe_b64encode(content + _check(content, "q")).decode().rstrip("=")
    assert read_token(token, "q") is None
