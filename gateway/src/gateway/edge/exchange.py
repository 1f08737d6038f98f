"""Tokens of other issuers (OpenID Connect): auth-pins says whose they are; that is remembered for a while."""

from __future__ import annotations

import hashlib
import time
from typing import Any, NamedTuple
from uuid import UUID

import jwt

from contracts.problem import UpstreamUnavailable
from kit.http import Peer
from kit.telemetry import log

PATH = "/internal/oidc/exchange"
#: How long an answer counts before auth-pins is asked again; a refusal is remembered for a moment only.
FRESH_S, REFUSED_S = 60.0, 1.0
KEPT, TOKEN_LONGEST = 20_000, 16_384


class SignIn(NamedTuple):
    """Whose token it is, and from when to when it lives."""

    user_id: UUID
    session_id: UUID
    issued_at: float
    ends_at: float


class Exchanges:
    """Answers are kept by the SHA-256 of the token. While auth-pins is away the last ones go on."""

    def __init__(self, auth_pins: Peer) -> None:
        self._auth_pins = auth_pins
        self._kept: dict[bytes, tuple[SignIn | None, float]] = {}

    async def of(self, token: str) -> SignIn | None:
        """None when the token opens nothing. UpstreamUnavailable when nobody can tell."""
        digest = hashlib.sha256(token.encode()).digest()
        sign_in, fresh_until = self._kept.get(digest, (None, 0.0))
        if fresh_until <= time.time():
            try:
                sign_in = _read(await self._auth_pins.post(PATH, {"token": token}))
            except UpstreamUnavailable as error:
                if sign_in is None:
                    raise
                log.warning("what is known of a sign-in elsewhere counts: %s", error)
            self._keep(digest, sign_in)
        return sign_in if sign_in and sign_in.ends_at > time.time() else None

    def _keep(self, digest: bytes, sign_in: SignIn | None) -> None:
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[digest] = sign_in, time.time() + (FRESH_S if sign_in else REFUSED_S)


def is_of_other_issuer(token: str) -> bool:
    """Whether the token says that it is: issuers are addresses, our services are not."""
    if len(token) > TOKEN_LONGEST:
        return False
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except (jwt.InvalidTokenError, RecursionError):
        return False
    return isinstance(issuer, str) and issuer.startswith(("https://", "http://"))


def _read(answer: Any | None) -> SignIn | None:
    if not answer:
        return None
    return SignIn(
        UUID(answer["user_id"]),
        UUID(answer["session_id"]),
        float(answer["issued_at"]),
        float(answer["ends_at"]),
    )
