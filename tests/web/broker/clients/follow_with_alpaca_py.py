"""A program that follows its market and its orders with alpaca-py until it has seen enough.

Arguments: which kinds of market data to wait for.  Prints what it heard as JSON.
"""

import asyncio
import json
import os
import sys

from alpaca.data.live import StockDataStream
from alpaca.trading.stream import TradingStream

WANTED = set(sys.argv[1:])
KEYS = (os.environ["APCA_API_KEY_ID"], os.environ["APCA_API_SECRET_KEY"])
HOST = os.environ["APCA_API_STREAM_URL"]

heard = {}
updates = []
enough = asyncio.Event()


def check():
    if heard.keys() >= WANTED and updates and updates[-1]["event"] == "fill":
        enough.set()


def data_stream():
    stream = StockDataStream(*KEYS, url_override=f"{HOST}/v2/iex")

    def keep(kind):
        async def hear(message):
            heard[kind] = {"symbol": message.symbol, "at": message.timestamp.isoformat()}
            check()

        return hear

    stream.subscribe_trades(keep("trades"), "*")
    stream.subscribe_quotes(keep("quotes"), "*")
    stream.subscribe_bars(keep("bars"), "*")
    stream.subscribe_daily_bars(keep("dailyBars"), "*")
    stream.subscribe_trading_statuses(keep("statuses"), "*")
    return stream


def trading_stream():
    stream = TradingStream(*KEYS, url_override=f"{HOST}/stream")

    async def hear(update):
        updates.append(
            {
                "event": str(getattr(update.event, "value", update.event)),
                "status": update.order.status.value,
                "order": str(update.order.id),
                "execution": str(update.execution_id or ""),
                "qty": update.qty,
                "position": update.position_qty,
            }
        )
        check()

    stream.subscribe_trade_updates(hear)
    return stream


async def main():
    streams = [data_stream(), trading_stream()]
    tasks = [asyncio.create_task(one._run_forever()) for one in streams]
    await enough.wait()
    for one in streams:
        await one.stop_ws()
    for one in tasks:
        one.cancel()


asyncio.run(asyncio.wait_for(main(), 40))
print(json.dumps({"data": heard, "updates": updates}))
