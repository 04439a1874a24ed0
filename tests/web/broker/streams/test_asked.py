"""What programs may say."""

from __future__ import annotations

import json

import pytest

from web.broker.streams.asked import Asked
from web.broker.streams.codec import Codec, CodecError


def asked(**message: object) -> Asked:
    return Codec.JSON.decode(json.dumps(message), Asked)


def test_both_forms_say_who_somebody_is() -> None:
    assert asked(action="auth", key="K", secret="S").who == ("K", "S")
    old = asked(action="authenticate", data={"key_id": "K", "secret_key": "S"})
    assert old.who == ("K", "S")
    assert asked(action="authenticate").who == ("", "")
    assert asked(action="listen", data={"streams": ["x"]}).who is None


def test_members_that_are_not_known_are_passed_over() -> None:
    one = asked(action="subscribe", trades=["A"], updatedBars=["*"], novelty={"deep": [[[1]]]})
    assert one.trades == ["A"]
    assert one.updated_bars == ["*"]
    assert one.quotes is None


@pytest.mark.parametrize(
    "message",
    [
        {"action": 1},
        {"action": "subscribe", "trades": "A"},
        {"action": "subscribe", "trades": [1]},
        {"action": "subscribe", "trades": [""]},
        {"action": "subscribe", "trades": ["A" * 33]},
        {"action": "subscribe", "trades": ["A\u0000"]},
        {"action": "subscribe", "trades": ["A\n"]},
        {"action": "subscribe", "trades": {"A": 1}},
        {"action": "auth", "key": None, "secret": []},
        {"action": "auth", "key": "K" * 300},
        {"action": "listen", "data": []},
    ],
)
def test_wrong_types_are_refused(message: dict[str, object]) -> None:
    with pytest.raises(CodecError):
        Codec.JSON.decode(json.dumps(message), Asked)
