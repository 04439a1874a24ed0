"""The tape that a benchmark is to run on."""

from __future__ import annotations

from feeds.order_store import open_order_tape
from feeds.order_tape import OrderTape
from feeds.tape import TapeError, TapeKind
from feeds.tape_store import list_tapes
from simtrade.commands.output import TAPES, load_settings
from simtrade.mistakes import Mistake


def order_tape(tape: str) -> OrderTape:
    """The tape of orders with this id, or the only one with this name.  Raises Mistake."""
    root = load_settings().data / TAPES
    try:
        found = [one for one in list_tapes(root) if tape in (one.tape_id, one.name)]
        if not found:
            raise Mistake(f"There is no tape {tape!r}; see `simtrade tape list`.")
        if len(found) > 1:
            raise Mistake(f"Several tapes are called {tape!r}; name one by its id.")
        if found[0].kind is not TapeKind.STREET_ORDERS:
            raise Mistake(f"The tape {tape!r} holds bars; orders are needed.")
        return open_order_tape(root, found[0].tape_id)
    except TapeError as error:
        raise Mistake(f"{error}.") from error
