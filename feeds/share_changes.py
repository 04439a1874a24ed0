"""What a price of one session means in another: splits, bonus issues, dividends, rights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from feeds.bar_actions import BarActions, ExAt, SplitAt
from feeds.calendar import Sessions, day_number
from feeds.tape import TapeSplit
from matching.instrument import Instrument


class ShareChanges:
    """Changes of the shares of a tape's instruments, which are their index in the tape."""

    def __init__(
        self,
        splits: Sequence[TapeSplit],
        actions: BarActions,
        instruments: Sequence[Instrument],
        calendar: Sessions,
    ) -> None:
        self._instruments = instruments
        self._ex_dates = actions.ex_dates
        index_of = {one.instrument_id: k for k, one in enumerate(instruments)}
        found = []
        for split in splits:
            # A split dated on a day without trading takes effect in the next session.
            session = int(np.searchsorted(calendar.days, day_number(split.session)))
            if session < len(calendar.days):
                index = index_of[split.instrument_id]
                found.append(SplitAt(session, index, split.new_shares, split.old_shares))
        self.splits = tuple(sorted(found))

    def splits_between(self, instrument: int, after: int, upto: int) -> list[SplitAt]:
        """Splits and bonus issues of an instrument in sessions after < session <= upto, in order:
        everything that changes the number of shares."""
        changes = self.between(instrument, after, upto)
        return [one if isinstance(one, SplitAt) else _as_split(one) for one in changes
                if isinstance(one, SplitAt) or one.terms.bonus_new]  # fmt: skip

    def carry(self, instrument: int, price_ticks: int, after: int, upto: int) -> int:
        """A price of session ``after`` in terms of session ``upto``: what an exchange takes as the
        previous close.  Each action is rounded half up to the tick."""
        for change in self.between(instrument, after, upto):
            if isinstance(change, SplitAt):
                price_ticks = change.adjust(price_ticks)
            else:
                own = self._instruments[instrument]
                price_ticks = change.terms.reference_ticks(own, price_ticks)
        return price_ticks

    def between(self, instrument: int, after: int, upto: int) -> list[SplitAt | ExAt]:
        """What changes the meaning of a price in after < session <= upto, splits first."""
        every: list[SplitAt | ExAt] = [*self.splits, *self._ex_dates]
        found = [
            one for one in every if one.instrument == instrument and after < one.session <= upto
        ]
        return sorted(found, key=lambda one: (one.session, isinstance(one, ExAt)))


def _as_split(ex_date: ExAt) -> SplitAt:
    terms = ex_date.terms
    total = terms.bonus_old + terms.bonus_new
    return SplitAt(ex_date.session, ex_date.instrument, total, terms.bonus_old)
