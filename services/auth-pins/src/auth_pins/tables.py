"""The tables of auth-pins."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

metadata = MetaData()

_LIVE = text("deleted_at IS NULL")


#: A row of one of these tables; its members are the table's columns.
Record: TypeAlias = Any


def _id(name: str = "id", *, primary_key: bool = False, nullable: bool = True) -> Column[Any]:
    return Column(name, UUID(as_uuid=True), primary_key=primary_key, nullable=nullable and not primary_key)


def _instant(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _life() -> list[Column[Any]]:
    """When it was made and changed, and whether it is deleted: one deletion has one id."""
    return [
        _instant("created_at", nullable=False),
        _instant("updated_at", nullable=False),
        _instant("deleted_at"),
        _id("deleted_by"),
        _id("deletion_id"),
    ]


users = Table(
    "users",
    metadata,
    _id(primary_key=True),
    #: Of one with a password; of an issuer's user what is told, to know them by.
    Column("email", Text),
    Column("email_key", Text),
    Column("password_hash", Text),
    #: Of a user of another issuer: who tells of them, by what name, and as of when.
    Column("issuer", Text),
    Column("subject", Text),
    _instant("claims_at"),
    Column("role", Text, nullable=False),
    _id("merchant_id"),
    Column("locale", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    #: Counts the states that were told, ended sessions included.
    Column("version", BigInteger, nullable=False),
    #: Counts what an admin can see change: the ETag.
    Column("revision", BigInteger, nullable=False),
    _instant("sessions_revoked_at"),
    *_life(),
    Index(
        "users_email",
        "email_key",
        unique=True,
        postgresql_where=text("deleted_at IS NULL AND issuer IS NULL"),
    ),
    Index("users_of_issuer", "issuer", "subject", unique=True),
    Index("users_of_merchant", "merchant_id", "id"),
)

#: A sign-in and what followed from it; a refresh token used twice ends it.
sessions = Table(
    "sessions",
    metadata,
    _id(primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    _instant("created_at", nullable=False),
    _instant("refreshed_at", nullable=False),
    _instant("expires_at", nullable=False),
    _instant("ended_at"),
    Index("sessions_of_user", "user_id", "id"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    _instant("used_at"),
    Index("refresh_tokens_of_session", "session_id"),
)

#: Those who asked for a new password, whether or not somebody has that e-mail, until they are answered.
reset_requests = Table(
    "reset_requests",
    metadata,
    _id(primary_key=True),
    Column("email_key", Text, nullable=False),
    _instant("asked_at", nullable=False),
)

#: The links that were sent; used ones end, and are kept for the hour they were made for.
reset_tokens = Table(
    "reset_tokens",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    _instant("made_at", nullable=False),
    _instant("ends_at", nullable=False),
    Index("reset_tokens_of_user", "user_id", "made_at"),
)

terminals = Table(
    "terminals",
    metadata,
    _id(primary_key=True),
    _id("merchant_id", nullable=False),
    _id("store_id", nullable=False),
    Column("name", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    _instant("sessions_revoked_at"),
    _instant("last_used_at"),
    *_life(),
    Index("terminals_of_merchant", "merchant_id", "id"),
)

#: API keys by the hash of their secret part; only live ones are kept.
terminal_keys = Table(
    "terminal_keys",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("terminal_id", ForeignKey("terminals.id"), nullable=False),
    _instant("created_at", nullable=False),
    _instant("ends_at"),
    Index("terminal_keys_of_terminal", "terminal_id"),
)

staff = Table(
    "staff",
    metadata,
    _id(primary_key=True),
    _id("merchant_id", nullable=False),
    _id("store_id"),
    Column("code", Text, nullable=False),
    Column("code_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    _instant("last_used_at"),
    _instant("sessions_revoked_at"),
    *_life(),
    Index("staff_code", "merchant_id", "code_key", unique=True, postgresql_where=_LIVE),
    Index("staff_of_merchant", "merchant_id", "id"),
)

#: Attempts by merchant and code, whether or not somebody has that code.
pin_attempts = Table(
    "pin_attempts",
    metadata,
    _id("merchant_id", primary_key=True),
    Column("code_key", Text, primary_key=True),
    Column("counted", Integer, nullable=False),
    _instant("locked_until"),
    Column("sure", Boolean, nullable=False),
    _instant("changed_at", nullable=False),
)

#: A terminal's PIN entry: the row that its tries are counted under.
pin_entries = Table("pin_entries", metadata, _id("terminal_id", primary_key=True), _instant("locked_until"))

#: The tries of one terminal that were wrong or are being looked at; right ones leave.
pin_tries = Table(
    "pin_tries",
    metadata,
    _id(primary_key=True),
    _id("terminal_id", nullable=False),
    _instant("tried_at", nullable=False),
    Column("is_wrong", Boolean, nullable=False),
    Index("pin_tries_of_terminal", "terminal_id", "tried_at"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("x", Text, nullable=False),
    _instant("added_at", nullable=False),
    _instant("ends_at"),
)

#: One row: the version of the set of signing keys.
signing_key_set = Table("signing_key_set", metadata, Column("version", BigInteger, nullable=False))
