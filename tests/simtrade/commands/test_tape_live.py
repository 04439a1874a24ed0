"""``simtrade tape record`` and ``keep``, against a vendor on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from tests.feeds.live.channel import LISTINGS, CoinMarket
from tests.feeds.live.server import VendorServer, vendor_server
from tests.simtrade.commands.conftest import Shell


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as server:
        market, over, lock = CoinMarket("binance", 6), threading.Event(), threading.Lock()

        def answer(path: str) -> tuple[int, bytes]:
            with lock:
                listed = "exchangeInfo" in path
                text = LISTINGS["binance"] if listed else market.image(time.time_ns())
                return 200, text.encode()

        def run() -> None:
            while not over.wait(0.03):
                with lock:
                    now = time.time_ns()
                    server.send(market.change(now), market.trade(now))

        server.answer = answer
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield server
        over.set()
        thread.join(5)


def addresses(server: VendorServer) -> list[str]:
    return ["--socket", server.socket_url, "--http", server.http_url]


def test_some_seconds_of_a_market_become_a_tape(shell: Shell, server: VendorServer) -> None:
    command = ("tape", "record", "binance", "--symbols", "BTCUSDT", *addresses(server))
    result = shell(*command, "--for", "3s", "--json").json
    assert result["rows"] > 20
    assert result["refused"] == 0
    assert result["tables"]["trades"] > 5
    assert shell("tape", "verify", result["tape"]).code == 0
    assert result["tape"] in shell("tape", "list").out
    kept = shell("tape", "keep", "binance", "--json").json
    assert kept["rows"] >= result["rows"]
    again = shell(*command, "--for", "1s", "--json")
    assert again.code == 0  # the recording goes on
    other = shell("tape", "record", "binance", "--symbols", "ETHUSDT", *addresses(server))
    assert other.code == 1
    assert "another watchlist needs another name" in other.error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("record", "nobody", "--symbols", "A"), "there is no connector 'nobody'"),
        (("record", "finnhub", "--symbols", "AAPL"), "SIMTRADE_FINNHUB_KEY"),
        (("record", "binance", "--symbols", ","), "one to 200 symbols"),
        (("record", "sina", "--symbols", "sh600000", "--for", "soon"), "write 90s, 10m or 2h"),
        (("record", "sina", "--symbols", "sh600000", "--name", "A B"), "a-z, 0-9 and _"),
        (("keep", "nothing"), "Nothing was recorded as 'nothing'"),
        (("keep", "../tapes"), "Nothing was recorded"),
    ],
)
def test_mistakes(shell: Shell, arguments: tuple[str, ...], says: str) -> None:
    done = shell("tape", *arguments)
    assert done.code == 1
    assert says in done.error


def test_a_symbol_that_is_none_is_told(shell: Shell) -> None:
    done = shell("tape", "record", "sina", "--symbols", "AAPL", "--for", "1s")
    assert done.code == 1
    assert "is no share or fund of the mainland" in done.error
