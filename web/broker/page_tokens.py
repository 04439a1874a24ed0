"""Where a page of market data ended, as a text that only fits the same question.

A token hides nothing: it names a symbol and a place in its data, with a check over both and over
what was asked, so that a made-up one, or one of another question, is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import NamedTuple

import msgspec

from simtrade.venues.history import Place

TOKEN_LIMIT = 512
_CHECK_BYTES = 12


class Mark(NamedTuple):
    """``symbol`` as it was asked for; ``place`` None: at its beginning."""

    symbol: str
    place: Place | None


def token_of(mark: Mark, question: str) -> str:
    content = msgspec.msgpack.encode(mark)
    return base64.urlsafe_b64encode(content + _check(content, question)).decode().rstrip("=")


def read_token(token: str, question: str) -> Mark | None:
    """None for what is no token of this question."""
    if len(token) > TOKEN_LIMIT:
        return None
    try:
        packed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content, check = packed[:-_CHECK_BYTES], packed[-_CHECK_BYTES:]
    if check != _check(content, question):
        return None
    try:
        return msgspec.msgpack.decode(content, type=Mark)
    except msgspec.MsgspecError:  # the check is no secret: it can be made for anything
        return None


def _check(content: bytes, question: str) -> bytes:
    digest = hashlib.blake2b(digest_size=_CHECK_BYTES, person=b"page of data")
    digest.update(len(content).to_bytes(4, "big") + content)
    digest.update(question.encode("utf-8", "surrogateescape"))
    return digest.digest()
