"""A real server in a thread, and clients for it: what the browser meets, with no double of HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from starlette.routing import Mount, Route
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from simtrade.people.model import SignedIn
from web.app import create_app
from web.doors import is_program
from web.live.limits import SUBPROTOCOL
from web.security.credits import Allowance
from web.security.csrf import token_of
from web.security.origins import SAFE_METHODS
from web.security.session import cookie_name
from web.server import server_config

LIMITLESS = Allowance(burst=10**9, per_second=10**9)


class Site:
    """A running server around ``core``, the application or its double."""

    def __init__(self, core: Any, allowance: Allowance = LIMITLESS) -> None:
        self.core = core
        self.app = create_app(core, allowance=allowance)
        self._server = uvicorn.Server(server_config(core, self.app, log_level="warning"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Site:
        self._thread.start()
        wait_until(lambda: self._server.started)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> list[object]:
        """Connections that the server holds, websockets included."""
        return list(self._server.server_state.connections)

    def guest(self) -> SignedIn:
        signed_in: SignedIn = self.core.people.create_guest("en")
        return signed_in

    def cookie(self, session: SignedIn | None) -> dict[str, str]:
        if session is None:
            return {}
        return {"cookie": f"{cookie_name(self.core.settings)}={session.token}"}

    def client(self, session: SignedIn | None = None, **headers: str) -> httpx.Client:
        return httpx.Client(
            base_url=self.origin,
            headers={"accept-language": "en", **self.cookie(session), **headers},
            trust_env=False,
        )

    def form_headers(self, session: SignedIn) -> dict[str, str]:
        """What a page of ours sends with a form."""
        return {"origin": self.origin, "x-csrf-token": token_of(session.token)}

    def call(self, function: Callable[[], Any]) -> Any:
        """Run something on the server's event loop."""
        loop = self.app.state.hub._loop

        async def run() -> Any:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), loop).result(5)

    @contextmanager
    def socket(
        self,
        session: SignedIn | None,
        *,
        origin: str | None = "",
        subprotocol: str = SUBPROTOCOL,
        **options: Any,
    ) -> Iterator[Live]:
        with connect(
            f"ws://127.0.0.1:{self.port}/ws",
            origin=Origin(self.origin) if origin == "" else Origin(origin) if origin else None,
            subprotocols=[Subprotocol(subprotocol)],
            additional_headers={"accept-language": "en", **self.cookie(session)},
            compression=None,
            proxy=None,
            close_timeout=2,
            **options,
        ) as connection:
            yield Live(connection)


class Live:
    """A browser's socket: says dicts, hears dicts."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, **message: object) -> None:
        self.connection.send(json.dumps(message))

    def hear(self, kind: str, timeout: float = 5) -> dict[str, Any]:
        """The next message of a kind; others are passed over."""
        deadline = time.monotonic() + timeout
        while True:
            message = self.next(deadline - time.monotonic())
            if message["t"] == kind:
                return message

    def next(self, timeout: float = 5) -> dict[str, Any]:
        found = json.loads(self.connection.recv(timeout=timeout))
        assert isinstance(found, dict)
        return found

    def heard_within(self, seconds: float) -> list[dict[str, Any]]:
        """Everything that comes in that time."""
        found = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                found.append(self.next(left))
            except TimeoutError:
                break
        return found

    def close_code(self, timeout: float = 5) -> int | None:
        """The code with which the server ends the connection."""
        deadline = time.monotonic() + timeout
        for _ in iter(lambda: time.monotonic() < deadline, False):
            try:
                self.connection.recv(timeout=max(0.01, deadline - time.monotonic()))
            except TimeoutError:
                return None
            except Exception:
                return self.connection.close_code
        return None


def unsafe_routes(site: Site) -> list[tuple[str, str]]:
    """Every (method, path) that changes something for a browser, and two that do not exist."""
    people = [one for one in _unsafe(site) if not is_program(_scope(one[1]))]
    # An address without a route must not answer a foreign form either.
    return [*people, ("POST", "/nowhere"), ("DELETE", "/healthz")]


def unsafe_routes_of_programs(site: Site) -> list[tuple[str, str]]:
    """Those that are for programs alone, which a browser's cookie never opens."""
    return [one for one in _unsafe(site) if is_program(_scope(one[1]))]


def _scope(path: str) -> dict[str, Any]:
    return {"path": path, "headers": []}


def _unsafe(site: Site) -> list[tuple[str, str]]:
    found = []
    for route in site.app.routes:
        assert not isinstance(route, Mount), "mounted routes hide from this test"
        if isinstance(route, Route):
            for method in sorted((route.methods or {"POST"}) - SAFE_METHODS):
                found.append((method, re.sub(r"{(\w+)[^}]*}", r"\1", route.path)))
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)
