"""An agent's client: the protocol's own SDK against a running server."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

import httpx2
from mcp import Client, StdioServerParameters, types
from mcp.client.streamable_http import streamable_http_client

from tests.web.broker.program import Program
from web.mcp.addresses import ORDERS_PATH

Mode = Literal["legacy", "auto", "2026-07-28"]
T = TypeVar("T")


class Agent:
    """Opens a connection for every question, as a hosted client does."""

    def __init__(
        self, program: Program, path: str = ORDERS_PATH, mode: Mode = "2026-07-28"
    ) -> None:
        self.program = program
        self._address = program.site.origin + path
        self._mode: Mode = mode

    def talk(self, say: Callable[[Client], Awaitable[T]]) -> T:
        """What ``say`` makes of an open connection."""

        async def run() -> T:
            headers = dict(self.program.http.headers)
            async with httpx2.AsyncClient(headers=headers, trust_env=False, verify=False) as http:
                transport = streamable_http_client(
                    self._address, http_client=http, terminate_on_close=False
                )
                async with Client(transport, mode=self._mode) as client:
                    return await say(client)

        return asyncio.run(run())

    def tools(self) -> dict[str, types.Tool]:
        found = self.talk(lambda client: client.list_tools())
        return {one.name: one for one in found.tools}

    def call(self, tool: str, **arguments: Any) -> types.CallToolResult:
        return self.talk(lambda client: client.call_tool(tool, arguments))

    def ask(self, tool: str, **arguments: Any) -> Any:
        """The result of a call that must succeed; the client has checked it by its schema."""
        found = self.call(tool, **arguments)
        assert not found.is_error, text_of(found)
        assert found.structured_content is not None
        return found.structured_content

    def refused(self, tool: str, **arguments: Any) -> Any:
        """The refusal of a call that must be refused."""
        import json

        found = self.call(tool, **arguments)
        assert found.is_error, found.structured_content
        return json.loads(text_of(found))


def text_of(found: types.CallToolResult) -> str:
    (only,) = found.content
    assert isinstance(only, types.TextContent)
    return only.text


def command(program: Program, *options: str, **changed: str) -> StdioServerParameters:
    """``simtrade mcp`` as a desktop client starts it."""
    environment = {name: text for name, text in os.environ.items() if "SIMTRADE" not in name}
    environment |= {
        "APCA_API_BASE_URL": program.site.origin,
        "APCA_API_KEY_ID": program.key.key_id,
        "APCA_API_SECRET_KEY": program.secret,
        **changed,
    }
    arguments = ["-m", "simtrade", "mcp", *options]
    return StdioServerParameters(command=sys.executable, args=arguments, env=environment)
