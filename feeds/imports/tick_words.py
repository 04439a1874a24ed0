"""Which columns of a table of ticks are what: prints, quotes, levels of depth, who took."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from feeds.imports.csv_kernel import Kind
from feeds.imports.csv_spec import DATE, SYMBOL, TIME
from feeds.imports.csv_values import DEFAULT_NAMES
from feeds.records import MOST_LEVELS, Aggressor

PRICE, QTY, SIDE = "price", "qty", "side"

_SPELLINGS = {
    PRICE: ("price", "last", "last_price", "px", "lastpx", "成交价", "成交价格", "价格"),
    QTY: ("qty", "size", "volume", "vol", "quantity", "last_size", "lastqty", "成交量", "数量"),
    SIDE: ("side", "aggressor", "direction", "bs", "buyorsell", "taker", "买卖", "买卖方向"),
}
_WORDS = {word: name for name, words in _SPELLINGS.items() for word in words}
_MOMENTS = {
    word: name.value for word, name in DEFAULT_NAMES.items() if name.value in (SYMBOL, DATE, TIME)
}
_LEVEL = re.compile(
    r"(?P<side>bid|ask)s?_?(?P<first>\d{0,2})_?(?P<what>price|px|p|size|qty|vol|volume|amount|v)?"
    r"_?(?P<last>\d{0,2})"
)
_QTY_WORDS = ("size", "qty", "vol", "volume", "amount", "v")

_SIDES = {
    Aggressor.BUYER: ("b", "buy", "buyer", "bid", "买", "买盘", "买入"),
    Aggressor.SELLER: ("s", "sell", "seller", "ask", "卖", "卖盘", "卖出"),
}


def tick_field(word: str) -> str | None:
    """The field of a header's word in lower case: ``price``, ``qty``, ``side``, ``bid1`` to
    ``ask10``, ``bid1_qty`` to ``ask10_qty``; None for another one."""
    if word in _WORDS:
        return _WORDS[word]
    if word in _MOMENTS:
        return _MOMENTS[word]
    found = _LEVEL.fullmatch(word)
    if found is None or (found["first"] and found["last"]):
        return None
    level = int(found["first"] or found["last"] or 1)
    if not 1 <= level <= MOST_LEVELS:
        return None
    return f"{found['side']}{level}" + ("_qty" if found["what"] in _QTY_WORDS else "")


def tick_fields(present: Sequence[str], levels: int = 0) -> dict[str, Kind]:
    """The values that a table with these fields has; ``levels`` is the most that is wanted, 0:
    all."""
    fields: dict[str, Kind] = {}
    if PRICE in present and QTY in present:
        fields = {PRICE: Kind.PRICE_OR_NONE, QTY: Kind.QTY_OR_NONE}
        if SIDE in present:
            fields[SIDE] = Kind.WORD
    for level in range(1, (levels or MOST_LEVELS) + 1):
        for side in ("bid", "ask"):
            price, qty = f"{side}{level}", f"{side}{level}_qty"
            if price in present and qty in present:
                fields[price] = Kind.PRICE_OR_NONE
                fields[qty] = Kind.QTY_OR_NONE
    return fields


def levels_of(fields: Mapping[str, Kind]) -> int:
    """How many levels a side there are."""
    return sum(f"bid{level}" in fields or f"ask{level}" in fields for level in range(1, 11))


def side_codes(words: Mapping[str, Aggressor] | None, encoding: str) -> dict[int, int]:
    """Who took, by the number of a word; ``words`` instead of the usual ones."""
    if words is None:
        words = {
            spelling: who
            for who, own in _SIDES.items()
            for word in own
            for spelling in (word, word.upper(), word.title())
        }
    codes: dict[int, int] = {}
    for word, who in words.items():
        data = word.encode(encoding)
        if len(data) <= 7:
            codes[int.from_bytes(data, "big")] = int(who)
    return codes
