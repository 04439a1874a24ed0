"""Orders with their versions: what a replace ends, what it begins, and pages by time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.orders import AccountId, GroupKind, OrderId, OrderKind, Side, TimeInForce, Trigger
from matching.orders import TriggerKind as Kind
from matching.units import PriceTicks
from simtrade.desk.requests import FLOOR, Done, Leg
from simtrade.portfolio.order_history import OrderHistory, OrderPage
from simtrade.portfolio.order_versions import OrderVersion, Standing, average_milli
from simtrade.portfolio.views import OrderState
from simtrade.store.order_reads import OrderReads
from tests.world import World

APPLE = "XNAS:AAPL"
ALL = OrderPage(open=None, limit=500)


def history_of(world: World) -> OrderHistory:
    return OrderHistory(OrderReads(world.store.engine), world.venues, world.feeds)


def done(reply: object) -> OrderId:
    assert isinstance(reply, Done), reply
    assert reply.order_id is not None
    return reply.order_id


@pytest.fixture
def account(world: World) -> AccountId:
    return world.practice(date(2008, 9, 12))[1]


def numbers(versions: tuple[OrderVersion, ...]) -> list[tuple[int, int]]:
    return [(one.order_id, one.number) for one in versions]


def test_each_replace_ends_a_version_and_begins_the_next(world: World, account: AccountId) -> None:
    history = history_of(world)
    order_id = done(world.place(account, Side.BUY, 10, limit=9_000, key="first"))
    assert numbers(history.page(account, ALL)) == [(order_id, 0)]
    for qty, limit in ((20, 9_000), (20, 9_100)):
        done(world.replace(account, order_id, qty, limit))
    found = [history.version(account, order_id, number) for number in range(3)]
    assert all(found)
    zero, one, two = (each for each in found if each)
    assert [(v.qty, v.limit_ticks) for v in (zero, one, two)] == [
        (10, 9_000), (20, 9_000), (20, 9_100),
    ]  # fmt: skip
    assert [v.standing for v in (zero, one, two)] == [
        Standing.REPLACED, Standing.REPLACED, Standing.WORKING,
    ]  # fmt: skip
    assert zero.client_id == "first"
    assert len({zero.client_id, one.client_id, two.client_id}) == 3
    for version in (zero, one, two):
        assert history.by_client_id(account, version.client_id) == version
    assert history.version(account, order_id, 3) is None
    assert history.current(account, order_id) == two
    assert numbers(history.page(account, OrderPage())) == [(order_id, 2)]
    assert numbers(history.page(account, OrderPage(open=False))) == [(order_id, 1), (order_id, 0)]


def test_what_belongs_to_another_account_is_not_there(world: World, account: AccountId) -> None:
    history = history_of(world)
    order_id = done(world.place(account, Side.BUY, 10, limit=9_000, key="mine"))
    _, other = world.practice(user=2)
    assert history.version(other, order_id, 0) is None
    assert history.current(other, order_id) is None
    assert history.by_client_id(other, "mine") is None
    assert history.page(other, ALL) == ()


def test_a_refused_command_is_no_order(world: World, account: AccountId) -> None:
    world.place(account, Side.BUY, 10**6, limit=9_000, key="dear")
    assert history_of(world).by_client_id(account, "dear") is None


def test_exits_stand_under_their_entry(world: World, account: AccountId) -> None:
    history = history_of(world)
    legs = (
        Leg(OrderKind.LIMIT, PriceTicks(30_000), TimeInForce.GTC),
        Leg(OrderKind.MARKET, None, TimeInForce.GTC, Trigger(Kind.STOP, 5_000)),
    )
    entry = done(
        world.place(account, Side.BUY, 10, limit=9_000, force=TimeInForce.GTC,
                    group=GroupKind.BRACKET, legs=legs)
    )  # fmt: skip
    flat = history.page(account, OrderPage())
    assert [one.standing for one in flat] == [Standing.HELD, Standing.HELD, Standing.WORKING]
    assert [one.client_id == "" for one in flat] == [True, True, False]
    (nested,) = history.page(account, OrderPage(nested=True))
    assert [leg.kind for leg in nested.legs] == [OrderKind.LIMIT, OrderKind.MARKET]
    assert nested.legs[1].stop_ticks == 5_000
    assert not nested.is_exit
    assert all(leg.is_exit for leg in nested.legs)
    assert history.version(account, entry, 0, nested=True) == nested
    world.cancel(account, entry)
    assert history.page(account, OrderPage(nested=True)) == ()
    (closed,) = history.page(account, OrderPage(open=False, nested=True))
    assert {leg.state for leg in closed.legs} == {OrderState.CANCELLED}


def test_a_replace_on_its_way_is_a_version_of_its_own(tmp_path: Path, tapes: Path) -> None:
    world = World.open(tmp_path / "slow", tapes, delays=True)
    account = world.floor()
    history = history_of(world)
    quote = world.venues.quotes(FLOOR)[0]
    low = quote.last_ticks - 20
    order_id = done(world.place(account, Side.BUY, 100, quote.instrument_id, limit=low))
    coming = history.current(account, order_id)
    assert coming
    assert coming.standing is Standing.COMING
    world.pass_seconds(2)
    done(world.replace(account, order_id, 200, low))
    old = history.version(account, order_id, 0)
    new = history.current(account, order_id)
    assert old
    assert new
    assert (old.standing, new.standing) == (Standing.CHANGING, Standing.ASKED)
    assert (new.number, new.qty) == (1, 200)
    assert history.by_client_id(account, new.client_id) == new
    world.pass_seconds(2)
    arrived = history.version(account, order_id, 1)
    assert arrived
    assert (arrived.standing, arrived.client_id) == (Standing.WORKING, new.client_id)
    assert arrived.submitted_at_ns == new.submitted_at_ns < arrived.updated_at_ns
    world.close()


def test_a_replace_that_came_too_late_is_lost(tmp_path: Path, tapes: Path) -> None:
    world = World.open(tmp_path / "slow", tapes, delays=True)
    account = world.floor()
    history = history_of(world)
    quote = world.venues.quotes(FLOOR)[0]
    low = quote.last_ticks - 20
    order_id = done(world.place(account, Side.BUY, 100, quote.instrument_id, limit=low))
    world.pass_seconds(2)
    done(world.replace(account, order_id, 200, low))
    asked = history.current(account, order_id)
    assert asked
    done(world.cancel(account, order_id))
    world.pass_seconds(2)
    lost = history.version(account, order_id, 1)
    assert lost
    assert (lost.standing, lost.state) == (Standing.LOST, OrderState.CANCELLED)
    assert history.by_client_id(account, asked.client_id) == lost
    last = history.version(account, order_id, 0)
    assert last
    assert (last.standing, last.cause) == (Standing.ENDED, "by_owner")
    world.close()


def test_what_was_filled_before_a_replace_stays_with_both(world: World) -> None:
    """The older version keeps its own figures when more is filled later."""
    history, account = history_of(world), world.floor()
    quote = world.venues.quotes(FLOOR)[0]
    assert quote.ask
    much = 100 * (quote.ask.qty // 100 + 50)
    order_id = done(
        world.place(account, Side.BUY, much, quote.instrument_id, limit=quote.ask.price_ticks)
    )
    before = history.current(account, order_id)
    assert before
    assert before.state is OrderState.OPEN
    assert 0 < before.filled < much
    done(world.replace(account, order_id, before.filled + 100, quote.last_ticks - 30))
    old, new = (history.version(account, order_id, number) for number in (0, 1))
    assert old
    assert new
    assert (old.filled, old.average_ticks_milli) == (before.filled, before.average_ticks_milli)
    assert (new.filled, new.qty) == (before.filled, before.filled + 100)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(st.tuples(st.sampled_from(["place", "replace", "cancel"]), st.integers(0, 5)),
                   min_size=1, max_size=20),
    limit=st.integers(1, 7), newest_first=st.booleans(), which=st.sampled_from((None, True, False)),
)  # fmt: skip
def test_pages_go_through_everything_once(
    world: World,
    steps: list[tuple[str, int]],
    limit: int,
    newest_first: bool,
    which: bool | None,
) -> None:
    """Page after page by the last one's place gives what one large page gives."""
    _, account = world.practice(date(2008, 9, 12), user=next(_users))
    history, placed = history_of(world), list[OrderId]()
    for what, number in steps:
        if what == "place" or not placed:
            placed.append(done(world.place(account, Side.BUY, 1 + number, limit=5_000)))
        elif what == "replace":
            world.replace(account, placed[number % len(placed)], 2 + number, 5_001 + number)
        else:
            world.cancel(account, placed[number % len(placed)])
    whole = history.page(account, OrderPage(open=which, limit=500, newest_first=newest_first))
    assert [one.place for one in whole] == sorted(
        (one.place for one in whole), reverse=newest_first
    )
    views = world.portfolio.orders(account, open_only=False)
    if which is not True:
        replaces = sum(one.standing is Standing.REPLACED for one in whole)
        ended = sum(view.state is not OrderState.OPEN for view in views)
        assert len(whole) == replaces + (len(views) if which is None else ended)
    else:
        assert {one.order_id for one in whole} == {
            view.order_id for view in views if view.state is OrderState.OPEN
        }
    paged, after = list[OrderVersion](), None
    for _ in range(len(whole) + 1):
        bound = {"before_version" if newest_first else "after_version": after}
        found = history.page(
            account,
            OrderPage(open=which, limit=limit, newest_first=newest_first, **bound),  # type: ignore[arg-type]
        )
        paged += found
        after = found[-1].place if found else after
    assert paged == list(whole)


_users = iter(range(1_000, 100_000))


def test_an_average_is_exact_to_a_thousandth_of_a_tick(world: World, account: AccountId) -> None:
    venue = world.portfolio.account(account)
    assert venue
    apple = world.instrument(venue.venue_id, APPLE)
    assert average_milli(apple, 0, 0) is None
    unit = apple.notional_minor(1, 1)
    assert average_milli(apple, 100 * unit + 200 * unit, 2) == 150_000
    assert average_milli(apple, 100 * unit, 3) == 33_333
