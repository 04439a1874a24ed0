"""``GET /v2/events/trades``: an account's updates as server-sent events, from any of them on.

Every event has an id; ``since_id`` (or the ``Last-Event-ID`` that event sources send by themselves)
goes on right after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from simtrade.portfolio.order_events import OrderUpdate
from web.broker.errors import bad_field
from web.broker.identity import Program, client_of
from web.broker.queries import Query
from web.broker.streams.connections import Ending, Kind
from web.broker.streams.event_ids import place_of
from web.broker.streams.following import updates_after
from web.broker.streams.hub import Streams
from web.broker.streams.update_values import update_value

Place = tuple[int, int]  # number and step of an update

_HEARTBEAT = b": heartbeat\n\n"


@dataclass(frozen=True, slots=True)
class Window:
    """Which updates are wanted: after a place or from a moment on, up to and with a place or a
    moment; without a begin only those to come."""

    after: Place | None
    from_ns: int | None
    until: Place | None
    until_ns: int | None

    def has_begun(self, update: OrderUpdate) -> bool:
        if self.after is not None and (update.number, update.step) <= self.after:
            return False
        return self.from_ns is None or update.at_ns >= self.from_ns

    def is_over(self, update: OrderUpdate) -> bool:
        """Whether this update and all after it are beyond the end."""
        if self.until is not None and (update.number, update.step) > self.until:
            return True
        return self.until_ns is not None and update.at_ns > self.until_ns


def read_window(request: Request, program: Program) -> Window:
    """Raises ApiError (422)."""
    query = Query(request)
    zone = program.venue.traits.time_zone
    from_ns, until_ns = query.moment("since", zone), query.moment("until", zone)
    after = _place(program, "since_id", query.text("since_id"))
    until = _place(program, "until_id", query.text("until_id"))
    if from_ns is not None and after is not None:
        raise bad_field("since and since_id cannot be used at the same time")
    if until_ns is not None and from_ns is None:
        raise bad_field("since is required if until is specified")
    if until is not None and after is None:
        raise bad_field("since_id is required if until_id is specified")
    if from_ns is None and after is None:
        after = _place(program, "Last-Event-ID", request.headers.get("last-event-id"))
    return Window(after, from_ns, until, until_ns)


def _place(program: Program, name: str, text: str | None) -> Place | None:
    if not text:
        return None
    place = place_of(program.account.account_id, text)
    if place is None:
        raise bad_field(f"invalid {name}")
    return place


class EventStream:
    """One answer without an end of its own."""

    def __init__(self, streams: Streams, program: Program, window: Window) -> None:
        self._streams = streams
        self._program = program
        self._window = window
        self._over = asyncio.Event()

    def end(self, _why: Ending) -> None:
        self._over.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        key_id = self._program.key.key_id
        self._streams.connections.add(key_id, Kind.EVENTS, self)
        over = asyncio.ensure_future(self._over.wait())
        coming = None
        found = updates_after(self._streams.core, self._program, self._first())
        try:
            while True:
                coming = asyncio.ensure_future(anext(found))
                await asyncio.wait({coming, over}, return_when=asyncio.FIRST_COMPLETED)
                if over.done():
                    return
                text, ended = self._text(coming.result())
                yield text
                if ended:
                    return
        finally:
            over.cancel()
            if coming is not None:
                coming.cancel()  # what it waits for goes with it
            self._streams.connections.remove(key_id, Kind.EVENTS, self)

    def _first(self) -> int:
        """The number of the event after which to read."""
        window = self._window
        if window.after is not None:
            return window.after[0] - 1  # of its steps some may have been seen
        if window.from_ns is not None:
            return 0
        return self._streams.core.order_events.newest(self._program.account.account_id)

    def _text(self, updates: tuple[OrderUpdate, ...]) -> tuple[bytes, bool]:
        """What to send, and whether nothing comes after it."""
        window = self._window
        parts: list[bytes] = []
        for one in updates:
            if window.is_over(one):
                return b"".join(parts), True
            if window.has_begun(one):
                parts.append(self._event(one))
        if updates:
            return b"".join(parts) or _HEARTBEAT, False
        return _HEARTBEAT, self._all_is_told()

    def _all_is_told(self) -> bool:
        """Whether the end is past, when everything up to now was told."""
        window, core = self._window, self._streams.core
        if window.until_ns is not None:
            return core.venues.clock(self._program.venue.venue_id).at_ns > window.until_ns
        return window.until is not None and (
            core.order_events.newest(self._program.account.account_id) >= window.until[0]
        )

    def _event(self, update: OrderUpdate) -> bytes:
        value = update_value(self._program.account.account_id, update)
        value["at"] = value["timestamp"]
        name: str = value["event_id"]
        return b"id: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(value))


async def trade_events(request: Request) -> Response:
    """``GET /v2/events/trades``."""
    program = client_of(request)
    window = read_window(request, program)
    streams: Streams = request.app.state.streams
    return StreamingResponse(
        EventStream(streams, program, window).chunks(),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


ROUTES: list[BaseRoute] = [Route("/v2/events/trades", trade_events)]
