"""``simtrade tape record`` and ``keep``, against a vendor on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.feeds.live.coin_vendor import coin_vendor
from tests.feeds.live.server import VendorServer
from tests.feeds.live.test_history import akshare
from tests.simtrade.commands.conftest import Shell


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with coin_vendor(6) as vendor:
        yield vendor.server


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


def test_history_says_what_is_missing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("tape", "history", "akshare", "--symbols", "sh600000")
    absent = shell(*command, "--from", "2024-01-02", "--to", "2024-01-05")
    assert absent.code == 1
    assert "akshare is not installed" in absent.error
    assert "--from 'soon'" in shell(*command, "--from", "soon", "--to", "2024-01-05").error
    assert "Say which" in shell(*command, "--from", "2024-01-05", "--to", "2024-01-02").error
    monkeypatch.setattr("feeds.live.history._library", lambda _name: lambda *_: akshare())
    made = shell(*command, "--from", "2024-01-02", "--to", "2024-01-05", "--json").json
    assert (made["rows"], made["refused"], made["rounded"]) == (3, 0, 0)
    assert made["tape"] in shell("tape", "list").out
