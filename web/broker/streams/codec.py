"""How stream messages are written and read: JSON, or MessagePack where the handshake asks for it.

In JSON a moment is RFC 3339 text; in MessagePack it is the Timestamp extension (type -1), which
clients' libraries turn into their own times.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TypeVar

import msgspec

from matching.units import NS_PER_SECOND
from web.broker import wire
from web.live.frames import binary_frame, text_frame

T = TypeVar("T")

_TIMESTAMP = -1
_SECONDS_BITS = 34


class CodecError(ValueError):
    """A message that cannot be read."""


class Moment:
    """Nanoseconds UTC inside a message."""

    __slots__ = ("at_ns",)

    def __init__(self, at_ns: int) -> None:
        self.at_ns = at_ns


def _timestamp(at_ns: int) -> msgspec.msgpack.Ext:
    """64 bits where the second is known to them (1970 to 2514), else 96."""
    seconds, rest = divmod(at_ns, NS_PER_SECOND)
    if 0 <= seconds < 1 << _SECONDS_BITS:
        data = struct.pack("!Q", rest << _SECONDS_BITS | seconds)
    else:
        data = struct.pack("!Iq", rest, seconds)
    return msgspec.msgpack.Ext(_TIMESTAMP, data)


def _json_moment(value: object) -> object:
    assert isinstance(value, Moment)
    return wire.moment(value.at_ns)


def _packed_moment(value: object) -> object:
    assert isinstance(value, Moment)
    return _timestamp(value.at_ns)


_to_json = msgspec.json.Encoder(enc_hook=_json_moment).encode
_to_msgpack = msgspec.msgpack.Encoder(enc_hook=_packed_moment).encode


class Codec(Enum):
    """(text frames?)."""

    JSON = True
    JSON_IN_BINARY = False
    MSGPACK = None

    def encode(self, value: object) -> bytes:
        return _to_msgpack(value) if self is Codec.MSGPACK else _to_json(value)

    def array(self, parts: Sequence[bytes]) -> bytes:
        """An array of values that are encoded already."""
        if self is not Codec.MSGPACK:
            return b"[" + b",".join(parts) + b"]"
        count = len(parts)
        head = bytes((0x90 | count,)) if count < 16 else struct.pack("!BI", 0xDD, count)
        return head + b"".join(parts)

    def frame(self, payload: bytes) -> bytes:
        return text_frame(payload) if self is Codec.JSON else binary_frame(payload)

    def message(self, value: object) -> bytes:
        """A whole frame with one value."""
        return self.frame(self.encode(value))

    def decode(self, message: str | bytes, shape: type[T]) -> T:
        """What a program said; text is JSON whatever was agreed.  Raises CodecError."""
        packed = self is Codec.MSGPACK and isinstance(message, bytes)
        try:
            if packed:
                return msgspec.msgpack.decode(message, type=shape)  # type: ignore[arg-type]
            return msgspec.json.decode(message, type=shape)
        except (msgspec.DecodeError, RecursionError, ValueError) as error:
            raise CodecError(str(error)) from None


def cut(codec: Codec, parts: Iterable[bytes], most_bytes: int) -> list[bytes]:
    """Frames with arrays of these values, each of about ``most_bytes`` at most."""
    frames: list[bytes] = []
    some: list[bytes] = []
    size = 0
    for part in parts:
        if some and size + len(part) > most_bytes:
            frames.append(codec.frame(codec.array(some)))
            some, size = [], 0
        some.append(part)
        size += len(part)
    if some:
        frames.append(codec.frame(codec.array(some)))
    return frames
