"""Notices inside one process: who said what to whom, and nothing kept.

The truth is in the store; a notice only says that something is new.  Subscribers are plain
callables run on the publisher's thread; each hands over to its own loop.  Channel names are
built only here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NewType

from matching.orders import AccountId
from simtrade.desk.requests import VenueId

ChannelName = NewType("ChannelName", str)
Listener = Callable[[object], None]


class Channel:
    """The names of all channels."""

    @staticmethod
    def market(venue_id: VenueId) -> ChannelName:
        return ChannelName(f"market:{venue_id}")

    @staticmethod
    def account(account_id: AccountId) -> ChannelName:
        return ChannelName(f"account:{account_id}")


class Bus:
    """Subscribe, publish.  Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[ChannelName, tuple[Listener, ...]] = {}

    def subscribe(self, channel: ChannelName, listener: Listener) -> Callable[[], None]:
        """Deliver every later notice of the channel; the returned function ends it."""
        with self._lock:
            self._listeners[channel] = (*self._listeners.get(channel, ()), listener)

        def unsubscribe() -> None:
            with self._lock:
                left = tuple(one for one in self._listeners.get(channel, ()) if one is not listener)
                if left:
                    self._listeners[channel] = left
                else:
                    self._listeners.pop(channel, None)

        return unsubscribe

    def heard(self, channel: ChannelName) -> bool:
        """Whether anybody listens: publishers skip work for empty rooms."""
        return channel in self._listeners

    def publish(self, channel: ChannelName, notice: object) -> None:
        for listener in self._listeners.get(channel, ()):
            listener(notice)
