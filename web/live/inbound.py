"""What a browser may say on ``/ws``, parsed strictly; an unknown ``t`` is ignored."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from simtrade.desk.requests import ClockAction
from web.live.limits import CHARTS_PER_SOCKET, DEFAULT_RATE_HZ, SYMBOLS_PER_SOCKET
from web.strict_json import as_shape, parse_value

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Number = Annotated[int, Meta(ge=0)]


class Sub(msgspec.Struct, forbid_unknown_fields=True, tag_field="t", tag="sub"):
    """Everything this socket wants to see; replaces what it wanted before.

    ``n`` is the last event number of the account that the browser holds, None for a fresh page.
    """

    venue: Name
    q: Annotated[list[Name], Meta(max_length=SYMBOLS_PER_SOCKET)] = []
    bars: Annotated[list[tuple[Name, Name]], Meta(max_length=CHARTS_PER_SOCKET)] = []
    depth: Name | None = None
    acct: Number | None = None
    n: Number | None = None
    rate: Annotated[int, Meta(ge=0, le=1000)] = int(DEFAULT_RATE_HZ)


class Vis(msgspec.Struct, forbid_unknown_fields=True, tag_field="t", tag="vis"):
    hidden: bool


class Ping(msgspec.Struct, forbid_unknown_fields=True, tag_field="t", tag="ping"):
    n: Number = 0


class Replay(msgspec.Struct, forbid_unknown_fields=True, tag_field="t", tag="rp"):
    """Clock control of one's own venue.  ``v``: the speed, or milliseconds UTC for seek."""

    venue: Name
    cmd: ClockAction
    v: Number = 0
    key: Annotated[str, Meta(max_length=64)] = ""


Inbound = Sub | Vis | Ping | Replay


class _Head(msgspec.Struct):
    t: Name


_SHAPES: dict[str, type[Any]] = {"sub": Sub, "vis": Vis, "ping": Ping, "rp": Replay}


def parse_inbound(text: bytes) -> Inbound | None:
    """The message; None for a kind that is not known here.  Raises JsonError."""
    value = parse_value(text)
    shape = _SHAPES.get(as_shape(value, _Head).t)
    if shape is None:
        return None
    message: Inbound = as_shape(value, shape)
    return message
