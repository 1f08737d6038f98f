"""Who is calling: internal tokens between services and staff sessions, both Ed25519 JWTs; keys by `kid`."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal, NamedTuple
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from fastapi import Request

from contracts.problem import Forbidden, StaffApprovalExpired, StaffApprovalInvalid, Unauthenticated

INTERNAL, STAFF_SESSION, USER = "punchcard-internal", "punchcard-staff-session", "punchcard-user"
INTERNAL_LIVES_S, INTERNAL_RENEWED_S = 120, 60
#: For how long after its end a staff session is still read, where that is asked for.
ENDED_SESSIONS_READ_S = 86_400.0 + 60
VERIFIED_KEPT = 20_000

Role = Literal["terminal", "owner", "manager", "admin", "public", "service"]


class Caller(NamedTuple):
    """Who asks, as the gateway (or a service, of itself) vouches for it."""

    role: Role
    merchant_id: UUID | None = None
    store_id: UUID | None = None
    terminal_id: UUID | None = None
    user_id: UUID | None = None
    environment: str = "live"
    service: str = ""
    #: A user's sign-in (`sid` of the access token).
    session_id: UUID | None = None

    @property
    def merchant(self) -> UUID:
        """The merchant this caller belongs to; Forbidden for one that belongs to none."""
        if self.merchant_id is None:
            raise Forbidden("this identity belongs to no merchant")
        return self.merchant_id

    @property
    def name(self) -> str:
        """For log lines: the kind and the id."""
        return f"{self.role}:{self.terminal_id or self.user_id or self.service or '-'}"


class StaffSession(NamedTuple):
    """A staff member's approval, bought with code and PIN at one terminal."""

    session_id: UUID
    staff_id: UUID
    merchant_id: UUID
    store_id: UUID
    terminal_id: UUID
    name: str
    role: str
    issued_at: float
    expires_at: float


#: Who asks for what is being done; None where nobody does: an event, a job.
caller_now: ContextVar[Caller | None] = ContextVar("caller_now", default=None)


def key_id(service: str, key: Ed25519PublicKey) -> str:
    """`<service>-<16 hex digits of the key's SHA-256>`."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"{service}-{hashlib.sha256(raw).hexdigest()[:16]}"


def public_x(key: Ed25519PublicKey) -> str:
    """The key as a JWK's `x`."""
    return base64.urlsafe_b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).rstrip(b"=").decode()


def key_from_x(x: str) -> Ed25519PublicKey:
    """The key of a JWK's `x`."""
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))


class Signer:
    """Signs tokens with one service's private key."""

    def __init__(self, service: str, key_file: Path) -> None:
        key = load_pem_private_key(key_file.read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey), f"{key_file} holds no Ed25519 key"
        self.service = service
        self._key = key
        self.public_key = key.public_key()
        self.kid = key_id(service, self.public_key)
        self._kept: dict[Caller, tuple[str, float]] = {}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A JWT of these claims; `iss` and `iat` are added."""
        body = {"iss": self.service, "iat": time.time(), **claims}
        return jwt.encode(body, self._key, algorithm="EdDSA", headers={"kid": self.kid})

    def internal(self, caller: Caller | None = None) -> str:
        """A token for this caller (this service itself by default), made for 120 s and kept for 60."""
        caller = caller or Caller("service", service=self.service)
        now = time.time()
        kept = self._kept.get(caller)
        if kept and kept[1] > now:
            return kept[0]
        if len(self._kept) >= VERIFIED_KEPT:
            self._kept.clear()
        ids = {name: str(value) for name, value in caller._asdict().items() if value}
        token = self.sign({**ids, "aud": INTERNAL, "exp": now + INTERNAL_LIVES_S})
        self._kept[caller] = (token, now + INTERNAL_RENEWED_S)
        return token


#: The public key of a `kid`; None when it is not trusted.
Keys = Callable[[str], Ed25519PublicKey | None]


class TrustedKeys:
    """The keys of all services, from a JWKS file that the deploy step writes; read again when it changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at = 0.0
        self._keys: dict[str, Ed25519PublicKey] = {}

    def __call__(self, kid: str) -> Ed25519PublicKey | None:
        changed = self._file.stat().st_mtime
        if changed != self._read_at:
            rows = json.loads(self._file.read_text())["keys"]
            self._keys = {row["kid"]: key_from_x(row["x"]) for row in rows}
            self._read_at = changed
        return self._keys.get(kid)


class Verifier:
    """Verifies tokens of one audience. Verified ones are kept by their SHA-256, never beyond their end.

    `make` turns the claims of a good token into what `read` answers; it may raise jwt.InvalidTokenError.
    """

    def __init__(
        self,
        keys: Keys,
        audience: str,
        issuer: str | None = None,
        make: Callable[[dict[str, Any]], Any] = lambda claims: claims,
        leeway_s: float = 2,
    ) -> None:
        self._keys = keys
        self._audience = audience
        self._issuer = issuer
        self._make = make
        self._leeway_s = leeway_s
        self._kept: dict[bytes, tuple[dict[str, Any], Any, float]] = {}

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a good token; jwt.InvalidTokenError otherwise."""
        return self._known(token)[0]

    def read(self, token: str) -> Any:
        """What is made of a good token's claims; jwt.InvalidTokenError otherwise."""
        return self._known(token)[1]

    def _known(self, token: str) -> tuple[dict[str, Any], Any, float]:
        digest = hashlib.sha256(token.encode()).digest()
        kept = self._kept.get(digest)
        if kept and kept[2] > time.time():
            return kept
        claims = self._verify(token)
        if len(self._kept) >= VERIFIED_KEPT:
            self._kept.clear()
        self._kept[digest] = kept = (claims, self._make(claims), float(claims["exp"]))
        return kept

    def _verify(self, token: str) -> dict[str, Any]:
        kid = str(jwt.get_unverified_header(token).get("kid"))
        key = self._keys(kid)
        if key is None:
            raise jwt.InvalidTokenError("signed by a key that is not trusted")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["EdDSA"],
            audience=self._audience,
            leeway=self._leeway_s,
            options={"require": ["exp", "iat", "iss", "aud"], "verify_iat": False},
        )
        if claims["iss"] != kid.rpartition("-")[0] or (self._issuer and claims["iss"] != self._issuer):
            raise jwt.InvalidTokenError("signed by another than its issuer")
        return claims


def _uuid(claims: Mapping[str, Any], name: str) -> UUID | None:
    return UUID(claims[name]) if claims.get(name) else None


def _caller(claims: Mapping[str, Any]) -> Caller:
    of_itself = claims["role"] == "service" and claims.get("service") == claims["iss"]
    if claims["iss"] != "gateway" and not of_itself:
        raise jwt.InvalidTokenError("a service speaks for itself only")
    return Caller(
        role=claims["role"],
        merchant_id=_uuid(claims, "merchant_id"),
        store_id=_uuid(claims, "store_id"),
        terminal_id=_uuid(claims, "terminal_id"),
        user_id=_uuid(claims, "user_id"),
        environment=claims.get("environment", "live"),
        service=claims.get("service", ""),
        session_id=_uuid(claims, "session_id"),
    )


class Callers:
    """Reads the caller from an internal token: the gateway speaks for anyone, a service for itself only."""

    def __init__(self, keys: Keys) -> None:
        self._verifier = Verifier(keys, INTERNAL, None, _caller)

    def of(self, authorization: str | None) -> Caller:
        """The caller of `Bearer <internal token>`. Unauthenticated when there is none or it is not good."""
        if not authorization or not authorization.startswith("Bearer "):
            raise Unauthenticated
        try:
            caller: Caller = self._verifier.read(authorization[7:])
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("the internal token is not valid") from error
        return caller


def _staff_session(claims: Mapping[str, Any]) -> StaffSession:
    return StaffSession(
        session_id=UUID(claims["jti"]),
        staff_id=UUID(claims["sub"]),
        merchant_id=UUID(claims["merchant_id"]),
        store_id=UUID(claims["store_id"]),
        terminal_id=UUID(claims["terminal_id"]),
        name=claims["name"],
        role=claims["role"],
        issued_at=float(claims["iat"]),
        expires_at=float(claims["exp"]),
    )


class StaffSessions:
    """Verifies staff sessions, which auth-pins signs."""

    def __init__(self, keys: Keys) -> None:
        self._verifier = Verifier(keys, STAFF_SESSION, "auth-pins", _staff_session)
        self._ended = Verifier(keys, STAFF_SESSION, "auth-pins", _staff_session, ENDED_SESSIONS_READ_S)

    def of(self, token: str, *, also_ended: bool = False) -> StaffSession:
        """The session. StaffApprovalExpired when it is over, StaffApprovalInvalid for any other bad token.

        `also_ended`: one that ended in the last day is read too; whoever asks looks at its times.
        """
        try:
            session: StaffSession = (self._ended if also_ended else self._verifier).read(token)
        except jwt.ExpiredSignatureError:
            raise StaffApprovalExpired from None
        except (jwt.InvalidTokenError, KeyError, ValueError) as error:
            raise StaffApprovalInvalid("the staff session is not valid") from error
        return session


class allow:  # noqa: N801 - reads as a word where it is used: Depends(allow("owner"))
    """A FastAPI dependency: the caller, when its role is one of these; they go into OpenAPI (`x-callers`)."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(
        self, request: Request
    ) -> Caller:  # async: a plain function would cost a thread each time
        caller: Caller = request.app.state.callers.of(request.headers.get("authorization"))
        request.scope["caller"] = caller.name
        if caller.role not in self.roles:
            raise Forbidden
        caller_now.set(caller)
        return caller
