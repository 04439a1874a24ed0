"""What if: a private market again from its beginning, with what its owner did up to some moment.

A branch is a venue of its own.  The commands of the first one are carried out in it once more, at
the same moments of the same market, so that everything up to there comes out the same; from there
on it goes another way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from matching.orders import AccountId
from matching.reasons import Reason
from matching.units import AtNs
from simtrade.desk.commands import Command, CommandKind
from simtrade.desk.requests import BranchPractice, Refusal
from simtrade.desk.state import VenueState, birth_of, born_id
from simtrade.store.engine_rows import Row, command_of
from simtrade.store.engine_store import EngineStore

COMMANDS_MAX = 2_000  # all are carried out while everybody waits
_KEPT = ("tape", "owner", "first_session", "start_ns", "speed", "scope")
_OPENING = (CommandKind.VENUE, CommandKind.ACCOUNT)
# A clock that only ran, stood or changed its speed names no moment.
_MOVING = (CommandKind.ADVANCE, CommandKind.CLOCK)

Again = Callable[[VenueState, Command, dict[str, Any]], int]
"""Carries out a command with this body; its place in the journal."""
Advance = Callable[[VenueState, AtNs], int]
"""Lets the market happen up to a moment; the place in the journal of what it did."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is done again: the venue (body of its command), its owner's commands, and the moment at
    which the branch begins."""

    venue: dict[str, Any]
    commands: tuple[Command, ...]
    at_ns: AtNs


def past_of(request: BranchPractice, store: EngineStore, venue: VenueState) -> Past | Refusal:
    """What was done in a private venue before the order that the request names was placed, or up to
    now where it names none."""
    commands = [command_of(row) for row in store.commands_of(venue.venue_id) if _was_done(row)]
    first, rest = commands[0], [one for one in commands if one.kind not in _OPENING]
    if not request.order_id:
        chosen, at_ns = rest, venue.cursor_ns
    else:
        seq, born = birth_of(request.order_id)
        chosen = [one for one in rest if one.seq < seq]
        placed = next((one for one in rest if one.seq == seq), None)
        placed_ns = store.placed_at(request.account_id, request.order_id)
        if placed is None or placed_ns is None:
            return Refusal(Reason.ORDER_UNKNOWN)
        # What a plan or a call placed is younger than the command during which that happened.
        at_ns = AtNs(placed_ns - 1) if born else placed.cursor_ns
    if len(chosen) > COMMANDS_MAX:
        return Refusal(Reason.BRANCH_TOO_LONG, {"max_commands": COMMANDS_MAX})
    kept = {name: first.body[name] for name in _KEPT if name in first.body}
    named = {"name": request.name} if request.name else {}
    return Past(kept | {"running": False} | named, tuple(chosen), at_ns)


def _was_done(row: Row) -> bool:
    """What was refused changed nothing."""
    return "done" in msgspec.json.decode(row[8])


@dataclass(slots=True)
class Branching:
    """Does the past again in a fresh venue; ``seqs`` says which command became which."""

    venue: VenueState
    account_id: AccountId
    again: Again
    advance: Advance
    seqs: dict[int, int] = field(default_factory=dict)

    def carry_out(self, past: Past) -> None:
        for command in past.commands:
            self._pass(command.seq, command.cursor_ns)
            if command.kind not in _MOVING:
                body = self._renamed(command.body)
                self.seqs[command.seq] = self.again(self.venue, command, body)
            elif "to_ns" in command.body:
                self._pass(command.seq, AtNs(command.body["to_ns"]))
        self._pass(0, past.at_ns)

    def _pass(self, seq: int, to_ns: AtNs) -> None:
        end_ns = self.venue.feed.end_ns
        to_ns = to_ns if end_ns is None else min(to_ns, end_ns)
        if to_ns > self.venue.cursor_ns:
            self.seqs[seq] = self.advance(self.venue, to_ns)

    def _renamed(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body with the account, orders and plans of the branch."""
        request = {**body["request"], "account_id": self.account_id}
        if "order_id" in request:
            seq, place = birth_of(request["order_id"])
            request["order_id"] = born_id(self.seqs.get(seq, 0), place)
        if "plan_id" in request:
            request["plan_id"] = self.seqs.get(request["plan_id"], 0)
        return {**body, "request": request}
