"""A browser's whole conversation with ``/ws``, over a real connection."""

from __future__ import annotations

import time

import pytest
from websockets.exceptions import InvalidStatus

from simtrade.desk.requests import FLOOR, VenueId
from tests.web.serving import Site, wait_until

SYMBOL = "XSIM:600000"


def test_hello_snap_and_changes(site: Site) -> None:
    guest = site.guest()
    with site.socket(guest) as browser:
        hello = browser.next()
        assert hello["t"] == "hello"
        assert (hello["v"], hello["hb"]) == (1, 5000)
        assert hello["user"] == {"id": guest.user.user_id, "guest": True}
        browser.say(t="sub", venue="floor", q=["XSIM:600001", SYMBOL], rate=10)
        snap = browser.next()
        assert snap["t"] == "snap"
        assert [row[0] for row in snap["syms"]] == [SYMBOL, "XSIM:600001"]
        assert snap["syms"][0] == [SYMBOL, "Company 0", 2, None, 990, 1089, 891, None, 1]
        assert snap["q"][0] == [0, 1000, 5000, 999, 1001, 0, 1010, 980]
        clock = browser.next()
        assert (clock["t"], clock["state"], clock["src"]) == ("clock", "open", "synthetic")
        assert clock["sim"] == 1_700_000_000_000 + 8 * 3_600_000
        site.core.venues.move(1005, place=1)
        quotes = browser.hear("q")
        assert quotes["d"] == [[1, 1005, 5000, 999, 1001, 0, 1010, 980]]
        assert quotes["seq"] == 1
        assert "r" not in quotes


def test_rate_is_kept_and_the_newest_wins(site: Site) -> None:
    with site.socket(site.guest()) as browser:
        browser.say(t="sub", venue="floor", q=[SYMBOL], rate=4)
        browser.hear("snap")
        started = time.monotonic()
        for price in range(2000, 2100):
            site.core.venues.move(price)
            time.sleep(0.01)
        spent = time.monotonic() - started
        prices = [m["d"][0][1] for m in browser.heard_within(0.6) if m["t"] == "q"]
        assert len(prices) <= spent * 4 + 3
        assert len(prices) >= 3
        assert prices == sorted(prices)
        assert prices[-1] == 2099


def test_depth_and_bar(site: Site) -> None:
    with site.socket(site.guest()) as browser:
        browser.say(t="sub", venue="floor", depth=SYMBOL, bars=[[SYMBOL, "1m"]], rate=10)
        bar = browser.hear("bar")
        assert bar == {
            "t": "bar",
            "sym": SYMBOL,
            "iv": "1m",
            "b": [1_700_000_120 + 8 * 3600, 1000, 1005, 995, 1000, 100],
            "done": False,
        }
        depth = browser.hear("depth")
        sides = {"b": [[999, 300]], "a": [[1001, 200]]}
        assert depth == {"t": "depth", "sym": SYMBOL, **sides, "x": None}
        site.core.venues.bar_count += 2
        site.core.venues.move(1010)
        heard = [browser.hear("bar") for _ in range(3)]
        assert [one["done"] for one in heard] == [True, True, False]
        assert [one["b"][0] - bar["b"][0] for one in heard] == [0, 60, 120]


def test_fills_come_in_order_with_their_number(site: Site) -> None:
    guest = site.guest()
    account_id = site.core.portfolio.open(guest.user.user_id)
    with site.socket(guest) as browser:
        browser.say(t="sub", venue="floor", acct=account_id)
        assert browser.hear("acct")["n"] == 0
        site.core.portfolio.fill(account_id)
        order = browser.hear("ord")
        assert order == {
            "t": "ord",
            "n": 1,
            "id": 101,
            "cid": "key-1",
            "sym": SYMBOL,
            "st": "filled",
            "qty": 100,
            "filled": 100,
            "avg": 1_000_000,
            "why": None,
        }
        account = browser.hear("acct")
        assert account["n"] == 1
        assert account["cash"] == 99_999_000
        assert account["pos"] == []


def test_a_browser_resumes_after_a_gap(site: Site) -> None:
    guest = site.guest()
    account_id = site.core.portfolio.open(guest.user.user_id)
    for _ in range(5):
        site.core.portfolio.fill(account_id)
    with site.socket(guest) as browser:
        browser.say(t="sub", venue="floor", acct=account_id, n=2)
        assert [browser.hear("ord")["n"] for _ in range(3)] == [3, 4, 5]
        assert browser.hear("acct")["n"] == 5


def test_events_that_are_too_old_ask_for_everything(site: Site) -> None:
    guest = site.guest()
    account_id = site.core.portfolio.open(guest.user.user_id)
    for _ in range(5):
        site.core.portfolio.fill(account_id)
    site.core.portfolio.oldest_kept = 4
    with site.socket(guest) as browser:
        browser.say(t="sub", venue="floor", acct=account_id, n=2)
        assert browser.hear("resync")["why"] == "gap"
        assert browser.hear("acct")["cash"] == 99_995_000


def test_a_notice_that_was_lost_is_read_from_the_store(site: Site) -> None:
    guest = site.guest()
    account_id = site.core.portfolio.open(guest.user.user_id)
    with site.socket(guest) as browser:
        browser.say(t="sub", venue="floor", acct=account_id)
        browser.hear("acct")
        site.core.portfolio.fill(account_id, publish=False)
        site.core.portfolio.fill(account_id)
        assert [browser.hear("ord")["n"] for _ in range(2)] == [1, 2]


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1"])
def test_handshake_needs_our_origin(site: Site, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused, site.socket(site.guest(), origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_without_a_session_the_browser_is_told(site: Site) -> None:
    with site.socket(None) as browser:
        assert browser.close_code() == 4401


def test_another_version_is_told(site: Site) -> None:
    with site.socket(site.guest(), subprotocol="sim.v0") as browser:
        assert browser.close_code() == 4500


def test_fifth_socket_of_a_session_is_refused(site: Site) -> None:
    guest = site.guest()
    with site.socket(guest), site.socket(guest), site.socket(guest), site.socket(guest) as fourth:
        assert fourth.next()["t"] == "hello"
        with site.socket(guest) as fifth:
            assert fifth.close_code() == 4429
        with site.socket(site.guest()) as other:
            assert other.next()["t"] == "hello"
    with site.socket(guest) as again:
        wait_until(lambda: site.app.state.hub.sockets <= 1)
        assert again.next()["t"] == "hello"


def test_foreign_account_and_foreign_venue(site: Site) -> None:
    mine, other = site.guest(), site.guest()
    foreign = site.core.portfolio.open(other.user.user_id)
    with site.socket(mine) as browser:
        browser.say(t="sub", venue="floor", acct=foreign)
        assert browser.close_code() == 4403
    site.core.venues.owners[VenueId("practice")] = other.user.user_id
    for venue in ("practice", "nowhere"):
        with site.socket(mine) as browser:
            browser.say(t="sub", venue=venue)
            assert browser.close_code() == 4403


def test_sign_out_ends_the_sockets_of_that_session_only(site: Site) -> None:
    mine, other = site.guest(), site.guest()
    with site.socket(mine) as browser, site.socket(other) as bystander:
        browser.next()
        bystander.next()
        assert site.call(lambda: site.app.state.hub.end_session(mine.token)) == 1
        assert browser.close_code(2) == 4401
        bystander.say(t="ping", n=7)
        assert bystander.hear("pong")["n"] == 7


def test_restart_says_bye(core: object, site: Site) -> None:
    with site.socket(site.guest()) as browser:
        browser.next()
        site._server.should_exit = True
        bye = browser.hear("bye")
        assert bye["code"] == 1012
        assert 500 <= bye["after_ms"] <= 4000
        assert browser.close_code() == 1012


def test_hidden_page_is_told_less(site: Site) -> None:
    with site.socket(site.guest()) as browser:
        browser.say(t="sub", venue="floor", q=[SYMBOL], depth=SYMBOL, rate=10)
        browser.hear("depth")
        browser.say(t="vis", hidden=True)
        browser.hear("snap")
        for price in range(2000, 2010):
            site.core.venues.move(price)
            time.sleep(0.05)
        heard = browser.heard_within(0.3)
        assert sum(one["t"] == "q" for one in heard) <= 1
        assert not any(one["t"] == "depth" for one in heard)
        browser.say(t="vis", hidden=False)
        assert browser.hear("snap")["q"][0][1] == 2009
        assert browser.hear("depth")


def test_silence_has_a_heartbeat(site: Site) -> None:
    with site.socket(site.guest()) as browser:
        browser.next()
        assert browser.hear("hb", 8)["ts"] > 0


def test_last_browser_of_a_venue_ends_its_notices(site: Site) -> None:
    from simtrade.bus import Channel

    guest = site.guest()
    account_id = site.core.portfolio.open(guest.user.user_id)
    with site.socket(guest) as browser:
        browser.say(t="sub", venue="floor", q=[SYMBOL], acct=account_id)
        browser.hear("acct")
        assert site.core.bus.heard(Channel.market(FLOOR))
        assert site.core.bus.heard(Channel.account(account_id))
    wait_until(lambda: not site.core.bus.heard(Channel.market(FLOOR)))
    assert not site.core.bus.heard(Channel.account(account_id))
    assert site.app.state.hub.rooms == 0
