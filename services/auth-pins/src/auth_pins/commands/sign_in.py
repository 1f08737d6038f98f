"""Users sign in, refresh and sign out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from auth_pins.desk import Desk
from auth_pins.domain import SESSIONS_LIVE
from auth_pins.store import users
from auth_pins.tables import Record
from auth_pins.tokens import Subject, new_secret, sha256_of
from contracts.problem import Unauthenticated
from kit.ids import now
from kit.work import Tx

_NOT_RIGHT = "E-mail or password not right"
_OVER = "This sign-in is over; sign in again"


class SignedIn(NamedTuple):
    """What a user gets: a token for 15 minutes, and one to get the next with."""

    access_token: str
    refresh_token: str


async def sign_in(desk: Desk, email: str, password: str) -> SignedIn:
    """A new session. The same refusal, in the same time, for an unknown e-mail and a wrong password."""
    async with desk.work.read() as conn:
        known = await users.find_by_email(conn, email)
    async with desk.hashing.seat() as seat:
        right = await seat.is_password(password, known.password_hash if known else None)
    if known is None or not right or not await _merchant_lives(desk, known):
        raise Unauthenticated(_NOT_RIGHT)

    async with desk.work() as tx:
        user = await users.lock(tx.conn, known.id)
        if user is None or not user.is_active or user.password_hash != known.password_hash:
            raise Unauthenticated(_NOT_RIGHT)
        moment, secret = now(), new_secret()
        session_id = await users.add_session(
            tx.conn, user.id, moment, _session_ends(desk, moment), sha256_of(secret)
        )
        if await users.end_oldest_sessions(tx.conn, user.id, moment, keep=SESSIONS_LIVE):
            await _tell(tx, await users.touch(tx.conn, user.id), moment)
    return SignedIn(_access(desk, user, session_id, moment), secret)


async def refresh(desk: Desk, refresh_token: str) -> SignedIn:
    """The next pair of tokens. A refresh token that was used before ends its whole family."""
    sha256 = sha256_of(refresh_token)
    async with desk.work.read() as conn:
        token = await users.find_refresh_token(conn, sha256)
        known = await users.find_any(conn, token.user_id) if token else None
    if token is None or known is None or not await _merchant_lives(desk, known):
        raise Unauthenticated(_OVER)

    async with desk.work() as tx:
        next_pair = await _rotate(desk, tx, token.user_id, sha256)
    if next_pair is None:  # raised out here: that the family has ended is kept
        raise Unauthenticated(_OVER)
    return next_pair


async def _rotate(desk: Desk, tx: Tx, user_id: UUID, sha256: str) -> SignedIn | None:
    user = await users.lock(tx.conn, user_id)
    token = await users.find_refresh_token(tx.conn, sha256)
    moment = now()
    if user is None or token is None or token.ended_at is not None or not user.is_active:
        return None
    if token.used_at is not None:
        await _end(tx, user_id, token.session_id, moment)
        return None
    if token.expires_at <= moment:
        return None
    secret = new_secret()
    await users.use_refresh_token(tx.conn, sha256, moment)
    await users.add_refresh_token(tx.conn, token.session_id, sha256_of(secret))
    await users.refresh_session(tx.conn, token.session_id, moment, _session_ends(desk, moment))
    return SignedIn(_access(desk, user, token.session_id, moment), secret)


async def sign_out(desk: Desk, refresh_token: str) -> None:
    """End the session of this token; nothing happens when it is over already, or there is none."""
    sha256 = sha256_of(refresh_token)
    async with desk.work() as tx:
        token = await users.find_refresh_token(tx.conn, sha256)
        if token is None or await users.lock(tx.conn, token.user_id) is None:
            return
        token = await users.find_refresh_token(tx.conn, sha256)
        if token is not None and token.ended_at is None:
            await _end(tx, token.user_id, token.session_id, now())


async def _merchant_lives(desk: Desk, user: Record) -> bool:
    return user.merchant_id is None or await desk.places.merchant(user.merchant_id) is not None


async def _end(tx: Tx, user_id: UUID, session_id: UUID, moment: datetime) -> None:
    await users.end_session(tx.conn, session_id, moment)
    await _tell(tx, await users.touch(tx.conn, user_id), moment)


async def _tell(tx: Tx, user: Record, moment: datetime) -> None:
    tx.say(await users.state(tx.conn, user, moment))


def _session_ends(desk: Desk, moment: datetime) -> datetime:
    return moment + timedelta(days=desk.settings.refresh_days)


def _access(desk: Desk, user: Record, session_id: UUID, moment: datetime) -> str:
    return desk.tokens.access(Subject(user.id, user.role, user.merchant_id), session_id, moment)
