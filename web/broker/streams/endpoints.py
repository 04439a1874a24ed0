"""The addresses of the programs' streams."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from web.broker.identity import credentials
from web.broker.streams import trade_events
from web.broker.streams.channels import COINS, STOCKS
from web.broker.streams.codec import Codec
from web.broker.streams.data_socket import DataSocket
from web.broker.streams.hub import Streams
from web.broker.streams.limits import AUTH_SECONDS
from web.broker.streams.socket import ProgramSocket
from web.broker.streams.update_socket import UpdateSocket
from web.live.protocol import EXTENSION, FanoutProtocol


def streams_of(websocket: WebSocket) -> Streams:
    streams: Streams = websocket.app.state.streams
    return streams


def wire_of(websocket: WebSocket) -> FanoutProtocol:
    wire: FanoutProtocol = websocket.scope["extensions"][EXTENSION]
    return wire


def codec_of(websocket: WebSocket, otherwise: Codec) -> Codec:
    """MessagePack where the handshake asks for it."""
    kind = websocket.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Codec.MSGPACK if kind == "application/msgpack" else otherwise


async def stock_data(websocket: WebSocket) -> None:
    """``/v2/{feed}``: there is one feed, that of the key's venue; every name stands for it."""
    await websocket.accept()
    codec = codec_of(websocket, Codec.JSON)
    socket = DataSocket(streams_of(websocket), wire_of(websocket), codec, STOCKS)
    await _converse(websocket, socket)


async def coin_data(websocket: WebSocket) -> None:
    """``/v1beta3/crypto/{loc}``."""
    await websocket.accept()
    codec = codec_of(websocket, Codec.JSON)
    socket = DataSocket(streams_of(websocket), wire_of(websocket), codec, COINS)
    await _converse(websocket, socket)


async def trade_updates(websocket: WebSocket) -> None:
    """``/stream``, with a slash at the end or without."""
    await websocket.accept()
    codec = codec_of(websocket, Codec.JSON_IN_BINARY)
    await _converse(websocket, UpdateSocket(streams_of(websocket), wire_of(websocket), codec))


async def _converse(websocket: WebSocket, socket: ProgramSocket) -> None:
    """Until somebody ends it; who does not say who he is in time is ended."""
    timer = asyncio.get_running_loop().call_later(AUTH_SECONDS, socket.late)
    try:
        given = credentials(websocket.headers)
        if given is not None:
            await socket.identify(*given)
        while not socket.mailbox.closed:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            await socket.hear(message["bytes"] if text is None else text)
    except Exception:
        socket.broken()
        raise
    finally:
        timer.cancel()
        socket.gone()


ROUTES: list[BaseRoute] = [
    *trade_events.ROUTES,
    WebSocketRoute("/stream", trade_updates),
    WebSocketRoute("/stream/", trade_updates),
    WebSocketRoute("/v2/{feed}", stock_data),
    WebSocketRoute("/v1beta3/crypto/{loc}", coin_data),
]
