"""SQL of the export: a merchant's rows and balances, card by card, from where a page before ended."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import dict_row

from ledger.store.accounts import Connection


class Place(NamedTuple):
    """The row that a page ended with."""

    card_id: UUID
    sequence: int


START = Place(UUID(int=0), 0)

# The card is bounded twice: only what is said of the account itself bounds the walk along its index.
_HISTORY = """
SELECT t.card_id, t.sequence, a.card_number, t.type, coalesce(t.transaction_at, t.created_at) AS at,
  t.stamps_delta AS stamps, t.points_delta AS points, t.store_id, t.purchase_amount_cents, t.currency,
  t.order_reference, coalesce(c.reference, t.id::text) AS reference
FROM accounts a JOIN transactions t ON t.card_id = a.card_id
LEFT JOIN transaction_context c ON c.transaction_id = t.id
WHERE a.merchant_id = %(merchant_id)s AND NOT a.is_gone AND a.card_id >= %(card_id)s
  AND (t.card_id, t.sequence) > (%(card_id)s, %(sequence)s)
ORDER BY a.card_id, t.sequence LIMIT %(limit)s
"""
_BALANCES = """
SELECT card_id, 0 AS sequence, card_number, stamp_count AS stamps, points_balance AS points FROM accounts
WHERE merchant_id = %(merchant_id)s AND NOT is_gone AND card_id > %(card_id)s
ORDER BY card_id LIMIT %(limit)s
"""


async def history(conn: Connection, merchant_id: UUID, after: Place, limit: int) -> list[dict[str, Any]]:
    """Rows in the order of their cards, each card's in their own."""
    return await _rows(conn, _HISTORY, merchant_id, after, limit)


async def balances(conn: Connection, merchant_id: UUID, after: Place, limit: int) -> list[dict[str, Any]]:
    """What each card has; its place is that before its first row."""
    return await _rows(conn, _BALANCES, merchant_id, after, limit)


async def _rows(
    conn: Connection, query: str, merchant_id: UUID, after: Place, limit: int
) -> list[dict[str, Any]]:
    found = conn.cursor(row_factory=dict_row)
    given = {"merchant_id": merchant_id, **after._asdict(), "limit": limit}
    return await (await found.execute(query, given)).fetchall()
