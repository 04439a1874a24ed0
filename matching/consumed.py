"""What each account has already taken from the street's displayed levels (fill model E2).

The street's display does not shrink when a paper order takes from it, so every account's takings
are remembered here and subtracted: nobody buys the same displayed share twice.  Counted in
thousandths of a base unit, rounded up against the account.  Where only the best quote is shown,
most of what happens to a level is never seen: takings fade with a half-life.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matching.market import Level
from matching.orders import AccountId, Side
from matching.street import LevelChange
from matching.units import QUEUE_SCALE, AtNs, divide_up

_NEVER = AtNs(0)
_GONE_AFTER = 60  # half-lives: nothing that an order could hold is left


class Consumed:
    """The takings ledger of one instrument, by level and group of accounts (``Scope.group``).

    ``half_life_ns`` None: takings do not fade, and times do not matter."""

    def __init__(self, half_life_ns: int | None = None) -> None:
        self._half_life_ns = half_life_ns
        # Thousandths taken, and when that was true.
        self._levels: dict[tuple[Side, int], dict[AccountId, tuple[int, AtNs]]] = {}

    def milli(
        self, account_id: AccountId, side: Side, price_ticks: int, at_ns: AtNs = _NEVER
    ) -> int:
        level = self._levels.get((side, price_ticks), {})
        return self._faded(level.get(account_id, (0, at_ns)), at_ns)

    def _faded(self, entry: tuple[int, AtNs], at_ns: AtNs) -> int:
        """Halved with every half-life, in a straight line between two halvings."""
        milli, since_ns = entry
        if self._half_life_ns is None or at_ns <= since_ns:
            return milli
        halvings, rest_ns = divmod(at_ns - since_ns, self._half_life_ns)
        left = divide_up(milli, 2 ** min(halvings, _GONE_AFTER))
        return left - left * rest_ns // (2 * self._half_life_ns)

    def available(
        self, account_id: AccountId, side: Side, price_ticks: int, shown: int, at_ns: AtNs = _NEVER
    ) -> int:
        """Displayed size that is left for the account, whole base units."""
        taken = divide_up(self.milli(account_id, side, price_ticks, at_ns), QUEUE_SCALE)
        return max(0, shown - taken)

    def take(
        self, account_id: AccountId, side: Side, price_ticks: int, qty: int, at_ns: AtNs = _NEVER
    ) -> None:
        milli = self.milli(account_id, side, price_ticks, at_ns) + qty * QUEUE_SCALE
        self.put(account_id, side, price_ticks, milli, at_ns)

    def put(
        self, account_id: AccountId, side: Side, price_ticks: int, milli: int, at_ns: AtNs = _NEVER
    ) -> None:
        """Set one entry: recovery."""
        when = _NEVER if self._half_life_ns is None else at_ns
        self._levels.setdefault((side, price_ticks), {})[account_id] = milli, when

    def update(self, change: LevelChange, at_ns: AtNs = _NEVER) -> list[tuple[AccountId, int]]:
        """A level changed: trades leave the takings, cancels shrink them in proportion.

        Returns (group, thousandths) of what was traded there although the group had taken it: in
        its own market those takers went on to the levels behind, see ``push``.
        """
        key = (change.side, change.price_ticks)
        level = self._levels.get(key)
        if level is None:
            return []
        pushed: list[tuple[AccountId, int]] = []
        before_cancels = change.before - change.by_trades
        for account_id, entry in level.items():
            kept = self._faded(entry, at_ns)
            beyond = min(kept - before_cancels * QUEUE_SCALE, change.by_trades * QUEUE_SCALE)
            if beyond > 0:
                pushed.append((account_id, beyond))
            if change.by_cancels:
                kept = divide_up(kept * change.after, before_cancels)
            self.put(account_id, *key, min(kept, change.after * QUEUE_SCALE), at_ns)
        if change.after == 0:
            del self._levels[key]
        return pushed

    def push(
        self,
        account_id: AccountId,
        side: Side,
        levels: Iterable[Level],
        milli: int,
        at_ns: AtNs = _NEVER,
    ) -> None:
        """Takers whom the group had forestalled use up ``levels`` instead, best first."""
        for level in levels:
            taken = self.milli(account_id, side, level.price_ticks, at_ns)
            used = min(milli, max(0, level.qty * QUEUE_SCALE - taken))
            if used:
                self.put(account_id, side, level.price_ticks, taken + used, at_ns)
                milli -= used
            if not milli:
                return

    def clear(self) -> None:
        self._levels.clear()

    def entries(self) -> Iterator[tuple[AccountId, Side, int, int, AtNs]]:
        """(account, side, price in ticks, thousandths taken, when), in a stable order."""
        for (side, price_ticks), level in sorted(self._levels.items()):
            for account_id, (milli, at_ns) in sorted(level.items()):
                if milli:
                    yield account_id, side, price_ticks, milli, at_ns
