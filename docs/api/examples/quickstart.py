"""First calls with alpaca-py: account, clock, price, one order followed to its end.

It takes the address and the key from the environment:

    pip install alpaca-py
    eval "$(simtrade env --user NAME --venue floor)"
    python quickstart.py [SYMBOL]
"""

import os
import sys
import time
import uuid

from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.requests import StockLatestBarRequest
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import AssetStatus, OrderSide, OrderStatus, TimeInForce
from alpaca.trading.requests import GetAssetsRequest, MarketOrderRequest

WAIT_SECONDS = 20
ENDED = {OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED}

base, key, secret = (
    os.environ[name] for name in ("APCA_API_BASE_URL", "APCA_API_KEY_ID", "APCA_API_SECRET_KEY")
)
# The address is the only thing that differs from a program for the real place.
trading = TradingClient(key, secret, url_override=base)
data = StockHistoricalDataClient(key, secret, url_override=base)

account = trading.get_account()
clock = trading.get_clock()
print(f"cash    {account.cash} {account.currency}")
state = "open" if clock.is_open else "closed"
print(f"time    {clock.timestamp.isoformat()}, the market is {state}")

if len(sys.argv) > 1:
    asset = trading.get_asset(sys.argv[1])
else:
    asset = trading.get_all_assets(GetAssetsRequest(status=AssetStatus.ACTIVE))[0]
lot = asset.min_order_size or 1
# Not every venue shows quotes: a replay of bars has none.  Every venue has bars.
asked = StockLatestBarRequest(symbol_or_symbols=asset.symbol)
bar = data.get_stock_latest_bar(asked)[asset.symbol]
print(f"price   {bar.close} for {asset.symbol}, traded in lots of {lot:g}")

# It fills at the market's next price; while the clock of a practice market stands there is none.
order = trading.submit_order(
    MarketOrderRequest(
        symbol=asset.symbol,
        qty=lot,
        side=OrderSide.BUY,
        time_in_force=TimeInForce.DAY,
        client_order_id=f"quickstart-{uuid.uuid4().hex}",
    )
)
until = time.monotonic() + WAIT_SECONDS
while order.status not in ENDED and time.monotonic() < until:
    time.sleep(1)
    order = trading.get_order_by_id(order.id)
if order.status not in ENDED:
    trading.cancel_order_by_id(order.id)
    order = trading.get_order_by_id(order.id)
print(f"order   {order.status.value}: {order.filled_qty} at {order.filled_avg_price}")
for position in trading.get_all_positions():
    print(f"own     {position.qty} {position.symbol}, worth {position.market_value}")
