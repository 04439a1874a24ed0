"""Websocket frames as bytes: whole, unmasked, uncompressed (RFC 6455, 5.2)."""

from __future__ import annotations

import struct

_TEXT_FIN = 0x81
_LENGTH_16_BITS = 126
_LENGTH_64_BITS = 127


def text_frame(payload: bytes) -> bytes:
    """One text message of UTF-8 bytes as the server sends it."""
    length = len(payload)
    if length < _LENGTH_16_BITS:
        return bytes((_TEXT_FIN, length)) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", _TEXT_FIN, _LENGTH_16_BITS, length) + payload
    return struct.pack("!BBQ", _TEXT_FIN, _LENGTH_64_BITS, length) + payload
