"""The one file that opens sockets for market data: websockets and HTTP, a thread per vendor.

It knows no vendor's format and makes no event: the ear does.  It connects, sends, receives with
limits, fetches what the ear asks for, and begins again after a loss, later each time.
"""

from __future__ import annotations

import http.client
import logging
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from feeds.live.ear import Count, Ear, Times, Wants
from feeds.live.vendor import Keys, Request, Vendor, Watch
from matching.units import NS_PER_SECOND

FIRST_WAIT_NS = NS_PER_SECOND
LONGEST_WAIT_NS = 60 * NS_PER_SECOND
LISTEN_SECONDS = 0.25  # between two looks at the time
OPEN_SECONDS = 10
HTTP_SECONDS = 10
HTTP_MAX = 16 << 20
STEADY_NS = 60 * NS_PER_SECOND  # so long a connection was a good one: waiting begins anew
STOP_SECONDS = 15

LOST = (OSError, WebSocketException, http.client.HTTPException, ValueError)

_log = logging.getLogger(__name__)
# Its debug lines have addresses, and an address may have a key in it.
_quiet = logging.getLogger(f"{__name__}.socket")
_quiet.setLevel(logging.WARNING)


class LostError(Exception):
    """The connection has to begin again; the message is for the operator."""


def wait_ns(attempt: int, draw: Callable[[int], int]) -> int:
    """How long to wait before try number ``attempt`` (from 0): twice as long each time up to a
    minute, and of that a random part between a half and all, so that many who lost the same server
    do not come back at once.  ``draw(n)`` is a random number below n."""
    whole = min(LONGEST_WAIT_NS, FIRST_WAIT_NS << min(attempt, 10))
    return whole // 2 + draw(whole // 2 + 1)


def fetch(request: Request, largest: int = HTTP_MAX) -> tuple[int, bytes]:
    """Status and body of a GET; no redirects, nothing but http and https.  One of ``LOST``, or
    LostError for a body that is too large."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
    ):
        opener.add_handler(handler)
    asked = urllib.request.Request(request.url, headers=dict(request.headers))  # noqa: S310
    answer = opener.open(asked, timeout=HTTP_SECONDS)
    if answer is None:
        raise ValueError("neither http nor https")
    with answer:
        body = answer.read(largest + 1)
        if len(body) > largest:
            raise LostError(f"an answer of more than {largest} bytes")
        return answer.status, body


class Connection:
    """One vendor's line.  ``run`` is what its thread does until ``stop``; nothing else ends it."""

    def __init__(
        self,
        vendor: Vendor,
        watch: Watch,
        keys: Keys,
        ear: Ear,
        times: Times,
        draw: Callable[[int], int],
    ) -> None:
        self._vendor, self._watch, self._keys = vendor, watch, keys
        self._ear, self._times, self._draw = ear, times, draw
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        name = f"live-{self._vendor.name}"
        self._thread = threading.Thread(target=self.run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the line; returns when the thread has ended."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def run(self) -> None:
        attempt = 0
        while not self._stopped.is_set():
            began_ns = self._times.monotonic_ns()
            why = self._once()
            if self._stopped.is_set():
                break
            self._ear.lost(why)
            if self._times.monotonic_ns() - began_ns > STEADY_NS:
                attempt = 0
            self._rest(wait_ns(attempt, self._draw))
            attempt += 1
        self._ear.lost("stopped")

    def _once(self) -> str:
        """One connection from its beginning to its end; why it ended.  A mistake of ours in it is
        told and counted like a lost line: the site goes on."""
        try:
            if self._vendor.socket_url:
                self._listen()
            else:
                self._poll()
        except LostError as lost:
            return str(lost)
        except LOST as error:
            return f"{type(error).__name__}: {error}"
        except Exception as error:
            self._ear.count(Count.INTERNAL)
            _log.exception("%s: a mistake while listening", self._vendor.name)
            return f"a mistake of ours: {type(error).__name__}"
        return "stopped"

    def _rest(self, length_ns: int) -> None:
        """Wait, and let time pass meanwhile."""
        until_ns = self._times.monotonic_ns() + length_ns
        while not self._stopped.is_set() and self._times.monotonic_ns() < until_ns:
            with suppress(LostError):  # there is no line to lose
                self._do(None, self._ear.tick())
            self._stopped.wait(LISTEN_SECONDS)

    # Websockets

    def _listen(self) -> None:
        with connect(
            self._vendor.address(self._keys),
            max_size=self._vendor.largest_bytes,
            open_timeout=OPEN_SECONDS,
            close_timeout=1,
            ping_interval=None,
            logger=_quiet,
        ) as socket:
            self._do(socket, self._ear.connected())
            pong: threading.Event | None = None
            while not self._stopped.is_set():
                try:
                    body = socket.recv(timeout=LISTEN_SECONDS)
                except TimeoutError:
                    if pong is not None and pong.is_set():
                        self._ear.word()
                        pong = None
                    if self._vendor.pongs_count and pong is None and self._half_silent():
                        pong = socket.ping()
                else:
                    self._do(socket, self._ear.message(body))
                self._do(socket, self._ear.tick())

    def _half_silent(self) -> bool:
        return self._ear.quiet_ns > self._vendor.silent_after_ns // 2

    def _do(self, socket: ClientConnection | None, wants: Wants) -> None:
        """Carry out what the ear wants.  A book that an answer did not mend is asked for later
        again, when the ear says so: messages come first."""
        if wants.again:
            raise LostError(wants.again)
        if socket is None:
            return
        for text in wants.send:
            socket.send(text)
        for symbol in wants.images:
            for text in self._image(symbol).send:
                socket.send(text)

    def _image(self, symbol: str) -> Wants:
        request = self._vendor.image_request(symbol)
        assert request is not None
        _, body = fetch(request)
        return self._ear.image(symbol, body)

    # HTTP

    def _poll(self) -> None:
        """Ask, and ask again when it is time; the first answer makes the connection."""
        connected = False
        while not self._stopped.is_set():
            due_ns = self._times.monotonic_ns() + self._vendor.every_ns
            for request in self._vendor.polls(self._watch):
                status, body = fetch(request, self._vendor.largest_bytes)
                if status >= 400:
                    raise LostError(f"HTTP status {status}")
                if not connected:
                    connected = True
                    self._ear.connected()
                self._do(None, self._ear.message(body))
                self._do(None, self._ear.tick())
            while not self._stopped.is_set() and self._times.monotonic_ns() < due_ns:
                self._do(None, self._ear.tick())
                self._stopped.wait(LISTEN_SECONDS)
