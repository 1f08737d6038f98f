"""The delivery log in the database: read page by page, kept for 30 days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wallet import tables
from wallet.domain import Attempt

_COLUMNS = tuple(tables.delivery_log.c[field.name] for field in fields(Attempt))


async def attempts(
    conn: AsyncConnection, card_id: UUID, before: UUID | None, limit: int
) -> Sequence[Attempt]:
    """The newest attempts to deliver this card's passes, before the one named."""
    log = tables.delivery_log
    query = select(*_COLUMNS).where(log.c.card_id == card_id).order_by(log.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(log.c.id < before)
    return [Attempt(**row._mapping) for row in await conn.execute(query)]


async def keep_log(conn: AsyncConnection, kept_days: int, ahead_days: int) -> int:
    """Make the days to come, drop those that are over; how many were dropped."""
    query = text("SELECT keep_delivery_log(:kept, :ahead)")
    return int((await conn.execute(query, {"kept": kept_days, "ahead": ahead_days})).scalar_one())
