"""One batch of the writer: what its commands changed, gathered into the rows of one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import msgspec

from matching.reasons import Reason
from simtrade.desk.commands import Command, canonical
from simtrade.desk.requests import Done, Refusal, Reply, VenueId
from simtrade.desk.state import Changes, JournalEvent, VenueState
from simtrade.store.engine_rows import (
    Row,
    account_row,
    balance_row,
    command_row,
    entitlement_row,
    event_rows,
    fill_row,
    order_row,
    position_row,
    taken_rows,
    transfer_rows,
    venue_row,
)
from simtrade.store.engine_store import Batch
from simtrade.store.plan_rows import plan_row, step_row


def encode_reply(reply: Reply) -> str:
    """The reply as the journal keeps it: a repeated key gets it again."""
    if isinstance(reply, Done):
        body = {"done": msgspec.to_builtins(reply)}
    else:
        body = {
            "refused": reply.reason.code,
            "numbers": dict(reply.numbers),
            "rule": reply.rule,
        }
    return canonical(body).decode()


def decode_reply(result: str) -> Reply:
    """Inverse of ``encode_reply``, marked as replayed."""
    body = msgspec.json.decode(result)
    if "done" in body:
        return Done(**{**body["done"], "replayed": True})
    return Refusal(Reason.of(body["refused"]), body["numbers"], body["rule"], replayed=True)


def next_chain(chain: str, parts: list[Row]) -> str:
    """BLAKE2b over the chain so far and the journal rows of one command, in their order."""
    digest = hashlib.blake2b(chain.encode(), digest_size=16)
    for row in parts:
        digest.update(canonical(row))
    return digest.hexdigest()


@dataclass(slots=True)
class Work:
    """Rows of the journal so far, and the state to be written at the end of the batch."""

    chain: str
    batch: Batch = field(default_factory=Batch)
    changed: dict[VenueId, tuple[VenueState, Changes]] = field(default_factory=dict)
    events: list[tuple[int, JournalEvent]] = field(default_factory=list)

    def journal(self, venue: VenueState, command: Command, reply: Reply, changes: Changes) -> None:
        """Add one carried-out command."""
        result = encode_reply(reply)
        events = list(event_rows(command.seq, changes.events))
        transfers = list(transfer_rows(command.seq, changes.transfers))
        head = command_row(command, result, "")
        self.chain = next_chain(self.chain, [head, *events, *transfers])
        self.batch.commands.append((*head[:-1], self.chain))
        self.batch.events += events
        self.batch.transfers += transfers
        self.batch.fills += [fill_row(command.seq, fill) for fill in changes.fills]
        self.batch.steps += [step_row(command.seq, step) for step in changes.steps]
        self.events += [(command.seq, event) for event in changes.events]
        self.touch(venue, changes)

    def touch(self, venue: VenueState, changes: Changes) -> None:
        """The state rows of a venue have to be written at the end."""
        kept = self.changed.setdefault(venue.venue_id, (venue, Changes()))[1]
        kept.accounts |= changes.accounts
        kept.positions |= changes.positions
        kept.orders |= changes.orders
        kept.entitlements |= changes.entitlements
        kept.balances |= changes.balances
        kept.plans |= changes.plans

    def finish(self) -> Batch:
        """The rows of everything that was touched, as it stands now."""
        batch = self.batch
        for venue, changes in self.changed.values():
            for listing in venue.exchange.listings.values():
                for order_id in listing.touched:
                    if order_id in venue.orders:
                        changes.orders[order_id] = venue.orders[order_id]
                listing.touched.clear()
            batch.venues.append(venue_row(venue))
            batch.accounts += [account_row(one) for one in changes.accounts.values()]
            batch.positions += [position_row(one) for one in changes.positions.values()]
            batch.entitlements += [entitlement_row(one) for one in changes.entitlements.values()]
            batch.orders += [order_row(venue.venue_id, one) for one in changes.orders.values()]
            batch.balances += [
                balance_row(venue.venue_id, *key, venue.ledger.balances[key])
                for key in changes.balances
            ]
            batch.plans += [plan_row(venue.venue_id, one) for one in changes.plans.values()]
            batch.taken_of.append(venue.venue_id)
            batch.taken += taken_rows(venue)
        return batch
