"""What each account has already taken from the street's displayed levels (fill model E2).

The street's display does not shrink when a paper order takes from it, so every account's takings
are remembered here and subtracted: nobody buys the same displayed share twice.  Counted in
thousandths of a base unit, rounded up against the account.
"""

from __future__ import annotations

from collections.abc import Iterator

from matching.orders import AccountId, Side
from matching.street import LevelChange
from matching.units import QUEUE_SCALE, divide_up


class Consumed:
    """The takings ledger of one instrument, by level and account."""

    def __init__(self) -> None:
        self._levels: dict[tuple[Side, int], dict[AccountId, int]] = {}

    def milli(self, account_id: AccountId, side: Side, price_ticks: int) -> int:
        return self._levels.get((side, price_ticks), {}).get(account_id, 0)

    def available(self, account_id: AccountId, side: Side, price_ticks: int, shown: int) -> int:
        """Displayed size that is left for the account, whole base units."""
        taken = divide_up(self.milli(account_id, side, price_ticks), QUEUE_SCALE)
        return max(0, shown - taken)

    def take(self, account_id: AccountId, side: Side, price_ticks: int, qty: int) -> None:
        level = self._levels.setdefault((side, price_ticks), {})
        level[account_id] = level.get(account_id, 0) + qty * QUEUE_SCALE

    def put(self, account_id: AccountId, side: Side, price_ticks: int, milli: int) -> None:
        """Set one entry: recovery."""
        self._levels.setdefault((side, price_ticks), {})[account_id] = milli

    def update(self, change: LevelChange) -> None:
        """A level changed: trades leave the takings, cancels shrink them in proportion."""
        key = (change.side, change.price_ticks)
        level = self._levels.get(key)
        if level is None:
            return
        if change.after == 0:
            del self._levels[key]
            return
        before_cancels = change.before - change.by_trades
        for account_id, milli in level.items():
            kept = milli
            if change.by_cancels:
                kept = divide_up(milli * change.after, before_cancels)
            level[account_id] = min(kept, change.after * QUEUE_SCALE)

    def clear(self) -> None:
        self._levels.clear()

    def entries(self) -> Iterator[tuple[AccountId, Side, int, int]]:
        """(account, side, price in ticks, thousandths taken), in a stable order."""
        for (side, price_ticks), level in sorted(self._levels.items()):
            for account_id, milli in sorted(level.items()):
                if milli:
                    yield account_id, side, price_ticks, milli
