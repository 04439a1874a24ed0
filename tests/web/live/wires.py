"""A connection that a test fills and drains by hand."""

from __future__ import annotations

import json
from typing import Any

from web.live.mailbox import Mailbox


class Wire:
    """Takes ``room`` writes, then is full: ``pause`` is called as a transport would."""

    def __init__(self, room: int = 10**9) -> None:
        self.written: list[bytes] = []
        self.closed: int | None = None
        self.room = room
        self.mailbox = Mailbox(self)

    def write(self, data: bytes) -> None:
        self.written.append(data)
        self.room -= 1
        if self.room == 0:
            self.mailbox.pause()

    def close_now(self, code: int, reason: str) -> None:
        self.closed = code

    def drain(self, room: int = 10**9) -> None:
        self.room = room
        self.mailbox.resume()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Everything written, frame by frame."""
        found, data = [], b"".join(self.written)
        while data:
            length, start = data[1] & 127, 2
            if length == 126:
                length, start = int.from_bytes(data[2:4], "big"), 4
            elif length == 127:
                length, start = int.from_bytes(data[2:10], "big"), 10
            found.append(json.loads(data[start : start + length]))
            data = data[start + length :]
        return found
