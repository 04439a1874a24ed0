"""A browser without manners: raw bytes after a proper handshake."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

from simtrade.people.model import SignedIn
from tests.web.serving import Site


class Raw:
    """A socket that may say anything after the handshake."""

    def __init__(self, site: Site, session: SignedIn, receive_buffer: int = 0) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(5)
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.connect(("127.0.0.1", site.port))
        cookie = site.cookie(session)["cookie"]
        self._socket.sendall(
            (
                f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nOrigin: {site.origin}\r\n"
                f"Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Protocol: sim.v1\r\n\r\n"
            ).encode()
        )
        self._buffer = b""
        while b"\r\n\r\n" not in self._buffer:
            self._fill()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        assert b" 101 " in head.split(b"\r\n")[0], head

    def _fill(self) -> None:
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionResetError
        self._buffer += part

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def say(self, **message: object) -> None:
        self.send(frame(json.dumps(message).encode()))

    def next(self) -> dict[str, Any]:
        """The next text message."""
        opcode, payload = self._frame()
        assert opcode == 1, opcode
        found: dict[str, Any] = json.loads(payload)
        return found

    def _frame(self) -> tuple[int, bytes]:
        while len(self._buffer) < 4:
            self._fill()
        opcode, length, start = self._buffer[0] & 15, self._buffer[1] & 127, 2
        if length == 126:
            length, start = struct.unpack("!H", self._buffer[2:4])[0], 4
        while len(self._buffer) < start + length:
            self._fill()
        payload = self._buffer[start : start + length]
        self._buffer = self._buffer[start + length :]
        return opcode, payload

    def close_code(self) -> int | None:
        """The code of the server's close frame; None when it hung up without one."""
        try:
            while True:
                opcode, payload = self._frame()
                if opcode == 8:
                    return int(struct.unpack("!H", payload[:2])[0])
        except (ConnectionResetError, TimeoutError):
            return None

    def close(self) -> None:
        self._socket.close()


def frame(payload: bytes, *, first: int = 0x81, masked: bool = True, length: int = -1) -> bytes:
    size = len(payload) if length < 0 else length
    flag = 0x80 if masked else 0
    head = bytes((first,))
    if size < 126:
        head += bytes((flag | size,))
    elif size < 65536:
        head += struct.pack("!BH", flag | 126, size)
    else:
        head += struct.pack("!BQ", flag | 127, size)
    if not masked:
        return head + payload
    key = b"\x11\x22\x33\x44"
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))
