"""Sends a framework that cannot name another address here: import this before the framework.

    import redirect  # reads the variables of `simtrade env`
    from lumibot.brokers import Alpaca

It changes the addresses that alpaca-py knows, in this process only; live and paper both lead here.
"""

import os
import sys
from enum import Enum

from alpaca.common import enums

REST, STREAM = os.environ["APCA_API_BASE_URL"], os.environ["APCA_API_STREAM_URL"]


def place(name):
    """Our address for one of the names that alpaca-py has for its own."""
    if name == "MARKET_DATA_STREAM":
        return STREAM
    return f"{STREAM}/stream" if name.startswith("TRADING_STREAM") else REST


if "alpaca.trading" in sys.modules or "alpaca.data" in sys.modules:
    raise ImportError("import redirect before anything that imports alpaca-py")
enums.BaseURL = Enum("BaseURL", {one.name: place(one.name) for one in enums.BaseURL}, type=str)
