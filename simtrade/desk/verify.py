"""Everything again from the journal, compared with what the tables say.

The journal's rows are chained; every command is carried out anew on empty venues; every table of
the state must come out equal, row by row.  The answer names the first differences.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec

from feeds.tape import TapeError
from matching.units import AtNs
from simtrade.desk import desk
from simtrade.desk.commands import Command, CommandKind, canonical
from simtrade.desk.requests import Reply, VenueId
from simtrade.desk.state import Changes, VenueState
from simtrade.desk.work import encode_reply, next_chain
from simtrade.store.engine_rows import (
    Row,
    account_row,
    balance_row,
    command_of,
    command_row,
    entitlement_row,
    event_rows,
    fill_row,
    order_row,
    position_row,
    taken_rows,
    text,
    transfer_rows,
    venue_row,
)
from simtrade.store.engine_store import CHAIN_START, EngineStore
from simtrade.store.plan_rows import plan_row, step_row
from simtrade.venues.feeds import Feeds
from simtrade.venues.loader import new_venue

DIFFERENCES_SHOWN = 20
CANNOT = (
    AssertionError, LookupError, ValueError, TypeError, msgspec.MsgspecError, TapeError,
)  # fmt: skip


@dataclass(slots=True)
class Report:
    """``hash`` covers every re-derived state row; ``ledger_sums`` are zero per asset."""

    commands: int = 0
    problems: list[str] = field(default_factory=list)
    hash: str = ""
    ledger_sums: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.problems and not any(self.ledger_sums.values())

    def problem(self, sentence: str) -> None:
        if len(self.problems) < DIFFERENCES_SHOWN:
            self.problems.append(sentence)


@dataclass(slots=True)
class _Derived:
    """The state tables as the journal makes them, by primary key."""

    venues: dict[VenueId, VenueState] = field(default_factory=dict)
    orders: dict[int, Row] = field(default_factory=dict)
    fills: list[Row] = field(default_factory=list)
    plans: dict[int, Row] = field(default_factory=dict)
    steps: list[Row] = field(default_factory=list)
    broken: dict[VenueId, None] = field(default_factory=dict)


def verify(
    store: EngineStore, feeds: Feeds, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Re-derive and compare.  ``progress`` is told (commands done, commands in all)."""
    report, derived = Report(), _Derived()
    head = store.head()
    chain, seq = CHAIN_START, 0
    for stored in store.journal():
        seq += 1
        if stored.command[0] != seq:
            report.problem(f"command {seq} is missing")
            seq = stored.command[0]
        chain = _check_chain(report, derived, chain, stored)
        _carry_out(report, derived, feeds, stored)
        report.commands += 1
        if progress is not None:
            progress(report.commands, head.seq)
    if (head.seq, head.chain) != (seq, chain):
        report.problem(f"the journal ends at {seq} but its head says {head.seq}")
    if strays := store.strays():
        report.problem(f"{strays} events or transfers belong to no command")
    _compare(report, derived, store)
    return report


def _check_chain(report: Report, derived: _Derived, chain: str, stored: Any) -> str:
    """What somebody has altered is not carried out: it may name any tape and any moment."""
    parts = [(*stored.command[:-1], ""), *stored.events, *stored.transfers]
    found = next_chain(chain, parts)
    if found != stored.command[-1]:
        report.problem(f"command {stored.command[0]}: its rows do not match their chain")
        derived.broken[VenueId(stored.command[1])] = None
    return str(stored.command[-1])


def _carry_out(report: Report, derived: _Derived, feeds: Feeds, stored: Any) -> None:
    """One command again.  A venue that went wrong once is left alone: one cause, one message."""
    seq, venue_id = stored.command[0], VenueId(stored.command[1])
    if venue_id in derived.broken:
        return
    try:
        command = command_of(stored.command)
        venue, reply, changes = _apply(report, derived, feeds, command)
    except CANNOT as error:
        report.problem(f"command {seq} cannot be carried out again: {error!r}")
        derived.broken[venue_id] = None
        return
    again = [
        (*command_row(command, encode_reply(reply), "")[:-1], stored.command[-1]),
        *event_rows(command.seq, changes.events),
        *transfer_rows(command.seq, changes.transfers),
    ]
    found = [stored.command, *stored.events, *stored.transfers]
    agreed = len(again) == len(found) and all(map(_agrees, again, found))
    if not agreed:
        report.problem(f"command {command.seq} comes out differently")
    for order in changes.orders.values():
        derived.orders[order.order.order_id] = order_row(venue.venue_id, order)
    derived.fills += _fill_rows(command.seq, changes, stored.events if agreed else [])
    for plan in changes.plans.values():
        derived.plans[plan.plan_id] = plan_row(venue.venue_id, plan)
    derived.steps += [step_row(command.seq, step) for step in changes.steps]


def _fill_rows(seq: int, changes: Changes, events: list[Row]) -> list[Row]:
    """The fills, each with its receipt as the journal holds it: the event of a fill was written in
    the same transaction, and the chain vouches for every byte of it."""
    rows = [fill_row(seq, fill) for fill in changes.fills]
    written = [
        text(msgspec.json.decode(body)["receipt"]) for *_, kind, body in events if kind == "filled"
    ]
    if len(written) != len(rows):
        return rows
    return [(*row[:-1], receipt) for row, receipt in zip(rows, written, strict=True)]


def _apply(
    report: Report, derived: _Derived, feeds: Feeds, command: Command
) -> tuple[VenueState, Reply, Changes]:
    venue = derived.venues.get(command.venue_id)
    if command.kind is CommandKind.VENUE:
        venue = derived.venues[command.venue_id] = new_venue(
            command.venue_id, dict(command.body), feeds
        )
    if venue is None:
        raise LookupError(f"no venue {command.venue_id}")
    _move_quietly(report, venue, command.cursor_ns)
    reply, changes = desk.apply(venue, command)
    return venue, reply, changes


def _move_quietly(report: Report, venue: VenueState, to_ns: AtNs) -> None:
    """The market between two commands did nothing to anybody, or it would be in the journal."""
    if to_ns == venue.cursor_ns:
        return
    changes = Changes()
    desk.advance(venue, to_ns, changes)
    if changes.events or changes.transfers:
        report.problem(f"venue {venue.venue_id}: unjournaled events before {to_ns}")


def _compare(report: Report, derived: _Derived, store: EngineStore) -> None:
    """Row by row; the venues are brought to their stored cursors first."""
    stored = store.state()
    for row in stored["venue"]:
        venue = derived.venues.get(VenueId(row[0]))
        if venue is not None and venue.venue_id not in derived.broken:
            if row[5] < venue.cursor_ns:
                report.problem(f"venue {venue.venue_id}: its cursor is behind its journal")
            else:
                _move_quietly(report, venue, AtNs(row[5]))
    again = _tables(derived)
    digest = hashlib.blake2b(digest_size=16)
    for name, rows in again.items():
        expected, found = sorted(rows, key=repr), sorted(stored[name], key=repr)
        digest.update(canonical([name, expected]))
        missing, strange = _only_in(expected, found), _only_in(found, expected)
        for row in missing:
            report.problem(f"{name}: missing or altered {row!r:.200}")
        for row in strange:
            report.problem(f"{name}: not in the journal {row!r:.200}")
    report.hash = digest.hexdigest()
    report.ledger_sums = _ledger_sums(stored["balance"])


def _only_in(one: list[Row], other: list[Row]) -> list[Row]:
    known = {repr(row) for row in other}
    return [row for row in one if repr(row) not in known]


def _agrees(row: Row, found: Row) -> bool:
    """Whether a row of the journal is what comes out again.  A field that a later version knows is
    not in what an older one wrote; where it comes out empty, that is no difference.  What is
    really stored is the chain's to say."""
    return len(row) == len(found) and all(map(_cell_agrees, row, found))


def _cell_agrees(cell: object, found: object) -> bool:
    if cell == found or not (isinstance(cell, str) and isinstance(found, str)):
        return cell == found
    try:
        now, stored = (msgspec.json.decode(one.encode()) for one in (cell, found))
    except msgspec.DecodeError:
        return False  # no text of fields, or somebody has altered it
    return canonical(_as_written(now, stored)).decode() == found


def _as_written(value: object, stored: object) -> object:
    """A value without the empty fields that the stored one does not have."""
    if not (isinstance(value, dict) and isinstance(stored, dict)):
        return value
    return {
        name: _as_written(one, stored.get(name))
        for name, one in value.items()
        if one is not None or name in stored
    }


def _tables(derived: _Derived) -> dict[str, list[Row]]:
    venues = list(derived.venues.values())
    for venue in venues:
        for order_id, record in venue.orders.items():
            derived.orders[order_id] = order_row(venue.venue_id, record)
    return {
        "venue": [venue_row(venue) for venue in venues],
        "account": [account_row(one) for venue in venues for one in venue.accounts.values()],
        "position": [position_row(one) for venue in venues for one in venue.positions.values()],
        "entitlement": [
            entitlement_row(one) for venue in venues for one in venue.entitlements.values()
        ],
        "orders": list(derived.orders.values()),
        "fill": derived.fills,
        "plan": list(derived.plans.values()),
        "plan_step": derived.steps,
        "balance": [
            balance_row(venue.venue_id, *key, balance)
            for venue in venues
            for key, balance in venue.ledger.balances.items()
        ],
        "taken": [row for venue in venues for row in taken_rows(venue)],
    }


def _ledger_sums(balances: list[Row]) -> dict[str, int]:
    """Credits less debits per asset over all holders, posted and pending: zero each."""
    sums: dict[str, int] = {}
    ordered = sorted(balances, key=lambda row: str(row[2]))
    for asset, rows in groupby(ordered, key=lambda row: str(row[2])):
        kept = list(rows)
        posted = sum(row[4] - row[3] for row in kept)
        pending = sum(row[6] - row[5] for row in kept)
        sums[asset] = posted or pending
    return sums
