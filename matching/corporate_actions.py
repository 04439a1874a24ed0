"""What companies do to their shares: the events, and their arithmetic.

Everything happens before the session opens.  Who held shares at the close before the ex-date is
entitled; from the open of the ex-date on the price is without the entitlement.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from matching.instrument import Instrument, InstrumentId
from matching.units import AmountMinor, AtNs, PriceTicks, divide_half_up

# Cash per share is counted in millionths of a unit of the currency: 21.675 a share is 21,675,000.
CASH_DECIMALS = 6


class ExTerms(NamedTuple):
    """What one share held at the close before the ex-date gives.

    ``cash_micro`` millionths of a currency unit in cash; ``bonus_new`` free shares for every
    ``bonus_old`` held; the right to buy ``rights_new`` for every ``rights_old`` held at
    ``rights_ticks`` each.
    """

    cash_micro: int = 0
    bonus_new: int = 0
    bonus_old: int = 1
    rights_new: int = 0
    rights_old: int = 1
    rights_ticks: int = 0

    def reference_ticks(self, instrument: Instrument, close_ticks: int) -> PriceTicks:
        """The reference of the ex-date: (close - cash + rights price x rights ratio) /
        (1 + bonus ratio + rights ratio), half up to the tick, at least one tick.

        Source: SSE trading rules (2023) 4.3.2, SZSE trading rules (2023) 4.4.2.
        """
        decimals = max(instrument.price_decimals, CASH_DECIMALS)
        per_tick = instrument.tick * 10 ** (decimals - instrument.price_decimals)
        cash = self.cash_micro * 10 ** (decimals - CASH_DECIMALS)
        bonus, rights = self.bonus_new * self.rights_old, self.rights_new * self.bonus_old
        shares = self.bonus_old * self.rights_old
        value = (close_ticks * per_tick - cash) * shares + self.rights_ticks * per_tick * rights
        return PriceTicks(max(1, divide_half_up(value, (shares + bonus + rights) * per_tick)))

    def cash_minor(self, instrument: Instrument, qty: int) -> AmountMinor:
        """The cash on ``qty`` base units before tax, in minor units, half up."""
        scale = CASH_DECIMALS + instrument.qty_decimals - instrument.currency.decimals
        return AmountMinor(divide_half_up(qty * self.cash_micro, 10**scale))

    def bonus_qty(self, qty: int) -> tuple[int, int]:
        """(whole free shares, the rest in ``bonus_old``-ths of a share) on ``qty``."""
        return divmod(qty * self.bonus_new, self.bonus_old)

    def rights_qty(self, qty: int) -> int:
        """How many shares may be subscribed for on ``qty``; a fraction gives none."""
        return qty * self.rights_new // self.rights_old


class ExDate(NamedTuple):
    """The session ``session`` is the first without the entitlement; (instrument, session) names
    it.  The days on which it is carried out are told by ``Due``; bonus shares can be traded at
    once unless ``bonus_later``."""

    at_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    session: date
    terms: ExTerms
    bonus_later: bool = False


class DueStep(StrEnum):
    """What becomes of an entitlement, each on its own day."""

    CASH = "cash"  # the dividend is paid
    BONUS = "bonus"  # free shares can be traded
    RIGHTS_CLOSED = "rights_closed"  # the last session for subscribing is over
    RIGHTS = "rights"  # subscribed shares can be traded


class Due(NamedTuple):
    """One step of the entitlement of (instrument, ``ex_session``) is carried out."""

    at_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    ex_session: date
    step: DueStep


class Delisting(NamedTuple):
    """The last session is over.  ``cash_ticks`` is what a holder gets for a share where that is
    known (a takeover); None: what the rule book of the day says."""

    at_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    session: date
    cash_ticks: PriceTicks | None


class CodeChange(NamedTuple):
    """From this session on the instrument trades as ``new_id``."""

    at_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    session: date
    new_id: InstrumentId


CorporateEvent = ExDate | Due | Delisting | CodeChange
