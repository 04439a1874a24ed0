"""Market events of a recording as bytes and back, exactly.

An entry is (letter, ``told_ns``, fields).  Venues see a recording in the order it was heard: of an
event with two clocks both are the moment of hearing, and ``told_ns`` keeps what the vendor said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from matching.market import (
    Depth,
    Halt,
    MarketEvent,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Silence,
    Snapshot,
    Trade,
)
from matching.units import AtNs

Kept = Depth | Trade | Snapshot | Halt | Silence | SessionOpen | PhaseChange | SessionClose

_LETTERS: dict[str, type[Any]] = {
    "d": Depth,
    "t": Trade,
    "s": Snapshot,
    "h": Halt,
    "x": Silence,
    "o": SessionOpen,
    "p": PhaseChange,
    "c": SessionClose,
}
_LETTER_OF = {kind: letter for letter, kind in _LETTERS.items()}


class Entry(NamedTuple):
    """``told_ns`` is the vendor's time of the event, that of hearing where it says none."""

    told_ns: int
    event: Kept


class _Raw(NamedTuple):
    letter: str
    told_ns: int
    fields: msgspec.Raw


_encode = msgspec.msgpack.Encoder().encode
_raw = msgspec.msgpack.Decoder(list[_Raw])
_decoders = {letter: msgspec.msgpack.Decoder(kind) for letter, kind in _LETTERS.items()}


def encode_entries(entries: Sequence[Entry]) -> bytes:
    return _encode([(_LETTER_OF[type(one.event)], one.told_ns, one.event) for one in entries])


def decode_entries(content: bytes) -> list[Entry]:
    """Raises msgspec.MsgspecError or KeyError for bytes that were not written by this."""
    return [
        Entry(one.told_ns, _decoders[one.letter].decode(one.fields)) for one in _raw.decode(content)
    ]


def stamped(event: Kept, at_ns: int, seq: int) -> Kept:
    """The event as a venue sees it: when it was heard, and its place."""
    moment = AtNs(at_ns)
    if isinstance(event, Depth | Trade | Snapshot):
        return event._replace(at_ns=moment, heard_ns=moment, seq=seq)
    return event._replace(at_ns=moment, seq=seq)


def is_kept(event: MarketEvent) -> bool:
    """Whether a recording can hold it."""
    return type(event) in _LETTER_OF
