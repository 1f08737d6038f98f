"""Who is calling, from memory: API keys and sign-ins against what auth-pins and programs have told."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contracts.auth_pins import SIGNING_KEYS_ID, SigningKeysChanged, TerminalChanged, UserChanged
from contracts.event import State
from contracts.problem import Unauthenticated, UpstreamUnavailable
from contracts.programs import MerchantChanged, StoreChanged
from gateway.edge.exchange import SignIn, is_of_other_issuer
from gateway.edge.keys import ApiKey, opens, read_key
from kit.identity import USER, Caller, Signer, Verifier, key_from_x
from kit.ids import now
from kit.projection import Projection
from kit.telemetry import log

#: What identities rest on: these states are kept in the gateway's projection.
KINDS: tuple[type[State], ...] = (
    TerminalChanged,
    UserChanged,
    SigningKeysChanged,
    MerchantChanged,
    StoreChanged,
)

#: How long an identity is used before its internal token is taken anew (it lives twice as long after that).
KEPT_S = 20.0
IDENTITIES_KEPT = 20_000
#: How often the owner is asked about a state that we have, for a key or a `kid` that is not in it; and how
#: long that is then taken for wrong.
ROUND_EVERY_S, MISS_REMEMBERED_S = 0.1, 1.0
ASKED_KEPT = 10_000
#: While the broker is away, states of those who call are read again this often, this many at once.
REREAD_EVERY_S = 1.0
REREAD_AT_ONCE = 8

S = TypeVar("S", bound=State)


class Identity(NamedTuple):
    """A caller who was let in, and the header that says so to the services."""

    caller: Caller
    name: str
    bearer: bytes
    good_until: float


class Identities:
    """Reads credentials; what was read is kept by its SHA-256 until anything it rests on changes."""

    def __init__(
        self,
        projection: Projection,
        signer: Signer,
        consuming: Callable[[], bool],
        used: Callable[[UUID], None],
        exchange: Callable[[str], Awaitable[SignIn | None]],
    ) -> None:
        self._projection = projection
        self._signer = signer
        self._consuming = consuming
        self._used = used
        self._exchange = exchange
        self._kept: dict[bytes, Identity] = {}
        self._changes = 0
        self._verifier = Verifier(self._signing_key, USER, "auth-pins")
        self._missed: dict[tuple[UUID, str], float] = {}
        self._rounds: dict[UUID, asyncio.Task[None]] = {}
        self._begun: dict[UUID, float] = {}
        self._seen: dict[tuple[type[State], UUID], None] = {}
        projection.watchers.append(self._changed)

    async def of(self, authorization: bytes | None) -> Identity | None:
        """Who sent this `Authorization`; None when there is none. Unauthenticated when it is not good."""
        if authorization is None:
            return None
        digest = hashlib.sha256(authorization).digest()
        kept = self._kept.get(digest)
        if kept is not None and kept.good_until > time.time():
            return kept
        before = self._changes
        identity = await self._read(authorization)
        # What changed while we asked may be what this identity rests on: then it counts for now only.
        if before == self._changes:
            if len(self._kept) >= IDENTITIES_KEPT:
                self._kept.clear()
            self._kept[digest] = identity
        return identity

    async def store(self, store_id: UUID) -> StoreChanged | None:
        """A store as it is known, deleted or not; None when there is none."""
        return await self._load(StoreChanged, store_id)

    def public(self) -> Identity:
        """Somebody who says nothing about themselves."""
        return self._identity(Caller("public"))

    async def _read(self, authorization: bytes) -> Identity:
        if authorization[:7].lower() != b"bearer ":
            raise Unauthenticated(
                "The Authorization header has no Bearer: send Authorization: Bearer <API key or access token>"
            )
        token = authorization[7:].decode("latin-1").strip()
        key = read_key(token)
        return await (self._terminal(key) if key else self._user(token))

    # -- terminals

    async def _terminal(self, key: ApiKey) -> Identity:
        terminal = await self._load(TerminalChanged, key.terminal_id)
        if terminal is None:
            raise Unauthenticated
        live = opens(key, terminal, now())
        if live is None:
            # Made a moment ago, perhaps: its owner knows.
            terminal = await self._ask_again(terminal, key.sha256)
            live = opens(key, terminal, now())
        if live is None:
            raise Unauthenticated
        await self._merchant_lives(terminal.merchant_id)
        store = await self._load(StoreChanged, terminal.store_id)
        if store is None or store.deleted_at is not None:
            raise Unauthenticated
        self._used(terminal.id)
        caller = Caller(
            "terminal", terminal.merchant_id, store.id, terminal.id, environment=terminal.environment
        )
        return self._identity(caller, live.ends_at.timestamp() if live.ends_at else None)

    # -- users

    async def _user(self, token: str) -> Identity:
        sign_in = await (self._exchange(token) if is_of_other_issuer(token) else self._own(token))
        user = await self._load(UserChanged, sign_in.user_id) if sign_in else None
        if sign_in is None or user is None or not _signed_in(user, sign_in.session_id, sign_in.issued_at):
            raise Unauthenticated
        if user.merchant_id is not None:
            await self._merchant_lives(user.merchant_id)
        caller = Caller(user.role, user.merchant_id, user_id=user.id, session_id=sign_in.session_id)
        return self._identity(caller, sign_in.ends_at)

    async def _own(self, token: str) -> SignIn | None:
        """What an access token of auth-pins says; None when it is not good."""
        try:
            claims = await self._claims(token)
            user_id, session_id = UUID(claims["sub"]), UUID(claims["sid"])
            return SignIn(user_id, session_id, float(claims["iat"]), float(claims["exp"]))
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
            return None

    async def _claims(self, token: str) -> dict[str, Any]:
        kid = jwt.get_unverified_header(token).get("kid")
        if isinstance(kid, str) and self._signing_key(kid) is None:
            keys = await self._load(SigningKeysChanged, SIGNING_KEYS_ID)
            if keys is not None and self._signing_key(kid) is None:
                await self._ask_again(keys, kid)
        return self._verifier.claims(token)

    def _signing_key(self, kid: str) -> Ed25519PublicKey | None:
        keys = self._projection.get(SigningKeysChanged, SIGNING_KEYS_ID)
        found = [key.x for key in keys.keys if key.kid == kid] if keys else []
        return key_from_x(found[0]) if found else None

    # -- what both rest on

    async def _merchant_lives(self, merchant_id: UUID) -> None:
        merchant = await self._load(MerchantChanged, merchant_id)
        if merchant is None or merchant.deleted_at is not None:
            raise Unauthenticated

    async def _load(self, kind: type[S], state_id: UUID) -> S | None:
        self._seen[kind, state_id] = None
        return await self._projection.load(kind, state_id)

    async def _ask_again(self, state: S, name: str) -> S:
        """What its owner holds now, asked for after this name came; for one name at most once a second."""
        about = (state.id, name)
        if time.monotonic() - self._missed.get(about, float("-inf")) > MISS_REMEMBERED_S:
            if (round_ := self._rounds.get(state.id)) is None:
                round_ = self._rounds[state.id] = asyncio.create_task(self._round(type(state), state.id))
            await asyncio.shield(round_)
            if len(self._missed) >= ASKED_KEPT:
                self._missed.clear()
            self._missed[about] = time.monotonic()
        return self._projection.get(type(state), state.id) or state

    async def _round(self, kind: type[State], state_id: UUID) -> None:
        """One question for all who wait; the next begins a moment later, however many wrong names come."""
        before = self._begun.get(state_id, float("-inf"))
        await asyncio.sleep(before + ROUND_EVERY_S - time.monotonic())
        if len(self._begun) >= ASKED_KEPT:
            self._begun.clear()
        self._begun[state_id] = time.monotonic()
        del self._rounds[state_id]
        try:
            await self._projection.refresh(kind, state_id)
        except UpstreamUnavailable as error:
            log.warning("what is known counts, its owner cannot be asked: %s", error)

    def _identity(self, caller: Caller, ends_at: float | None = None) -> Identity:
        until = time.time() + KEPT_S
        bearer = b"Bearer " + self._signer.internal(caller).encode()
        return Identity(caller, caller.name, bearer, min(until, ends_at or until))

    def _changed(self, state: State) -> None:
        self._changes += 1
        self._kept.clear()
        if isinstance(state, SigningKeysChanged):
            # Tokens that a withdrawn key signed are not remembered as good.
            self._verifier = Verifier(self._signing_key, USER, "auth-pins")

    # -- while the broker is away

    async def reread(self) -> None:
        """While no events arrive, read the states of those who call again: revocations count all the same."""
        while True:
            await asyncio.sleep(REREAD_EVERY_S)
            seen, self._seen = self._seen, {}
            if not self._consuming():
                # Whoever calls next is looked at anew, and so is among those seen.
                self._kept.clear()
                await self._refresh(seen)

    async def _refresh(self, seen: Iterable[tuple[type[State], UUID]]) -> None:
        room = asyncio.Semaphore(REREAD_AT_ONCE)

        async def one(kind: type[State], state_id: UUID) -> None:
            async with room:
                await self._projection.refresh(kind, state_id)

        found = await asyncio.gather(*(one(*place) for place in seen), return_exceptions=True)
        failed = [result for result in found if isinstance(result, Exception)]
        if failed:
            log.warning("the last known state goes on for %d identities: %s", len(failed), failed[0])


def _signed_in(user: UserChanged, session_id: UUID, issued_at: float) -> bool:
    if not user.is_active or user.deleted_at is not None:
        return False
    if (
        user.sessions_revoked_at is not None
        and datetime.fromtimestamp(issued_at, UTC) < user.sessions_revoked_at
    ):
        return False
    return all(ended.session_id != session_id for ended in user.ended_sessions)
