"""Chinese shares in alpaca-py, which knows American exchanges only."""

from __future__ import annotations

import json
import os
import sys

from alpaca.trading.client import TradingClient

client = TradingClient(
    os.environ["APCA_API_KEY_ID"],
    os.environ["APCA_API_SECRET_KEY"],
    url_override=os.environ["APCA_API_BASE_URL"],
)
assets, clock, days = client.get_all_assets(), client.get_clock(), client.get_calendar()
assert assets
assert days
assert clock.next_open > clock.timestamp
history = client.get_portfolio_history()
found = [
    assets[0].exchange.value,
    client.get_account().currency,
    history.timeframe,
    len(history.equity),
]
sys.stdout.write(json.dumps(found) + "\n")
