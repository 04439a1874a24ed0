"""One process that serves everything on one port."""

from __future__ import annotations

import logging
import resource
from collections.abc import Callable
from socket import socket

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simtrade.app import Simtrade
from simtrade.settings import Settings
from web.app import create_app
from web.core import Core
from web.live.protocol import FanoutProtocol

# Connections, sockets included; beyond it new requests get 503.
CONNECTIONS_LIMIT = 20_000
BACKLOG = 4_096
KEEP_ALIVE_SECONDS = 5
GRACE_SECONDS = 10
WEBSOCKET_MAX_BYTES = 64 * 1024
WEBSOCKET_QUEUE = 16
OPEN_FILES_RESERVE = 512


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's, but an answer without an end does not hold up the end of the server."""

    def shutdown(self) -> None:
        ending: Callable[[], None] | None = self.app_state.get("ending")
        if ending is not None:
            ending()
        super().shutdown()


def server_config(core: Core, app: object, *, log_level: str = "info") -> uvicorn.Config:
    """How uvicorn runs the application."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application
        host=core.settings.host,
        port=core.settings.port,
        loop="uvloop",
        http=HttpProtocol,
        ws=FanoutProtocol,
        ws_max_size=WEBSOCKET_MAX_BYTES,
        ws_max_queue=WEBSOCKET_QUEUE,
        ws_per_message_deflate=False,
        lifespan="on",
        log_level=log_level,
        access_log=False,
        server_header=False,
        # Only a proxy on this machine may say who the client is.
        forwarded_allow_ips="127.0.0.1,::1",
        limit_concurrency=CONNECTIONS_LIMIT,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def raise_open_files() -> int:
    """Let this process hold as many sockets as the machine allows; the new limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS_LIMIT + OPEN_FILES_RESERVE
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


def listen(core: Core, app: object, *, log_level: str) -> tuple[Callable[[], None], socket]:
    """Open the port now; the function that serves on it until a signal, and the open port."""
    config = server_config(core, app, log_level=log_level)
    listener = config.bind_socket()
    listener.listen(BACKLOG)  # who comes before the loop turns waits instead of being refused
    server = uvicorn.Server(config)
    return lambda: server.run(sockets=[listener]), listener


def serve(settings: Settings) -> None:
    """Recover, serve until a signal, close.  Blocks."""
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    raise_open_files()
    core = Simtrade.open(settings)
    try:
        run, _ = listen(core, create_app(core), log_level=settings.log_level)
        run()
    finally:
        core.close()
