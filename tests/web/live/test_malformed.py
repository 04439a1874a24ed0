"""Broken frames: the right close code, a living server, flat memory."""

from __future__ import annotations

import json
import os
import random
import struct
from contextlib import closing, suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.web.live.raw import Raw, frame
from tests.web.serving import Site

ROUNDS = 2_000


def sub(**fields: object) -> bytes:
    return frame(json.dumps({"t": "sub", "venue": "floor", **fields}).encode())


BROKEN = {
    "reserved opcode": (frame(b"x", first=0x83), 1002),
    "reserved control opcode": (frame(b"x", first=0x8B), 1002),
    "reserved bit": (frame(b"x", first=0xC1), 1002),
    "compressed bit": (frame(b"\x00", first=0xC1), 1002),
    "unmasked": (frame(b'{"t":"ping"}', masked=False), 1002),
    "continuation of nothing": (frame(b"x", first=0x80), 1002),
    "long ping": (frame(b"x" * 126, first=0x89), 1002),
    "fragmented ping": (frame(b"x", first=0x09), 1002),
    "declared huge": (frame(b"", length=2**40), 1009),
    "over 64 KB": (frame(b"x" * 70_000), 1009),
    "over 4 KB": (frame(b'"' + b"x" * 5_000 + b'"'), 1009),
    "fragments over 64 KB": (
        frame(b"x" * 40_000, first=0x01) + frame(b"x" * 40_000, first=0x80),
        1009,
    ),
    "bad UTF-8": (frame(b"\xff\xfe"), 1007),
    "surrogate in UTF-8": (frame(b'"\xed\xa0\x80"'), 1007),
    "binary": (frame(b"\x00\x01", first=0x82), 1003),
    "empty": (frame(b""), 1007),
    "not JSON": (frame(b"hello"), 1007),
    "not an object": (frame(b"[1,2]"), 1007),
    "no kind": (frame(b"{}"), 1007),
    "kind is a number": (frame(b'{"t":1}'), 1007),
    "NaN": (frame(b'{"t":"ping","n":NaN}'), 1007),
    "fraction": (frame(b'{"t":"ping","n":1.5}'), 1007),
    "huge exponent": (frame(b'{"t":"ping","n":1e400}'), 1007),
    "huge number": (frame(b'{"t":"ping","n":' + b"9" * 3000 + b"}"), 1007),
    "negative": (frame(b'{"t":"ping","n":-1}'), 1007),
    "name twice": (frame(b'{"t":"ping","t":"ping"}'), 1007),
    "unknown field": (frame(b'{"t":"ping","x":1}'), 1007),
    "deep": (frame(b"[" * 4000), 1007),
    "deep objects": (frame(b'{"a":' * 500 + b"1" + b"}" * 500), 1007),
    "lone surrogate": (frame(b'{"t":"\\ud800"}'), 1007),
    "too many symbols": (sub(q=[f"S{n}" for n in range(51)]), 1007),
    "too many charts": (sub(bars=[["XSIM:600000", "1m"]] * 5), 1007),
    "wrong type in list": (sub(q=[1]), 1007),
    "null list": (sub(q=None), 1007),
    "negative rate": (sub(rate=-1), 1007),
    "unknown clock command": (frame(b'{"t":"rp","venue":"floor","cmd":"rewind"}'), 1007),
    "bad close code": (frame(struct.pack("!H", 99), first=0x88), 1002),
    "close of one byte": (frame(b"x", first=0x88), 1002),
    "normal close": (frame(struct.pack("!H", 1000), first=0x88), 1000),
}


@pytest.mark.parametrize("name", BROKEN)
def test_close_code(site: Site, name: str) -> None:
    data, code = BROKEN[name]
    with closing(Raw(site, site.guest())) as raw:
        raw.send(data)
        assert raw.close_code() == code
    assert site.app.state.bugs == 0


def test_unknown_kind_is_ignored_and_unknown_symbol_is_an_error(site: Site) -> None:
    with site.socket(site.guest()) as browser:
        browser.say(t="from_the_future", x=1)
        browser.say(t="sub", venue="floor", q=["XSIM:999999"])
        assert browser.hear("err")["code"] == "instrument_unknown"
        browser.say(t="sub", venue="floor", bars=[["XSIM:600000", "2h"]])
        assert browser.hear("err")["code"] == "interval_unknown"
        browser.say(t="ping", n=1)
        assert browser.hear("pong")["n"] == 1


def test_too_many_messages(site: Site) -> None:
    with site.socket(site.guest()) as browser:
        with suppress(ConnectionClosed):  # it may be closed before the last one is written
            for number in range(60):
                browser.say(t="ping", n=number)
        assert browser.close_code() == 4429
    assert site.app.state.hub.closed["4429"] == 1


def test_random_bytes_harm_nobody(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(7)
    guest = site.guest()
    before = 0
    with site.socket(guest) as bystander:
        bystander.next()
        for round_ in range(ROUNDS):
            with closing(Raw(site, site.guest() if round_ % 50 == 0 else guest)) as raw:
                raw.send(_noise(chance))
            if round_ == ROUNDS // 3:
                before = _resident_kb()
        bystander.say(t="ping", n=3)
        assert bystander.hear("pong")["n"] == 3
    assert _resident_kb() - before < 8_000
    assert site.app.state.bugs == 0
    assert not [one for one in caplog.records if one.exc_info]


def _noise(chance: random.Random) -> bytes:
    """Random bytes, often behind a plausible frame head."""
    payload = chance.randbytes(chance.choice((0, 1, 5, 130, 5_000)))
    if chance.random() < 0.3:
        return payload or b"\x00"
    masked = chance.random() < 0.8
    return frame(payload, first=chance.randrange(256), masked=masked)


def _resident_kb() -> int:
    """Of this process, which holds the server too."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") // 1024
