"""A program that names no address, as frameworks do."""

import json
import os
import sys

sys.path.insert(0, sys.argv[1])

import redirect  # noqa: F401 - it must come first, for what it does
from alpaca.data.live import StockDataStream
from alpaca.trading.client import TradingClient
from alpaca.trading.stream import TradingStream

keys = os.environ["APCA_API_KEY_ID"], os.environ["APCA_API_SECRET_KEY"]
sys.stdout.write(
    json.dumps(
        {
            "clocks": [
                TradingClient(*keys, paper=paper).get_clock().timestamp.year
                for paper in (True, False)
            ],
            "streams": [TradingStream(*keys)._endpoint, StockDataStream(*keys)._endpoint],
        }
    )
)
