"""Websocket frames as bytes: whole, unmasked, uncompressed (RFC 6455, 5.2)."""

from __future__ import annotations

import struct

_TEXT_FIN = 0x81
_BINARY_FIN = 0x82
_LENGTH_16_BITS = 126
_LENGTH_64_BITS = 127


def text_frame(payload: bytes) -> bytes:
    """One text message of UTF-8 bytes as the server sends it."""
    return _frame(_TEXT_FIN, payload)


def binary_frame(payload: bytes) -> bytes:
    """One binary message as the server sends it."""
    return _frame(_BINARY_FIN, payload)


def _frame(first: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < _LENGTH_16_BITS:
        return bytes((first, length)) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", first, _LENGTH_16_BITS, length) + payload
    return struct.pack("!BBQ", first, _LENGTH_64_BITS, length) + payload
