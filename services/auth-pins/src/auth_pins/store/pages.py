"""What a list shows: which rows are visible, which match a search, and one page of them, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_pins.tables import Record
from kit.tables import projections


class Page(NamedTuple):
    """What is asked of a list."""

    limit: int = 50
    after: UUID | None = None
    search: str | None = None
    include_deleted: bool = False
    only_deleted: bool = False
    merchant_id: UUID | None = None


class Found(NamedTuple):
    """One page; `more` when there are rows beyond it."""

    rows: Sequence[Record]
    more: bool


def visible(
    table: Table, *, include_deleted: bool = False, only_deleted: bool = False
) -> ColumnElement[bool]:
    """Rows that are not deleted, and whose merchant is not; or all of them; or the others only."""
    merchant_deleted = exists().where(
        projections.c.kind == "merchant",
        projections.c.id == table.c.merchant_id,
        projections.c.state["deleted_at"].astext.is_not(None),
    )
    if only_deleted:
        return or_(table.c.deleted_at.is_not(None), merchant_deleted)
    if include_deleted:
        return true()
    return and_(table.c.deleted_at.is_(None), ~merchant_deleted)


def word_starts(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Whether a word of the column starts like this, without case."""
    return func.concat(" ", func.lower(column)).contains(" " + text.lower(), autoescape=True)


async def page_of(
    conn: AsyncConnection,
    table: Table,
    asked: Page,
    matches: ColumnElement[bool],
    *columns: Any,
    left_join: Any = None,
) -> Found:
    """The page that was asked for."""
    source = table.outerjoin(*left_join) if left_join is not None else table
    statement = (
        select(table, *columns)
        .select_from(source)
        .where(
            matches, visible(table, include_deleted=asked.include_deleted, only_deleted=asked.only_deleted)
        )
        .order_by(table.c.id.desc())
        .limit(asked.limit + 1)
    )
    if asked.merchant_id is not None:
        statement = statement.where(table.c.merchant_id == asked.merchant_id)
    if asked.after is not None:
        statement = statement.where(table.c.id < asked.after)
    rows = (await conn.execute(statement)).all()
    return Found(rows[: asked.limit], len(rows) > asked.limit)


async def count_of(conn: AsyncConnection, table: Table, asked: Page, matches: ColumnElement[bool]) -> int:
    """How many rows all pages hold."""
    shown = visible(table, include_deleted=asked.include_deleted, only_deleted=asked.only_deleted)
    statement = select(func.count()).select_from(table).where(matches, shown)
    if asked.merchant_id is not None:
        statement = statement.where(table.c.merchant_id == asked.merchant_id)
    return (await conn.execute(statement)).scalar_one()
