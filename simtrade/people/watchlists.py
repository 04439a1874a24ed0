"""Named lists of instruments that an owner keeps for one of his accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum
from uuid import UUID

from matching.instrument import InstrumentId
from matching.orders import AccountId
from simtrade.people.service import Outside
from simtrade.store.watchlist_store import NameTakenError, StoredWatchlist, WatchlistStore

Watchlist = StoredWatchlist

LISTS_PER_ACCOUNT = 100
INSTRUMENTS_PER_LIST = 1_000
NAME_MAX = 64


class WatchlistReason(Enum):
    """Why a list was not made or changed, in order of precedence."""

    UNKNOWN = "watchlist_unknown"
    NAME_NOT_ALLOWED = "watchlist_name_not_allowed"
    TOO_LONG = "watchlist_too_long"
    NAME_TAKEN = "watchlist_name_taken"
    TOO_MANY = "too_many_watchlists"
    NOT_LISTED = "instrument_not_in_watchlist"


class _RefusedError(Exception):
    def __init__(self, reason: WatchlistReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Watchlists:
    """Safe to use from several threads.  Another account's list is as unknown as none."""

    def __init__(self, store: WatchlistStore, outside: Outside | None = None) -> None:
        self._store = store
        self._outside = outside or Outside()

    def of(self, account_id: AccountId) -> tuple[Watchlist, ...]:
        return self._store.of(account_id)

    def named(self, account_id: AccountId, name: str) -> str | None:
        """The id of the list of that name."""
        return self._store.find(account_id, name=name) if name else None

    def one(self, account_id: AccountId, watchlist_id: str) -> Watchlist | None:
        return self._store.one(account_id, watchlist_id)

    def create(
        self, account_id: AccountId, name: str, instruments: Iterable[InstrumentId]
    ) -> Watchlist | WatchlistReason:
        now = self._outside.wall_ns()
        watchlist_id = str(UUID(bytes=self._outside.secret_bytes(16), version=4))
        new = Watchlist(watchlist_id, account_id, name.strip(), _unique(instruments), now, now)
        try:
            kept = self._store.add(_checked(new), LISTS_PER_ACCOUNT)
        except _RefusedError as refused:
            return refused.reason
        except NameTakenError:
            return WatchlistReason.NAME_TAKEN
        return new if kept else WatchlistReason.TOO_MANY

    def update(
        self,
        account_id: AccountId,
        watchlist_id: str,
        name: str | None,
        instruments: Iterable[InstrumentId] | None,
    ) -> Watchlist | WatchlistReason:
        """Another name, other instruments; None leaves what is there."""
        found = None if instruments is None else _unique(instruments)

        def edit(one: Watchlist) -> Watchlist:
            new_name = one.name if name is None else name.strip()
            return replace(
                one, name=new_name, instruments=one.instruments if found is None else found
            )

        return self._change(account_id, watchlist_id, edit)

    def add(
        self, account_id: AccountId, watchlist_id: str, instrument_id: InstrumentId
    ) -> Watchlist | WatchlistReason:
        """At the end; one that is there already stays where it is."""
        return self._change(
            account_id,
            watchlist_id,
            lambda one: replace(one, instruments=_unique((*one.instruments, instrument_id))),
        )

    def drop(
        self, account_id: AccountId, watchlist_id: str, instrument_id: InstrumentId
    ) -> Watchlist | WatchlistReason:
        def edit(one: Watchlist) -> Watchlist:
            if instrument_id not in one.instruments:
                raise _RefusedError(WatchlistReason.NOT_LISTED)
            rest = tuple(each for each in one.instruments if each != instrument_id)
            return replace(one, instruments=rest)

        return self._change(account_id, watchlist_id, edit)

    def remove(self, account_id: AccountId, watchlist_id: str) -> bool:
        """Whether there was such a list."""
        return self._store.remove(account_id, watchlist_id)

    def _change(
        self, account_id: AccountId, watchlist_id: str, edit: Callable[[Watchlist], Watchlist]
    ) -> Watchlist | WatchlistReason:
        now = self._outside.wall_ns()
        try:
            found = self._store.change(
                account_id,
                watchlist_id,
                lambda one: replace(_checked(edit(one)), updated_at_ns=max(now, one.updated_at_ns)),
            )
        except _RefusedError as refused:
            return refused.reason
        except NameTakenError:
            return WatchlistReason.NAME_TAKEN
        return found or WatchlistReason.UNKNOWN


def _unique(instruments: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(instruments))


def _checked(one: Watchlist) -> Watchlist:
    if not 1 <= len(one.name) <= NAME_MAX or not one.name.isprintable():
        raise _RefusedError(WatchlistReason.NAME_NOT_ALLOWED)
    if len(one.instruments) > INSTRUMENTS_PER_LIST:
        raise _RefusedError(WatchlistReason.TOO_LONG)
    return one
