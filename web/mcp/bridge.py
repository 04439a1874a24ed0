"""The protocol over standard input and output for clients that start a program: every message goes
on to a running server, with the key of the environment.

Nothing is decided here.  What the server does not allow the client is not offered.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import anyio
import httpx2
from mcp import Client, types
from mcp.client.streamable_http import streamable_http_client
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from simtrade.mistakes import Mistake
from web.mcp.addresses import NAME, ORDERS_PATH, PATH

ANSWER_SECONDS = 60
_NO_ANSWER = (
    "simtrade did not answer: it cannot be reached, takes this key no more, or was asked too often."
)
_Context = ServerRequestContext[Any, Any]


def run(url: str, key_id: str, secret: str, *, orders: bool) -> None:
    """Speak the protocol until standard input ends.  Raises Mistake when the server cannot be
    reached or does not take the key."""
    if not (key_id + secret).isascii():
        raise Mistake("A key holds plain letters and digits only.")
    anyio.run(_run, url.rstrip("/") + (ORDERS_PATH if orders else PATH), key_id, secret)


async def _run(address: str, key_id: str, secret: str) -> None:
    headers = {"apca-api-key-id": key_id, "apca-api-secret-key": secret}
    async with httpx2.AsyncClient(headers=headers, timeout=ANSWER_SECONDS, trust_env=False) as http:
        await _check(http, address)
        async with _opened(http, address) as client, stdio_server() as (heard, said):
            server = _forwarding(client)
            await server.run(heard, said, server.create_initialization_options())


async def _check(http: httpx2.AsyncClient, address: str) -> None:
    """Ask once, so that a wrong address or key is said in a sentence."""
    question = {"jsonrpc": "2.0", "id": 0, "method": "ping"}
    accept = {"accept": "application/json, text/event-stream"}
    try:
        answer = await http.post(address, json=question, headers=accept)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Mistake(f"No simtrade answers at {address} ({type(error).__name__}).") from None
    if answer.status_code == 401:
        raise Mistake(f"The server at {address} does not take this key.")
    if answer.status_code != 200:
        raise Mistake(f"The server at {address} answers {answer.status_code}.")


@asynccontextmanager
async def _opened(http: httpx2.AsyncClient, address: str) -> AsyncIterator[Client]:
    transport = streamable_http_client(address, http_client=http, terminate_on_close=False)
    async with Client(transport, read_timeout_seconds=ANSWER_SECONDS, cache=None) as client:
        yield client


def _forwarding(client: Client) -> Server[Any]:
    """A server whose every answer is that of the server behind it."""

    async def list_tools(
        _: _Context, params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        try:
            return await client.list_tools(cursor=params.cursor if params else None)
        except MCPError as error:
            _lost(error)

    async def call_tool(_: _Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            return await client.call_tool(params.name, params.arguments)
        except MCPError as error:
            _lost(error)

    return Server(
        NAME,
        title=NAME,
        instructions=client.instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _lost(error: MCPError) -> NoReturn:
    """The server's own faults as they are; what its silence or a refused key leaves, in words."""
    if error.error.code != types.INTERNAL_ERROR:
        raise error
    raise MCPError(types.INTERNAL_ERROR, _NO_ANSWER) from None
