"""The shapes of what a browser may say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.live.inbound import Ping, Replay, Sub, Vis, parse_inbound
from web.strict_json import JsonError


def test_each_kind() -> None:
    assert parse_inbound(b'{"t":"vis","hidden":true}') == Vis(hidden=True)
    assert parse_inbound(b'{"t":"ping"}') == Ping()
    sub = parse_inbound(
        b'{"t":"sub","venue":"floor","q":["A"],"bars":[["A","1m"]],"depth":null,"acct":3,"n":9,"rate":10}'
    )
    assert sub == Sub(venue="floor", q=["A"], bars=[("A", "1m")], acct=3, n=9, rate=10)
    assert isinstance(parse_inbound(b'{"t":"rp","venue":"p1","cmd":"step"}'), Replay)
    assert parse_inbound(b'{"t":"something new","x":[1,{}]}') is None


@given(st.dictionaries(st.sampled_from(["t", "venue", "q", "n", "hidden"]), st.text(max_size=5)))
def test_anything_else_is_a_json_error(value: dict[str, str]) -> None:
    import json

    try:
        parse_inbound(json.dumps(value).encode())
    except JsonError:
        return
    assert value.get("t") not in (None, "", "vis", "rp")


def test_a_sub_without_venue_is_refused() -> None:
    with pytest.raises(JsonError):
        parse_inbound(b'{"t":"sub"}')
