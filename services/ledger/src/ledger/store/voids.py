"""What a void reads: the transaction it takes back, the card's newest stamps, what was voided already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from ledger.chain import TYPE_NUMBERS, TYPES
from ledger.domain import Account, Target
from ledger.store.batch import SELECT_ACCOUNTS, account_of

Connection = AsyncConnection[TupleRow]


class Place(NamedTuple):
    """A transaction and its card."""

    transaction_id: UUID
    card_id: UUID


_BY_ID = "SELECT id, card_id FROM transactions WHERE id = %s AND merchant_id = %s"
_BY_ORDER = (
    "SELECT t.id, t.card_id FROM order_references o JOIN transactions t ON t.id = o.transaction_id"
    " WHERE o.order_reference = %s AND o.merchant_id = %s"
)


async def place_of(conn: Connection, merchant_id: UUID, named: UUID | str) -> Place | None:
    """The transaction with this id, or the last one that earned for this order reference."""
    query = _BY_ID if isinstance(named, UUID) else _BY_ORDER
    row = await (await conn.execute(query, (named, merchant_id))).fetchone()
    return Place(*row) if row else None


async def lock_account(conn: Connection, card_id: UUID) -> Account:
    """The account of a card that has rows, locked."""
    cursor = conn.cursor(binary=True)
    await cursor.execute(f"{SELECT_ACCOUNTS} WHERE card_id = %s FOR UPDATE", (card_id,))
    row = await cursor.fetchone()
    assert row is not None, "there is no row without an account"
    return account_of(row)


_TARGETS = (
    "SELECT t.id, t.card_id, t.type, t.store_id, t.stamps_delta, t.points_delta,"
    " coalesce(t.transaction_at, t.created_at), t.purchase_amount_cents, t.order_reference, t.reward_id,"
    " coalesce(t.owed_repaid, 0), count(v.id), coalesce(sum(v.voided_amount_cents), 0)::bigint,"
    " coalesce(sum(coalesce(v.shortfall, 0) - v.points_delta), 0)::bigint"
    " FROM transactions t LEFT JOIN transactions v ON v.voids_transaction_id = t.id"
    " WHERE t.id = ANY(%s) GROUP BY t.id ORDER BY t.sequence DESC"
)


async def targets(conn: Connection, transaction_ids: Sequence[UUID]) -> tuple[Target, ...]:
    """These transactions of one card with what was voided of them, newest first. Its account is locked."""
    rows = await (await conn.execute(_TARGETS, (list(transaction_ids),))).fetchall()
    return tuple(Target(row[0], row[1], TYPES[row[2] - 1], *row[3:]) for row in rows)


_STAMP = TYPE_NUMBERS["stamp_earned"]
_STAMPS = (
    "SELECT id, coalesce(transaction_at, created_at) AS at FROM transactions t"
    " WHERE card_id = %s AND type = %s AND id <> ALL(%s)"
    " AND NOT EXISTS (SELECT FROM transactions v WHERE v.voids_transaction_id = t.id)"
)


async def newest_stamps(conn: Connection, card_id: UUID, count: int) -> list[UUID]:
    """The card's newest stamps that are not voided."""
    query = _STAMPS + " ORDER BY sequence DESC LIMIT %s"
    rows = await (await conn.execute(query, (card_id, _STAMP, [], count))).fetchall()
    return [row[0] for row in rows]


async def stamp_before(conn: Connection, card_id: UUID, without: Sequence[UUID]) -> datetime | None:
    """When the newest stamp was given that is not voided and none of these; a late sale's is the sale."""
    query = _STAMPS + " ORDER BY at DESC LIMIT 1"
    row = await (await conn.execute(query, (card_id, _STAMP, list(without)))).fetchone()
    return row[1] if row else None


_LOG = (
    "SELECT card_id, coalesce(transaction_at, created_at) FROM transactions t"
    " WHERE card_id = ANY(%s) AND type = %s AND coalesce(transaction_at, created_at) >= %s"
    " AND NOT EXISTS (SELECT FROM transactions v WHERE v.voids_transaction_id = t.id)"
)


async def stamp_times(
    conn: Connection, card_ids: Sequence[UUID], since: datetime
) -> dict[UUID, list[datetime]]:
    """When these cards' stamps were given that are not voided. Their accounts are locked."""
    found: dict[UUID, list[datetime]] = {card_id: [] for card_id in card_ids}
    for card_id, at in await (await conn.execute(_LOG, (list(card_ids), _STAMP, since))).fetchall():
        found[card_id].append(at)
    return found
