"""A backtrader strategy on our bars, which places one order here and ends when it is filled.

    pip install backtrader alpaca-py
    python backtrader_one_trade.py SYMBOL [SECONDS AT MOST [SECONDS BETWEEN LOOKS]]

``Bars`` is a live feed: it brings the bars so far and then each new one.  ``Broker`` is the little
that backtrader needs to know of an account: cash, value, positions, orders and what became of them.
"""

import os
import sys
import time
from collections import deque
from datetime import timedelta

import backtrader as bt
from alpaca.common.exceptions import APIError
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.requests import StockBarsRequest
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest

ACCOUNT_SECONDS = 5.0  # backtrader asks for cash and value at every bar; we look so often
DEAD = {"canceled", "expired", "rejected"}


class Bars(bt.feed.DataBase):
    """Minute bars of one security from our API; ``patience``: seconds before the feed gives up,
    ``pause``: seconds between two looks, since a key has so many requests a minute."""

    params = (("trading", None), ("data", None), ("patience", 60.0), ("pause", 2.0))

    def islive(self):
        return True

    def start(self):
        super().start()
        self.coming, self.since, self.ends = deque(), None, time.monotonic() + self.p.patience

    def _load(self):
        if not self.coming:
            self._ask()
        if not self.coming:
            return None if time.monotonic() < self.ends else False
        bar = self.coming.popleft()
        self.lines.datetime[0] = bt.date2num(bar.timestamp)
        for name in ("open", "high", "low", "close", "volume"):
            getattr(self.lines, name)[0] = getattr(bar, name)
        self.lines.openinterest[0] = 0
        return True

    def _ask(self):
        """The bars since the last one, without the one that is still being made."""
        if self.since is not None:
            time.sleep(self.p.pause)
        now = self.p.trading.get_clock().timestamp
        minute = timedelta(minutes=1)
        start = now - timedelta(days=4) if self.since is None else self.since + minute
        if start > now - minute:
            return
        asked = StockBarsRequest(
            symbol_or_symbols=self._name,
            timeframe=TimeFrame.Minute,
            start=start,
            end=now - minute,
        )
        self.coming.extend(self.p.data.get_stock_bars(asked).data.get(self._name, []))
        if self.coming:
            self.since = self.coming[-1].timestamp

    @property
    def up_to_date(self):
        return not self.coming


class Broker(bt.BrokerBase):
    """Market and limit orders through the trading client; everything else stays here unknown."""

    def __init__(self, trading):
        super().__init__()
        self.trading = trading
        self.notes, self.working = deque(), {}
        self.account, self.looked_at = None, 0.0

    def start(self):
        super().start()
        self.startingcash = self.getcash()

    def _account(self, *, fresh=False):
        if fresh or time.monotonic() - self.looked_at > ACCOUNT_SECONDS:
            self.account, self.looked_at = self.trading.get_account(), time.monotonic()
        return self.account

    def getcash(self):
        return float(self._account().cash)

    def getvalue(self, datas=None):
        return float(self._account().equity)

    def getposition(self, data, clone=True):
        for one in self.trading.get_all_positions():
            if one.symbol == data._name:
                return bt.Position(float(one.qty), float(one.avg_entry_price))
        return bt.Position()

    def buy(self, owner, data, size, price=None, exectype=None, **_):
        return self._send(bt.BuyOrder, OrderSide.BUY, owner, data, size, price, exectype)

    def sell(self, owner, data, size, price=None, exectype=None, **_):
        return self._send(bt.SellOrder, OrderSide.SELL, owner, data, size, price, exectype)

    def _send(self, kind, side, owner, data, size, price, exectype):
        order = kind(owner=owner, data=data, size=size, price=price, exectype=exectype)
        order.addcomminfo(self.getcommissioninfo(data))
        terms = {"symbol": data._name, "qty": size, "side": side, "time_in_force": TimeInForce.DAY}
        try:
            if exectype == bt.Order.Limit:
                placed = self.trading.submit_order(LimitOrderRequest(**terms, limit_price=price))
            else:
                placed = self.trading.submit_order(MarketOrderRequest(**terms))
        except APIError as refusal:
            print(f"refused: {refusal.message}")
            order.reject(self)
        else:
            order.addinfo(remote=placed.id)
            order.submit(self)
            order.accept(self)
            self.working[placed.id] = order
        self.notes.append(order.clone())
        return order

    def cancel(self, order):
        try:
            self.trading.cancel_order_by_id(order.info.remote)
        except APIError as refusal:  # it may have been filled just now
            print(f"not cancelled: {refusal.message}")

    def next(self):
        """See what has become of the orders at work: fills first, then ends."""
        for remote, order in list(self.working.items()):
            seen = self.trading.get_order_by_id(remote)
            filled, price = float(seen.filled_qty), float(seen.filled_avg_price or 0)
            fresh = filled - abs(order.executed.size)
            if fresh > 0:
                self._fill(order, fresh, filled, price)
            if seen.status.value in DEAD:
                order.cancel()
            if not order.alive():
                del self.working[remote]
            if fresh > 0 or not order.alive():
                self.notes.append(order.clone())

    def _fill(self, order, fresh, filled, average):
        """Tell backtrader of a fill: the price is what makes the average come out right."""
        before = abs(order.executed.size)
        price = (filled * average - before * order.executed.price) / fresh
        size = fresh if order.isbuy() else -fresh
        now, own = order.data.datetime[0], self.getposition(order.data)
        self._account(fresh=True)
        order.execute(
            now, size, price, 0, 0.0, 0.0, size, size * price, 0.0, 0.0, 0.0, own.size, own.price
        )

    def get_notification(self):
        return self.notes.popleft() if self.notes else None


class OneTrade(bt.Strategy):
    """Buys one lot as soon as the bars have reached the present, and ends when it has it."""

    params = (("lot", 1),)

    def __init__(self):
        self.mean = bt.indicators.SMA(self.data.close, period=5)
        self.order = None

    def next(self):
        if self.order is None and self.data.up_to_date:
            print(f"{len(self)} bars, close {self.data.close[0]:g}, mean {self.mean[0]:g}")
            self.order = self.buy(size=self.p.lot)

    def notify_order(self, order):
        print(f"order {order.getstatusname().lower()}")
        if not order.alive():
            if order.status == order.Completed:
                print(f"bought {order.executed.size:g} at {order.executed.price:g}")
            self.env.runstop()


def main(symbol, patience="60", pause="2"):
    keys = os.environ["APCA_API_KEY_ID"], os.environ["APCA_API_SECRET_KEY"]
    trading = TradingClient(*keys, url_override=os.environ["APCA_API_BASE_URL"])
    data = StockHistoricalDataClient(*keys, url_override=os.environ["APCA_API_DATA_URL"])
    cerebro = bt.Cerebro(stdstats=False, quicknotify=True)
    broker = Broker(trading)
    cerebro.setbroker(broker)
    times = {"patience": float(patience), "pause": float(pause)}
    cerebro.adddata(Bars(trading=trading, data=data, **times), name=symbol)
    cerebro.addstrategy(OneTrade, lot=trading.get_asset(symbol).min_order_size or 1)
    cerebro.run()
    for order in list(broker.working.values()):
        broker.cancel(order)


if __name__ == "__main__":
    main(*(sys.argv[1:] or sys.exit(__doc__)))
