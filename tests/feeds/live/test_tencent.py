"""Tencent's lines: mainland in hands, Hong Kong in shares, both recorded."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.live.heard import Fault, Reference, Said, Talk, Unreadable
from feeds.live.tencent import Tencent
from feeds.live.vendor import SymbolError
from feeds.live.wire import rfc3339_ns
from matching.market import Snapshot
from tests.feeds.live.samples import HEARD_NS, bears_nonsense, kinds, recorded

TENCENT = Tencent()
WATCH = TENCENT.instruments(["sh600000", "sh600519", "sz000001"], None)
HONG_KONG = TENCENT.instruments(["hk00700", "hk00980"], None)


def line(volume: str = "1000", trio: str = "9.28/1000/928000", time: str = "20260911120541") -> str:
    cells = [""] * 88
    cells[1:7] = ["浦发银行", "600000", "9.28", "9.35", "9.35", volume]
    for k in range(5):
        cells[9 + 2 * k], cells[10 + 2 * k] = f"9.{27 - k}", str(10 + k)
        cells[19 + 2 * k], cells[20 + 2 * k] = f"9.{28 + k}", str(20 + k)
    cells[30], cells[33], cells[34], cells[35], cells[37] = time, "9.35", "9.22", trio, "93"
    return f'v_sh600000="{"~".join(cells)}";'


def decode(text: str) -> list[Any]:
    return TENCENT.decode(WATCH, text.encode("gbk"), HEARD_NS)


def test_hands_become_shares() -> None:
    reference, shown = decode(line())
    assert reference.price_ticks == 935
    assert (shown.volume, shown.turnover) == (100_000, 92_800_000)
    assert shown.bids[0] == (927, 1_000)
    assert shown.asks[4] == (932, 2_400)
    assert shown.at_ns == rfc3339_ns("2026-09-11T04:05:41Z")


def test_shares_stay_shares_where_the_amount_says_so() -> None:
    _, shown = decode(line("100000", "9.28/100000/928000"))
    assert (shown.volume, shown.bids[0].qty) == (100_000, 10)


def test_the_recorded_lines() -> None:
    found = TENCENT.decode(
        WATCH, recorded("tencent_qt_a_shares_20260911.txt").decode().encode("gbk"), HEARD_NS
    )
    assert kinds(found) == ["Reference", "Snapshot"] * 3
    moutai = found[3]
    assert isinstance(moutai, Snapshot)
    assert (moutai.last_ticks, moutai.volume) == (127_163, 1_928_300)
    assert moutai.turnover == 244_964_534_500
    for one in found[1::2]:
        assert isinstance(one, Snapshot)
        assert one.bids[0].price_ticks < one.asks[0].price_ticks
        assert (len(one.bids), len(one.asks)) == (5, 5)


def test_recorded_hong_kong_has_shares_and_no_depth() -> None:
    body = recorded("tencent_qt_hk_20180329.txt").decode().encode("gbk")
    found = TENCENT.decode(HONG_KONG, body, HEARD_NS)
    assert kinds(found) == ["Reference", "Snapshot"] * 2
    shown = found[1]
    assert isinstance(found[0], Reference)
    assert (found[0].price_ticks, found[0].at_ns) == (412_200, shown.at_ns)  # type: ignore[union-attr]
    assert isinstance(shown, Snapshot)
    assert (shown.last_ticks, shown.volume, shown.bids, shown.asks) == (409_600, 41_115_421, (), ())
    assert shown.at_ns == rfc3339_ns("2018-03-29T08:08:11Z")


def test_what_it_does_not_know() -> None:
    assert decode('v_pv_none_match="1";') == [Said(Talk.ERROR, "no such code")]
    for text in (line(trio="9.28"), line(trio="9.28/1000/1"), line(time="12:00"), line("x")):
        (found,) = decode(text)
        assert isinstance(found, Unreadable)
        assert found.fault in (Fault.SHAPE, Fault.DISAGREES, Fault.TIME, Fault.NUMBER)


def test_nonsense_and_what_is_asked() -> None:
    bears_nonsense(TENCENT, WATCH, line().encode("gbk"))
    assert TENCENT.polls(HONG_KONG)[0].url == "https://qt.gtimg.cn/q=r_hk00700,r_hk00980"
    with pytest.raises(SymbolError, match="other hours"):
        TENCENT.instruments(["hk00700", "sh600000"], None)
