"""What the daily job reads and writes: whose turn it is, and the accounts that nobody moved for long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from ledger import pack

Connection = AsyncConnection[TupleRow]

#: A job that is not heard of for so long has ended without a word: another replica goes on.
CLAIM_MINUTES = 5


class Idle(NamedTuple):
    """An account that may have to expire."""

    card_id: UUID
    merchant_id: UUID
    opened_at: datetime


_CLAIM = f"""
UPDATE expiry SET claimed_by = %s, claimed_until = now() + interval '{CLAIM_MINUTES} minutes'
WHERE finished_on < (now() AT TIME ZONE 'UTC')::date AND (claimed_until < now() OR claimed_by = %s)
RETURNING (now() AT TIME ZONE 'UTC')::date
"""  # noqa: S608 - nothing in it comes from outside
_RENEW = f"""
UPDATE expiry SET claimed_until = now() + interval '{CLAIM_MINUTES} minutes' WHERE claimed_by = %s
"""  # noqa: S608 - nothing in it comes from outside
_FINISH = """
UPDATE expiry SET finished_on = %s, claimed_by = NULL, claimed_until = now() WHERE claimed_by = %s
"""


async def claim_expiry(conn: Connection, claimant: UUID) -> date | None:
    """The day to work off, when it is not done yet and nobody else is at it."""
    row = await (await conn.execute(_CLAIM, (claimant, claimant))).fetchone()
    return row[0] if row else None


async def renew_expiry(conn: Connection, claimant: UUID) -> bool:
    """False when another one took over meanwhile."""
    return (await conn.execute(_RENEW, (claimant,))).rowcount == 1


async def finish_expiry(conn: Connection, claimant: UUID, day: date) -> None:
    """The day is done."""
    await conn.execute(_FINISH, (day, claimant))


_NEXT = """
SELECT card_id FROM (SELECT card_id FROM accounts WHERE card_id > %s ORDER BY card_id LIMIT %s) page
ORDER BY card_id DESC LIMIT 1
"""
_IDLE = """
SELECT a.card_id, a.merchant_id, a.created_at FROM accounts a
JOIN unnest(%s, %s) AS due (program_id, idle_since) USING (program_id)
WHERE a.card_id > %s AND a.card_id <= %s AND a.points_balance > 0 AND NOT a.is_gone
  AND coalesce(a.last_activity_at, a.created_at) <= due.idle_since
ORDER BY a.card_id
"""


async def idle_accounts(
    conn: Connection, due: Mapping[UUID, datetime], after: UUID, looked_through: int
) -> tuple[list[Idle], UUID | None]:
    """Of the next so many accounts those that nobody moved since the time of their program, and the last.

    No index holds when an account was moved: it would have to be written with every stamp.
    """
    row = await (await conn.execute(_NEXT, (after, looked_through))).fetchone()
    last: UUID | None = row[0] if row else None
    if last is None:
        return [], None
    params = (pack.uuids(due), pack.moments(due.values()), after, last)
    rows = await (await conn.execute(_IDLE, params)).fetchall()
    return [Idle(*found) for found in rows], last
