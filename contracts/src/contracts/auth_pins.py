"""What auth-pins tells: terminals, staff, users, signing keys, each as a whole state without names."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.event import Instant, State


class _AuthState(State):
    topic: ClassVar[str] = "auth-pins-events"
    deleted_at: Instant | None = None
    #: Tokens and sessions issued before this instant are refused.
    sessions_revoked_at: Instant | None = None


class KeyHash(BaseModel):
    """One live API key: SHA-256 of its secret part, hex. `ends_at` is set on the old key of a rotation."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    ends_at: Instant | None = None


class TerminalChanged(_AuthState):
    type: ClassVar[str] = "auth-pins.terminal-changed.v1"
    kind: ClassVar[str] = "terminal"

    merchant_id: UUID
    store_id: UUID
    environment: Literal["live", "test"] = "live"
    keys: tuple[KeyHash, ...] = ()


class StaffChanged(_AuthState):
    type: ClassVar[str] = "auth-pins.staff-changed.v1"
    kind: ClassVar[str] = "staff"

    merchant_id: UUID
    store_id: UUID | None = None
    role: Literal["staff", "manager"] = "staff"
    is_active: bool = True


class EndedSession(BaseModel):
    """A session that ended before its access tokens did; kept until they are over."""

    model_config = ConfigDict(frozen=True)

    session_id: UUID
    ends_at: Instant


class UserChanged(_AuthState):
    type: ClassVar[str] = "auth-pins.user-changed.v1"
    kind: ClassVar[str] = "user"

    merchant_id: UUID | None = None
    role: Literal["admin", "owner", "manager"]
    is_active: bool = True
    ended_sessions: tuple[EndedSession, ...] = ()


class PublicKey(BaseModel):
    """One Ed25519 public key (RFC 8037); `x` is base64url without padding."""

    model_config = ConfigDict(frozen=True)

    kid: str
    x: str


class SigningKeysChanged(_AuthState):
    """The keys that auth-pins signs user tokens and staff sessions with; two are live during a rotation.

    `id` is the nil UUID plus one: there is one such state.
    """

    type: ClassVar[str] = "auth-pins.signing-keys-changed.v1"
    kind: ClassVar[str] = "signing-keys"

    keys: tuple[PublicKey, ...]


SIGNING_KEYS_ID = UUID(int=1)
