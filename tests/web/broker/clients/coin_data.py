"""A script as its author has it: alpaca-py's client for coins."""

import json
import os
from datetime import datetime

from alpaca.data.historical import CryptoHistoricalDataClient
from alpaca.data.requests import (
    CryptoBarsRequest,
    CryptoLatestBarRequest,
    CryptoLatestOrderbookRequest,
    CryptoLatestQuoteRequest,
    CryptoLatestTradeRequest,
    CryptoQuoteRequest,
    CryptoSnapshotRequest,
    CryptoTradesRequest,
)
from alpaca.data.timeframe import TimeFrame

PAIR, START = "BTC/USD", datetime(2023, 11, 15)
data = CryptoHistoricalDataClient(
    os.environ["APCA_API_KEY_ID"],
    os.environ["APCA_API_SECRET_KEY"],
    url_override=os.environ["APCA_API_DATA_URL"],
)
asked = {"symbol_or_symbols": PAIR, "start": START}
bars = data.get_crypto_bars(CryptoBarsRequest(timeframe=TimeFrame.Minute, **asked))[PAIR]
trades = data.get_crypto_trades(CryptoTradesRequest(**asked))[PAIR]
quotes = data.get_crypto_quotes(CryptoQuoteRequest(**asked))[PAIR]
pair = {"symbol_or_symbols": PAIR}
snapshot = data.get_crypto_snapshot(CryptoSnapshotRequest(**pair))[PAIR]
book = data.get_crypto_latest_orderbook(CryptoLatestOrderbookRequest(**pair))[PAIR]
print(
    json.dumps(
        {
            "bars": [[bar.close, bar.volume, bar.trade_count] for bar in bars],
            "trades": [[trade.price, trade.size] for trade in trades],
            "asks": sorted({quote.ask_price for quote in quotes}),
            "bar": data.get_crypto_latest_bar(CryptoLatestBarRequest(**pair))[PAIR].close,
            "trade": data.get_crypto_latest_trade(CryptoLatestTradeRequest(**pair))[PAIR].price,
            "quote": data.get_crypto_latest_quote(CryptoLatestQuoteRequest(**pair))[PAIR].ask_price,
            "book": [[level.price, level.size] for level in book.bids],
            "snapshot": snapshot.daily_bar.high,
        }
    )
)
