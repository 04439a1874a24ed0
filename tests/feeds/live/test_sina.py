"""Sina's lines: recorded ones, in the service's own encoding."""

from __future__ import annotations

from typing import Any

from feeds.live.heard import Fault, Reference, Said, Talk
from feeds.live.sina import Sina
from feeds.live.wire import rfc3339_ns
from matching.market import Halt, Snapshot
from tests.feeds.live.samples import HEARD_NS, bears_nonsense, kinds, recorded

SINA = Sina()
WATCH = SINA.instruments(["sh600000", "sz162411", "sz160922", "sz160923", "sz160924"], None)
LINE = (
    'var hq_str_sh600000="浦发银行,16.86,16.87,17.53,17.57,16.76,17.54,17.55,451543445,7772119507,'
    "306100,17.54,169959,17.53,1085347,17.52,408084,17.51,644926,17.50,1336909,17.55,936770,17.56,"
    '1500764,17.57,1791929,17.58,816981,17.59,2015-04-10,15:03:05,00";\n'
)


def decode(text: str) -> list[Any]:
    return SINA.decode(WATCH, text.encode("gbk"), HEARD_NS)


def test_a_line_is_a_picture_of_the_market() -> None:
    halt, reference, shown = decode(LINE)
    assert isinstance(halt, Halt)
    assert not halt.halted
    assert reference == Reference(shown.at_ns, WATCH["sh600000"].instrument_id, 1687)  # type: ignore[arg-type]
    assert isinstance(shown, Snapshot)
    assert shown.at_ns == rfc3339_ns("2015-04-10T07:03:05Z")
    assert (shown.last_ticks, shown.high_ticks, shown.low_ticks) == (1753, 1757, 1676)
    assert shown.bids[0] == (1754, 306_100)  # shares, not hands
    assert shown.asks[-1] == (1759, 816_981)
    assert (shown.volume, shown.turnover) == (451_543_445, 777_211_950_700)
    # The average price lies within the day's range: units of volume and money agree.
    assert 1676 <= shown.turnover // shown.volume <= 1757


def test_the_recorded_lines() -> None:
    text = recorded("sina_hq.txt").decode("utf-8")
    found = decode(text)
    assert kinds(found).count("Snapshot") == 4
    assert Said(Talk.IGNORED, "sz160923: nothing is told of it") in found
    assert not [one for one in found if type(one).__name__ == "Unreadable"]
    shown = {one.instrument_id: one for one in found if isinstance(one, Snapshot)}
    quiet = shown[WATCH["sz160922"].instrument_id]
    assert (quiet.last_ticks, quiet.volume, quiet.bids[0]) == (None, 0, (1053, 42_000))
    assert len(quiet.bids) == 2  # levels of nothing are none
    for one in shown.values():
        assert one.bids[0].price_ticks < one.asks[0].price_ticks


def test_a_halted_share() -> None:
    (halt, *_) = decode(LINE.replace('15:03:05,00"', '15:03:05,03"'))
    assert halt.halted


def test_faults_are_of_their_line_alone() -> None:
    broken = LINE.replace("16.87,17.53", "16.87,xx").replace("sh600000", "sz160922")
    short, strange = 'var hq_str_sz160924="a,b,c";', LINE.replace("sh600000", "sh600001")
    found = decode(broken + short + strange + LINE)
    faults = [one.fault for one in found if type(one).__name__ == "Unreadable"]
    assert faults == [Fault.NUMBER, Fault.SHAPE, Fault.SYMBOL]
    assert kinds(found)[-1] == "Snapshot"
    beyond = decode(LINE.replace("17.53,17.57,16.76", "17.60,17.57,16.76"))
    assert beyond[-1].fault is Fault.DISAGREES


def test_utf8_is_another_encoding() -> None:
    found = SINA.decode(WATCH, "浦发银行x".encode(), HEARD_NS)
    assert kinds(found) == ["Unreadable"]


def test_nonsense_and_what_is_asked() -> None:
    bears_nonsense(SINA, WATCH, LINE.encode("gbk"))
    (request,) = SINA.polls(WATCH)
    assert request.url.startswith("https://hq.sinajs.cn/list=sh600000,sz162411")
    assert request.headers == (("Referer", "https://finance.sina.com.cn"),)
