"""Broken JSON: always a JsonError, never anything else."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.strict_json import DEPTH_LIMIT, JsonError, as_shape, parse_value


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    qty: int
    name: str = ""


def parse_json(body: bytes, shape: type[Shape]) -> Shape:
    return as_shape(parse_value(body), shape)


GOOD = [b'{"qty":1}', b' {"name":"\\u4e2d\\"[","qty":-5} ', b'{"qty":999999999999999}']

BROKEN = {
    "empty": b"",
    "NaN": b'{"qty":NaN}',
    "Infinity": b'{"qty":-Infinity}',
    "fraction": b'{"qty":1.0}',
    "exponent": b'{"qty":1e2}',
    "overflow": b'{"qty":1e400}',
    "16 digits": b'{"qty":1000000000000000}',
    "4,000 digits": b'{"qty":' + b"9" * 4000 + b"}",
    "5,000 digits": b'{"qty":' + b"9" * 5000 + b"}",
    "leading zero": b'{"qty":01}',
    "plus": b'{"qty":+1}',
    "text for a number": b'{"qty":"1"}',
    "boolean for a number": b'{"qty":true}',
    "null": b'{"qty":null}',
    "missing": b'{"name":"x"}',
    "unknown": b'{"qty":1,"admin":true}',
    "twice": b'{"qty":1,"qty":2}',
    "twice, escaped": b'{"qty":1,"\\u0071ty":2}',
    "array": b"[1]",
    "trailing": b'{"qty":1}x',
    "two values": b'{"qty":1}{"qty":1}',
    "truncated": b'{"qty":1',
    "single quotes": b"{'qty':1}",
    "comment": b'{"qty":1/**/}',
    "byte order mark": b'\xef\xbb\xbf{"qty":1}',
    "UTF-16": '{"qty":1}'.encode("utf-16"),
    "broken UTF-8": b'{"qty":1,"name":"\xff"}',
    "surrogate": b'{"qty":1,"name":"\\ud800"}',
    "surrogate in UTF-8": b'{"qty":1,"name":"\xed\xa0\x80"}',
    "control character": b'{"qty":1,"name":"\x01"}',
    "deep arrays": b"[" * 60_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "hidden depth": b'{"qty":1,"name":[[[[[[[[[]]]]]]]]]}',
}


@pytest.mark.parametrize("body", GOOD)
def test_good(body: bytes) -> None:
    assert isinstance(parse_json(body, Shape), Shape)


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str) -> None:
    with pytest.raises(JsonError):
        parse_json(BROKEN[name], Shape)


def test_depth_is_counted_outside_texts() -> None:
    assert parse_value(b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT) is not None
    assert parse_value(b'["' + b"[" * 50 + b'\\"]"]') == ["[" * 50 + '"]']
    with pytest.raises(JsonError):
        parse_value(b"[" * (DEPTH_LIMIT + 1) + b"]" * (DEPTH_LIMIT + 1))


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    with contextlib.suppress(JsonError):
        parse_json(body, Shape)


@given(st.text(alphabet='{}[]",:\\u0019eE.-+ntf \ud800', max_size=60))
def test_any_near_json(text: str) -> None:
    with contextlib.suppress(JsonError):
        parse_value(text.encode("utf-8", "surrogatepass"))
