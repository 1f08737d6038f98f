"""Reads: lists and single things as people see them, and whole states as other services do."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_pins import tables
from auth_pins.desk import Desk
from auth_pins.domain import LiveKey, SigningKey, code_key, email_key
from auth_pins.store import signing_keys as key_rows
from auth_pins.store import staff as staff_rows
from auth_pins.store import terminals as terminal_rows
from auth_pins.store import users as user_rows
from auth_pins.store.pages import Found, Page, word_starts
from auth_pins.tables import Record
from contracts.auth_pins import SIGNING_KEYS_ID
from contracts.event import State
from contracts.problem import StaffNotFound, TerminalNotFound, UserNotFound
from kit.ids import now


async def users(desk: Desk, asked: Page) -> Found:
    async with desk.work.read() as conn:
        return await user_rows.page(conn, asked, _email_is(asked.search))


async def count_users(desk: Desk, asked: Page) -> int:
    async with desk.work.read() as conn:
        return await user_rows.count(conn, asked, _email_is(asked.search))


async def user(desk: Desk, user_id: UUID, *, include_deleted: bool = False) -> Record:
    """UserNotFound when there is none."""
    async with desk.work.read() as conn:
        row = await user_rows.find(conn, user_id, include_deleted=include_deleted)
    if row is None:
        raise UserNotFound
    return row


def _email_is(search: str | None) -> ColumnElement[bool]:
    return tables.users.c.email_key == email_key(search) if search else true()


async def terminals(desk: Desk, asked: Page) -> tuple[Found, dict[UUID, Sequence[LiveKey]]]:
    """A page of terminals, and the live keys of each."""
    async with desk.work.read() as conn:
        found = await terminal_rows.page(conn, asked, _terminal_is(asked.search))
        keys = await terminal_rows.keys_of(conn, *(row.id for row in found.rows))
    return found, {terminal_id: _live(rows) for terminal_id, rows in keys.items()}


async def count_terminals(desk: Desk, asked: Page) -> int:
    async with desk.work.read() as conn:
        return await terminal_rows.count(conn, asked, _terminal_is(asked.search))


def _terminal_is(search: str | None) -> ColumnElement[bool]:
    return word_starts(tables.terminals.c.name, search) if search else true()


async def terminal(
    desk: Desk, terminal_id: UUID, merchant_id: UUID | None = None, *, include_deleted: bool = False
) -> tuple[Record, Sequence[LiveKey]]:
    """The terminal (of this merchant) and its live keys. TerminalNotFound when there is none."""
    async with desk.work.read() as conn:
        row = await terminal_rows.find(conn, terminal_id, merchant_id, include_deleted=include_deleted)
        if row is None:
            raise TerminalNotFound
        return row, await keys_in(conn, terminal_id)


async def keys_in(conn: AsyncConnection, terminal_id: UUID) -> Sequence[LiveKey]:
    """The live keys of one terminal."""
    return _live((await terminal_rows.keys_of(conn, terminal_id))[terminal_id])


def _live(keys: Sequence[LiveKey]) -> Sequence[LiveKey]:
    moment = now()
    return [key for key in keys if key.ends_at is None or key.ends_at > moment]


async def staff_members(desk: Desk, asked: Page) -> Found:
    async with desk.work.read() as conn:
        return await staff_rows.page(conn, asked, _staff_member_is(asked.search))


async def count_staff_members(desk: Desk, asked: Page) -> int:
    async with desk.work.read() as conn:
        return await staff_rows.count(conn, asked, _staff_member_is(asked.search))


def _staff_member_is(search: str | None) -> ColumnElement[bool]:
    if not search:
        return true()
    return or_(word_starts(tables.staff.c.name, search), tables.staff.c.code_key == code_key(search))


async def staff_member(desk: Desk, staff_id: UUID, merchant_id: UUID) -> Record:
    """StaffNotFound when this merchant has none of this id."""
    async with desk.work.read() as conn:
        row = await staff_rows.find(conn, staff_id, merchant_id)
    if row is None:
        raise StaffNotFound
    return row


async def staff_names(desk: Desk, merchant_id: UUID) -> dict[str, str]:
    """Names of a merchant's staff by id, those who left included."""
    table = tables.staff
    async with desk.work.read() as conn:
        rows = await conn.execute(select(table.c.id, table.c.name).where(table.c.merchant_id == merchant_id))
    return {str(row.id): row.name for row in rows}


async def signing_keys(desk: Desk) -> Sequence[SigningKey]:
    async with desk.work.read() as conn:
        return await key_rows.read(conn)


async def state(desk: Desk, kind: str, thing_id: UUID) -> State | None:
    """The whole state of one thing, deleted or not; None when there is no such thing."""
    async with desk.work.read() as conn:
        match kind:
            case "terminal":
                terminal_row = await terminal_rows.find(conn, thing_id, include_deleted=True)
                return await terminal_rows.state(conn, terminal_row, now()) if terminal_row else None
            case "staff":
                staff_row = await staff_rows.find_any(conn, thing_id)
                return staff_rows.state(staff_row) if staff_row else None
            case "user":
                user_row = await user_rows.find_any(conn, thing_id)
                return await user_rows.state(conn, user_row, now()) if user_row else None
            case "signing-keys" if thing_id == SIGNING_KEYS_ID:
                return await key_rows.state(conn)
            case _:
                return None
