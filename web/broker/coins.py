"""``/v1beta3/crypto/{loc}/...``: the same market data for pairs of coins, and their order books.

A pair is asked for as BTCUSDT or as BTC/USDT, and answered under the name that was asked for.
"""

from __future__ import annotations

from typing import Any

from starlette.routing import BaseRoute, Route

from matching.instrument import Instrument
from simtrade.venues.history import History
from simtrade.venues.snapshot import Snapshot
from web.broker import data_wire
from web.broker.data_questions import Question, data
from web.broker.stocks import LATEST, many, many_latest, newest, snapshot

_BASE = "/v1beta3/crypto/{loc}"


def _order_book(
    history: History,  # noqa: ARG001
    shown: Snapshot,
    one: Instrument,
) -> dict[str, Any] | None:
    depth = shown.depth.get(one.instrument_id)
    if depth is None or not (depth.bids or depth.asks):
        return None
    return data_wire.order_book(one, shown.clock.at_ns, depth.bids, depth.asks)


def _order_books(question: Question) -> dict[str, Any]:
    return {"orderbooks": newest(question, _order_book, coins=True)}


def _snapshots(question: Question) -> dict[str, Any]:
    return {"snapshots": newest(question, snapshot, coins=True)}


ROUTES: list[BaseRoute] = [
    *(Route(f"{_BASE}/{name}", many(name, coins=True)) for name in ("bars", "quotes", "trades")),
    *(Route(f"{_BASE}/latest/{name}", many_latest(name, coins=True)) for name in LATEST),
    Route(f"{_BASE}/latest/orderbooks", data(_order_books)),
    Route(f"{_BASE}/snapshots", data(_snapshots)),
]
