"""What an order costs besides its value: every fee by name, exactly, with its minimum.

Most fees are those of the whole order so far, so a minimum is paid once however many fills there
are.  A fee for takers or makers is one of each fill alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from matching.orders import Side
from matching.units import AmountMinor, divide_half_up, divide_up

PPM = 1_000_000
PPB = 1_000_000_000


class FillRole(StrEnum):
    """Who was there first: the resting order makes, the arriving one takes."""

    TAKER = "taker"
    MAKER = "maker"


@dataclass(frozen=True, slots=True)
class Fee:
    """One itemised cost.

    amount = notional * rate_ppb / 10^9 + qty * per_unit_ppm / 10^6 minor units, each rounded half
    up, at least ``min_minor``, at most ``max_ppm`` of the notional and ``max_minor`` (None: no
    cap), then rounded up to whole ``whole_minor``.  ``side`` None: both.  ``role`` None: a fee of
    the order, else of each fill of that role.  ``included`` fees are part of the commission: they
    are shown, never added.
    """

    code: str
    side: Side | None = None
    rate_ppb: int = 0
    per_unit_ppm: int = 0
    min_minor: int = 0
    max_ppm: int | None = None
    max_minor: int | None = None
    whole_minor: int = 1
    role: FillRole | None = None
    included: bool = False

    def amount_minor(self, side: Side, notional_minor: int, qty: int) -> AmountMinor:
        if self.side is not None and self.side != side:
            return AmountMinor(0)
        amount = divide_half_up(notional_minor * self.rate_ppb, PPB)
        amount += divide_half_up(qty * self.per_unit_ppm, PPM)
        amount = max(amount, self.min_minor)
        if self.max_ppm is not None:
            amount = min(amount, divide_half_up(notional_minor * self.max_ppm, PPM))
        if self.max_minor is not None:
            amount = min(amount, self.max_minor)
        return AmountMinor(divide_up(amount, self.whole_minor) * self.whole_minor)


Items = tuple[tuple[str, int], ...]  # (code, minor units), without zeros


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    fees: tuple[Fee, ...]

    def items(self, side: Side, notional_minor: int, qty: int) -> Items:
        """Every fee of an order of which ``qty`` was filled for ``notional_minor``, as a taker:
        never less than what its fills come to."""
        return self._items(side, notional_minor, qty, included=False)

    def included(self, side: Side, notional_minor: int, qty: int) -> Items:
        """What of the commission goes to the exchange and the supervisor."""
        return self._items(side, notional_minor, qty, included=True)

    def _items(self, side: Side, notional_minor: int, qty: int, *, included: bool) -> Items:
        if qty == 0:
            return ()
        items = (
            (fee.code, int(fee.amount_minor(side, notional_minor, qty)))
            for fee in self.fees
            if fee.included is included and fee.role is not FillRole.MAKER
        )
        return tuple((code, amount) for code, amount in items if amount)

    def due(
        self,
        side: Side,
        order: tuple[int, int],
        fill: tuple[int, int],
        role: FillRole,
        charged: Mapping[str, int],
    ) -> Items:
        """What one more fill adds.  ``order`` is (notional, quantity) with it, ``fill`` its own;
        ``charged`` are the fees so far by code."""
        found = []
        for fee in self.fees:
            if fee.included or fee.role not in (None, role):
                continue
            if fee.role is None:
                more = fee.amount_minor(side, *order) - charged.get(fee.code, 0)
            else:
                more = fee.amount_minor(side, *fill)
            if more > 0:
                found.append((fee.code, more))
        return tuple(found)
