"""A small HTTP/1.1 client for measuring: one kept connection, JSON both ways."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

_LONGEST_ANSWER = 1 << 22


class Connection:
    """One connection to a server on this machine, asked one thing after the other."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._port = port
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", self._port, limit=_LONGEST_ANSWER
        )

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            await self._writer.wait_closed()

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON of the answer (None: an empty one).  Raises OSError and EOFError."""
        assert self._reader is not None
        assert self._writer is not None
        content = b"" if body is None else msgspec.json.encode(body)
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\n{self._headers}"
            f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        self._writer.write(head.encode() + content)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        size = int(fields.get("content-length", "0"))
        answer = await self._reader.readexactly(size)
        return int(lines[0].split()[1]), msgspec.json.decode(answer) if answer else None
