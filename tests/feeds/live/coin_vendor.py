"""A vendor of one coin on this machine, whose market goes on by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.feeds.live.channel import LISTINGS, CoinMarket
from tests.feeds.live.server import VendorServer, vendor_server


class CoinVendor:
    """As Binance would tell BTCUSDT; nothing happens while ``quiet`` is set."""

    def __init__(self, server: VendorServer, seed: int) -> None:
        self.server, self.market = server, CoinMarket("binance", seed)
        self.quiet, self.over = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        server.answer = self._answer
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def words(self) -> str:
        """What stands behind the name of the feed in the setting ``live``."""
        return f"binance BTCUSDT socket={self.server.socket_url} http={self.server.http_url}"

    def _answer(self, path: str) -> tuple[int, bytes]:
        if "exchangeInfo" in path:
            return 200, LISTINGS["binance"].encode()
        with self._lock:
            return 200, self.market.image(time.time_ns()).encode()

    def _run(self) -> None:
        while not self.over.wait(0.05):
            if not self.quiet.is_set():
                with self._lock:
                    now = time.time_ns()
                    self.server.send(self.market.change(now), self.market.trade(now))

    def stop(self) -> None:
        self.over.set()
        self._thread.join(5)


@contextmanager
def coin_vendor(seed: int = 2) -> Iterator[CoinVendor]:
    with vendor_server() as server:
        vendor = CoinVendor(server, seed)
        try:
            yield vendor
        finally:
            vendor.stop()
