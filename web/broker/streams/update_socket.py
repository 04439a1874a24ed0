"""A program that follows its own orders: ``trade_updates``, never dropped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from web.broker.identity import Program
from web.broker.streams.asked import Asked
from web.broker.streams.connections import Ending, Kind
from web.broker.streams.following import updates_after
from web.broker.streams.limits import UPDATE_PATIENCE, Close
from web.broker.streams.socket import ProgramSocket
from web.broker.streams.update_values import update_value
from web.live.mailbox import Mailbox

if TYPE_CHECKING:
    from web.live.protocol import FanoutProtocol

STREAM = "trade_updates"


def authorization(status: str, action: str) -> dict[str, object]:
    return {"stream": "authorization", "data": {"status": status, "action": action}}


def _problem(words: str) -> dict[str, object]:
    return {"stream": "error", "data": {"error_message": words}}


class UpdateSocket(ProgramSocket):
    kind = Kind.UPDATES
    _task: asyncio.Task[None] | None = None

    def _mailbox(self, wire: FanoutProtocol) -> Mailbox:
        refused = self.codec.message(authorization("unauthorized", "authenticate"))

        def last_words(code: int) -> bytes:
            known = (Close.KEY_ENDED, Close.AUTH_FAILED, Close.AUTH_LATE)
            return refused if code in known else b""

        return wire.attach(self.streams.closed, patience=UPDATE_PATIENCE, last_words=last_words)

    def broken(self) -> None:
        self.say(_problem("internal error"))

    def _malformed(self) -> None:
        self.streams.refused["400"] += 1
        self.say(_problem("invalid syntax"))

    def _unknown(self, asked: Asked) -> None:
        self.streams.refused["401"] += 1
        self.say(authorization("unauthorized", asked.action))

    def _authenticate(self, program: Program | None) -> None:
        if program is None:
            self.mailbox.close(Close.AUTH_FAILED, "unauthorized")
            return
        if self.program is None:
            self.admit(program)
        self.say(authorization("authorized", "authenticate"))

    def _said(self, asked: Asked) -> None:
        if asked.action != "listen" or asked.data is None:
            self._malformed()
            return
        streams = [STREAM] if STREAM in asked.data.streams else []
        self.say({"stream": "listening", "data": {"streams": streams}})
        if not streams:
            self._stop()
        elif self._task is None:
            assert self.program is not None
            account_id = self.program.account.account_id
            newest = self.streams.core.order_events.newest(account_id)
            self._task = asyncio.get_running_loop().create_task(self._tell(newest))
            self._task.add_done_callback(self._ended)

    async def _tell(self, after: int) -> None:
        program = self.program
        assert program is not None
        async for updates in updates_after(self.streams.core, program, after):
            for one in updates:
                data = update_value(program.account.account_id, one)
                self.say({"stream": STREAM, "data": data})

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.streams.bug(error)
            self.end(Ending.BUG)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def gone(self) -> None:
        super().gone()
        self._stop()
