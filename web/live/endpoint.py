"""``/ws``: from handshake to close."""

from __future__ import annotations

import asyncio
import random

from starlette.websockets import WebSocket

from web.language import language_of
from web.live import vocabulary
from web.live.hub import Hub
from web.live.limits import BYE_AFTER_MS, SUBPROTOCOL, Close
from web.live.mailbox import Mailbox
from web.live.protocol import EXTENSION, FanoutProtocol
from web.live.socket import LiveSocket


async def live(websocket: WebSocket) -> None:
    """The Origin was checked before.  A refused socket is accepted first: a browser cannot read
    the status of a failed handshake, but it can read a close code."""
    hub: Hub = websocket.app.state.hub
    wire: FanoutProtocol = websocket.scope["extensions"][EXTENSION]
    if SUBPROTOCOL not in websocket.scope["subprotocols"]:
        await websocket.accept()
        await _refuse(websocket, hub, Close.WRONG_VERSION, "version")
        return
    await websocket.accept(SUBPROTOCOL)
    user = websocket.state.user
    if user is None:
        await _refuse(websocket, hub, Close.NO_SESSION, "no session")
        return
    token: str = websocket.state.session_token
    mailbox = wire.attach(hub.closed, last_words=farewell)
    if not hub.register(token, mailbox):
        mailbox.close(Close.TOO_MANY, "too many sockets")
        return
    loop = asyncio.get_running_loop()
    socket = LiveSocket(hub, mailbox, user, language_of(websocket.scope), loop.time)
    try:
        socket.greet()
        await _converse(websocket, mailbox, socket)
    finally:
        hub.unregister(token, mailbox)
        mailbox.gone()


def farewell(code: int) -> bytes:
    """When to come back after a restart; browsers know what to do after every other end."""
    if code != Close.RESTART:
        return b""
    after_ms = random.randint(*BYE_AFTER_MS)  # noqa: S311 - spreads reconnects
    return vocabulary.bye(code, after_ms)


async def _converse(websocket: WebSocket, mailbox: Mailbox, socket: LiveSocket) -> None:
    while not mailbox.closed:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        if text is None:
            mailbox.close(Close.BINARY, "text only")
            return
        await socket.hear(text.encode())


async def _refuse(websocket: WebSocket, hub: Hub, code: int, reason: str) -> None:
    hub.closed[str(code)] += 1
    await websocket.close(code, reason)
