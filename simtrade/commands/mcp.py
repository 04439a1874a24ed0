"""``simtrade mcp``: lets an agent's client, which starts programs, use an account by its key."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated

import typer

from simtrade.mistakes import Mistake

# The names that `simtrade env` prints, as every other client reads them.
URL, KEY_ID, SECRET = "APCA_API_BASE_URL", "APCA_API_KEY_ID", "APCA_API_SECRET_KEY"
DEFAULT_URL = "http://127.0.0.1:8000"


def mcp(
    *,
    url: Annotated[
        str, typer.Option(help=f"Where simtrade runs; else {URL}, else {DEFAULT_URL}.")
    ] = "",
    allow_orders: Annotated[
        bool, typer.Option("--allow-orders", help="Let it also place and cancel practice orders.")
    ] = False,
) -> None:
    """Speak the Model Context Protocol on standard input and output, for a tutor agent.

    The key stands in APCA_API_KEY_ID and APCA_API_SECRET_KEY (simtrade env makes one); without
    --allow-orders, or with a key that only reads, nothing can be ordered.
    """
    from simtrade.people.api_keys import KEY_PREFIX

    key_id, secret = os.environ.get(KEY_ID, ""), os.environ.get(SECRET, "")
    if not key_id or not secret:
        raise Mistake(f"Set {KEY_ID} and {SECRET} to a key (simtrade env makes one).")
    if not key_id.startswith(KEY_PREFIX):
        # It may be a real broker's, whose secret must not go anywhere.
        raise Mistake(f"{KEY_ID} is no key of a simulated market: those begin with {KEY_PREFIX}.")
    # The level above may not be imported here: it is looked up by its name.
    bridge = import_module("web.mcp.bridge")
    bridge.run(url or os.environ.get(URL, "") or DEFAULT_URL, key_id, secret, orders=allow_orders)
