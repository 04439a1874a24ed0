"""The two ways to write a message."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from web.broker.streams.codec import Codec, CodecError, Moment, cut

AT_NS = 1_700_000_000_123_456_001


def test_a_moment_is_text_in_json_and_an_extension_in_msgpack() -> None:
    assert Codec.JSON.encode({"t": Moment(AT_NS)}) == b'{"t":"2023-11-14T22:13:20.123456001Z"}'
    packed = msgspec.msgpack.decode(Codec.MSGPACK.encode(Moment(AT_NS)))
    assert (packed.year, packed.second, packed.microsecond) == (2023, 20, 123_456)
    before = msgspec.msgpack.decode(Codec.MSGPACK.encode(Moment(-1_000_000_000)))
    assert before.isoformat() == "1969-12-31T23:59:59+00:00"


@pytest.mark.parametrize("count", [0, 1, 15, 16, 70_000])
def test_arrays_of_encoded_parts_are_arrays(count: int) -> None:
    for codec, decode in (
        (Codec.JSON, msgspec.json.decode),
        (Codec.MSGPACK, msgspec.msgpack.decode),
    ):
        parts = [codec.encode({"i": number}) for number in range(count)]
        assert decode(codec.array(parts)) == [{"i": number} for number in range(count)]


def test_frames_are_text_or_binary() -> None:
    assert Codec.JSON.frame(b"[]")[0] == 0x81
    assert Codec.JSON_IN_BINARY.frame(b"[]")[0] == 0x82
    assert Codec.MSGPACK.frame(b"\x90")[0] == 0x82


def test_a_long_message_is_cut_and_nothing_is_lost() -> None:
    parts = [b"%d" % number for number in range(1_000)]
    frames = cut(Codec.JSON, parts, 100)
    assert len(frames) > 20
    numbers: list[int] = []
    for frame in frames:
        assert len(frame) < 300
        numbers += msgspec.json.decode(frame[frame.index(b"[") :])
    assert numbers == list(range(1_000))
    assert cut(Codec.JSON, [], 100) == []


@pytest.mark.parametrize(
    ("codec", "message"),
    [
        (Codec.JSON, ""),
        (Codec.JSON, "{"),
        (Codec.JSON, "[1]"),
        (Codec.JSON, "[" * 200_000),
        (Codec.JSON, b"\xff\xfe"),
        (Codec.JSON, '{"a":1e400x}'),
        (Codec.MSGPACK, b"\xc1"),
        (Codec.MSGPACK, b"\x91" * 200_000),
        (Codec.MSGPACK, b"\xdf\xff\xff\xff\xff"),
    ],
)
def test_what_cannot_be_read_is_one_error(codec: Codec, message: Any) -> None:
    with pytest.raises(CodecError):
        codec.decode(message, dict)


def test_text_is_json_even_where_msgpack_was_agreed() -> None:
    assert Codec.MSGPACK.decode('{"a":1}', dict) == {"a": 1}
    assert Codec.MSGPACK.decode(msgspec.msgpack.encode({"a": 1}), dict) == {"a": 1}
    assert Codec.JSON_IN_BINARY.decode(b'{"a":1}', dict) == {"a": 1}
