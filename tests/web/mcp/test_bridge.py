"""``simtrade mcp`` as a process of its own, driven by the SDK as a desktop client drives it."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

from tests.web.broker.program import Program, program
from tests.web.mcp.agent import Mode, command, text_of
from tests.web.mcp.test_order_tools import LIMIT
from tests.web.mcp.test_server import ORDER_TOOLS, READ_TOOLS
from tests.web.serving import Site

T = TypeVar("T")


def talk(
    process: StdioServerParameters, say: Callable[[Client], Awaitable[T]], mode: Mode = "auto"
) -> T:
    async def run() -> T:
        async with Client(process, mode=mode) as client:
            return await say(client)

    return asyncio.run(run())


def test_without_the_switch_it_only_reads_and_speaks_both_ages(replay: Program) -> None:
    async def say(client: Client) -> tuple[set[str], str, str]:
        names = {one.name for one in (await client.list_tools()).tools}
        account = await client.call_tool("account", {})
        refused = await client.call_tool("preview_order", LIMIT)
        assert refused.is_error
        assert client.instructions
        assert account.structured_content is not None
        return names, account.structured_content["cash"], text_of(refused)

    for mode in ("legacy", "auto"):
        names, cash, refused = talk(command(replay), say, mode)  # type: ignore[arg-type]
        assert names == READ_TOOLS
        assert cash == "100000.00"
        assert "orders_not_allowed" in refused


def test_with_the_switch_it_previews_places_and_cancels(replay: Program) -> None:
    async def say(client: Client) -> str:
        tools = {one.name: one for one in (await client.list_tools()).tools}
        assert set(tools) == READ_TOOLS | ORDER_TOOLS
        hints = tools["place_order"].annotations
        assert hints is not None
        assert hints.destructive_hint
        preview = await client.call_tool("preview_order", LIMIT)
        assert preview.structured_content is not None
        confirmation = preview.structured_content["confirmation"]
        placed = await client.call_tool("place_order", {**LIMIT, "confirmation": confirmation})
        assert placed.structured_content is not None
        number = placed.structured_content["order"]["order_id"]
        cancelled = await client.call_tool("cancel_order", {"order_id": number})
        assert cancelled.structured_content is not None
        state: str = cancelled.structured_content["order"]["state"]
        return state

    assert talk(command(replay, "--allow-orders"), say) == "cancelled"
    account = replay.site.core.portfolio.accounts(replay.user.user_id)[0]
    assert len(replay.site.core.portfolio.orders(account.account_id, open_only=False)) == 1


def test_the_switch_gives_a_reading_key_nothing(broker: Site) -> None:
    async def say(client: Client) -> set[str]:
        return {one.name for one in (await client.list_tools()).tools}

    reader = program(broker, scopes=frozenset())
    assert talk(command(reader, "--allow-orders"), say) == READ_TOOLS


def test_a_key_that_ends_is_said_and_the_process_lives_on(broker: Site, replay: Program) -> None:
    async def say(client: Client) -> list[str]:
        await client.list_tools()
        said = []
        with pytest.raises(MCPError) as unknown:
            await client.call_tool("nowhere", {})
        said.append(unknown.value.error.message)
        assert broker.core.keys.revoke(replay.user.user_id, replay.key.key_id)
        for _ in range(2):
            with pytest.raises(MCPError) as ended:
                await client.call_tool("account", {})
            said.append(ended.value.error.message)
        return said

    unknown, *ended = talk(command(replay), say)
    assert unknown == "There is no such tool."
    assert set(ended) == {
        "simtrade did not answer: it cannot be reached, takes this key no more, or was asked too "
        "often."
    }


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"APCA_API_KEY_ID": ""}, "Set APCA_API_KEY_ID and APCA_API_SECRET_KEY"),
        ({"APCA_API_SECRET_KEY": "wrong"}, "does not take this key"),
        (
            {"APCA_API_BASE_URL": "http://127.0.0.1:9"},
            "No simtrade answers at http://127.0.0.1:9/mcp",
        ),
        ({"APCA_API_BASE_URL": "nonsense"}, "No simtrade answers at nonsense/mcp"),
        ({"APCA_API_SECRET_KEY": "schlüssel"}, "A key holds plain letters"),
    ],
)
def test_what_cannot_begin_says_why(
    replay: Program, changed: dict[str, str], sentence: str
) -> None:
    process = command(replay, **changed)
    done = subprocess.run(
        [process.command, *process.args],
        env={**os.environ, **(process.env or {})},
        input="", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert replay.secret not in done.stderr
    assert done.stdout == ""
