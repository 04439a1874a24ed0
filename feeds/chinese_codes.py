"""Chinese securities by their code: which exchange, which board, in which steps they are priced.

The ranges are those of the exchanges' coding rules: Shanghai's 证券代码分配指引, Shenzhen's
证券代码编码规则 and Beijing's 证券代码管理业务指南.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES

INDEX = "index"

_FORMS = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        r"(?P<market>sh|sz|bj|xshg|xshe|bjse)[.#_]?(?P<code>\d{6})",
        r"(?P<code>\d{6})[.#_](?P<market>sh|ss|sz|bj|xshg|xshe|bjse)",
        r"(?P<code>\d{6})",
    )
)
_MARKETS = {
    "sh": "XSHG", "ss": "XSHG", "xshg": "XSHG", "sz": "XSHE", "xshe": "XSHE",
    "bj": "BJSE", "bjse": "BJSE",
}  # fmt: skip


class _Range(NamedTuple):
    """What codes that begin with ``prefix`` are.  ``decimals`` of a price, ``risk`` R1 to R5."""

    prefix: str
    board: str
    decimals: int = 2
    currency: str = "CNY"
    risk: int = 3


# The longest prefix counts.
_RANGES: dict[str, tuple[_Range, ...]] = {
    "XSHG": (
        _Range("60", "main"), _Range("688", "star", risk=4), _Range("689", "star", risk=4),
        _Range("900", "b", 3, "USD", 4), _Range("5", "fund", 3), _Range("508", "reit", 3),
        _Range("11", "convertible", 3, risk=4), _Range("132", "convertible", 3, risk=4),
        _Range("000", INDEX, 3), _Range("88", INDEX, 3),
    ),
    "XSHE": (
        _Range("00", "main"), _Range("30", "chinext", risk=4), _Range("200", "b", 2, "HKD", 4),
        _Range("15", "fund", 3), _Range("16", "fund", 3), _Range("180", "reit", 3),
        _Range("12", "convertible", 3, risk=4), _Range("399", INDEX, 3),
    ),
    "BJSE": (
        _Range("43", "bse", risk=5), _Range("83", "bse", risk=5), _Range("87", "bse", risk=5),
        _Range("88", "bse", risk=5), _Range("92", "bse", risk=5), _Range("899", INDEX, 3),
    ),
}  # fmt: skip
# Of a bare code; a stock comes before an index.
_BY_CODE = (
    ("6", "XSHG"), ("5", "XSHG"), ("900", "XSHG"), ("11", "XSHG"), ("132", "XSHG"),
    ("0", "XSHE"), ("2", "XSHE"), ("3", "XSHE"), ("1", "XSHE"),
    ("4", "BJSE"), ("8", "BJSE"), ("92", "BJSE"),
)  # fmt: skip


def chinese_instrument(symbol: str) -> Instrument | None:
    """The instrument of ``sh.600519``, ``SH600519``, ``600519.XSHG`` or ``600519``; None when no
    board is known for it.  Its names are its code."""
    found = next((one for one in (form.fullmatch(symbol) for form in _FORMS) if one), None)
    if found is None:
        return None
    code = found["code"]
    word = found.groupdict().get("market")
    market = _MARKETS[word.lower()] if word else _market_of(code)
    ranges = [one for one in _RANGES.get(market or "", ()) if code.startswith(one.prefix)]
    if market is None or not ranges:
        return None
    own = max(ranges, key=lambda one: len(one.prefix))
    return Instrument(
        instrument_id=InstrumentId(f"{market}:{code}"),
        symbol=code,
        name_en=code,
        name_zh=code,
        currency=CURRENCIES[own.currency],
        market=market,
        board=own.board,
        price_decimals=own.decimals,
        risk_level=own.risk,
    )


def _market_of(code: str) -> str | None:
    known = [(len(prefix), market) for prefix, market in _BY_CODE if code.startswith(prefix)]
    return max(known)[1] if known else None
