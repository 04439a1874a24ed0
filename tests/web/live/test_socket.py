"""What one connection asks for, checked before anything changes; and the clock of a venue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from matching.units import AtNs
from simtrade.desk.requests import ClockAction, ClockRequest, VenueId
from tests.web.core_double import CoreDouble, clock_request_refused
from tests.web.live.wires import Wire
from web.live.hub import Hub
from web.live.socket import LiveSocket

MINE = VenueId("mine")


def conversation(core: CoreDouble, *texts: bytes) -> tuple[Wire, Hub]:
    async def work() -> tuple[Wire, Hub]:
        hub = Hub(core)
        user = core.people.create_guest("en").user
        core.venues.owners[MINE] = user.user_id
        wire = Wire()
        socket = LiveSocket(hub, wire.mailbox, user, "en", asyncio.get_running_loop().time)
        for text in texts:
            await socket.hear(text)
        return wire, hub

    return asyncio.run(work())


def kinds(wire: Wire) -> list[str]:
    return [one["t"] for one in wire.messages]


def test_a_refused_wish_changes_nothing(core: CoreDouble) -> None:
    wire, hub = conversation(
        core,
        b'{"t":"sub","venue":"floor","q":["XSIM:600000"]}',
        b'{"t":"sub","venue":"floor","q":["XSIM:600001","NO:1"]}',
        b'{"t":"sub","venue":"floor","bars":[["XSIM:600000","7m"]]}',
    )
    assert kinds(wire) == ["snap", "clock", "err", "err"]
    assert hub.rooms == 2
    assert hub.refused == {"instrument_unknown": 1, "interval_unknown": 1}


def test_a_new_wish_replaces_the_old(core: CoreDouble) -> None:
    wire, hub = conversation(
        core,
        b'{"t":"sub","venue":"floor","q":["XSIM:600000"],"depth":"XSIM:600000"}',
        b'{"t":"sub","venue":"mine","q":["XSIM:600001"]}',
    )
    assert hub.rooms == 2
    assert hub.watched(VenueId("floor")) is None
    assert wire.messages[-2]["ctx"] == "solo"


def test_rates_are_rounded_down(core: CoreDouble) -> None:
    async def work() -> list[float]:
        hub = Hub(core)
        user = core.people.create_guest("en").user
        socket = LiveSocket(hub, Wire().mailbox, user, "en", lambda: 0.0)
        return [socket._offered(rate) for rate in (0, 1, 3, 4, 9, 10, 1000)]

    assert asyncio.run(work()) == [0.5, 1.0, 2.0, 4.0, 4.0, 10.0, 10.0]


def asked(core: CoreDouble, text: bytes) -> tuple[list[Any], Wire]:
    wire, _ = conversation(core, text)
    return core.gateway.asked, wire


def test_the_owner_drives_the_clock(core: CoreDouble) -> None:
    requests, wire = asked(core, b'{"t":"rp","venue":"mine","cmd":"seek","v":1700,"key":"k"}')
    (request,) = requests
    assert isinstance(request, ClockRequest)
    assert (request.action, request.key) == (ClockAction.SEEK, "k")
    assert request.number == AtNs(1_700_000_000)
    assert wire.messages == []


def test_the_engine_may_refuse(core: CoreDouble) -> None:
    answer: Callable[..., Any] = clock_request_refused
    core.gateway.answer = answer
    _, wire = asked(core, b'{"t":"rp","venue":"mine","cmd":"speed","v":7}')
    assert wire.messages == [
        {"t": "err", "code": "speed_not_offered", "key": "", "args": {"speed": 7}}
    ]


def test_nobody_else_drives_it(core: CoreDouble) -> None:
    for venue in (b"floor", b"nowhere"):
        requests, wire = asked(core, b'{"t":"rp","venue":"%s","cmd":"pause"}' % venue)
        assert requests == []
        assert wire.messages[0]["code"] == "clock_not_yours"
