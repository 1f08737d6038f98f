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
# Newest first. By the index of a card's rows: a page of 500 accounts takes some milliseconds more.
_RECENT = """ARRAY(
  SELECT json_build_object('sequence', r.sequence, 'type', r.type, 'stamps_delta', r.stamps_delta,
    'points_delta', r.points_delta, 'transaction_at', coalesce(r.transaction_at, r.created_at))
  FROM transactions r WHERE r.card_id = a.card_id ORDER BY r.sequence DESC LIMIT %(recent)s) AS recent"""
_PAGE = f"""
SELECT {_COLUMNS}, {_RECENT} FROM accounts a
WHERE a.card_id > %(after)s AND a.sequence > 0 ORDER BY a.card_id LIMIT %(limit)s
"""  # noqa: S608 - names of ours only
_NAMED = f"""
SELECT {_COLUMNS}, {_RECENT}, t.created_at FROM accounts a
JOIN transactions t ON t.card_id = a.card_id AND t.sequence = a.sequence
WHERE a.card_id = ANY(%(cards)s) AND a.sequence > 0
"""  # noqa: S608


async def balances(conn: Connection, after: UUID, limit: int, recent: int) -> list[dict[str, Any]]:
    """In the order of card ids, each with so many of its last rows."""
    given = {"after": after, "limit": limit, "recent": recent}
    found = await conn.cursor(row_factory=dict_row).execute(_PAGE, given)
    return await found.fetchall()


async def balances_of(conn: Connection, card_ids: Sequence[UUID], recent: int) -> list[dict[str, Any]]:
    """Of these cards, with the time of the last row: one statement, so one moment."""
    given = {"cards": pack.uuids(card_ids), "recent": recent}
    found = await conn.cursor(row_factory=dict_row).execute(_NAMED, given)
    return await found.fetchall()
