"""A real connection whose other end stops reading."""

from __future__ import annotations

import socket
import time

import pytest

from tests.web.serving import Site, wait_until
from web.live.limits import PRIVATE_MESSAGES

SYMBOL = "XSIM:600000"


def fill_up(site: Site) -> None:
    """Make the frozen reader's buffers full: quotes as fast as they go out."""
    before = site.app.state.hub.tally.conflated
    for price in range(20_000):
        site.core.venues.move(1_000 + price % 7)
        if price % 100 == 0:
            time.sleep(0.005)
            if site.app.state.hub.tally.conflated > before:
                return
    pytest.fail("the buffers never filled")


@pytest.fixture
def fast(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    site.app.state.hub.rates_hz = (1_000.0,)
    return site


def test_a_frozen_reader_is_closed_and_comes_back_with_everything(fast: Site) -> None:
    site, guest = fast, fast.guest()
    account_id = site.core.portfolio.open(guest.user.user_id)
    with site.socket(guest) as frozen, site.socket(guest) as healthy:
        for browser in (frozen, healthy):
            browser.say(t="sub", venue="floor", q=[SYMBOL], acct=account_id, rate=1000)
            browser.hear("acct")
        # Shrink what the kernel takes for the frozen one, then never read again.
        raw = frozen.connection.socket
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        frozen.connection.recv_messages.pause()
        fill_up(site)
        for _ in range(PRIVATE_MESSAGES + 50):
            site.core.portfolio.fill(account_id)
        wait_until(lambda: site.app.state.hub.closed["4008"] == 1)
        heard = [healthy.hear("ord")["n"] for _ in range(PRIVATE_MESSAGES + 50)]
        assert heard == list(range(1, PRIVATE_MESSAGES + 51))
        # The server lets go of it although it never answers the close.
        wait_until(lambda: site.app.state.hub.sockets == 1, 10)
    with site.socket(guest) as again:
        again.say(t="sub", venue="floor", acct=account_id, n=0)
        got = [again.hear("ord")["n"] for _ in range(PRIVATE_MESSAGES + 50)]
        assert got == heard


def test_a_slow_reader_gets_the_newest_and_not_the_backlog(fast: Site) -> None:
    site, guest = fast, fast.guest()
    with site.socket(guest, max_queue=4) as slow:
        slow.say(t="sub", venue="floor", q=[SYMBOL], rate=1000)
        slow.hear("snap")
        fill_up(site)
        site.core.venues.move(777)
        time.sleep(0.1)
        site.core.venues.move(778)
        last = 0
        deadline = time.monotonic() + 10
        while last != 778 and time.monotonic() < deadline:
            last = slow.hear("q")["d"][0][1]
        assert last == 778
        assert site.app.state.hub.tally.conflated > 0
