from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from feeds.live.heard import Fault, Heard, Said, Talk, Unreadable
from feeds.live.markets import mainland_share, us_share
from feeds.live.wire import (
    UnreadableError,
    best_first,
    each,
    json_of,
    ladder,
    local_ns,
    millis_ns,
    price,
    quantity,
    rfc3339_ns,
    rows,
    scaled,
    text_of,
    unreadable,
    word,
)
from matching.orders import Side
from matching.units import NS_PER_SECOND

APPLE = us_share("AAPL")


def fault_of(call: Any, *arguments: Any) -> Fault:
    with pytest.raises(UnreadableError) as caught:
        call(*arguments)
    return caught.value.fault


def test_json_numbers_stay_text() -> None:
    assert json_of('{"p": 171.695, "n": 1e-05, "i": 12345678901234567890}') == {
        "p": "171.695",
        "n": "1e-05",
        "i": "12345678901234567890",
    }
    assert scaled(json_of("[0.123456789012345]")[0], 15) == 123456789012345


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"NaN", b"[Infinity]", b"{"])
def test_what_is_no_json_says_so(body: bytes) -> None:
    assert fault_of(json_of, body) is Fault.NOT_JSON


def test_another_encoding_is_a_fault() -> None:
    assert fault_of(text_of, b"\xb9\xe3\xc6\xfb") is Fault.ENCODING
    assert text_of("广汽".encode("gbk"), "gbk") == "广汽"


@pytest.mark.parametrize(
    ("text", "decimals", "value"),
    [("171.24", 4, 1_712_400), ("1e-05", 8, 1_000), ("-3", 0, -3), ("1.50E+2", 1, 1500)],
)
def test_numbers_are_exact(text: str, decimals: int, value: int) -> None:
    assert scaled(text, decimals) == value


def test_numbers_that_are_none() -> None:
    for text in ("", "x", None, [], True, "1e999", "--1", "1,5", "٣"):
        assert fault_of(scaled, text, 2) is Fault.NUMBER
    assert fault_of(price, APPLE, "1.00001") is Fault.BETWEEN_TICKS
    assert fault_of(price, APPLE, "0") is Fault.NUMBER
    assert fault_of(price, APPLE, "999999999") is Fault.NUMBER
    assert fault_of(quantity, APPLE, "-1") is Fault.NUMBER
    assert price(APPLE, "171.695") == 1_716_950
    assert quantity(APPLE, "2", 100) == 200
    assert quantity(APPLE, "2.9") == 2


def test_times_to_the_nanosecond() -> None:
    assert rfc3339_ns("2024-03-28T16:59:00.114612043Z") % NS_PER_SECOND == 114_612_043
    assert rfc3339_ns("2022-03-09T05:00:16.91Z") % NS_PER_SECOND == 910_000_000
    assert (
        rfc3339_ns("1970-01-01T00:00:00Z".replace("1970", "2020")) == 1_577_836_800 * NS_PER_SECOND
    )
    assert millis_ns("1680286537580") == 1_680_286_537_580_000_000
    # 11:05:41 in Shanghai is 03:05:41 UTC
    assert local_ns("20260911110541", "%Y%m%d%H%M%S", "Asia/Shanghai") == rfc3339_ns(
        "2026-09-11T03:05:41Z"
    )
    for text in ("2024-13-28T16:59:00Z", "yesterday", None, "0001-01-01T00:00:00Z"):
        assert fault_of(rfc3339_ns, text) is Fault.TIME
    for text in ("12", "x", None, "99999999999999999"):
        assert fault_of(millis_ns, text) is Fault.TIME
    assert fault_of(local_ns, "20261399", "%Y%m%d", "Asia/Shanghai") is Fault.TIME


def test_ladders() -> None:
    share = mainland_share("sh600000")
    assert ladder(share, [["9.28", "3"], ["9.27", "0", "x"]]) == ((928, 3), (927, 0))
    assert ladder(share, [["99999999999.00", "1"], ["9.285", "1"], ["9.28", "1"]]) == ((928, 1),)
    assert fault_of(ladder, share, [["9.28"]]) is Fault.SHAPE
    assert fault_of(ladder, share, {"9.28": "3"}) is Fault.SHAPE
    shown = best_first(Side.SELL, [(930, 1), (928, 2), (929, 0)])
    assert [(one.price_ticks, one.qty) for one in shown] == [(928, 2), (930, 1)]


def test_shapes() -> None:
    assert fault_of(word, {"a": []}, "a") is Fault.SHAPE
    assert fault_of(word, [], "a") is Fault.SHAPE
    assert fault_of(rows, "abc") is Fault.SHAPE
    assert fault_of(rows, [1, 2, 3], 2) is Fault.SHAPE


def test_a_bad_part_spoils_no_other() -> None:
    def decode(part: Any) -> Iterator[Heard]:
        if part == "bad":
            raise UnreadableError(Fault.SHAPE)
        yield Said(Talk.BEAT, part)

    found = each(["a", "bad", "b"], decode)
    assert found == [Said(Talk.BEAT, "a"), Unreadable(Fault.SHAPE, "bad"), Said(Talk.BEAT, "b")]
    assert unreadable(UnreadableError(Fault.NOT_JSON), "x" * 999).text == "x" * 160
