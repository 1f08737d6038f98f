"""SQL of accounts as others compare them: a page by card id, or some by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from ledger import pack
from ledger.store.accounts import Connection

_COLUMNS = """a.card_id, a.merchant_id, a.program_id, a.sequence, a.is_active, a.stamp_count,
  a.stamps_redeemed, a.total_stamps_earned, a.points_balance, a.points_redeemed, a.total_points_earned,
  a.total_points_voided,
  a.last_hash AS hash"""
_PAGE = f"""
SELECT {_COLUMNS} FROM accounts a WHERE a.card_id > %s AND a.sequence > 0 ORDER BY a.card_id LIMIT %s
"""  # noqa: S608 - names of ours only
_NAMED = f"""
SELECT {_COLUMNS}, t.created_at FROM accounts a
JOIN transactions t ON t.card_id = a.card_id AND t.sequence = a.sequence
WHERE a.card_id = ANY(%s) AND a.sequence > 0
"""  # noqa: S608


async def balances(conn: Connection, after: UUID, limit: int) -> list[dict[str, Any]]:
    """In the order of card ids."""
    found = await conn.cursor(row_factory=dict_row).execute(_PAGE, (after, limit))
    return await found.fetchall()


async def balances_of(conn: Connection, card_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Of these cards, with the time of the last row: one statement, so one moment."""
    found = await conn.cursor(row_factory=dict_row).execute(_NAMED, (pack.uuids(card_ids),))
    return await found.fetchall()
