"""``simtrade serve``, as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

START_SECONDS = 60


class Server:
    """A server on a free port and a data folder of the test's own."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data = data
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "simtrade", "serve", "--port", str(self.port)]
        environ = {name: text for name, text in os.environ.items() if "SIMTRADE" not in name}
        return subprocess.Popen(
            command,
            env=environ | {"SIMTRADE_DATA": str(self.data)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        self.process.kill()
        pytest.fail(f"not ready: {self.process.communicate()[1][-2000:]}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data")
    yield server
    server.process.kill()
    server.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(server: Server, number: signal.Signals) -> None:
    server.wait_until_ready()
    server.process.send_signal(number)
    _, error = server.process.communicate(timeout=30)
    assert server.process.returncode == 0, error
    assert "Traceback" not in error
    # Closed databases have put their write-ahead logs away.
    assert list(server.data.glob("*.db-wal")) == []


def test_a_second_server_on_the_data_is_refused_in_a_sentence(server: Server) -> None:
    server.wait_until_ready()
    second = server.start()
    _, error = second.communicate(timeout=30)
    assert second.returncode == 1
    assert error.splitlines()[-1].startswith("A server is running on the data folder")
    assert "Traceback" not in error


def test_a_killed_server_starts_again(server: Server) -> None:
    server.wait_until_ready()
    server.process.kill()
    server.process.communicate()
    server.process = server.start()
    server.wait_until_ready()
