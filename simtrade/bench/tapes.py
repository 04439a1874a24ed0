"""The tape that a benchmark is to run on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from feeds.calendar import Int64s
from feeds.market_store import MarketTape, open_market_tape
from feeds.order_store import open_order_tape
from feeds.order_tape import STREET, OrderTape, StreetKind
from feeds.records import TRADES, Aggressor, Table
from feeds.street_check import NOBODY
from feeds.tape import TapeError, TapeKind
from feeds.tape_store import Manifest, list_tapes
from simtrade.commands.output import TAPES, load_settings
from simtrade.mistakes import Mistake

_LEAST_TRADES = 100


def order_tape(tape: str) -> OrderTape:
    """The tape of orders with this id, or the only one with this name.  Raises Mistake."""
    root = load_settings().data / TAPES
    try:
        found = _manifest(root, tape)
        if found.kind is not TapeKind.STREET_ORDERS:
            raise Mistake(f"The tape {tape!r} holds no orders, which are needed.")
        return open_order_tape(root, found.tape_id)
    except TapeError as error:
        raise Mistake(f"{error}.") from error


def recorded_street(tape: str, symbol: str) -> OrderTape | tuple[str, Int64s, int, int]:
    """A tape of orders; or of a tape of trades those of one instrument: its name, its rows as in
    ``feeds.order_tape.STREET``, its first and its last moment.  Raises Mistake."""
    root = load_settings().data / TAPES
    try:
        found = _manifest(root, tape)
        if found.kind is TapeKind.STREET_ORDERS:
            return open_order_tape(root, found.tape_id)
        if found.kind is not TapeKind.MARKET:
            raise Mistake(f"The tape {tape!r} holds bars; orders or trades are needed.")
        return _trades(open_market_tape(root, found.tape_id), symbol)
    except TapeError as error:
        raise Mistake(f"{error}.") from error


def _trades(tape: MarketTape, symbol: str) -> tuple[str, Int64s, int, int]:
    symbols = [one.symbol for one in tape.header.instruments]
    if symbol not in ("", *symbols):
        raise Mistake(f"The tape has no {symbol}; it has {', '.join(symbols)}.")
    place = symbols.index(symbol) if symbol else 0
    found = [part[part["instrument"] == place] for part in tape.rows(Table.TRADES)]
    trades = np.concatenate(found) if found else np.empty(0, TRADES)
    # Prints that make no price are no trades of the market.
    trades = trades[(trades["flags"] == 0) & (trades["aggressor"] != Aggressor.AUCTION)]
    if len(trades) < _LEAST_TRADES:
        raise Mistake(f"{symbols[place]} has {len(trades)} trades; {_LEAST_TRADES} are needed.")
    trades = trades[np.argsort(trades["at_ns"], kind="stable")]
    street = np.full((len(STREET), len(trades)), NOBODY, np.int64)
    street[0] = np.arange(len(trades))
    street[1], street[2] = trades["at_ns"], StreetKind.TRADE
    # Who took is guessed from the price where nobody says: up bought, down sold.
    moved = np.sign(np.diff(trades["price_ticks"], prepend=trades["price_ticks"][0]))
    guessed = np.where(moved < 0, 1, 0)
    told = np.where(trades["aggressor"] == Aggressor.SELLER, 1, 0)
    street[3] = np.where(trades["aggressor"] == Aggressor.UNKNOWN, guessed, told)
    street[6], street[7] = trades["price_ticks"], trades["qty"]
    name = f"{tape.manifest.tape_id} {symbols[place]}"
    return name, street, int(street[1, 0]), int(street[1, -1]) + 1


def _manifest(root: Path, tape: str) -> Manifest:
    found = [one for one in list_tapes(root) if tape in (one.tape_id, one.name)]
    if not found:
        raise Mistake(f"There is no tape {tape!r}; see `simtrade tape list`.")
    if len(found) > 1:
        raise Mistake(f"Several tapes are called {tape!r}; name one by its id.")
    return found[0]
