"""What is handed out: access tokens of users, staff sessions, refresh tokens and API keys."""

from __future__ import annotations

import hashlib
import secrets
import string
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from auth_pins.domain import ACCESS_LIVES
from kit.identity import STAFF_SESSION, USER, Signer, StaffSession

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SECRET_LENGTH = 43  # 32 bytes


def new_secret() -> str:
    """32 random bytes as 43 letters and digits."""
    number, signs = int.from_bytes(secrets.token_bytes(32)), ""
    for _ in range(_SECRET_LENGTH):
        number, digit = divmod(number, 62)
        signs += _BASE62[digit]
    return signs


def sha256_of(secret: str) -> str:
    """The hash by which a random secret is kept, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def api_key(environment: str, terminal_id: UUID, secret: str) -> str:
    """`pk_<environment>_<terminal id>_<secret>`."""
    return f"pk_{environment}_{terminal_id.hex}_{secret}"


class Subject(NamedTuple):
    """The user that an access token is for."""

    user_id: UUID
    role: str
    merchant_id: UUID | None


class Tokens:
    """Signs with this service's key."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def access(self, subject: Subject, session_id: UUID, now: datetime) -> str:
        """A user's access token: 15 minutes, with the session's id."""
        merchant = {"merchant_id": str(subject.merchant_id)} if subject.merchant_id else {}
        return self._signer.sign(
            {
                "aud": USER,
                "sub": str(subject.user_id),
                "role": subject.role,
                **merchant,
                "sid": str(session_id),
                "iat": now.timestamp(),
                "exp": (now + ACCESS_LIVES).timestamp(),
            }
        )

    def staff_session(self, session: StaffSession) -> str:
        """A staff session, bound to merchant, store and terminal."""
        return self._signer.sign(
            {
                "aud": STAFF_SESSION,
                "jti": str(session.session_id),
                "sub": str(session.staff_id),
                "merchant_id": str(session.merchant_id),
                "store_id": str(session.store_id),
                "terminal_id": str(session.terminal_id),
                "name": session.name,
                "role": session.role,
                "iat": session.issued_at,
                "exp": session.expires_at,
            }
        )
