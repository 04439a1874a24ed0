"""What programs may say on a stream; members that are not known are passed over."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

# A symbol, or a star for all of them.
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:/_*-]{1,32}\Z")]
Names = list[Name] | None
_Word = Annotated[str, Meta(max_length=200)]


class Details(msgspec.Struct):
    """``data`` of the older form of words."""

    key_id: _Word = ""
    secret_key: _Word = ""
    streams: list[_Word] = []


class Asked(msgspec.Struct, rename="camel"):
    """Any message: who somebody is, and what he wants to hear or no longer."""

    action: _Word = ""
    key: _Word = ""
    secret: _Word = ""
    data: Details | None = None
    trades: Names = None
    quotes: Names = None
    bars: Names = None
    updated_bars: Names = None
    daily_bars: Names = None
    statuses: Names = None
    lulds: Names = None
    orderbooks: Names = None

    @property
    def who(self) -> tuple[str, str] | None:
        """(key id, secret) of either form; None when the message is about something else."""
        if self.action == "auth":
            return self.key, self.secret
        if self.action == "authenticate":
            named = self.data or Details()
            return named.key_id or self.key, named.secret_key or self.secret
        return None
