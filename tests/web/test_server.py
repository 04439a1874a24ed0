"""How the process serves."""

from __future__ import annotations

import resource
import socket

from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.web.core_double import CoreDouble
from tests.web.serving import Site
from web.app import create_app
from web.live.protocol import FanoutProtocol
from web.server import listen, raise_open_files, server_config


def test_limits_are_set(core: CoreDouble) -> None:
    config = server_config(core, create_app(core))
    assert config.ws is FanoutProtocol
    assert (config.ws_max_size, config.ws_max_queue) == (65_536, 16)
    assert not config.ws_per_message_deflate
    assert not config.server_header
    assert config.timeout_keep_alive == 5
    assert config.limit_concurrency


def test_the_port_is_open_before_the_loop_turns(core: CoreDouble) -> None:
    _, listener = listen(core, create_app(core), log_level="warning")
    with listener:
        socket.create_connection(listener.getsockname(), 1).close()


def test_open_files() -> None:
    limit = raise_open_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == limit


def test_compression_of_sockets_is_never_agreed(site: Site) -> None:
    with connect(
        f"ws://127.0.0.1:{site.port}/ws",
        origin=Origin(site.origin),
        subprotocols=[Subprotocol("sim.v1")],
        additional_headers=site.cookie(site.guest()),
        proxy=None,
    ) as connection:
        assert connection.protocol.extensions == []
