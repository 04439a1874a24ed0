"""``simtrade bench durable``: orders through the whole desk and onto the disk.

Each figure is a closed loop over the real writer: risk, hold, match, settle, journal, ledger and
state rows, one transaction a batch with synchronous=FULL, replies after the commit.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from matching.orders import AccountId, OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.app import Simtrade
from simtrade.commands.output import AsJson, table, tell
from simtrade.desk.requests import FLOOR, CancelRequest, Done, JoinVenue, PlaceRequest, UserId
from simtrade.settings import Settings
from simtrade.venues.views import QuoteView

MUST_ORDERS_PER_SECOND = 5_000
ACCOUNTS = 200
CLIENTS = (1, 8, 64, 256)


@dataclass(frozen=True, slots=True)
class Figure:
    """One run with ``clients`` requests under way at any time."""

    clients: int
    orders_per_second: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class DurableResult:
    figures: tuple[Figure, ...]
    must_orders_per_second: int
    holds: bool

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def durable(*, seconds: float = 3.0, as_json: AsJson = False) -> None:
    """Orders a second through the whole desk with synchronous=FULL, by requests under way."""
    result = run(seconds)
    rows = [
        (str(one.clients), f"{one.orders_per_second:,}", f"{one.p50_ms}", f"{one.p99_ms}")
        for one in result.figures
    ]
    text = table(("under way", "orders/s", "p50 ms", "p99 ms"), rows)
    verdict = "holds" if result.holds else "DOES NOT HOLD"
    text += f"\nat least {result.must_orders_per_second:,} durable orders/s: {verdict}"
    tell(result.as_json(), text, as_json=as_json)
    if not result.holds:
        raise typer.Exit(1)


def run(seconds: float = 3.0) -> DurableResult:
    """Measure on a temporary data folder."""
    with tempfile.TemporaryDirectory(prefix="simtrade-bench-") as folder:
        app = Simtrade.open(Settings(data=Path(folder)))
        try:
            figures = asyncio.run(_measure(app, seconds))
        finally:
            app.close()
    best = max(figure.orders_per_second for figure in figures)
    return DurableResult(tuple(figures), MUST_ORDERS_PER_SECOND, best >= MUST_ORDERS_PER_SECOND)


async def floor_accounts(app: Simtrade, count: int) -> list[AccountId]:
    """The accounts on the floor of users 1 to ``count``: opened, or those they have already."""
    accounts = []
    for user in range(1, count + 1):
        done = await app.gateway.submit(JoinVenue(UserId(user), "join", FLOOR))
        assert isinstance(done, Done)
        assert done.account_id is not None
        accounts.append(done.account_id)
    return accounts


async def _measure(app: Simtrade, seconds: float) -> list[Figure]:
    accounts = await floor_accounts(app, ACCOUNTS)
    return [await _run_clients(app, accounts, clients, seconds) for clients in CLIENTS]


async def _run_clients(
    app: Simtrade, accounts: list[AccountId], clients: int, seconds: float
) -> Figure:
    waits: list[int] = []
    quotes = [one for one in app.venues.quotes(FLOOR) if one.lower_ticks is not None]
    started = time.monotonic()
    await asyncio.gather(
        *(
            _client(
                app,
                accounts[number % len(accounts)],
                f"{clients}-{number}",
                quotes[number % len(quotes)],
                started + seconds,
                waits,
            )
            for number in range(clients)
        )
    )
    elapsed = time.monotonic() - started
    waits.sort()
    return Figure(
        clients=clients,
        orders_per_second=round(len(waits) / elapsed),
        p50_ms=round(waits[len(waits) // 2] / 1e6, 2),
        p99_ms=round(waits[len(waits) * 99 // 100] / 1e6, 2),
    )


async def _client(
    app: Simtrade,
    account_id: AccountId,
    name: str,
    quote: QuoteView,
    end: float,
    waits: list[int],
) -> None:
    """Place far from the market, cancel, place again: each a durable command."""
    assert quote.lower_ticks is not None
    rules = app.venues.rules(FLOOR, quote.instrument_id)
    assert rules is not None
    number, qty = 0, Qty(rules.lots.min_qty)
    while time.monotonic() < end:
        number += 1
        place = PlaceRequest(
            account_id,
            f"{name}-p{number}",
            quote.instrument_id,
            Side.BUY,
            OrderKind.LIMIT,
            qty,
            PriceTicks(quote.lower_ticks),
            TimeInForce.DAY,
        )
        started = time.perf_counter_ns()
        done = await app.gateway.submit(place)
        placed = time.perf_counter_ns()
        assert isinstance(done, Done), done
        assert done.order_id is not None
        await app.gateway.submit(CancelRequest(account_id, f"{name}-c{number}", done.order_id))
        waits += (placed - started, time.perf_counter_ns() - placed)
