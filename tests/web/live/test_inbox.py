"""Notices from another thread."""

from __future__ import annotations

import asyncio
import threading

from web.live.inbox import Inbox


def test_what_is_put_on_any_thread_is_taken_on_the_loop_in_order() -> None:
    async def run() -> list[object]:
        taken: list[object] = []
        threads = set()

        def take(notice: object) -> None:
            taken.append(notice)
            threads.add(threading.get_ident())

        inbox = Inbox(take)
        inbox.put("before the start")
        inbox.start()
        sender = threading.Thread(target=lambda: [inbox.put(number) for number in range(1_000)])
        sender.start()
        await asyncio.to_thread(sender.join)
        await asyncio.sleep(0)
        inbox.drain()
        assert threads == {threading.get_ident()}
        return taken

    assert asyncio.run(run()) == ["before the start", *range(1_000)]


def test_a_notice_after_the_loop_is_no_error() -> None:
    inbox = Inbox(lambda _: None)

    async def begin() -> None:
        inbox.start()

    asyncio.run(begin())
    inbox.put("late")
