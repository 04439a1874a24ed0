"""A bot of forty lines: holds one lot while the price is above its mean of ten minutes.

It takes the time from the market and not from the computer, asks seldom, lives with refusals,
and stops by itself after some rounds, with no open order left.

    python bot.py SYMBOL [ROUNDS [SECONDS BETWEEN THEM]]
"""

import os
import sys
import time
from contextlib import suppress
from datetime import timedelta

from alpaca.common.enums import Sort
from alpaca.common.exceptions import APIError
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.requests import StockBarsRequest
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import MarketOrderRequest

symbol, rounds, pause = (sys.argv[1:] or sys.exit(__doc__)) + ["20", "5"][len(sys.argv) - 2 :]
keys = os.environ["APCA_API_KEY_ID"], os.environ["APCA_API_SECRET_KEY"]
trading = TradingClient(*keys, url_override=os.environ["APCA_API_BASE_URL"])
data = StockHistoricalDataClient(*keys, url_override=os.environ["APCA_API_BASE_URL"])
lot = trading.get_asset(symbol).min_order_size or 1
mine = set()  # only its own orders are a bot's business


def last_closes(now):
    week = {"start": now - timedelta(days=7), "end": now, "sort": Sort.DESC, "limit": 10}
    asked = StockBarsRequest(symbol_or_symbols=symbol, timeframe=TimeFrame.Minute, **week)
    return [bar.close for bar in data.get_stock_bars(asked).data.get(symbol, [])]


def act(now):
    """Buy, sell or do nothing; say what was done."""
    if any(one.id in mine for one in trading.get_orders()):
        return "an order is still on its way"
    closes = last_closes(now)
    above = bool(closes) and closes[0] > sum(closes) / len(closes)
    own = next((one for one in trading.get_all_positions() if one.symbol == symbol), None)
    if above == (own is not None) or not closes:
        return "nothing to do"
    # What was bought today may be sellable only tomorrow: qty_available knows.
    qty = lot if own is None else min(lot, float(own.qty_available))
    if qty <= 0:
        return "nothing that could be sold today"
    side = OrderSide.BUY if own is None else OrderSide.SELL
    terms = {"symbol": symbol, "qty": qty, "side": side, "time_in_force": TimeInForce.DAY}
    mine.add(trading.submit_order(MarketOrderRequest(**terms)).id)
    return f"{side.value} {qty:g}"


try:
    for number in range(int(rounds)):
        time.sleep(float(pause) if number else 0)
        clock = trading.get_clock()
        try:
            done = act(clock.timestamp) if clock.is_open else "the market is closed"
        except APIError as refusal:
            done = f"refused: {refusal.message}"
        print(f"{clock.timestamp:%Y-%m-%d %H:%M:%S}  {done}", flush=True)
finally:  # also when somebody presses Ctrl-C
    for order_id in mine & {one.id for one in trading.get_orders()}:
        with suppress(APIError):  # it was filled while we looked
            trading.cancel_order_by_id(order_id)
account = trading.get_account()
print(f"stopped with {account.equity} {account.currency}")
