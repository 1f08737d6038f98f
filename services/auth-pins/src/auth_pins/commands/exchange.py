"""A token of another issuer is exchanged for the user that it speaks of, who is made at first sight.

What the newest token says of role and merchant counts; an older one that says otherwise is refused. Users are
found by issuer and subject, never by e-mail: an issuer cannot take over a user with a password.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import jwt

from auth_pins.desk import Desk
from auth_pins.domain import email_key, is_email
from auth_pins.domain.claims import Identity, identity_of
from auth_pins.store import users
from auth_pins.tables import Record
from kit.ids import now
from kit.languages import language_of
from kit.telemetry import log
from kit.work import Tx

SUBJECT_LONGEST = 255
#: The end of the year 9999: no instant is later.
LATEST_S = 253_402_300_799


class Exchanged(NamedTuple):
    """The user, and the life of the token."""

    user_id: UUID
    session_id: UUID
    issued_at: datetime
    ends_at: datetime


class Spoken(NamedTuple):
    """Whom a token speaks of."""

    issuer: str
    subject: str
    identity: Identity
    email: str | None
    locale: str
    issued_at: datetime


async def exchange(desk: Desk, token: str) -> Exchanged | None:
    """None when the token opens nothing here."""
    try:
        issuer, claims = await desk.issuers.read(token)
    except jwt.InvalidTokenError as error:
        log.info("a token of an issuer is refused: %s", type(error).__name__)
        return None
    identity, subject = identity_of(claims, issuer.rules), str(claims["sub"])
    if identity is None or not (0 < len(subject) <= SUBJECT_LONGEST and subject.isprintable()):
        return None
    locale = "en"
    if identity.merchant_id is not None:
        merchant = await desk.places.merchant(identity.merchant_id)
        if merchant is None:
            return None
        locale = merchant.default_locale
    issued_at, ends_at = _instant(claims["iat"]), _instant(claims["exp"])
    spoken = Spoken(issuer.issuer, subject, identity, _email(claims), _locale(claims) or locale, issued_at)
    user = await _user(desk, spoken)
    return Exchanged(user.id, _session_id(user, claims, token), issued_at, ends_at) if user else None


async def _user(desk: Desk, spoken: Spoken) -> Record | None:
    """The user as this token tells; written only when that is news."""
    async with desk.work.read() as conn:
        user = await users.find_by_subject(conn, spoken.issuer, spoken.subject)
    if user is None or _differs(user, spoken):
        async with desk.work() as tx:
            user = await _keep(tx, spoken)
    if user is None or not user.is_active or user.deleted_at is not None:
        return None
    revoked_at = user.sessions_revoked_at
    return user if revoked_at is None or spoken.issued_at >= revoked_at else None


async def _keep(tx: Tx, spoken: Spoken) -> Record | None:
    moment = now()
    told = {
        "role": spoken.identity.role,
        "merchant_id": spoken.identity.merchant_id,
        "email": spoken.email,
        "email_key": email_key(spoken.email) if spoken.email else None,
        "claims_at": spoken.issued_at,
    }
    user = await users.add_of_issuer(
        tx.conn, moment, issuer=spoken.issuer, subject=spoken.subject, locale=spoken.locale, **told
    )
    if user is None:
        user = await users.lock_by_subject(tx.conn, spoken.issuer, spoken.subject)
        if user.claims_at > spoken.issued_at:
            return None if _is_other(user, spoken) else user
        if not _differs(user, spoken):
            return user
        user = await users.change(tx.conn, user.id, moment, **told)
    tx.say(await users.state(tx.conn, user, moment))
    return user


def _is_other(user: Record, spoken: Spoken) -> bool:
    return Identity(user.role, user.merchant_id) != spoken.identity


def _differs(user: Record, spoken: Spoken) -> bool:
    return _is_other(user, spoken) or user.email != spoken.email


def _email(claims: Mapping[str, Any]) -> str | None:
    """For people to know the user by; whoever has it elsewhere is another user."""
    email = claims.get("email")
    return email if isinstance(email, str) and email.isprintable() and is_email(email) else None


def _locale(claims: Mapping[str, Any]) -> str | None:
    locale = claims.get("locale")
    return language_of(locale.replace("_", "-")) if isinstance(locale, str) else None


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(seconds, LATEST_S), UTC)


def _session_id(user: Record, claims: Mapping[str, Any], token: str) -> UUID:
    """The same for all tokens of one sign-in, where the issuer names it; else for this token."""
    name = claims.get("sid")
    return uuid5(user.id, name if isinstance(name, str) else hashlib.sha256(token.encode()).hexdigest())
