"""Orders with all their versions: by id, by the client's own id, and in pages by time.

Replaces are facts of the journal that never change, so what was read of an account once is kept,
and only newer facts are read after it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import msgspec

from matching.instrument import InstrumentId
from matching.orders import AccountId, OrderId, Side
from matching.units import AtNs
from simtrade.desk.requests import VenueId
from simtrade.desk.state import birth_of
from simtrade.portfolio.expiry import expiry_of
from simtrade.portfolio.order_versions import (
    Known,
    OrderVersion,
    Replacement,
    asked,
    earlier,
    latest,
)
from simtrade.store.order_reads import OrderFilter, OrderReads
from simtrade.venues.feeds import Feeds
from simtrade.venues.service import Venues

REPLACEMENTS_KEPT = 200_000  # of all accounts together


@dataclass(slots=True)
class _Past:
    """The replaces of one account up to its event ``read_to``."""

    read_to: int = 0
    by_order: dict[int, list[Replacement]] = field(default_factory=dict)
    placed: dict[int, Any] = field(default_factory=dict)  # rows of them, of facts that stay
    size: int = 0


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Which versions to list: ``open`` None for all.  Moments are not included themselves;
    ``after_version`` and ``before_version`` are places of versions."""

    open: bool | None = True
    limit: int = 50
    newest_first: bool = True
    nested: bool = False
    after_ns: int | None = None
    until_ns: int | None = None
    after_version: tuple[int, int, int] | None = None
    before_version: tuple[int, int, int] | None = None
    instruments: Collection[InstrumentId] | None = None
    side: Side | None = None


class OrderHistory:
    """Reads of the orders of accounts.  Safe to use from several threads."""

    def __init__(self, reads: OrderReads, venues: Venues, feeds: Feeds) -> None:
        self._reads = reads
        self._venues = venues
        self._feeds = feeds
        self._pasts: OrderedDict[AccountId, _Past] = OrderedDict()
        self._lock = threading.Lock()

    def version(
        self, account_id: AccountId, order_id: OrderId, number: int, *, nested: bool = False
    ) -> OrderVersion | None:
        """One version of an order; None where the account has none such."""
        row = self._reads.rows(account_id, [order_id]).get(order_id)
        if row is None:
            return None
        if number > row.replaced + 1:
            return None
        if number == row.replaced + 1:
            return self._asked(account_id, row)
        (found,) = self._versions(account_id, [(row, number)], nested=nested)
        return found

    def current(
        self, account_id: AccountId, order_id: OrderId, *, nested: bool = False
    ) -> OrderVersion | None:
        """The version that an order has reached; of a replace on its way the one it asks for."""
        row = self._reads.rows(account_id, [order_id]).get(order_id)
        if row is None:
            return None
        if row.change_qty:
            return self._asked(account_id, row)
        (found,) = self._versions(account_id, [(row, row.replaced)], nested=nested)
        return found

    def by_client_id(
        self, account_id: AccountId, client_id: str, *, nested: bool = False
    ) -> OrderVersion | None:
        """The version that was asked for under a client's own id."""
        command = self._reads.command_of_key(f"a:{account_id}", client_id)
        if command is None or "done" not in msgspec.json.decode(command.result):
            return None
        request = msgspec.json.decode(command.body)["request"]
        if "order_id" not in request:
            return self.version(account_id, OrderId(command.seq), 0, nested=nested)
        order_id = OrderId(request["order_id"])
        for one in self._past(account_id).by_order.get(order_id, ()):
            if one.command == command.seq:
                return self.version(account_id, order_id, one.number, nested=nested)
        row = self._reads.rows(account_id, [order_id])[order_id]
        return self._of_command(account_id, row, command)

    def page(self, account_id: AccountId, wanted: OrderPage) -> tuple[OrderVersion, ...]:
        """Versions by (submitted, order, number); a pending replace shows in the version that it
        is to replace."""
        shortened = _filter(wanted)
        rows = self._reads.unreplaced(
            account_id, shortened, newest_first=wanted.newest_first, limit=wanted.limit
        )
        places = [((row.placed_at_ns, row.order_id, 0), row) for row in rows]
        places += self._replaced(account_id, wanted, shortened)
        places.sort(key=lambda one: one[0], reverse=wanted.newest_first)
        chosen = places[: wanted.limit]
        found = self._reads.rows(account_id, [place[1] for place, _ in chosen])
        pairs = [(found[place[1]], place[2]) for place, _ in chosen]
        return tuple(self._versions(account_id, pairs, nested=wanted.nested))

    def next_session(self, venue_id: VenueId) -> date | None:
        """The session after the newest one that has opened in a venue."""
        view = self._venues.view(venue_id)
        if view is None:
            return None
        return self._feeds.feed(view.tape).next_session(self._venues.clock(venue_id).at_ns)

    # Replaced versions

    def _replaced(
        self, account_id: AccountId, wanted: OrderPage, shortened: OrderFilter
    ) -> list[tuple[tuple[int, int, int], Any]]:
        past = self._past(account_id)
        if not past.by_order:
            return []
        opened = self._reads.replaced_and_open(account_id, shortened)
        found = []
        for order_id in opened if wanted.open else tuple(past.by_order):
            row, changes = past.placed[order_id], past.by_order[order_id]
            if not _suits(row, wanted):
                continue
            times = [row.placed_at_ns, *(one.asked_at_ns for one in changes)]
            for number, at_ns in enumerate(times):
                is_open = number == len(changes) and order_id in opened
                place = (at_ns, order_id, number)
                if (wanted.open is None or wanted.open is is_open) and _within(place, wanted):
                    found.append((place, row))
        return found

    def _past(self, account_id: AccountId) -> _Past:
        """The replaces of an account up to now."""
        with self._lock:
            past = self._pasts.setdefault(account_id, _Past())
            self._pasts.move_to_end(account_id)
            newest = self._reads.newest_event(account_id)
            if newest > past.read_to:
                self._read_on(account_id, past)
                past.read_to = max(newest, past.read_to)
                kept = sum(one.size for one in self._pasts.values())
                while kept > REPLACEMENTS_KEPT and len(self._pasts) > 1:
                    kept -= self._pasts.popitem(last=False)[1].size
            return past

    def _read_on(self, account_id: AccountId, past: _Past) -> None:
        found = self._reads.replacements(account_id, past.read_to)
        past.read_to = found[-1].number if found else past.read_to
        bodies = [(row, msgspec.json.decode(row.body)) for row in found]
        places = {body.get("command", row.seq) for row, body in bodies}
        commands = self._reads.commands(places)
        for row, body in bodies:
            place = body.get("command", row.seq)
            command = commands[place]
            known = past.by_order.setdefault(body["order_id"], [])
            known.append(
                Replacement(
                    order_id=OrderId(body["order_id"]),
                    number=len(known) + 1,
                    command=place,
                    key=command.idempotency_key or "",
                    asked_at_ns=AtNs(command.cursor_ns),
                    at_ns=AtNs(body.get("at_ns", command.cursor_ns)),
                    qty=body["qty"],
                    filled=body["filled"],
                    limit_ticks=body["limit_ticks"],
                    stop_ticks=body.get("stop_ticks"),
                    trail=body.get("trail"),
                    trail_before=body.get("trail_before"),
                )
            )
        past.size += len(bodies)
        new = past.by_order.keys() - past.placed.keys()
        past.placed |= self._reads.rows(account_id, new)

    def _asked(self, account_id: AccountId, row: Any) -> OrderVersion | None:
        """The version of the newest replace that has not arrived."""
        made = self._past(account_id).by_order.get(row.order_id, ())[: row.replaced]
        after = made[-1].command if made else birth_of(row.order_id)[0]
        command = self._reads.newest_replace(f"a:{account_id}", row.order_id, after)
        return None if command is None else self._of_command(account_id, row, command)

    def _of_command(self, account_id: AccountId, row: Any, command: Any) -> OrderVersion:
        request = msgspec.json.decode(command.body)["request"]
        known = self._known(account_id, [row])[row.order_id]
        wish = Replacement(
            order_id=OrderId(row.order_id),
            number=len(known.replacements) + 1,
            command=command.seq,
            key=command.idempotency_key or "",
            asked_at_ns=AtNs(command.cursor_ns),
            at_ns=AtNs(command.cursor_ns),
            qty=request["qty"],
            filled=row.filled,
            limit_ticks=request["limit_ticks"],
            stop_ticks=request.get("stop_ticks"),
            trail=request.get("trail"),
        )
        return asked(row, known, wish)

    # Putting versions together

    def _versions(
        self, account_id: AccountId, pairs: list[tuple[Any, int]], *, nested: bool
    ) -> Iterable[OrderVersion]:
        groups = {row.order_id for row, _ in pairs if row.group_id == row.order_id}
        legs = self._reads.legs(account_id, groups) if nested else []
        known = self._known(account_id, [*(row for row, _ in pairs), *legs], pairs)
        for row, number in pairs:
            mine = known[row.order_id]
            newest = number == row.replaced
            version = latest(row, mine) if newest else earlier(row, mine, number)
            own = [one for one in legs if one.group_id == row.order_id]
            yield replace(version, legs=tuple(latest(one, known[one.order_id]) for one in own))

    def _known(
        self, account_id: AccountId, rows: list[Any], pairs: Iterable[tuple[Any, int]] = ()
    ) -> dict[int, Known]:
        """What the versions of some orders need beside their rows."""
        venue_id = VenueId(self._reads.venue_of(account_id) or "")
        instruments = self._venues.instruments(venue_id)
        clock = self._venues.clock(venue_id)
        view = self._venues.view(venue_id)
        assert view is not None
        feed = self._feeds.feed(view.tape)
        past = self._past(account_id).by_order
        partly = [row.order_id for row in rows if row.filled and row.state == "open"]
        old = {row.order_id for row, number in pairs if row.filled and number < row.replaced}
        last, fills = self._reads.last_fills(partly), self._reads.fills(old)
        amounts = self._reads.amounts([row.order_id for row in rows])
        return {
            row.order_id: Known(
                instrument=instruments[InstrumentId(row.instrument_id)],
                phase=clock.phase,
                replacements=tuple(past.get(row.order_id, ())[: row.replaced]),
                expiry=expiry_of(row, instruments, feed),
                fills=fills.get(row.order_id, ()),
                last_fill_ns=last.get(row.order_id),
                amount_minor=_amount(amounts.get(row.order_id)),
            )
            for row in rows
        }


def _amount(body: str | None) -> int | None:
    if body is None:
        return None
    found: int | None = msgspec.json.decode(body)["request"].get("amount_minor")
    return found


def _filter(wanted: OrderPage) -> OrderFilter:
    after, before = wanted.after_version, wanted.before_version
    return OrderFilter(
        open=wanted.open,
        after_ns=wanted.after_ns,
        until_ns=wanted.until_ns,
        after_place=None if after is None else after[:2],
        before_place=None if before is None else before[:2],
        instruments=wanted.instruments,
        side=wanted.side,
        leaders=wanted.nested,
    )


def _suits(row: Any, wanted: OrderPage) -> bool:
    if wanted.nested and row.group_id not in (None, row.order_id):
        return False
    if wanted.instruments is not None and row.instrument_id not in wanted.instruments:
        return False
    return wanted.side is None or row.side == int(wanted.side)


def _within(place: tuple[int, int, int], wanted: OrderPage) -> bool:
    return (
        (wanted.after_ns is None or place[0] > wanted.after_ns)
        and (wanted.until_ns is None or place[0] < wanted.until_ns)
        and (wanted.after_version is None or place > wanted.after_version)
        and (wanted.before_version is None or place < wanted.before_version)
    )
