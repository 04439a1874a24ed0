"""A program that follows its market and its orders with alpaca-trade-api until it has seen enough.

Arguments: which kinds of market data to wait for.  Everything it needs to know comes from the
environment.  Prints what it heard as JSON.
"""

import asyncio
import json
import sys

from alpaca_trade_api.stream import Stream

WANTED = set(sys.argv[1:])

heard = {}
updates = []
enough = asyncio.Event()


def check():
    if heard.keys() >= WANTED and updates and updates[-1]["event"] == "fill":
        enough.set()


async def main():
    stream = Stream()

    def keep(kind):
        async def hear(message):
            heard[kind] = {"symbol": message.symbol, "at": str(message.timestamp)}
            check()

        return hear

    async def hear_update(update):
        order = update.order
        updates.append({"event": update.event, "status": order["status"], "order": order["id"]})
        check()

    stream.subscribe_trade_updates(hear_update)
    stream.subscribe_trades(keep("trades"), "*")
    stream.subscribe_quotes(keep("quotes"), "*")
    stream.subscribe_bars(keep("bars"), "*")
    stream.subscribe_daily_bars(keep("dailyBars"), "*")
    task = asyncio.create_task(stream._run_forever())
    await enough.wait()
    await stream.stop_ws()
    task.cancel()


asyncio.run(asyncio.wait_for(main(), 40))
print(json.dumps({"data": heard, "updates": updates}))
