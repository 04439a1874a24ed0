"""East Money's answers: recorded ones, and the integers with their decimals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.live.eastmoney import EastMoney
from feeds.live.heard import Fault, Said, Talk, Unreadable
from matching.market import Snapshot
from tests.feeds.live.samples import HEARD_NS, bears_nonsense, bears_wrong_types, kinds, recorded

EASTMONEY = EastMoney()
WATCH = EASTMONEY.instruments(["sh601238", "sz300059"], None)
DATA: dict[str, object] = {
    "f43": 1243,
    "f44": 1256,
    "f45": 1221,
    "f47": 308763,
    "f48": 382298576.0,
    "f57": "601238",
    "f59": 2,
    "f60": 1240,
    "f86": 1786435541,
    "f19": 1242,
    "f20": 7,
    "f17": 1241,
    "f18": "-",
    "f39": 1243,
    "f40": 9,
    "f37": "-",
}


def decode(data: object) -> list[Any]:
    return EASTMONEY.decode(WATCH, json.dumps({"rc": 0, "data": data}), HEARD_NS)


def test_whole_numbers_have_their_decimals_beside_them() -> None:
    reference, shown = decode(DATA)
    assert reference.price_ticks == 1240
    assert (shown.last_ticks, shown.high_ticks, shown.low_ticks) == (1243, 1256, 1221)
    assert (shown.volume, shown.turnover) == (30_876_300, 38_229_857_600)
    assert (shown.bids, shown.asks) == (((1242, 700),), ((1243, 900),))
    assert shown.at_ns == 1_786_435_541_000_000_000


def test_a_whole_number_without_decimals_is_refused() -> None:
    for decimals in ({}, {"f59": "x"}, {"f59": 99}):
        data = {key: value for key, value in DATA.items() if key != "f59"} | decimals
        (found,) = decode(data)
        assert found.fault in (Fault.NUMBER, Fault.SHAPE)


def test_the_recorded_answer_has_points() -> None:
    found = EASTMONEY.decode(WATCH, recorded("eastmoney_stock_get_601238.json"), HEARD_NS)
    assert kinds(found) == ["Reference", "Snapshot"]
    shown = found[1]
    assert isinstance(shown, Snapshot)
    assert (shown.last_ticks, shown.volume, shown.bids) == (1243, 30_876_300, ())
    assert 1221 <= shown.turnover // shown.volume <= 1256


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("eastmoney_empty.json", Said(Talk.ERROR, "no such code")),
        ("eastmoney_limits_300059_jsonp.txt", None),  # no code in it
    ],
)
def test_recorded_answers_without_a_quote(name: str, expected: Said | None) -> None:
    (found,) = EASTMONEY.decode(WATCH, recorded(name), HEARD_NS)
    assert found == expected if expected else isinstance(found, Unreadable)


def test_callbacks_and_event_streams() -> None:
    inner = json.dumps({"data": DATA})
    for text in (f"jQuery1_2({inner});", f"data: {inner}\n\n", inner):
        assert kinds(EASTMONEY.decode(WATCH, text, HEARD_NS)) == ["Reference", "Snapshot"]


def test_nonsense_and_what_is_asked() -> None:
    bears_nonsense(EASTMONEY, WATCH, json.dumps({"data": DATA}))
    bears_wrong_types(EASTMONEY, WATCH, DATA, lambda one: {"data": one})
    urls = [one.url for one in EASTMONEY.polls(WATCH)]
    assert "secid=1.601238&" in urls[0]
    assert "secid=0.300059&" in urls[1]
