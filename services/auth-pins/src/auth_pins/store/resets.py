"""Who asked for a new password, and the links that were sent, by the hash of their token."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_pins.tables import reset_requests, reset_tokens
from kit.ids import uuid7


async def ask(conn: AsyncConnection, email_key: str, now: datetime) -> None:
    """Somebody asked, for an e-mail that a user may have or not."""
    await conn.execute(insert(reset_requests).values(id=uuid7(), email_key=email_key, asked_at=now))


async def take(conn: AsyncConnection) -> str | None:
    """The e-mail of the oldest request that nobody else works off; the request is gone with this commit."""
    oldest = select(reset_requests.c.id).order_by(reset_requests.c.id).limit(1)
    oldest = oldest.with_for_update(skip_locked=True)
    taken = delete(reset_requests).where(reset_requests.c.id.in_(oldest.scalar_subquery()))
    found: str | None = (await conn.execute(taken.returning(reset_requests.c.email_key))).scalar()
    return found


async def made_since(conn: AsyncConnection, user_id: UUID, since: datetime) -> int:
    """How many links this user was sent, used ones included."""
    here = (reset_tokens.c.user_id == user_id) & (reset_tokens.c.made_at > since)
    return (await conn.execute(select(func.count()).select_from(reset_tokens).where(here))).scalar_one()


async def add(conn: AsyncConnection, sha256: str, user_id: UUID, now: datetime, ends_at: datetime) -> None:
    values = {"sha256": sha256, "user_id": user_id, "made_at": now, "ends_at": ends_at}
    await conn.execute(insert(reset_tokens).values(**values))


async def user_of(conn: AsyncConnection, sha256: str, now: datetime) -> UUID | None:
    """The user whose password this token sets; None when it is used, over, or was never given."""
    here = (reset_tokens.c.sha256 == sha256) & (reset_tokens.c.ends_at > now)
    found: UUID | None = (await conn.execute(select(reset_tokens.c.user_id).where(here))).scalar()
    return found


async def end_all(conn: AsyncConnection, user_id: UUID, now: datetime) -> None:
    """No link that this user was sent works any more. The rows stay for an hour: they count as letters."""
    here = (reset_tokens.c.user_id == user_id) & (reset_tokens.c.ends_at > now)
    await conn.execute(update(reset_tokens).where(here).values(ends_at=now))


async def forget(conn: AsyncConnection, before: datetime) -> None:
    """Links that were sent before this."""
    await conn.execute(delete(reset_tokens).where(reset_tokens.c.made_at < before))
