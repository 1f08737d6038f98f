"""Users, their sessions and refresh tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_pins.domain import ACCESS_LIVES, LEEWAY, email_key
from auth_pins.store.pages import Found, Page, count_of, page_of, visible
from auth_pins.tables import Record, refresh_tokens, sessions, users
from contracts.auth_pins import EndedSession, UserChanged
from kit.ids import uuid7


async def find(conn: AsyncConnection, user_id: UUID, *, include_deleted: bool = False) -> Record | None:
    shown = visible(users, include_deleted=include_deleted)
    return (await conn.execute(select(users).where(users.c.id == user_id, shown))).first()


async def find_by_email(conn: AsyncConnection, email: str) -> Record | None:
    """The live user who signs in here with this e-mail; those of other issuers do not."""
    here = (users.c.email_key == email_key(email)) & users.c.deleted_at.is_(None) & users.c.issuer.is_(None)
    return (await conn.execute(select(users).where(here))).first()


async def find_any(conn: AsyncConnection, user_id: UUID) -> Record | None:
    """The user, deleted or not."""
    return (await conn.execute(select(users).where(users.c.id == user_id))).first()


async def lock(conn: AsyncConnection, user_id: UUID) -> Record | None:
    """The visible user, held until the transaction ends; whoever changes its sessions holds it too."""
    here = (users.c.id == user_id) & visible(users)
    return (await conn.execute(select(users).where(here).with_for_update(of=users))).first()


async def lock_active_admins(conn: AsyncConnection) -> set[UUID]:
    """Those with a password. Held in order, so that two who leave at once leave one behind the other."""
    here = (users.c.role == "admin") & users.c.is_active & users.c.deleted_at.is_(None)
    here &= users.c.issuer.is_(None)
    rows = await conn.execute(select(users.c.id).where(here).order_by(users.c.id).with_for_update())
    return {row.id for row in rows}


async def any_admin(conn: AsyncConnection) -> bool:
    here = (users.c.role == "admin") & users.c.deleted_at.is_(None) & users.c.issuer.is_(None)
    return (await conn.execute(select(users.c.id).where(here).limit(1))).first() is not None


async def one_at_a_time(conn: AsyncConnection) -> None:
    """Replicas that start together make the first admin one after the other."""
    await conn.execute(text("SELECT pg_advisory_xact_lock(hashtext('first admin'))"))


async def add(conn: AsyncConnection, now: datetime, **values: Any) -> Record | None:
    """The new user; None when a live one has this e-mail."""
    statement = insert(users).values(
        id=uuid7(),
        email_key=email_key(values["email"]),
        is_active=True,
        version=1,
        revision=1,
        created_at=now,
        updated_at=now,
        **values,
    )
    return (await conn.execute(statement.on_conflict_do_nothing().returning(users))).first()


async def find_by_subject(conn: AsyncConnection, issuer: str, subject: str) -> Record | None:
    """The user of another issuer, deleted or not: one who was deleted stays out."""
    here = (users.c.issuer == issuer) & (users.c.subject == subject)
    return (await conn.execute(select(users).where(here))).first()


async def lock_by_subject(conn: AsyncConnection, issuer: str, subject: str) -> Record:
    """The user of another issuer, who is there, held until the transaction ends."""
    here = (users.c.issuer == issuer) & (users.c.subject == subject)
    return (await conn.execute(select(users).where(here).with_for_update())).one()


async def add_of_issuer(conn: AsyncConnection, now: datetime, **values: Any) -> Record | None:
    """The new user of another issuer; None when there is one."""
    made = {
        "id": uuid7(),
        "is_active": True,
        "version": 1,
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    statement = insert(users).values(**made, **values)
    return (await conn.execute(statement.on_conflict_do_nothing().returning(users))).first()


async def change(conn: AsyncConnection, user_id: UUID, now: datetime, **values: Any) -> Record:
    """A change that an admin can see."""
    statement = update(users).where(users.c.id == user_id)
    statement = statement.values(
        version=users.c.version + 1, revision=users.c.revision + 1, updated_at=now, **values
    )
    return (await conn.execute(statement.returning(users))).one()


async def touch(conn: AsyncConnection, user_id: UUID, **values: Any) -> Record:
    """A change that is told but not seen: its sessions, its password."""
    statement = update(users).where(users.c.id == user_id).values(version=users.c.version + 1, **values)
    return (await conn.execute(statement.returning(users))).one()


async def page(conn: AsyncConnection, asked: Page, matches: ColumnElement[bool]) -> Found:
    return await page_of(conn, users, asked, matches)


async def count(conn: AsyncConnection, asked: Page, matches: ColumnElement[bool]) -> int:
    return await count_of(conn, users, asked, matches)


async def state(conn: AsyncConnection, row: Record, now: datetime) -> UserChanged:
    """The user's whole state, with the sessions that ended before their access tokens did."""
    ended = await conn.execute(
        select(sessions.c.id, sessions.c.refreshed_at)
        .where(
            sessions.c.user_id == row.id,
            sessions.c.ended_at.is_not(None),
            sessions.c.refreshed_at > now - ACCESS_LIVES - LEEWAY,
        )
        .order_by(sessions.c.id)
    )
    return UserChanged(
        id=row.id,
        version=row.version,
        deleted_at=row.deleted_at,
        sessions_revoked_at=row.sessions_revoked_at,
        merchant_id=row.merchant_id,
        role=row.role,
        is_active=row.is_active,
        ended_sessions=tuple(
            EndedSession(session_id=s.id, ends_at=s.refreshed_at + ACCESS_LIVES + LEEWAY) for s in ended
        ),
    )


# -- sessions


async def add_session(
    conn: AsyncConnection, user_id: UUID, now: datetime, expires_at: datetime, sha256: str
) -> UUID:
    """A new session with its first refresh token."""
    session_id = uuid7()
    values = {"user_id": user_id, "created_at": now, "refreshed_at": now, "expires_at": expires_at}
    await conn.execute(insert(sessions).values(id=session_id, **values))
    await add_refresh_token(conn, session_id, sha256)
    return session_id


async def add_refresh_token(conn: AsyncConnection, session_id: UUID, sha256: str) -> None:
    await conn.execute(insert(refresh_tokens).values(sha256=sha256, session_id=session_id))


async def use_refresh_token(conn: AsyncConnection, sha256: str, now: datetime) -> None:
    await conn.execute(update(refresh_tokens).where(refresh_tokens.c.sha256 == sha256).values(used_at=now))


async def find_refresh_token(conn: AsyncConnection, sha256: str) -> Record | None:
    """The token with its session."""
    statement = (
        select(
            refresh_tokens.c.used_at,
            sessions.c.id.label("session_id"),
            sessions.c.user_id,
            sessions.c.expires_at,
            sessions.c.ended_at,
        )
        .join(sessions, sessions.c.id == refresh_tokens.c.session_id)
        .where(refresh_tokens.c.sha256 == sha256)
    )
    return (await conn.execute(statement)).first()


async def refresh_session(
    conn: AsyncConnection, session_id: UUID, now: datetime, expires_at: datetime
) -> None:
    values = {"refreshed_at": now, "expires_at": expires_at}
    await conn.execute(update(sessions).where(sessions.c.id == session_id).values(**values))


async def end_session(conn: AsyncConnection, session_id: UUID, now: datetime) -> None:
    here = (sessions.c.id == session_id) & sessions.c.ended_at.is_(None)
    await conn.execute(update(sessions).where(here).values(ended_at=now))


async def end_sessions(
    conn: AsyncConnection, user_id: UUID, now: datetime, *, but: UUID | None = None
) -> None:
    """All of a user's sessions, or all but one."""
    here = (sessions.c.user_id == user_id) & sessions.c.ended_at.is_(None)
    if but is not None:
        here &= sessions.c.id != but
    await conn.execute(update(sessions).where(here).values(ended_at=now))


async def end_oldest_sessions(conn: AsyncConnection, user_id: UUID, now: datetime, *, keep: int) -> bool:
    """All but the newest ones; True when there were others."""
    live = (sessions.c.user_id == user_id) & sessions.c.ended_at.is_(None)
    newest = select(sessions.c.id).where(live).order_by(sessions.c.id.desc()).limit(keep)
    done = await conn.execute(
        update(sessions)
        .where(live, sessions.c.id.not_in(newest))
        .values(ended_at=now)
        .returning(sessions.c.id)
    )
    return done.first() is not None


async def forget_sessions(conn: AsyncConnection, before: datetime) -> None:
    """Sessions that are over since then, with their refresh tokens."""
    over = func.least(sessions.c.ended_at, sessions.c.expires_at) < before
    await conn.execute(delete(sessions).where(over))
