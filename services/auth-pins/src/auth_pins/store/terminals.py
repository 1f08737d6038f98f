"""Terminals and the hashes of their API keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_pins.domain import LiveKey
from auth_pins.store.pages import Found, Page, count_of, page_of, visible
from auth_pins.tables import Record, terminal_keys, terminals
from contracts.auth_pins import KeyHash, TerminalChanged
from kit.ids import uuid7


async def find(
    conn: AsyncConnection,
    terminal_id: UUID,
    merchant_id: UUID | None = None,
    *,
    include_deleted: bool = False,
    locked: bool = False,
) -> Record | None:
    """The terminal (of this merchant), when it is visible; `locked` holds it until the transaction ends."""
    here = (terminals.c.id == terminal_id) & visible(terminals, include_deleted=include_deleted)
    if merchant_id is not None:
        here &= terminals.c.merchant_id == merchant_id
    statement = select(terminals).where(here)
    return (await conn.execute(statement.with_for_update() if locked else statement)).first()


async def share(conn: AsyncConnection, terminal_id: UUID) -> Record | None:
    """The live terminal, which cannot be deleted until the transaction ends."""
    here = (terminals.c.id == terminal_id) & terminals.c.deleted_at.is_(None)
    return (await conn.execute(select(terminals).where(here).with_for_update(read=True))).first()


async def add(conn: AsyncConnection, now: datetime, **values: Any) -> Record:
    statement = insert(terminals).values(id=uuid7(), version=1, created_at=now, updated_at=now, **values)
    return (await conn.execute(statement.returning(terminals))).one()


async def change(conn: AsyncConnection, terminal_id: UUID, now: datetime, **values: Any) -> Record:
    statement = update(terminals).where(terminals.c.id == terminal_id)
    statement = statement.values(version=terminals.c.version + 1, updated_at=now, **values)
    return (await conn.execute(statement.returning(terminals))).one()


async def used(conn: AsyncConnection, times: Mapping[UUID, datetime]) -> None:
    """They called then: seen in lists, told to nobody. In the order of ids, so that two never cross."""
    later = update(terminals).where(terminals.c.id == bindparam("called"))
    at = bindparam("at", type_=terminals.c.last_used_at.type)
    rows = [{"called": terminal_id, "at": times[terminal_id]} for terminal_id in sorted(times)]
    await conn.execute(later.values(last_used_at=func.greatest(terminals.c.last_used_at, at)), rows)


async def count(conn: AsyncConnection, asked: Page, matches: ColumnElement[bool]) -> int:
    return await count_of(conn, terminals, asked, matches)


async def keys_of(conn: AsyncConnection, *terminal_ids: UUID) -> dict[UUID, list[LiveKey]]:
    """The keys of these terminals, oldest first."""
    found: dict[UUID, list[LiveKey]] = {terminal_id: [] for terminal_id in terminal_ids}
    statement = select(terminal_keys).where(terminal_keys.c.terminal_id.in_(terminal_ids))
    for row in await conn.execute(statement.order_by(terminal_keys.c.created_at)):
        found[row.terminal_id].append(LiveKey(row.sha256, row.created_at, row.ends_at))
    return found


async def put_keys(conn: AsyncConnection, terminal_id: UUID, keys: Sequence[LiveKey]) -> None:
    """These keys and no others."""
    await conn.execute(delete(terminal_keys).where(terminal_keys.c.terminal_id == terminal_id))
    if keys:
        rows = [{"terminal_id": terminal_id, **key._asdict()} for key in keys]
        await conn.execute(insert(terminal_keys), rows)


async def page(conn: AsyncConnection, asked: Page, matches: ColumnElement[bool]) -> Found:
    return await page_of(conn, terminals, asked, matches)


async def state(conn: AsyncConnection, row: Record, now: datetime) -> TerminalChanged:
    """The terminal's whole state, with its live keys."""
    keys = (await keys_of(conn, row.id))[row.id]
    live = (key for key in keys if key.ends_at is None or key.ends_at > now)
    return TerminalChanged(
        id=row.id,
        version=row.version,
        deleted_at=row.deleted_at,
        sessions_revoked_at=row.sessions_revoked_at,
        merchant_id=row.merchant_id,
        store_id=row.store_id,
        environment=row.environment,
        keys=tuple(KeyHash(sha256=key.sha256, ends_at=key.ends_at) for key in live),
    )
