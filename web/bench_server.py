"""The whole site in one process, for measuring its fan-out: ``python -m web.bench_server``.

Real application, real floor, real server; three things differ from ``simtrade serve``:
the floor's newest quotes are published again at the rate that is measured, one session may have
any number of sockets, and ``ts`` in quote frames is the monotonic clock in nanoseconds, so that a
load generator on the same machine can tell how long a frame took.

Prints one line of JSON when it is ready: port, cookie, origin and a ``sub`` to send.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Annotated

import typer

from matching.orders import AccountId, OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.app import Simtrade
from simtrade.clock import monotonic_ns
from simtrade.desk.requests import FLOOR, CancelRequest, Done, JoinVenue, PlaceRequest
from simtrade.people.model import SignedIn
from simtrade.settings import Settings
from simtrade.venues.views import MarketNotice
from web.app import create_app
from web.live.hub import Hub
from web.security.credits import Allowance
from web.security.session import cookie_name
from web.server import listen, raise_open_files

LIMITLESS = 10**9
FASTEST_HZ = 1_000


class BenchHub(Hub):
    """Publishes ``symbols`` of the floor at ``rate_hz`` (0: as fast as they are delivered), and
    lets one account place and cancel ``orders_hz`` orders a second."""

    account_id: AccountId | None = None

    def __init__(self, core: Simtrade, rate_hz: float, symbols: int, orders_hz: float) -> None:
        super().__init__(
            core,
            stamp=monotonic_ns,
            rates_hz=(float(FASTEST_HZ),),
            sockets_per_session=LIMITLESS,
        )
        self._rate_hz = rate_hz
        self._orders_hz = orders_hz
        view = core.venues.view(FLOOR)
        assert view is not None
        self.symbols = [one.instrument_id for one in view.instruments[:symbols]]
        self._work: list[asyncio.Task[None]] = []

    def start(self) -> None:
        super().start()
        self._work.append(asyncio.create_task(self._publish()))
        if self._orders_hz:
            self._work.append(asyncio.create_task(self._trade()))

    async def _publish(self) -> None:
        loop = asyncio.get_running_loop()
        seq, frames, due = 0, -1, loop.time()
        while True:
            if self._rate_hz:
                due += 1 / self._rate_hz
                await asyncio.sleep(max(0.0, due - loop.time()))
            else:
                await asyncio.sleep(0.0 if self.sockets else 0.01)
                if self.tally.frames == frames:
                    continue  # the last frame is still on its way
                frames = self.tally.frames
            rooms = self.watched(FLOOR)
            if rooms is not None:
                seq += 1
                quotes = tuple(rooms.board.quotes[one] for one in self.symbols)
                rooms.hear_market(MarketNotice(FLOOR, seq, rooms.board.clock, quotes, ()))

    async def _trade(self) -> None:
        while True:
            await asyncio.sleep(1 / self._orders_hz)
            if self.account_id is None or not self.sockets:
                continue
            quote = self.core.venues.quote(FLOOR, self.symbols[0])
            assert quote is not None
            price = PriceTicks(quote.lower_ticks or 1)
            reply = await self.core.gateway.submit(
                PlaceRequest(
                    self.account_id,
                    uuid.uuid4().hex,
                    self.symbols[0],
                    Side.BUY,
                    OrderKind.LIMIT,
                    Qty(100),
                    price,
                    TimeInForce.DAY,
                )
            )
            if isinstance(reply, Done) and reply.order_id is not None:
                cancel = CancelRequest(self.account_id, uuid.uuid4().hex, reply.order_id)
                await self.core.gateway.submit(cancel)


def main(
    rate: Annotated[float, typer.Option(help="Quotes a second; 0: saturate.")] = 4.0,
    symbols: Annotated[int, typer.Option(help="Symbols in a frame.")] = 3,
    orders: Annotated[float, typer.Option(help="Orders a second of one account.")] = 0.0,
) -> None:
    raise_open_files()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), port=0, latency=False)
        core = Simtrade.open(settings)
        try:
            hub = BenchHub(core, rate, symbols, orders)
            allowance = Allowance(burst=LIMITLESS, per_second=LIMITLESS)
            app = create_app(core, allowance=allowance, hub=hub)
            guest = core.people.create_guest("en")
            hub.account_id = _account(core, guest)
            run, listener = listen(core, app, log_level="warning")
            _announce(hub, guest, settings, listener.getsockname()[1])
            run()
        finally:
            core.close()


def _account(core: Simtrade, guest: SignedIn) -> AccountId:
    request = JoinVenue(guest.user.user_id, uuid.uuid4().hex, FLOOR)
    reply = asyncio.run(core.gateway.submit(request))
    assert isinstance(reply, Done)
    assert reply.account_id is not None
    return reply.account_id


def _announce(hub: BenchHub, guest: SignedIn, settings: Settings, port: int) -> None:
    sub = {"t": "sub", "venue": FLOOR, "q": hub.symbols, "acct": hub.account_id, "rate": FASTEST_HZ}
    ready = {
        "port": port,
        "cookie": f"{cookie_name(settings)}={guest.token}",
        "origin": f"http://127.0.0.1:{port}",
        "sub": json.dumps(sub, separators=(",", ":")),
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    typer.run(main)
