"""The server's websocket protocol with a door for whole frames.

uvicorn takes a protocol class as ``ws=``.  Handshake, ping, close and receive stay uvicorn's;
this class puts itself into ``scope["extensions"]`` so that the hub can write the same encoded
bytes to many connections.  Frames are whole and uncompressed, so they may be mixed with
uvicorn's own.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from web.live.limits import (
    CLOSE_SECONDS,
    KERNEL_BUFFER_BYTES,
    WRITE_BUFFER_BYTES,
    Close,
)
from web.live.mailbox import Mailbox, Patience, nothing

EXTENSION = "simtrade.fanout"


class FanoutProtocol(WebSocketsSansIOProtocol):
    """One websocket connection.  Everything runs on the event loop."""

    mailbox: Mailbox | None = None

    def attach(
        self,
        closures: Counter[str],
        *,
        patience: Patience | None = None,
        last_words: Callable[[int], bytes] = nothing,
    ) -> Mailbox:
        """The mailbox of this connection; called once, after the handshake is accepted."""
        raw = self.transport.get_extra_info("socket")
        if raw is not None and raw.family != socket.AF_UNIX:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES)
        self.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        self.mailbox = Mailbox(self, closures, patience=patience, last_words=last_words)
        return self.mailbox

    def allow(self, message_bytes: int) -> None:
        """Take messages up to this length from now on, in one frame or many."""
        self.conn.max_message_size = message_bytes

    @property
    def write(self) -> Any:
        """The transport's own method: rooms call it without a step in between."""
        return self.transport.write

    def close_now(self, code: int, reason: str) -> None:
        """Send a close frame; whoever does not answer it in time is cut off."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:  # the application's task exists but has not run yet
            scope["extensions"][EXTENSION] = self

    def send_receive_event_to_app(self) -> None:
        """Text that is not UTF-8 closes with 1007 without filling the log."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.frames = []
                self.conn.fail(Close.MALFORMED, "not UTF-8")
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.mailbox is not None:
            self.mailbox.pause()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.mailbox is not None:
            self.mailbox.resume()

    def handle_close(self, event: Frame) -> None:
        self._detach()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        self._detach()
        super().handle_parser_exception()
        self._cut_off_later()

    def keepalive_timeout(self) -> None:
        self._detach()
        super().keepalive_timeout()
        self._cut_off_later()

    def shutdown(self) -> None:
        if self.mailbox is not None and self.handshake_complete and not self.close_sent:
            self.transport.write(self.mailbox.last_words(Close.RESTART))
        self._detach()
        super().shutdown()
        self._cut_off_later()

    def connection_lost(self, exc: Exception | None) -> None:
        self._detach()
        super().connection_lost(exc)

    def _detach(self) -> None:
        if self.mailbox is not None:
            self.mailbox.gone()
            self.mailbox = None

    def _cut_off_later(self) -> None:
        """A closing transport waits for its buffer, which a frozen reader never empties."""
        if self.close_timer is None and not self.disconnected:
            self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)
