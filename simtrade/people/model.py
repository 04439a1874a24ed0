"""The words of people: roles, users, and why a sign-up or sign-in was refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from matching.units import AtNs
from simtrade.desk.requests import UserId


class Role(StrEnum):
    GUEST = "guest"  # has no password: lives as long as the browser's cookie
    LEARNER = "learner"
    EDUCATOR = "educator"
    BRANCH = "branch"
    COMPLIANCE = "compliance"
    ADMIN = "admin"


STAFF = (Role.EDUCATOR, Role.BRANCH, Role.COMPLIANCE, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class User:
    """A guest has the empty name.  A preference that was never chosen is None."""

    user_id: UserId
    name: str
    role: Role
    language: str | None
    theme: str | None
    updown: str | None
    created_at_ns: AtNs


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``token`` goes into the cookie and nowhere else; the store keeps its SHA-256."""

    user: User
    token: str = field(repr=False)


class PersonReason(Enum):
    """(code, field at fault, transient), in order of precedence."""

    NAME_EMPTY = ("name_empty", "name", False)
    NAME_TOO_SHORT = ("name_too_short", "name", False)
    NAME_TOO_LONG = ("name_too_long", "name", False)
    NAME_NOT_ALLOWED = ("name_not_allowed", "name", False)
    NAME_TAKEN = ("name_taken", "name", False)
    PASSWORD_TOO_SHORT = ("password_too_short", "password", False)
    PASSWORD_TOO_LONG = ("password_too_long", "password", False)
    PASSWORD_TOO_COMMON = ("password_too_common", "password", False)  # or equal to the name
    LOGIN_FAILED = ("login_failed", "password", False)
    ALREADY_SIGNED_UP = ("already_signed_up", "name", False)
    TOO_MANY_TRIES = ("too_many_tries", "", True)
    BUSY = ("busy", "", True)

    code: str
    field: str
    transient: bool

    def __init__(self, code: str, field: str, transient: bool) -> None:  # noqa: FBT001 - a row
        self.code = code
        self.field = field
        self.transient = transient
