"""Room of one account: its owner's browsers, told of every event and of the newest numbers.

Events are private messages, in order, each notice ended by its number.  The numbers of the
account (``acct``) are state: the newest one always arrives, older ones may be passed over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from matching.instrument import InstrumentId
from matching.orders import AccountId, OrderId
from simtrade.portfolio.views import AccountNotice
from web.core import Portfolio
from web.live import vocabulary
from web.live.limits import REVALUATION_SHARE
from web.live.mailbox import Mailbox
from web.live.room import Room, Tally


class Budget:
    """Time that revaluations caused by price moves may take, over all accounts."""

    def __init__(self, share: float = REVALUATION_SHARE) -> None:
        self._share = share
        self._second = 0
        self._spent = 0.0
        self.postponed = 0

    def may_spend(self, now: float) -> bool:
        """``now`` in monotonic seconds.  A refusal is counted."""
        if int(now) != self._second:
            self._second = int(now)
            self._spent = 0.0
        if self._spent >= self._share:
            self.postponed += 1
            return False
        return True

    def spend(self, seconds: float) -> None:
        self._spent += seconds


class AccountRoom(Room):
    """``holdings`` are the instruments whose prices move the account's numbers."""

    def __init__(
        self,
        account_id: AccountId,
        portfolio: Portfolio,
        budget: Budget,
        period: float,
        tally: Tally,
        emptied: Callable[[Room], None],
    ) -> None:
        super().__init__(period, tally, emptied)
        self.account_id = account_id
        self.holdings: frozenset[InstrumentId] = frozenset()
        self.number: int | None = None
        self._portfolio = portfolio
        self._budget = budget
        self._event_waits = False
        self._latest: dict[str, object] = {}
        self.value()

    def value(self) -> dict[str, object]:
        """The ``acct`` value as of now."""
        summary = self._portfolio.summary(self.account_id)
        self.holdings = frozenset(one.instrument.instrument_id for one in summary.positions)
        return vocabulary.account_value(summary, self.number)

    def delta(self) -> bytes:
        clock = asyncio.get_running_loop().time
        began = clock()
        by_price = not self._event_waits
        if by_price and not self._budget.may_spend(began):
            self.beaten_at = began
            self.changed()
            return b""
        self._event_waits = False
        latest = self.value()
        if by_price:
            self._budget.spend(clock() - began)
        if latest == self._latest:
            return b""
        self._latest = latest
        return vocabulary.value_frame(latest)

    def missed_since(self, version: int) -> bytes:  # noqa: ARG002 - state needs no history
        return vocabulary.value_frame(self._latest or self.value())

    def hear(self, notice: AccountNotice) -> None:
        """Tell every browser; a hole in the numbers is filled from the store first."""
        if self.number is not None and notice.number <= self.number:
            return
        if self.number is None or notice.number == self.number + 1:
            self._tell(self._event_frames(notice))
        else:
            self._tell(self.events_since(self.number))
        self.number = notice.number
        self._event_waits = True
        self.changed(urgent=True)

    def events_since(self, number: int) -> bytes:
        """Frames of all events after ``number``, or one resync when they are too old."""
        notices = self._portfolio.events_since(self.account_id, number)
        if notices is None:
            return vocabulary.resync("gap")
        if notices:
            self.number = max(self.number or 0, notices[-1].number)
        return b"".join(self._event_frames(notice) for notice in notices)

    def learn_number(self) -> None:
        """Find the newest number, so that a fresh page can resume from it later."""
        if self.number is None:
            notices = self._portfolio.events_since(self.account_id, 0)
            if notices is not None:
                self.number = notices[-1].number if notices else 0

    def _tell(self, frames: bytes) -> None:
        if frames:
            now = asyncio.get_running_loop().time()
            for mailbox in self.members():
                mailbox.send(frames, now)

    def _event_frames(self, notice: AccountNotice) -> bytes:
        """One ``ord`` per order that the notice touches, as it stands now."""
        touched = [event["order_id"] for event in notice.events if event.get("order_id")]
        orders = [
            view
            for order_id in dict.fromkeys(touched)
            if isinstance(order_id, int)
            and (view := self._portfolio.order(self.account_id, OrderId(order_id)))
        ]
        last = len(orders) - 1
        return b"".join(
            vocabulary.order(view, notice.number if place == last else None)
            for place, view in enumerate(orders)
        )

    def members(self) -> list[Mailbox]:
        return [*self._ready, *self._paused]
