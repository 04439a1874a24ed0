"""What a person or a program asks of the desk, and what comes back.

A request is already parsed (integers, known enums) but not yet judged.  ``key`` is the client's
idempotency key: the same key with the same body returns the first reply, with another body it
is refused (``Reason.KEY_REUSED``).  Orders may ask for a key that only their success uses up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

from matching.instrument import InstrumentId
from matching.orders import (
    AccountId,
    FillProfile,
    GroupKind,
    OrderId,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
)
from matching.reasons import Reason
from matching.units import AmountMinor, PriceTicks, Qty
from simtrade.plans.model import PlanId, Terms

VenueId = NewType("VenueId", str)
UserId = NewType("UserId", int)

FLOOR = VenueId("floor")


class ClockAction(StrEnum):
    PLAY = "play"
    PAUSE = "pause"
    STEP = "step"
    SPEED = "speed"  # number: one of SPEEDS
    SEEK = "seek"  # number: nanoseconds UTC on the venue's clock, forward only


SPEEDS = (1, 5, 20, 60, 300, 1_000, 10_000)
DEFAULT_SPEED = 60


@dataclass(frozen=True, slots=True)
class OpenPractice:
    """A private venue of ``user_id`` on tape ``tape``, starting at the open of ``first_session``
    (or the next session that exists), with one account in it.  ``name`` is what its owner calls
    it, empty where he does not."""

    user_id: UserId
    key: str
    tape: str
    first_session: date
    profile: FillProfile = FillProfile.STANDARD
    name: str = ""


@dataclass(frozen=True, slots=True)
class BranchPractice:
    """A private venue of ``user_id`` like that of his account ``account_id``, with everything that
    was done in it before the order ``order_id`` was placed; 0: up to now.  Its clock stands."""

    user_id: UserId
    key: str
    account_id: AccountId
    order_id: OrderId
    name: str = ""


@dataclass(frozen=True, slots=True)
class JoinVenue:
    """An account of ``user_id`` in a shared venue; asking again returns the same account."""

    user_id: UserId
    key: str
    venue_id: VenueId
    profile: FillProfile = FillProfile.STANDARD


@dataclass(frozen=True, slots=True)
class Leg:
    """A further order of a group, in the instrument and quantity of the first.

    OCO: on the same side as the first order.  OTO and bracket: an exit on the opposite side; a
    bracket has the take-profit (a limit order) first and the stop-loss (with a trigger) second.
    """

    kind: OrderKind
    limit_ticks: PriceTicks | None
    time_in_force: TimeInForce
    trigger: Trigger | None = None
    good_till: date | None = None


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """One order, or a whole group with its ``legs``: taken in together or not at all.

    ``amount_minor``: an amount of money in place of the quantity, which is 0 then.  ``short``: sell
    shares that are borrowed for it.  ``frees_key``: a refusal does not use up the key; it can be
    tried again with the same or another body.
    """

    account_id: AccountId
    key: str
    instrument_id: InstrumentId
    side: Side
    kind: OrderKind
    qty: Qty
    limit_ticks: PriceTicks | None
    time_in_force: TimeInForce
    trigger: Trigger | None = None
    good_till: date | None = None
    group: GroupKind | None = None
    legs: tuple[Leg, ...] = ()
    amount_minor: AmountMinor | None = None
    short: bool = False
    frees_key: bool = False


@dataclass(frozen=True, slots=True)
class CancelRequest:
    account_id: AccountId
    key: str
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class ReplaceRequest:
    account_id: AccountId
    key: str
    order_id: OrderId
    qty: Qty
    limit_ticks: PriceTicks | None
    stop_ticks: PriceTicks | None = None
    frees_key: bool = False
    trail: int | None = None


@dataclass(frozen=True, slots=True)
class ClockRequest:
    user_id: UserId
    key: str
    venue_id: VenueId
    action: ClockAction
    number: int = 0


class PlanAction(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class ArmPlan:
    """A plan goes to work; nothing of it is kept when a line of its terms is refused."""

    account_id: AccountId
    key: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class SteerPlan:
    """``PAUSE`` and ``STOP`` take the plan's open orders back."""

    account_id: AccountId
    key: str
    plan_id: PlanId
    action: PlanAction


@dataclass(frozen=True, slots=True)
class SubscribeRequest:
    """Buy ``qty`` new shares with the rights that came with the ex-date ``ex_session``."""

    account_id: AccountId
    key: str
    instrument_id: InstrumentId
    ex_session: date
    qty: Qty


@dataclass(frozen=True, slots=True)
class MarginRequest:
    """Let the account borrow money and shares, or no more.  ``understood``: the owner has confirmed
    what it can cost him; without it nothing is switched on."""

    account_id: AccountId
    key: str
    on: bool
    understood: bool = False


AccountRequest = (
    PlaceRequest
    | CancelRequest
    | ReplaceRequest
    | ArmPlan
    | SteerPlan
    | SubscribeRequest
    | MarginRequest
)
Request = OpenPractice | BranchPractice | JoinVenue | ClockRequest | AccountRequest


@dataclass(frozen=True, slots=True)
class Done:
    """The request was carried out and is durable.  ``seq`` is its place in the journal."""

    seq: int
    venue_id: VenueId
    account_id: AccountId | None = None
    order_id: OrderId | None = None
    replayed: bool = False
    plan_id: PlanId | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing was changed.  ``numbers`` fill the sentence (lot, available_minor, limit_ticks ...);
    ``rule`` cites the dated rule where one decided."""

    reason: Reason
    numbers: Mapping[str, int] = field(default_factory=dict)
    rule: str = ""
    replayed: bool = False


Reply = Done | Refusal
