"""Who hears what."""

from __future__ import annotations

from matching.orders import AccountId
from simtrade.bus import Bus, Channel
from simtrade.desk.requests import VenueId

MARKET, ACCOUNT = Channel.market(VenueId("floor")), Channel.account(AccountId(1))


def test_a_notice_reaches_the_listeners_of_its_channel_in_their_order() -> None:
    bus, heard = Bus(), list[object]()
    bus.subscribe(MARKET, lambda notice: heard.append(("first", notice)))
    bus.subscribe(MARKET, lambda notice: heard.append(("second", notice)))
    bus.subscribe(ACCOUNT, lambda notice: heard.append(("other", notice)))
    bus.publish(MARKET, 1)
    bus.publish(Channel.account(AccountId(2)), 2)
    assert heard == [("first", 1), ("second", 1)]


def test_whoever_left_hears_no_more_and_an_empty_room_is_known() -> None:
    bus, heard = Bus(), list[object]()
    assert not bus.heard(MARKET)
    leave = bus.subscribe(MARKET, heard.append)
    stay = bus.subscribe(MARKET, lambda notice: heard.append(-1))
    assert bus.heard(MARKET)
    leave()
    leave()  # twice is harmless
    bus.publish(MARKET, 1)
    assert heard == [-1]
    stay()
    assert not bus.heard(MARKET)
    bus.publish(MARKET, 2)
    assert heard == [-1]


def test_a_listener_may_leave_while_it_hears() -> None:
    bus, heard = Bus(), list[object]()

    def once(notice: object) -> None:
        heard.append(notice)
        leave()

    leave = bus.subscribe(MARKET, once)
    bus.subscribe(MARKET, heard.append)
    bus.publish(MARKET, 1)
    bus.publish(MARKET, 2)
    assert heard == [1, 1, 2]


def test_no_two_channels_share_a_name() -> None:
    names = [Channel.market(VenueId("1")), Channel.account(AccountId(1)), MARKET, ACCOUNT]
    assert len(set(names)) == 3
