from __future__ import annotations

import pytest

from matching.units import AtNs
from simtrade.desk.requests import FLOOR, UserId
from simtrade.people.api_keys import ApiKey, NewKey
from simtrade.people.client_environment import client_environment


@pytest.mark.parametrize(
    ("origin", "stream"),
    [
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000"),
        ("https://class.example", "wss://class.example"),
        ("https://class.example/", "wss://class.example"),
    ],
)
def test_a_client_is_pointed_here(origin: str, stream: str) -> None:
    key = ApiKey("SIM1", UserId(1), FLOOR, "", frozenset(), AtNs(1), None, None, None, None)
    assert client_environment(origin, NewKey(key, "hush")) == {
        "APCA_API_BASE_URL": origin.rstrip("/"),
        "APCA_API_DATA_URL": origin.rstrip("/"),
        "APCA_API_STREAM_URL": stream,
        "APCA_API_KEY_ID": "SIM1",
        "APCA_API_SECRET_KEY": "hush",
    }
