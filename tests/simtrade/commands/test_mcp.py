"""``simtrade mcp`` before it speaks: where the key comes from, and what is missing.  The protocol
itself: tests/web/mcp/test_bridge.py."""

from __future__ import annotations

from typing import Any

import pytest

from simtrade.commands.mcp import DEFAULT_URL
from tests.simtrade.commands.conftest import Shell

Asked = list[tuple[tuple[str, ...], dict[str, Any]]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the bridge was told to do; the environment has a key."""
    from web.mcp import bridge

    found: Asked = []
    monkeypatch.setattr(bridge, "run", lambda *told, **more: found.append((told, more)))
    monkeypatch.setenv("APCA_API_KEY_ID", "SIMX")
    monkeypatch.setenv("APCA_API_SECRET_KEY", "secret")
    monkeypatch.delenv("APCA_API_BASE_URL", raising=False)
    return found


def test_the_key_comes_from_the_environment(shell: Shell, asked: Asked) -> None:
    assert shell("mcp").code == 0
    assert asked == [((DEFAULT_URL, "SIMX", "secret"), {"orders": False})]


def test_the_address_is_an_option_or_a_variable(
    shell: Shell, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APCA_API_BASE_URL", "https://one.example")
    shell("mcp", "--allow-orders")
    shell("mcp", "--url", "https://two.example")
    assert [(told[0], more["orders"]) for told, more in asked] == [
        ("https://one.example", True),
        ("https://two.example", False),
    ]


@pytest.mark.parametrize("name", ["APCA_API_KEY_ID", "APCA_API_SECRET_KEY"])
def test_without_a_key_it_says_what_to_set(
    shell: Shell, asked: Asked, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    done = shell("mcp")
    assert done.code == 1
    assert "APCA_API_KEY_ID and APCA_API_SECRET_KEY" in done.error
    assert asked == []


def test_a_real_brokers_key_goes_nowhere(
    shell: Shell, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APCA_API_KEY_ID", "PKABCDEFGH")
    done = shell("mcp")
    assert done.code == 1
    assert "no key of a simulated market" in done.error
    assert "PKABC" not in done.error
    assert asked == []
