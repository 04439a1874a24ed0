"""What every socket of a program has in common."""

from __future__ import annotations

import pytest

from tests.web.broker.program import Program
from tests.web.broker.streams.follower import follow
from tests.web.serving import Site
from web.broker.streams.connections import Kind


@pytest.mark.parametrize("path", ["/v2/iex", "/stream", "/v1beta3/crypto/us"])
def test_a_stranger_is_counted_nowhere_and_costs_little(broker: Site, path: str) -> None:
    connections = broker.app.state.streams.connections
    with follow(broker, path) as one:
        one.connection.send("x" * (64 * 1024 + 1))
        assert one.close_code() == 1009
        assert all(connections.count(kind) == 0 for kind in Kind)


@pytest.mark.parametrize("path", ["/v2/iex", "/stream"])
def test_a_flood_of_long_messages_is_ended(bot: Program, path: str) -> None:
    with follow(bot.site, path) as one:
        one.say(action="auth", key=bot.key.key_id, secret=bot.secret)
        while "authenticat" not in str(one.next()):
            pass
        for _ in range(3):
            one.say(action="dance", padding="x" * (2**20 - 100))
        assert one.close_code() == 4429
