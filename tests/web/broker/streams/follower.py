"""A program's end of a stream, raw: says and hears what it likes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.web.broker.program import Program
from tests.web.serving import Site

MSGPACK = {"content-type": "application/msgpack"}


class Follower:
    """One open websocket.  Messages of market data come in arrays, which are taken apart."""

    def __init__(self, connection: ClientConnection, *, packed: bool = False) -> None:
        self.connection = connection
        self.packed = packed
        self.texts = 0
        self._waiting: list[Any] = []

    def say(self, **message: Any) -> None:
        self.connection.send(
            msgspec.msgpack.encode(message) if self.packed else json.dumps(message)
        )

    def next(self, timeout: float = 10) -> Any:
        if not self._waiting:
            message = self.connection.recv(timeout=timeout)
            self.texts += isinstance(message, str)
            found = msgspec.msgpack.decode(message) if self.packed else json.loads(message)
            self._waiting = found if isinstance(found, list) else [found]
        return self._waiting.pop(0)

    def hear(self, kind: str, timeout: float = 10) -> dict[str, Any]:
        """The next message whose ``T`` (or stream) is this one; others are passed over."""
        deadline = time.monotonic() + timeout
        while True:
            message: dict[str, Any] = self.next(max(0.01, deadline - time.monotonic()))
            if kind in (message.get("T"), message.get("stream")):
                return message

    def heard(self, seconds: float) -> list[dict[str, Any]]:
        """Everything that comes in that time."""
        found, deadline = [], time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                found.append(self.next(left))
            except TimeoutError:
                break
        return found

    def close_code(self, timeout: float = 10) -> int | None:
        """The code with which the server ends the connection; what comes before is dropped."""
        try:
            while True:
                self.connection.recv(timeout=timeout)
        except ConnectionClosed:
            return self.connection.close_code


@contextmanager
def follow(
    site: Site, path: str, headers: dict[str, str] | None = None, **options: Any
) -> Iterator[Follower]:
    headers = headers or {}
    with connect(
        f"ws://127.0.0.1:{site.port}{path}",
        additional_headers=headers,
        compression=None,
        proxy=None,
        close_timeout=2,
        max_size=2**20,  # what clients take
        **options,
    ) as connection:
        yield Follower(connection, packed=headers.get("content-type", "").endswith("msgpack"))


@contextmanager
def data_of(
    bot: Program, path: str = "/v2/iex", headers: dict[str, str] | None = None
) -> Iterator[Follower]:
    """A socket that is known already."""
    with follow(bot.site, path, headers) as one:
        assert one.next() == {"T": "success", "msg": "connected"}
        one.say(action="auth", key=bot.key.key_id, secret=bot.secret)
        assert one.next() == {"T": "success", "msg": "authenticated"}
        yield one


@contextmanager
def updates_of(
    bot: Program, path: str = "/stream", headers: dict[str, str] | None = None
) -> Iterator[Follower]:
    """A socket that listens to trade updates already."""
    with follow(bot.site, path, headers) as one:
        one.say(action="authenticate", data={"key_id": bot.key.key_id, "secret_key": bot.secret})
        assert one.next()["data"]["status"] == "authorized"
        one.say(action="listen", data={"streams": ["trade_updates"]})
        assert one.next() == {"stream": "listening", "data": {"streams": ["trade_updates"]}}
        yield one
