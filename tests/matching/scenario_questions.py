"""What a scenario can ask of an order, beside what happens."""

from __future__ import annotations

from matching.events import Event
from matching.listing import Listing
from matching.orders import OrderId


class Questions:
    """Steps that change nothing; AssertionError shows the figure that was found."""

    listing: Listing
    orders: dict[str, OrderId]

    def _do_left(self, rest: list[str]) -> list[Event]:
        """``left A N``: how much of an order is open; 0 when it is gone."""
        order_id = self.orders[rest[0]]
        working = self.listing.orders.get(order_id)
        assert (working.leaves if working else 0) == int(rest[1]), working
        return []

    def _do_stop(self, rest: list[str]) -> list[Event]:
        """``stop A N``: where the trigger of an order stands."""
        working = self.listing.orders[self.orders[rest[0]]]
        assert working.stop_ticks == int(rest[1]), working.stop_ticks
        return []

    def _do_ahead(self, rest: list[str]) -> list[Event]:
        """``ahead A N``: displayed quantity before the order, to the thousandth."""
        working = self.listing.orders[self.orders[rest[0]]]
        assert working.ahead_milli == round(float(rest[1]) * 1000), working.ahead_milli
        return []

    def _do_traded(self, rest: list[str]) -> list[Event]:
        """``traded A N``: what was printed at the order's price since it came."""
        working = self.listing.orders[self.orders[rest[0]]]
        assert working.traded_at_price == int(rest[1]), working.traded_at_price
        return []
