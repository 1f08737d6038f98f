"""SQL of the members' report: the accounts of a program's cards, from where a page before ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from ledger.store.accounts import Connection

# Where a card was handed out, the statistics remember; an account does not.
_MEMBERS = """
SELECT a.card_id, a.card_number, a.is_active, a.stamp_count, a.points_balance, a.last_activity_at
FROM accounts a
WHERE a.merchant_id = %(merchant_id)s AND a.program_id = %(program_id)s AND NOT a.is_gone
  AND a.card_id > %(after)s AND (%(store_id)s::uuid IS NULL OR EXISTS
    (SELECT FROM statistics_cards c JOIN statistics_generations USING (generation)
     WHERE state = 'live' AND c.card_id = a.card_id AND c.store_id = %(store_id)s))
ORDER BY a.card_id LIMIT %(limit)s
"""


async def members(
    conn: Connection, merchant_id: UUID, program_id: UUID, store_id: UUID | None, after: UUID, limit: int
) -> list[dict[str, Any]]:
    """In the order of their ids, which is that of time."""
    found = conn.cursor(row_factory=dict_row)
    given = {"merchant_id": merchant_id, "program_id": program_id, "store_id": store_id}
    return await (await found.execute(_MEMBERS, {**given, "after": after, "limit": limit})).fetchall()
