"""What programs written for Alpaca's Trading API v2 read from their environment."""

from __future__ import annotations

from collections.abc import Mapping

from simtrade.people.api_keys import NewKey


def client_environment(origin: str, made: NewKey) -> Mapping[str, str]:
    """The variables that point a client to ``origin`` (``http://host:port``) with a new key."""
    origin = origin.rstrip("/")
    return {
        "APCA_API_BASE_URL": origin,
        "APCA_API_DATA_URL": origin,
        # http is ws, https is wss
        "APCA_API_STREAM_URL": "ws" + origin.removeprefix("http"),
        "APCA_API_KEY_ID": made.key.key_id,
        "APCA_API_SECRET_KEY": made.secret,
    }
