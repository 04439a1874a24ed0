"""A script as its author has it: alpaca-py's data clients, pointed here by their addresses."""

import json
import os
import sys
from datetime import datetime

from alpaca.data.enums import Adjustment, DataFeed
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.historical.corporate_actions import CorporateActionsClient
from alpaca.data.historical.news import NewsClient
from alpaca.data.historical.screener import ScreenerClient
from alpaca.data.requests import (
    CorporateActionsRequest,
    MarketMoversRequest,
    MostActivesRequest,
    NewsRequest,
    StockBarsRequest,
    StockLatestBarRequest,
    StockLatestQuoteRequest,
    StockLatestTradeRequest,
    StockQuotesRequest,
    StockSnapshotRequest,
    StockTradesRequest,
)
from alpaca.data.timeframe import TimeFrame, TimeFrameUnit
from alpaca.trading.client import TradingClient

KEY, SECRET = os.environ["APCA_API_KEY_ID"], os.environ["APCA_API_SECRET_KEY"]
BASE = os.environ["APCA_API_DATA_URL"]


def client(kind):
    return kind(KEY, SECRET, url_override=BASE)


data = client(StockHistoricalDataClient)
clock = TradingClient(KEY, SECRET, url_override=BASE).get("/clock")
now = datetime.fromisoformat(clock["timestamp"][:19])
one, two = sys.argv[1:3]
start = datetime.fromisoformat(sys.argv[3])
daily = data.get_stock_bars(
    StockBarsRequest(
        symbol_or_symbols=[one, two],
        timeframe=TimeFrame.Day,
        start=start,
        adjustment=Adjustment.ALL,
        feed=DataFeed.IEX,
    )
)
limited = data.get_stock_bars(
    StockBarsRequest(
        symbol_or_symbols=one, timeframe=TimeFrame(15, TimeFrameUnit.Minute), start=start, limit=50
    )
)
quotes = data.get_stock_quotes(StockQuotesRequest(symbol_or_symbols=one, start=start, limit=30))
trades = data.get_stock_trades(StockTradesRequest(symbol_or_symbols=one, start=start, limit=30))
latest = {
    "bar": data.get_stock_latest_bar(StockLatestBarRequest(symbol_or_symbols=one)),
    "quote": data.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols=[one, two])),
    "trade": data.get_stock_latest_trade(StockLatestTradeRequest(symbol_or_symbols=one)),
}
snapshots = data.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols=[one, two]))
screener = client(ScreenerClient)
actives = screener.get_most_actives(MostActivesRequest(top=5))
movers = screener.get_market_movers(MarketMoversRequest(top=5))
news = client(NewsClient).get_news(NewsRequest(symbols=one))
actions = client(CorporateActionsClient).get_corporate_actions(
    CorporateActionsRequest(symbols=[one, two], start=start.date(), end=now.date())
)
print(
    json.dumps(
        {
            "daily": {name: len(bars) for name, bars in daily.data.items()},
            "frame": list(daily.df.columns) if daily.data else [],
            "last_close": daily[one][-1].close,
            "limited": len(limited[one]),
            "quotes": len(quotes.data.get(one, [])),
            "trades": [trade.id for trade in trades.data.get(one, [])],
            "latest_bar": latest["bar"][one].close,
            "latest_quotes": sorted(latest["quote"]),
            "latest_trade": latest["trade"][one].price,
            "snapshots": sorted(snapshots),
            "snapshot_close": snapshots[one].daily_bar.close,
            "previous": snapshots[one].previous_daily_bar.timestamp.isoformat(),
            "actives": [stock.symbol for stock in actives.most_actives],
            "movers": len(movers.gainers) + len(movers.losers),
            "news": news.data["news"],
            "actions": {name: len(found) for name, found in actions.data.items()},
        }
    )
)
