"""Attempts by merchant and code, tries by terminal; the terminal's row is always held before the code's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_pins.domain import TERMINAL_WINDOW, Attempts, Entry, code_key
from auth_pins.tables import Record, pin_attempts, pin_entries, pin_tries
from kit.ids import uuid7


async def hold_terminal(conn: AsyncConnection, terminal_id: UUID) -> Record:
    """The row under which this terminal's tries are counted, made when it is not there, and held."""
    statement = insert(pin_entries).values(terminal_id=terminal_id)
    here = statement.on_conflict_do_update(
        index_elements=[pin_entries.c.terminal_id], set_={"terminal_id": statement.excluded.terminal_id}
    )
    return (await conn.execute(here.returning(pin_entries))).one()


async def entry(conn: AsyncConnection, held: Record, now: datetime) -> Entry:
    """The terminal's entry, with the tries that are wrong or being looked at."""
    return Entry(await _tries(conn, held.terminal_id, now), held.locked_until)


async def wrong_tries(conn: AsyncConnection, terminal_id: UUID, now: datetime) -> int:
    """The tries of the last 15 minutes that were wrong."""
    return await _tries(conn, terminal_id, now, only_wrong=True)


async def _tries(conn: AsyncConnection, terminal_id: UUID, now: datetime, *, only_wrong: bool = False) -> int:
    here = (pin_tries.c.terminal_id == terminal_id) & (pin_tries.c.tried_at > now - TERMINAL_WINDOW)
    if only_wrong:
        here &= pin_tries.c.is_wrong
    return (await conn.execute(select(func.count()).select_from(pin_tries).where(here))).scalar_one()


async def add_try(conn: AsyncConnection, terminal_id: UUID, now: datetime) -> UUID:
    """A try whose PIN is yet to be looked at."""
    try_id = uuid7()
    values = {"id": try_id, "terminal_id": terminal_id, "tried_at": now, "is_wrong": False}
    await conn.execute(insert(pin_tries).values(**values))
    return try_id


async def drop_try(conn: AsyncConnection, try_id: UUID) -> None:
    """It was right, or answered by the person's lock: it does not count."""
    await conn.execute(delete(pin_tries).where(pin_tries.c.id == try_id))


async def wrong_try(conn: AsyncConnection, try_id: UUID) -> None:
    await conn.execute(update(pin_tries).where(pin_tries.c.id == try_id).values(is_wrong=True))


async def lock_terminal(conn: AsyncConnection, terminal_id: UUID, until: datetime) -> None:
    """Its tries are done with: when the lock is over, it begins anew."""
    await conn.execute(
        update(pin_entries).where(pin_entries.c.terminal_id == terminal_id).values(locked_until=until)
    )
    await conn.execute(delete(pin_tries).where(pin_tries.c.terminal_id == terminal_id))


async def hold_attempts(conn: AsyncConnection, merchant_id: UUID, code: str, now: datetime) -> Attempts:
    """The attempts with this code, held; the row is made when it is not there."""
    statement = insert(pin_attempts).values(
        merchant_id=merchant_id, code_key=code_key(code), counted=0, sure=False, changed_at=now
    )
    here = statement.on_conflict_do_update(
        index_elements=[pin_attempts.c.merchant_id, pin_attempts.c.code_key],
        set_={"changed_at": statement.excluded.changed_at},
    )
    row = (await conn.execute(here.returning(pin_attempts))).one()
    return Attempts(row.counted, row.locked_until, row.sure)


async def put_attempts(conn: AsyncConnection, merchant_id: UUID, code: str, attempts: Attempts) -> None:
    here = (pin_attempts.c.merchant_id == merchant_id) & (pin_attempts.c.code_key == code_key(code))
    values = {"counted": attempts.counted, "locked_until": attempts.locked_until, "sure": attempts.sure}
    await conn.execute(update(pin_attempts).where(here).values(**values))


async def clear_attempts(conn: AsyncConnection, merchant_id: UUID, code: str, now: datetime) -> Attempts:
    """As if nobody had tried this code; what was counted before."""
    before = await hold_attempts(conn, merchant_id, code, now)
    await put_attempts(conn, merchant_id, code, Attempts())
    return before


async def forget(conn: AsyncConnection, *, tries_before: datetime, attempts_before: datetime) -> None:
    """Tries out of the window, and attempts nobody added to for long, of known codes and others alike."""
    await conn.execute(delete(pin_tries).where(pin_tries.c.tried_at < tries_before))
    await conn.execute(delete(pin_attempts).where(pin_attempts.c.changed_at < attempts_before))
