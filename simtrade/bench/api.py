"""``simtrade bench api``: orders by key over HTTP, each durable before its answer.

A server of its own on a temporary data folder; first one key at a time, then many at once.  After
the last answer the server is killed, and the journal has to hold every acknowledged order exactly
once.  Loads go to 127.0.0.1 only and are bounded in number.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from simtrade.bench.http import Connection
from simtrade.commands.output import AsJson, table, tell
from simtrade.desk.commands import CommandKind
from simtrade.desk.requests import FLOOR, Done, UserId
from simtrade.desk.work import decode_reply
from simtrade.mistakes import Mistake
from simtrade.people.api_keys import ApiKeys, NewKey
from simtrade.store.app_store import AppStore
from simtrade.store.engine_store import EngineStore
from simtrade.store.key_store import KeyStore

START_SECONDS = 60.0
ALONE = 200  # orders of one program with nobody beside it


@dataclass(frozen=True, slots=True)
class Figure:
    """Orders by ``keys`` at once: how long from sending one to its durable answer."""

    keys: int
    orders: int
    orders_per_second: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class ApiResult:
    """``lost``: answered 200 and not in the journal; ``doubled``: in it more than once."""

    figures: tuple[Figure, ...]
    acknowledged: int
    lost: int
    doubled: int

    @property
    def holds(self) -> bool:
        return not self.lost and not self.doubled

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"holds": self.holds}


def api(
    *,
    keys: Annotated[int, typer.Option(min=1, max=500, help="So many programs at once.")] = 50,
    orders: Annotated[int, typer.Option(min=1, max=100_000, help="Orders in all.")] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Orders over the broker-compatible API: round trip, and none lost or doubled."""
    result = run(keys, orders)
    rows = [
        (str(one.keys), f"{one.orders:,}", f"{one.orders_per_second:,}", f"{one.p50_ms}",
         f"{one.p99_ms}")
        for one in result.figures
    ]  # fmt: skip
    text = table(("keys", "orders", "orders/s", "p50 ms", "p99 ms"), rows)
    text += (
        f"\n{result.acknowledged:,} acknowledged, then killed: "
        f"{result.lost} lost, {result.doubled} doubled"
    )
    tell(result.as_json(), text, as_json=as_json)
    if not result.holds:
        raise typer.Exit(1)


def run(keys: int = 50, orders: int = 1_000) -> ApiResult:
    """Measure on a temporary data folder."""
    with tempfile.TemporaryDirectory(prefix="simtrade-bench-") as folder:
        data = Path(folder)
        made = _make_keys(data, keys)
        with _server(data) as port:
            figures, acknowledged = asyncio.run(_measure(port, made, orders))
        counts = _journal_counts(data)
    found = [counts.get(one, 0) for one in acknowledged]
    doubled = sum(count > 1 for count in counts.values())
    return ApiResult(tuple(figures), len(acknowledged), found.count(0), doubled)


def _make_keys(data: Path, count: int) -> list[NewKey]:
    """A key to the floor for each of ``count`` people."""
    store = AppStore.open(data)
    keys, made = ApiKeys(KeyStore(store.engine)), []
    for _ in range(count):
        user = UserId(store.add_guest(None, 1).user_id)
        one = keys.create(user, FLOOR)
        assert isinstance(one, NewKey)
        made.append(one)
    store.close()
    return made


@contextmanager
def _server(data: Path) -> Iterator[int]:
    """A running server, killed in the end; its port.  Raises Mistake when it does not start."""
    port = asyncio.run(_free_port())
    settings = {"DATA": str(data), "LOG_LEVEL": "error", "API_REQUESTS_PER_MINUTE": "1000000"}
    environment = os.environ | {f"SIMTRADE_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "simtrade", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment)  # noqa: S603 - own arguments
    try:
        asyncio.run(_wait_for(port, process))
        yield port
    finally:
        process.kill()
        process.wait()


async def _free_port() -> int:
    probe = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port: int = probe.sockets[0].getsockname()[1]
    probe.close()
    await probe.wait_closed()
    return port


async def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection = Connection(port, {})
        try:
            await connection.open()
        except OSError:
            await asyncio.sleep(0.1)
        else:
            await connection.close()
            return
    raise Mistake("The server did not start.")


async def _measure(port: int, made: list[NewKey], orders: int) -> tuple[list[Figure], list[str]]:
    """Figures, and the client ids of all acknowledged orders."""
    programs = []
    for number, given in enumerate(made):
        names = {"apca-api-key-id": given.key.key_id, "apca-api-secret-key": given.secret}
        programs.append(_Program(f"k{number}", Connection(port, names)))
        await programs[-1].begin()
    await programs[0].place(1, [])  # compiled code is loaded with the first order
    figures = []
    for some, most in ((programs[:1], ALONE), (programs, orders)):
        waits: list[int] = []
        share, started = max(1, min(most, orders) // len(some)), time.monotonic()
        await asyncio.gather(*(one.place(share, waits) for one in some))
        figures.append(_figure(len(some), waits, time.monotonic() - started))
    return figures, [key for one in programs for key in one.acknowledged]


def _figure(keys: int, waits: list[int], seconds: float) -> Figure:
    waits.sort()
    return Figure(
        keys=keys,
        orders=len(waits),
        orders_per_second=round(len(waits) / seconds),
        p50_ms=round(waits[len(waits) // 2] / 1e6, 2),
        p99_ms=round(waits[len(waits) * 99 // 100] / 1e6, 2),
    )


class _Program:
    """Places the smallest order of the first share, at a price that waits, and takes it back."""

    def __init__(self, name: str, connection: Connection) -> None:
        self.connection = connection
        self.acknowledged: list[str] = []
        self._name = name

    async def begin(self) -> None:
        await self.connection.open()
        assets = await self._must("GET", "/v2/assets?status=active")
        self._asset = assets[0]
        symbol = self._asset["symbol"]
        shown = await self._must("GET", f"/v2/stocks/snapshots?symbols={symbol}")
        # Well below the market and within a tenth of it, where the market's limits are.
        self._price = f"{shown[symbol]['latestTrade']['p'] * 0.95:.2f}"
        await self.connection.close()

    async def place(self, count: int, waits: list[int]) -> None:
        """``waits`` gets the nanoseconds of each order.  A connection that rests is closed by the
        server, so each run has its own."""
        await self.connection.open()
        for _ in range(count):
            key = f"{self._name}-{len(self.acknowledged)}"
            order = {
                "symbol": self._asset["symbol"],
                "qty": self._asset["min_order_size"],
                "side": "buy",
                "type": "limit",
                "limit_price": self._price,
                "time_in_force": "day",
                "client_order_id": key,
            }
            begun = time.monotonic_ns()
            answer = await self._must("POST", "/v2/orders", order)
            waits.append(time.monotonic_ns() - begun)
            self.acknowledged.append(key)
            await self.connection.ask("DELETE", f"/v2/orders/{answer['id']}")
        await self.connection.close()

    async def _must(self, method: str, path: str, body: object = None) -> Any:
        status, answer = await self.connection.ask(method, path, body)
        if status >= 300:
            raise Mistake(f"{method} {path} was answered with {status}: {answer}")
        return answer


def _journal_counts(data: Path) -> Counter[str]:
    """How often each client's id stands in the journal as an order that was taken in."""
    store = EngineStore.open(data)
    counts: Counter[str] = Counter()
    for rows in store.journal():
        _, _, _, key, kind, _, _, _, result, _ = rows.command
        if kind == CommandKind.PLACE and isinstance(decode_reply(result), Done):
            counts[key] += 1
    store.close()
    return counts
