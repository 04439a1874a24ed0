from __future__ import annotations

import asyncio
from typing import Any

from simtrade.bench.http import Connection


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says back what it was asked; an empty answer to DELETE.  Closes when the other side has."""
    while not reader.at_eof():
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            break
        size = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        body = await reader.readexactly(size)
        if head.startswith("DELETE"):
            writer.write(b"HTTP/1.1 204 No Content\r\nx-one: a\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (size, body))
    writer.close()
    await writer.wait_closed()


async def _talk() -> list[tuple[int, Any]]:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    connection = Connection(server.sockets[0].getsockname()[1], {"x-key": "k"})
    await connection.open()
    found = [
        await connection.ask("POST", "/a", {"n": [1, "二"]}),
        await connection.ask("DELETE", "/b"),
        await connection.ask("GET", "/c", "last"),
    ]
    await connection.close()
    server.close()
    await asyncio.sleep(0)  # the server's side sees the end of the connection
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others)
    return found


def test_one_connection_carries_many_questions() -> None:
    assert asyncio.run(_talk()) == [(200, {"n": [1, "二"]}), (204, None), (200, "last")]
