"""Staff members."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_pins.domain import code_key
from auth_pins.store.pages import Found, Page, count_of, page_of, visible
from auth_pins.tables import Record, pin_attempts, staff
from contracts.auth_pins import StaffChanged
from kit.ids import uuid7

_attempts = and_(
    pin_attempts.c.merchant_id == staff.c.merchant_id, pin_attempts.c.code_key == staff.c.code_key
)


async def find(conn: AsyncConnection, staff_id: UUID, merchant_id: UUID | None = None) -> Record | None:
    """The staff member (of this merchant) with the lock of its code, when visible."""
    here = (staff.c.id == staff_id) & visible(staff)
    if merchant_id is not None:
        here &= staff.c.merchant_id == merchant_id
    statement = select(staff, pin_attempts.c.locked_until).outerjoin(pin_attempts, _attempts).where(here)
    return (await conn.execute(statement)).first()


async def find_any(conn: AsyncConnection, staff_id: UUID) -> Record | None:
    """The staff member, deleted or not."""
    return (await conn.execute(select(staff).where(staff.c.id == staff_id))).first()


async def lock(conn: AsyncConnection, staff_id: UUID, merchant_id: UUID) -> Record | None:
    """The visible staff member of this merchant, held until the transaction ends."""
    here = (staff.c.id == staff_id) & (staff.c.merchant_id == merchant_id) & visible(staff)
    return (await conn.execute(select(staff).where(here).with_for_update(of=staff))).first()


async def find_by_code(
    conn: AsyncConnection, merchant_id: UUID, code: str, *, locked: bool = False
) -> Record | None:
    """The live staff member with this code; `locked` holds it until the transaction ends."""
    here = (
        (staff.c.merchant_id == merchant_id)
        & (staff.c.code_key == code_key(code))
        & staff.c.deleted_at.is_(None)
    )
    statement = select(staff).where(here)
    return (await conn.execute(statement.with_for_update() if locked else statement)).first()


async def add(conn: AsyncConnection, now: datetime, **values: Any) -> Record | None:
    """The new staff member; None when the merchant has a live one with this code."""
    statement = insert(staff).values(
        id=uuid7(),
        code_key=code_key(values["code"]),
        is_active=True,
        version=1,
        created_at=now,
        updated_at=now,
        **values,
    )
    return (await conn.execute(statement.on_conflict_do_nothing().returning(staff))).first()


async def change(conn: AsyncConnection, staff_id: UUID, now: datetime, **values: Any) -> Record:
    statement = update(staff).where(staff.c.id == staff_id)
    statement = statement.values(version=staff.c.version + 1, updated_at=now, **values)
    return (await conn.execute(statement.returning(staff))).one()


async def used(conn: AsyncConnection, staff_id: UUID, now: datetime) -> None:
    """A PIN was right: seen in lists, told to nobody."""
    await conn.execute(update(staff).where(staff.c.id == staff_id).values(last_used_at=now))


async def page(conn: AsyncConnection, asked: Page, matches: ColumnElement[bool]) -> Found:
    locked_until = pin_attempts.c.locked_until
    return await page_of(conn, staff, asked, matches, locked_until, left_join=(pin_attempts, _attempts))


async def count(conn: AsyncConnection, asked: Page, matches: ColumnElement[bool]) -> int:
    return await count_of(conn, staff, asked, matches)


def state(row: Record) -> StaffChanged:
    """The staff member's whole state, without the name."""
    return StaffChanged(
        id=row.id,
        version=row.version,
        deleted_at=row.deleted_at,
        sessions_revoked_at=row.sessions_revoked_at,
        merchant_id=row.merchant_id,
        store_id=row.store_id,
        role=row.role,
        is_active=row.is_active,
    )
