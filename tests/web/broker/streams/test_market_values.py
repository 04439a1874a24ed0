"""Messages of state: what they hold and how often they are written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from matching.market import Level
from matching.units import PriceTicks, Qty
from simtrade.venues.views import DepthView, QuoteView
from tests.web.core_double import START_NS, instrument
from web.broker.streams import market_values
from web.broker.streams.channels import Channel
from web.broker.streams.codec import Codec
from web.broker.streams.market_values import Told

ONE = instrument(1)
VIEW = QuoteView(
    ONE.instrument_id, 1000, 990, 1010, 980, 5000, Level(PriceTicks(999), Qty(300)),
    Level(PriceTicks(1001), Qty(200)), 1089, 891, False, False,
)  # fmt: skip


def value(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(told.encoded(Codec.JSON))
    assert (found["S"], found["t"][:19]) == (ONE.symbol, "2023-11-14T22:13:20")
    return found


def test_a_quote_has_both_sides() -> None:
    found = value(market_values.quote(ONE, START_NS, VIEW))
    assert [found[name] for name in ("T", "bp", "bs", "ap", "as")] == ["q", 9.99, 300, 10.01, 200]
    empty = value(market_values.quote(ONE, START_NS, replace(VIEW, bid=None)))
    assert (empty["bp"], empty["bs"]) == (0, 0)


@pytest.mark.parametrize(
    ("change", "code"), [({}, "T"), ({"halted": True}, "H"), ({"suspended": True}, "H")]
)
def test_a_halt_has_its_code_and_words(change: dict[str, Any], code: str) -> None:
    found = value(market_values.status(ONE, START_NS, replace(VIEW, **change)))
    assert (found["T"], found["sc"], found["rc"]) == ("s", code, "")
    assert found["sm"]
    assert isinstance(found["z"], str)


def test_limits_are_told_where_there_are_some() -> None:
    told = market_values.limits(ONE, START_NS, VIEW)
    assert told
    assert (value(told)["u"], value(told)["d"]) == (10.89, 8.91)
    assert market_values.limits(ONE, START_NS, replace(VIEW, upper_ticks=None)) is None


def test_a_book_replaces_the_one_before() -> None:
    assert VIEW.bid
    view = DepthView(ONE.instrument_id, (VIEW.bid,), ())
    found = value(market_values.order_book(ONE, START_NS, view))
    assert (found["b"], found["a"], found["r"]) == ([{"p": 9.99, "s": 300}], [], True)


def test_a_message_is_written_once_a_codec(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(Channel.TRADES, "A", {"T": "t"})
    first = told.encoded(Codec.JSON)
    assert told.encoded(Codec.JSON_IN_BINARY) is first
    assert told.encoded(Codec.JSON) is first
    assert msgspec.msgpack.decode(told.encoded(Codec.MSGPACK)) == {"T": "t"}
