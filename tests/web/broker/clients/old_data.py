"""A script as its author has it: alpaca-trade-api, pointed here by its variables."""

import json
import sys

from alpaca_trade_api.rest import REST, TimeFrame, TimeFrameUnit

one, two, start = sys.argv[1:4]
api = REST()
daily = api.get_bars(one, TimeFrame.Day, start=start, adjustment="all").df
both = api.get_bars([one, two], TimeFrame(1, TimeFrameUnit.Hour), start=start, limit=90)
quotes = api.get_quotes(one, start=start, limit=20)
trades = api.get_trades(one, start=start, limit=20)
newest = api.get_trades([one, two], limit=3, sort="desc")
snapshot = api.get_snapshot(one)
print(
    json.dumps(
        {
            "daily": len(daily),
            "last_close": float(daily.close.iloc[-1]),
            "both": len(both),
            "quotes": len(quotes),
            "trades": len(trades),
            "newest": [trade.S for trade in newest],
            "latest_bar": api.get_latest_bar(one).c,
            "latest_trade": api.get_latest_trade(one).p,
            "latest_bars": sorted(api.get_latest_bars([one, two])),
            "latest_trades": sorted(api.get_latest_trades([one, two])),
            "latest_quotes": sorted(api.get_latest_quotes([one, two])),
            "snapshot": snapshot.daily_bar.c,
            "snapshot_trade": snapshot.latest_trade.p,
            "snapshots": sorted(api.get_snapshots([one, two])),
            "news": api.get_news(one),
        }
    )
)
