"""A real connection whose other end stops reading."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from simtrade.people.model import SignedIn
from tests.web.live.raw import Raw
from tests.web.serving import Site, wait_until
from web.live.limits import PRIVATE_MESSAGES

SYMBOL = "XSIM:600000"
SMALL = 4096
EVENTS = PRIVATE_MESSAGES + 50


@pytest.fixture
def fast(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Quotes as fast as they come, and buffers that are soon full."""
    monkeypatch.setattr("web.live.protocol.KERNEL_BUFFER_BYTES", SMALL)
    monkeypatch.setattr("web.live.protocol.WRITE_BUFFER_BYTES", SMALL)
    site.app.state.hub.rates_hz = (1_000.0,)
    return site


def watching(site: Site, guest: SignedIn, **sub: object) -> Raw:
    """A raw socket with a small buffer that has asked for quotes."""
    raw = Raw(site, guest, receive_buffer=SMALL)
    raw.say(t="sub", venue="floor", q=[SYMBOL], rate=1000, **sub)
    while raw.next()["t"] != "clock":
        pass
    return raw


def fill_up(site: Site) -> None:
    """Publish until somebody's buffers are full."""
    tally = site.app.state.hub.tally
    before = tally.conflated
    for price in range(20_000):
        site.core.venues.move(1_000 + price % 7)
        if price % 10 == 0:
            time.sleep(0.0015)
            if tally.conflated > before:
                return
    pytest.fail("the buffers never filled")


def test_a_frozen_reader_is_closed_and_comes_back_with_everything(fast: Site) -> None:
    site, guest = fast, fast.guest()
    hub = site.app.state.hub
    account_id = site.core.portfolio.open(guest.user.user_id)
    with site.socket(guest) as healthy, closing(watching(site, guest, acct=account_id)):
        fill_up(site)
        healthy.say(t="sub", venue="floor", acct=account_id)
        healthy.hear("acct")
        for _ in range(EVENTS):
            site.core.portfolio.fill(account_id)
        heard = [healthy.hear("ord")["n"] for _ in range(EVENTS)]
        assert heard == list(range(1, EVENTS + 1))
        wait_until(lambda: hub.closed["4008"] == 1)
        # The server lets go of it although it never answers the close.
        wait_until(lambda: hub.sockets == 1)
        wait_until(lambda: len(site.connections) == 1)
    with site.socket(guest) as again:
        again.say(t="sub", venue="floor", acct=account_id, n=0)
        assert [again.hear("ord")["n"] for _ in range(EVENTS)] == heard


def test_a_slow_reader_gets_the_newest_and_not_the_backlog(fast: Site) -> None:
    site = fast
    with closing(watching(site, site.guest())) as slow:
        fill_up(site)
        for price in range(2_000, 5_000):
            site.core.venues.move(price)
            if price % 50 == 0:
                time.sleep(0.002)
        read, last = 0, 0
        while last != 4_999:
            message = slow.next()
            if message["t"] == "q":
                read, last = read + 1, message["d"][0][1]
        # What lay in buffers when it froze, then the newest state: no 3,000 steps in between.
        assert site.app.state.hub.tally.conflated > 0
        assert read < 1_500
        time.sleep(0.05)
        site.core.venues.move(7)
        while last != 7:
            message = slow.next()
            last = message["d"][0][1] if message["t"] == "q" else last
