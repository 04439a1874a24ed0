"""When orders end: at the close of their last session, by the schedule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from matching.orders import OrderKind, TimeInForce
from simtrade.portfolio.expiry import expiry_of
from simtrade.venues.feeds import Feeds
from tests.world import World


@dataclass
class Placed:
    time_in_force: str
    placed_at_ns: int
    good_till: str | None = None
    instrument_id: str = "XNAS:AAPL"
    kind: str = OrderKind.LIMIT.value


def ns(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * 10**9  # type: ignore[arg-type]


CLOSE_FRIDAY, CLOSE_MONDAY = ns(2008, 9, 12, 20), ns(2008, 9, 15, 20)


@pytest.mark.parametrize(
    ("force", "placed", "good_till", "at_ns", "one_session"),
    [
        (TimeInForce.DAY, ns(2008, 9, 12, 15), None, CLOSE_FRIDAY, True),
        (TimeInForce.DAY, ns(2008, 9, 12, 21), None, CLOSE_MONDAY, True),
        (TimeInForce.IOC, ns(2008, 9, 12, 15), None, CLOSE_FRIDAY, False),
        (TimeInForce.GTC, ns(2008, 9, 12, 15), None, None, False),
        (TimeInForce.GTD, ns(2008, 9, 12, 21), "2008-09-15", CLOSE_MONDAY, True),
        (TimeInForce.GTD, ns(2008, 9, 12, 15), "2008-09-14", CLOSE_MONDAY, False),
        (TimeInForce.GTD, ns(2008, 9, 12, 15), "2008-09-15", CLOSE_MONDAY, False),
    ],
)
def test_the_close_of_the_last_session(
    world: World,
    force: TimeInForce,
    placed: int,
    good_till: str | None,
    at_ns: int | None,
    one_session: bool,
) -> None:
    venue, _ = world.practice(date(2008, 9, 12))
    view = world.venues.view(venue)
    assert view
    feeds: Feeds = world.feeds
    row = Placed(force.value, placed, good_till)
    found = expiry_of(row, world.venues.instruments(venue), feeds.feed(view.tape))
    assert found == (at_ns, one_session)


def test_where_nobody_knows_the_hours_nobody_knows_the_end(world: World) -> None:
    venue, _ = world.practice(date(2008, 9, 12))
    view = world.venues.view(venue)
    assert view
    unknown = {
        name: replace(one, market="NOWHERE")
        for name, one in world.venues.instruments(venue).items()
    }
    row = Placed(TimeInForce.DAY.value, ns(2008, 9, 12, 15))
    assert expiry_of(row, unknown, world.feeds.feed(view.tape)).at_ns is None
