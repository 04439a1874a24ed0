"""What the journal holds: commands, complete enough to be carried out again.

A command is a request plus what the writer added: its place, the venue, the wall clock and the
moment of the venue's market at which it was applied.  Nothing is read while it is carried out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

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
    TriggerKind,
)
from matching.units import AmountMinor, AtNs, PriceTicks, Qty
from simtrade.desk.requests import (
    AccountRequest,
    ArmPlan,
    BranchPractice,
    CancelRequest,
    ClockAction,
    ClockRequest,
    JoinVenue,
    Leg,
    MarginRequest,
    OpenPractice,
    PlaceRequest,
    PlanAction,
    ReplaceRequest,
    Request,
    SteerPlan,
    SubscribeRequest,
    UserId,
    VenueId,
)
from simtrade.plans.model import PlanId, Terms


class CommandKind(StrEnum):
    VENUE = "venue"  # a venue begins
    ACCOUNT = "account"  # an account is opened in a venue
    PLACE = "place"
    CANCEL = "cancel"
    REPLACE = "replace"
    ARM = "arm"
    STEER = "steer"
    SUBSCRIBE = "subscribe"
    MARGIN = "margin"
    CLOCK = "clock"
    ADVANCE = "advance"  # the market moved and something happened to somebody


# What the requests of an account are called.
KIND_OF: dict[type[AccountRequest], CommandKind] = {
    PlaceRequest: CommandKind.PLACE,
    CancelRequest: CommandKind.CANCEL,
    ReplaceRequest: CommandKind.REPLACE,
    ArmPlan: CommandKind.ARM,
    SteerPlan: CommandKind.STEER,
    SubscribeRequest: CommandKind.SUBSCRIBE,
    MarginRequest: CommandKind.MARGIN,
}


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the journal.  ``scope`` and ``key`` make it idempotent (key None: internal)."""

    seq: int
    venue_id: VenueId
    scope: str
    key: str | None
    kind: CommandKind
    body: dict[str, Any]
    at_wall_ns: int
    cursor_ns: AtNs


def canonical(value: object) -> bytes:
    """The one byte form of a record: JSON, keys sorted."""
    return msgspec.json.encode(value, order="sorted")


def scope_of(request: Request) -> str:
    """Whose keys these are: an account's, or a user's for requests about venues."""
    match request:
        case OpenPractice() | BranchPractice() | JoinVenue() | ClockRequest():
            return f"u:{request.user_id}"
        case _:
            return f"a:{request.account_id}"


# Left out where they say nothing: the body of a plain order does not change when words are added.
_OPTIONAL = (
    "trigger", "good_till", "group", "legs", "amount_minor", "stop_ticks", "name", "short",
    "frees_key", "trail",
)  # fmt: skip


def body_of(request: Request) -> dict[str, Any]:
    """The request without its key: what must be equal for a repeated key."""
    body = msgspec.to_builtins(request)
    assert isinstance(body, dict)
    del body["key"]
    for name in _OPTIONAL:
        if name in body and not body[name]:
            del body[name]
    body["request"] = type(request).__name__
    return body


def request_of(body: dict[str, Any], key: str) -> Request:
    """Inverse of ``body_of``."""
    fields = {name: value for name, value in body.items() if name != "request"}
    match body["request"]:
        case "PlaceRequest":
            return _place_of(fields, key)
        case "CancelRequest":
            return CancelRequest(AccountId(fields["account_id"]), key, OrderId(fields["order_id"]))
        case "ReplaceRequest":
            return ReplaceRequest(
                AccountId(fields["account_id"]),
                key,
                OrderId(fields["order_id"]),
                Qty(fields["qty"]),
                fields["limit_ticks"],
                fields.get("stop_ticks"),
                fields.get("frees_key", False),
                fields.get("trail"),
            )
        case "ArmPlan" | "SteerPlan":
            return _plan_request(fields, key)
        case "SubscribeRequest":
            return _subscription(fields, key)
        case "MarginRequest":
            account_id = AccountId(fields["account_id"])
            return MarginRequest(account_id, key, fields["on"], fields["understood"])
        case "OpenPractice":
            return OpenPractice(
                UserId(fields["user_id"]),
                key,
                fields["tape"],
                date.fromisoformat(fields["first_session"]),
                FillProfile(fields["profile"]),
                fields.get("name", ""),
            )
        case "BranchPractice":
            return BranchPractice(
                UserId(fields["user_id"]),
                key,
                AccountId(fields["account_id"]),
                OrderId(fields["order_id"]),
                fields.get("name", ""),
            )
        case "JoinVenue":
            return JoinVenue(
                UserId(fields["user_id"]),
                key,
                VenueId(fields["venue_id"]),
                FillProfile(fields["profile"]),
            )
        case "ClockRequest":
            return ClockRequest(
                UserId(fields["user_id"]),
                key,
                VenueId(fields["venue_id"]),
                ClockAction(fields["action"]),
                fields["number"],
            )
        case other:
            raise AssertionError(f"no request is called {other!r}")


def _subscription(fields: dict[str, Any], key: str) -> SubscribeRequest:
    return SubscribeRequest(
        AccountId(fields["account_id"]),
        key,
        InstrumentId(fields["instrument_id"]),
        date.fromisoformat(fields["ex_session"]),
        Qty(fields["qty"]),
    )


def _plan_request(fields: dict[str, Any], key: str) -> ArmPlan | SteerPlan:
    account_id = AccountId(fields["account_id"])
    if "terms" in fields:
        return ArmPlan(account_id, key, msgspec.convert(fields["terms"], Terms))
    plan_id, action = PlanId(fields["plan_id"]), PlanAction(fields["action"])
    return SteerPlan(account_id, key, plan_id, action)


def _place_of(fields: dict[str, Any], key: str) -> PlaceRequest:
    """By hand: plain orders are the most frequent of all."""
    limit, amount = fields["limit_ticks"], fields.get("amount_minor")
    group = fields.get("group")
    return PlaceRequest(
        account_id=AccountId(fields["account_id"]),
        key=key,
        instrument_id=InstrumentId(fields["instrument_id"]),
        side=Side(fields["side"]),
        kind=OrderKind(fields["kind"]),
        qty=Qty(fields["qty"]),
        limit_ticks=None if limit is None else PriceTicks(limit),
        time_in_force=TimeInForce(fields["time_in_force"]),
        trigger=_trigger_of(fields),
        good_till=_date_of(fields),
        group=None if group is None else GroupKind(group),
        legs=tuple(_leg_of(one) for one in fields.get("legs", ())),
        amount_minor=None if amount is None else AmountMinor(amount),
        short=fields.get("short", False),
        frees_key=fields.get("frees_key", False),
    )


def _leg_of(fields: dict[str, Any]) -> Leg:
    limit = fields["limit_ticks"]
    return Leg(
        OrderKind(fields["kind"]),
        None if limit is None else PriceTicks(limit),
        TimeInForce(fields["time_in_force"]),
        _trigger_of(fields),
        _date_of(fields),
    )


def _trigger_of(fields: dict[str, Any]) -> Trigger | None:
    found = fields.get("trigger")
    return None if found is None else Trigger(TriggerKind(found["kind"]), found["amount"])


def _date_of(fields: dict[str, Any]) -> date | None:
    found = fields.get("good_till")
    return None if found is None else date.fromisoformat(found)
