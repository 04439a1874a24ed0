"""The measured site is the real one and says the clock a load generator needs."""

from __future__ import annotations

import json
import time

from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from simtrade.bench.fanout import closed_as_too_slow, own_server


def test_it_publishes_at_the_rate_and_stamps_monotonic_time() -> None:
    with own_server(20, orders_hz=20) as target:
        headers = dict(line.split(": ", 1) for line in target.headers.split("\r\n"))
        with connect(
            f"ws://127.0.0.1:{target.port}/ws",
            origin=Origin(headers["Origin"]),
            subprotocols=[Subprotocol("sim.v1")],
            additional_headers={"Cookie": headers["Cookie"]},
            compression=None,
            proxy=None,
        ) as connection:
            connection.send(target.sub)
            stamps: list[int] = []
            orders = 0
            while len(stamps) < 20:
                message = json.loads(connection.recv(timeout=5))
                orders += message["t"] == "ord"
                if message["t"] == "q":
                    stamps.append(message["ts"])
                    assert 0 <= time.monotonic_ns() - message["ts"] < 2 * 10**9
        seconds = (stamps[-1] - stamps[0]) / 1e9
        assert 0.5 < seconds < 4
        assert orders > 3
        assert closed_as_too_slow(target.port) == 0
