"""A vendor on this machine: websockets and HTTP that say what a test wants, whole or in pieces."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

Answer = Callable[[str], tuple[int, bytes]]


class VendorServer:
    """``received`` is what clients sent.  ``on_hello`` is told the first text of a connection and
    says what to send back; ``answer`` is told the path of each GET."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.asked: list[str] = []
        self.connects = 0
        self.accepts = True
        self.on_hello: Callable[[str], list[str | bytes]] = lambda _text: []
        self.answer: Answer = lambda _path: (404, b"nothing here")
        self._open: list[ServerConnection] = []
        self._lock = threading.Lock()

        handler = self._handler()
        self._socket: Server = serve(self._serve, "127.0.0.1", 0, ping_interval=None)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._threads = [
            threading.Thread(target=one, daemon=True)
            for one in (self._socket.serve_forever, lambda: self._http.serve_forever(0.02))
        ]
        for one in self._threads:
            one.start()

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self._socket.socket.getsockname()[1]}/stream"

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def _serve(self, connection: ServerConnection) -> None:
        self.connects += 1
        if not self.accepts:
            connection.close(1013, "try again later")
            return
        with self._lock:
            self._open.append(connection)
        first = True
        with suppress(ConnectionClosed, OSError):
            for text in connection:
                self.received.append(str(text))
                if first:
                    for one in self.on_hello(str(text)):
                        connection.send(one)
                first = False
        with self._lock:
            if connection in self._open:
                self._open.remove(connection)

    def send(self, *bodies: str | bytes) -> None:
        """To every open connection."""
        with self._lock:
            connections = list(self._open)
        for one in connections:
            with suppress(ConnectionClosed, OSError):
                for body in bodies:
                    one.send(body)

    def cut(self, *, half_frame: bool = False) -> None:
        """End every connection without a word, perhaps in the middle of one."""
        with self._lock:
            connections, self._open = self._open, []
        for one in connections:
            with suppress(OSError):
                if half_frame:
                    one.socket.sendall(b"\x81\x7e\x03\xe8" + b'{"e": "half')
                one.socket.shutdown(2)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                status, body = server.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        return Handler

    def close(self) -> None:
        self.cut()
        self._socket.shutdown()
        self._http.shutdown()
        self._http.server_close()
        for one in self._threads:
            one.join(5)


@contextmanager
def vendor_server() -> Iterator[VendorServer]:
    server = VendorServer()
    try:
        yield server
    finally:
        server.close()
