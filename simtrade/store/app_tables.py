"""The tables of app.db: people, their sessions, answers and keys, and what they set for accounts.
Changed only with a revision."""

from __future__ import annotations

from sqlalchemy import BigInteger, MetaData
from sqlalchemy.orm import registry
from sqlmodel import CheckConstraint, Field, SQLModel, UniqueConstraint

from simtrade.store.database import NAMING


class AppTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Tables of app.db have a registry of their own: engine.db's are not among them."""


METADATA = AppTable.metadata


class UserRow(AppTable, table=True):
    """Ids are never used again: accounts in engine.db name their owner by it."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("(name_key IS NULL) = (role = 'guest')", name="guest_has_no_name"),
        {"sqlite_autoincrement": True},
    )

    user_id: int | None = Field(default=None, primary_key=True)
    name: str
    name_key: str | None = Field(unique=True)
    role: str
    password_hash: str | None
    language: str | None
    theme: str | None
    updown: str | None
    created_at_ns: int = Field(sa_type=BigInteger)


class SessionRow(AppTable, table=True):
    """The cookie's secret is not here, only its SHA-256 (32 bytes)."""

    __tablename__ = "sessions"

    token_sha256: bytes = Field(primary_key=True)
    user_id: int = Field(foreign_key="users.user_id", index=True)
    created_at_ns: int = Field(sa_type=BigInteger)
    used_at_ns: int = Field(sa_type=BigInteger)


class QuizAnswerRow(AppTable, table=True):
    """The newest answer of a person to one quiz of one version of a lesson.

    ``chosen`` is a JSON array of the places of the marked choices; ``right_at_ns`` is when the
    first right answer came.
    """

    __tablename__ = "quiz_answers"

    user_id: int = Field(foreign_key="users.user_id", primary_key=True)
    lesson_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    quiz: str = Field(primary_key=True)
    chosen: str
    tries: int
    answered_at_ns: int = Field(sa_type=BigInteger)
    right_at_ns: int | None = Field(default=None, sa_type=BigInteger)


class ApiKeyRow(AppTable, table=True):
    """A program's key to one person's account in one venue.

    The secret is not here, only its SHA-256 (32 bytes).  ``scopes`` are words with blanks between.
    ``ordered_at_ns`` is when a program first placed an order with it.
    """

    __tablename__ = "api_keys"

    key_id: str = Field(primary_key=True)
    secret_sha256: bytes
    user_id: int = Field(foreign_key="users.user_id", index=True)
    venue_id: str
    name: str
    scopes: str
    created_at_ns: int = Field(sa_type=BigInteger)
    expires_at_ns: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at_ns: int | None = Field(default=None, sa_type=BigInteger)
    used_at_ns: int | None = Field(default=None, sa_type=BigInteger)
    ordered_at_ns: int | None = Field(default=None, sa_type=BigInteger)


class AccountConfigurationRow(AppTable, table=True):
    """What the owner of an account (of engine.db) has set for it; no row: nothing."""

    __tablename__ = "account_configurations"

    account_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    fractional_trading: bool
    max_margin_multiplier: str
    no_shorting: bool
    suspend_trade: bool
    trade_confirm_email: str
    ptp_no_exception_entry: bool
    disable_overnight_trading: bool
    max_options_trading_level: int | None


class WatchlistRow(AppTable, table=True):
    """A named list of an account.  ``instruments`` is a JSON array of their ids."""

    __tablename__ = "watchlists"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    watchlist_id: str = Field(primary_key=True)
    account_id: int = Field(sa_type=BigInteger)
    name: str
    instruments: str
    created_at_ns: int = Field(sa_type=BigInteger)
    updated_at_ns: int = Field(sa_type=BigInteger)
