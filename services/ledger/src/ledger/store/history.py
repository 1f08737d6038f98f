"""A card's rows with what is kept beside them: read whole, and what may have to be forgotten forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, dict_row

Connection = AsyncConnection[TupleRow]

_HISTORY = """
SELECT t.id, t.card_id, t.sequence, t.store_id, t.terminal_id, t.staff_id, t.user_id, t.type, t.stamps_delta,
  t.points_delta, t.stamps_balance_after, t.points_balance_after, t.purchase_amount_cents, t.currency,
  t.order_reference, t.reward_id, t.reward_description, t.reward_value_cents, t.voids_transaction_id,
  t.voided_amount_cents, t.shortfall, t.owed_repaid, t.program_version,
  coalesce(t.transaction_at, t.created_at) AS transaction_at, t.created_at, encode(t.hash, 'hex') AS hash,
  host(c.ip_address) AS ip_address, agent.text AS user_agent, staff.text AS staff_name, c.notes
FROM transactions t
LEFT JOIN transaction_context c ON c.transaction_id = t.id
LEFT JOIN texts agent ON agent.id = c.user_agent_id
LEFT JOIN texts staff ON staff.id = c.staff_name_id
WHERE t.card_id = %s AND t.sequence > %s ORDER BY t.sequence LIMIT %s
"""


async def history(conn: Connection, card_id: UUID, after: int, limit: int) -> list[dict[str, Any]]:
    """Rows of this card behind a sequence, oldest first, with notes and names as they are kept."""
    cursor = conn.cursor(row_factory=dict_row)
    await cursor.execute(_HISTORY, (card_id, after, limit))
    return await cursor.fetchall()


_FORGET = """
DELETE FROM transaction_context
WHERE imported IS NULL AND transaction_id IN (SELECT id FROM transactions WHERE card_id = %s)
"""
_BLANK = """
UPDATE transaction_context SET user_agent_id = NULL, staff_name_id = NULL, ip_address = NULL, notes = NULL
WHERE transaction_id IN (SELECT id FROM transactions WHERE card_id = %s)
"""


async def forget_context(conn: Connection, card_id: UUID) -> None:
    """Blank what is kept beside this card's rows. Hold its account, so that no row is being written.

    That a row was imported is nothing personal, and stays.
    """
    await conn.execute(_FORGET, (card_id,))
    await conn.execute(_BLANK, (card_id,))
