"""What some batches need beside: order references, rewards taken, refusals kept, numbers of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from ledger import pack

Connection = AsyncConnection[TupleRow]


async def order_takers(conn: Connection, orders: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    """Which transaction has earned for each of these (merchant, order reference)."""
    pairs = sorted(set(orders))
    cursor = await conn.execute(
        "SELECT merchant_id, order_reference, transaction_id FROM order_references"
        " JOIN unnest(%s, %s) AS asked (merchant_id, order_reference) USING (merchant_id, order_reference)",
        (pack.uuids(p[0] for p in pairs), pack.texts(p[1] for p in pairs)),
    )
    return {(row[0], row[1]): row[2] for row in await cursor.fetchall()}


async def lock_rewards(
    conn: Connection, wanted: Iterable[tuple[UUID, UUID]]
) -> tuple[dict[UUID, int], dict[tuple[UUID, UUID], int]]:
    """Lock what was taken of these rewards, in id order; answers it per reward and per (card, reward)."""
    pairs = sorted(set(wanted))
    rewards = pack.uuids(sorted({reward for _, reward in pairs}))
    await conn.execute(
        "INSERT INTO rewards_taken (reward_id) SELECT unnest(%s) ORDER BY 1 ON CONFLICT DO NOTHING",
        (rewards,),
    )
    locked = await conn.execute(
        "SELECT reward_id, taken FROM rewards_taken WHERE reward_id = ANY(%s) ORDER BY reward_id FOR UPDATE",
        (rewards,),
    )
    taken: dict[UUID, int] = dict(await locked.fetchall())
    by_card = await conn.execute(
        "SELECT card_id, reward_id, taken FROM rewards_taken_by_card"
        " JOIN unnest(%s, %s) AS asked (card_id, reward_id) USING (card_id, reward_id)",
        (pack.uuids(p[0] for p in pairs), pack.uuids(p[1] for p in pairs)),
    )
    return taken, {(row[0], row[1]): row[2] for row in await by_card.fetchall()}


async def save_rewards(conn: Connection, taken: Sequence[tuple[UUID, UUID]]) -> None:
    """Count one more for each (card, reward)."""
    await conn.execute(
        "UPDATE rewards_taken r SET taken = r.taken + n.times FROM"
        " (SELECT id, count(*) AS times FROM unnest(%s) AS id GROUP BY id) n WHERE r.reward_id = n.id",
        (pack.uuids(reward for _, reward in taken),),
    )
    await conn.execute(
        "INSERT INTO rewards_taken_by_card (card_id, reward_id, taken) SELECT card_id, reward_id, count(*)"
        " FROM unnest(%s, %s) AS t (card_id, reward_id) GROUP BY 1, 2 ORDER BY 1, 2"
        " ON CONFLICT (card_id, reward_id)"
        " DO UPDATE SET taken = rewards_taken_by_card.taken + excluded.taken",
        (pack.uuids(card for card, _ in taken), pack.uuids(reward for _, reward in taken)),
    )


async def save_orders(conn: Connection, orders: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Remember what earned for an order reference."""
    rows = sorted(orders)
    await conn.execute(
        "INSERT INTO order_references (merchant_id, order_reference, transaction_id)"
        " SELECT * FROM unnest(%s, %s, %s)",
        (pack.uuids(r[0] for r in rows), pack.texts(r[1] for r in rows), pack.uuids(r[2] for r in rows)),
    )


async def save_refusals(conn: Connection, rows: Sequence[tuple[datetime, int, bytes, bytes, bytes]]) -> None:
    """Keep the answers of refused requests under their keys."""
    await conn.execute(
        "INSERT INTO refusals (created_at, status, key_hash, request_hash, body)"
        " SELECT * FROM unnest(%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (
            pack.moments(r[0] for r in rows),
            pack.int2s(r[1] for r in rows),
            pack.byteas(r[2] for r in rows),
            pack.byteas(r[3] for r in rows),
            pack.byteas(r[4] for r in rows),
        ),
    )


async def text_id(conn: Connection, text: str) -> int:
    """The number of a text (a user agent, a staff name), given to it when it is first seen."""
    cursor = await conn.execute(
        "WITH new AS (INSERT INTO texts (text) VALUES (%s) ON CONFLICT DO NOTHING RETURNING id)"
        " SELECT id FROM new UNION ALL SELECT id FROM texts WHERE text = %s LIMIT 1",
        (text, text),
    )
    row = await cursor.fetchone()
    if row is None:  # another transaction wrote it meanwhile: now it can be seen
        return await text_id(conn, text)
    return int(row[0])
