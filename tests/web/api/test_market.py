"""``/api/bars``, ``/api/snap``, ``/api/search`` over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from simtrade.desk.requests import VenueId
from tests.web.serving import Site

SYMBOL = "XSIM:600000"


def get(site: Site, path: str, session: Any = None, **params: object) -> tuple[int, Any]:
    with site.client(session) as client:
        response = client.get(path, params=params)  # type: ignore[arg-type]
        return response.status_code, response.json()


def test_bars(site: Site) -> None:
    status, body = get(site, "/api/bars", venue="floor", sym=SYMBOL, iv="1m", count=2)
    assert status == 200
    start = 1_700_000_000 + 8 * 3600
    assert body == {
        "sym": SYMBOL,
        "dp": 2,
        "tick": 1,
        "iv": "1m",
        "partial": True,
        "b": [
            [start + 60, 1000, 1005, 995, 1000, 100],
            [start + 120, 1000, 1005, 995, 1000, 100],
        ],
    }


def test_snap_says_what_a_socket_says(site: Site) -> None:
    guest = site.guest()
    account_id = site.core.portfolio.open(guest.user.user_id)
    wish: dict[str, object] = {"q": f"XSIM:600001,{SYMBOL}", "depth": SYMBOL, "acct": account_id}
    status, body = get(site, "/api/snap", guest, venue="floor", **wish)
    assert status == 200
    with site.socket(guest) as browser:
        browser.say(
            t="sub", venue="floor", q=["XSIM:600001", SYMBOL], depth=SYMBOL, acct=account_id
        )
        for kind in ("snap", "clock", "depth"):
            assert body[kind] == browser.hear(kind), kind
        assert {**body["acct"], "n": 0} == browser.hear("acct")
    _, body = get(site, "/api/snap", venue="floor")
    assert body["acct"] is body["depth"] is None
    assert body["snap"]["syms"] == []


def test_search(site: Site) -> None:
    _, body = get(site, "/api/search", venue="floor", text="company 3")
    assert body == {"found": [["XSIM:600003", "600003", "Company 3"]]}
    _, body = get(site, "/api/search", venue="floor", text="公司4")
    assert body["found"][0][0] == "XSIM:600004"
    assert len(get(site, "/api/search", venue="floor")[1]["found"]) == 6


BAD = [
    ("/api/bars", {}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor"}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor", "sym": SYMBOL, "count": "0"}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor", "sym": SYMBOL, "count": "2001"}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor", "sym": SYMBOL, "count": "1e3"}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor", "sym": SYMBOL, "count": "NaN"}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor", "sym": SYMBOL, "count": "9" * 400}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor", "sym": SYMBOL, "iv": "2h"}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor", "sym": SYMBOL, "admin": "1"}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor", "sym": "a\x00b"}, 400, "bad_query"),
    ("/api/bars", {"venue": "floor", "sym": "x" * 65}, 400, "bad_query"),
    ("/api/bars", {"venue": "nowhere", "sym": SYMBOL}, 404, "venue_unknown"),
    ("/api/bars", {"venue": "floor", "sym": "XSIM:1"}, 404, "instrument_unknown"),
    ("/api/snap", {"venue": "floor", "q": "XSIM:1"}, 404, "instrument_unknown"),
    ("/api/snap", {"venue": "floor", "acct": "-1"}, 400, "bad_query"),
    ("/api/snap", {"venue": "floor", "acct": str(10**30)}, 400, "bad_query"),
    ("/api/snap", {"venue": "floor", "acct": "99"}, 404, "account_unknown"),
    ("/api/snap", {"venue": "nowhere"}, 404, "venue_unknown"),
    ("/api/search", {"venue": "floor", "text": "x" * 65}, 400, "bad_query"),
    ("/api/search", {"venue": "nowhere"}, 404, "venue_unknown"),
]


@pytest.mark.parametrize(("path", "params", "status", "code"), BAD)
def test_bad_questions(
    site: Site, path: str, params: dict[str, object], status: int, code: str
) -> None:
    with site.client(site.guest()) as client:
        response = client.get(path, params=params)  # type: ignore[arg-type]
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_a_name_twice_and_broken_utf8(site: Site) -> None:
    with site.client() as client:
        assert client.get("/api/search?venue=floor&venue=floor").status_code == 400
        assert client.get("/api/search?venue=floor&text=%ff%fe").status_code == 200
        assert client.get("/api/search?venue=floor&text=%ED%A0%80").status_code == 200
        assert client.get("/api/search?" + "a=1&" * 1500).status_code == 400
    assert site.app.state.bugs == 0


def test_foreign_venue_and_account_do_not_exist(site: Site) -> None:
    owner, other = site.guest(), site.guest()
    site.core.venues.owners[VenueId("p1")] = owner.user.user_id
    account_id = site.core.portfolio.open(owner.user.user_id)
    assert get(site, "/api/snap", owner, venue="p1")[0] == 200
    for session in (other, None):
        assert get(site, "/api/snap", session, venue="p1")[1]["code"] == "venue_unknown"
        found = get(site, "/api/snap", session, venue="floor", acct=account_id)
        assert found[1]["code"] == "account_unknown"
