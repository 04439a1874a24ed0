from __future__ import annotations

import io
import random

import numpy as np

from feeds.calendar import Int64s, day_number, day_of
from feeds.imports.lean_rows import (
    DAILY_BAR,
    QUOTE_BAR,
    QUOTE_TICK,
    TRADE_BAR,
    TRADE_TICK,
    BestQuotes,
    daily_bars,
    minute_bars,
    shots,
    trades,
)
from feeds.imports.number_rows import number_rows
from feeds.imports.opening import Part
from feeds.records import TradeFlag
from tests.feeds.imports.lean_sample import (
    DAILY,
    MINUTES,
    QUOTES,
    SECOND_QUOTES,
    SECOND_TRADES,
    TRADES,
)

MIDNIGHT = 10**18
MS = 10**6


def values(lines: list[str], kinds: tuple[int, ...]) -> Int64s:
    blocks = list(number_rows(Part("a", io.BytesIO("\n".join(lines).encode())), kinds))
    assert not any(block.bad for block in blocks)
    return np.concatenate([block.values for block in blocks])


def test_a_daily_bar_has_its_day() -> None:
    bars = daily_bars(values(DAILY["abc"], DAILY_BAR), 3)
    assert [str(day_of(one)) for one in bars["time"].tolist()] == [
        "2013-10-04",
        "2013-10-07",
        "2013-10-08",
    ]
    assert bars[0].tolist()[1:] == (3, 200_000, 210_000, 190_000, 205_000, 100)
    wrong = ["20130230 00:00", "20131301 00:00", "20131004 09:30", "2013 00:00", "20130131 00:00"]
    times = daily_bars(values([f"{one},1,1,1,1,1" for one in wrong], DAILY_BAR), 0)["time"]
    assert times.tolist() == [0, 0, 0, 0, day_number(day_of(int(times[4])))]
    assert str(day_of(int(times[4]))) == "2013-01-31"


def test_a_minute_bar_has_its_moment() -> None:
    bars = minute_bars(values(MINUTES, TRADE_BAR), 0, MIDNIGHT)
    assert bars["time"].tolist()[0] == MIDNIGHT + 34_140_000 * MS


def test_trades_say_what_they_do_not_count_for() -> None:
    rows = trades(values(TRADES, TRADE_TICK), 1, MIDNIGHT)
    both = TradeFlag.NO_PRICE | TradeFlag.NO_VOLUME
    assert rows["flags"].tolist() == [TradeFlag.NO_PRICE, 0, 0, TradeFlag.NO_PRICE, both, 0, both]
    assert rows[1].tolist() == (
        *(MIDNIGHT + 34_200_000 * MS, MIDNIGHT + 34_200_000 * MS, 0, 1),
        *(200_000, 100, 0, 0),
    )


def test_a_bid_is_told_with_the_ask_of_its_moment() -> None:
    best = BestQuotes(0, 0)
    quotes = values(QUOTES, QUOTE_TICK)
    told = [*best.take(quotes), *best.take(quotes[:0], last=True)]
    shown = [
        (
            one["at_ns"] // MS,
            *(
                int(one[f"{side}_{name}"][0])
                for side in ("bid", "ask")
                for name in ("ticks", "qty")
            ),
        )
        for one in told
    ]
    assert shown == [
        (34_199_000, 199_000, 300, 200_500, 400),
        (34_200_100, 199_500, 200, 200_500, 100),
        (34_202_500, 199_500, 200, 200_400, 600),
    ]
    assert best.suspicious == 1


def test_blocks_of_quotes_make_no_difference() -> None:
    draw = random.Random(1)
    lines = []
    for k in range(300):
        side = draw.randrange(2)
        cells = (draw.randint(1, 9), draw.randint(1, 9))
        told = (*cells, 0, 0) if side else (0, 0, *cells)
        lines.append(
            f"{k // 3},{','.join(map(str, told))},{draw.choice('NQ')},1,{draw.randint(0, 9) // 9}"
        )
    quotes = values(lines, QUOTE_TICK)
    whole = BestQuotes(0, 0)
    expected = np.concatenate((whole.take(quotes), whole.take(quotes[:0], last=True)))
    parts, pieces = BestQuotes(0, 0), []
    while len(quotes):
        cut = draw.randint(0, 9)
        pieces.append(parts.take(quotes[:cut]))
        quotes = quotes[cut:]
    pieces.append(parts.take(quotes, last=True))
    assert np.concatenate(pieces).tolist() == expected.tolist()
    assert parts.suspicious == whole.suspicious > 0


def test_second_bars_are_what_was_shown_after_each_second() -> None:
    trade, quote = values(SECOND_TRADES, TRADE_BAR), values(SECOND_QUOTES, QUOTE_BAR)[1:]
    found = shots(trade, quote, 2, 0, 10**9)
    assert (found["at_ns"] // MS).tolist() == [34_201_000, 34_203_000, 34_204_000]
    assert found["bid_ticks"][:, 0].tolist() == [199_500] * 3
    assert found["ask_qty"][:, 0].tolist() == [100, 100, 600]
    assert found["volume"].tolist() == [300, 700, 700]
    assert found["high_ticks"].tolist() == [200_100, 200_400, 200_400]
    assert found["low_ticks"].tolist() == [200_000] * 3
    assert found["turnover"].tolist() == [300 * 200_050, *[300 * 200_050 + 400 * 200_200] * 2]
    assert found["trades"].tolist() == [1, 2, 2]
    alone = shots(trade, quote[:0], 2, 0, 10**9)
    assert (alone["bid_qty"].sum(), len(alone)) == (0, 2)
    assert shots(trade[:0], quote, 2, 0, 10**9)["last_ticks"].tolist() == [0, 0]
