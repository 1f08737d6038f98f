"""What some batches need beside: order references, rewards taken, refusals kept, numbers of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from ledger import pack

Connection = AsyncConnection[TupleRow]


class Overtaken(Exception):
    """Another transaction was first with an order reference: what was decided has to be decided anew."""


async def order_takers(conn: Connection, orders: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    """Which transaction has earned for each of these (merchant, order reference), and was not voided whole.

    What is there is locked: one that was voided whole may earn again, but once.
    """
    pairs = sorted(set(orders))
    cursor = await conn.execute(
        "SELECT o.merchant_id, o.order_reference, transaction_id, voided FROM order_references o"
        " JOIN unnest(%s, %s) AS asked (merchant_id, order_reference) USING (merchant_id, order_reference)"
        " ORDER BY 1, 2 FOR UPDATE OF o",
        (pack.uuids(p[0] for p in pairs), pack.texts(p[1] for p in pairs)),
    )
    return {(row[0], row[1]): row[2] for row in await cursor.fetchall() if not row[3]}


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


async def rewards_taken(conn: Connection, reward_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The same to be read, of those that ever were taken."""
    query = "SELECT reward_id, taken FROM rewards_taken WHERE reward_id = ANY(%s)"
    return dict(await (await conn.execute(query, (pack.uuids(reward_ids),))).fetchall())


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
    """Remember what earned for an order reference. Overtaken when another has earned for one meanwhile."""
    rows = sorted(orders)
    cursor = await conn.execute(
        "INSERT INTO order_references AS o (merchant_id, order_reference, transaction_id)"
        " SELECT * FROM unnest(%s, %s, %s) ON CONFLICT (merchant_id, order_reference)"
        " DO UPDATE SET transaction_id = excluded.transaction_id, voided = false WHERE o.voided",
        (pack.uuids(r[0] for r in rows), pack.texts(r[1] for r in rows), pack.uuids(r[2] for r in rows)),
    )
    if cursor.rowcount != len(rows):
        raise Overtaken


async def free_orders(conn: Connection, orders: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Let these order references earn again: what earned for them was voided whole."""
    await conn.execute(
        "UPDATE order_references o SET voided = true FROM unnest(%s, %s, %s)"
        " AS v (merchant_id, order_reference, transaction_id) WHERE o.merchant_id = v.merchant_id"
        " AND o.order_reference = v.order_reference AND o.transaction_id = v.transaction_id",
        (
            pack.uuids(o[0] for o in orders),
            pack.texts(o[1] for o in orders),
            pack.uuids(o[2] for o in orders),
        ),
    )


async def give_rewards_back(conn: Connection, given: Sequence[tuple[UUID, UUID]]) -> None:
    """Count one less for each (card, reward): its redemption was voided. `lock_rewards` came before."""
    cards, rewards = pack.uuids(card for card, _ in given), pack.uuids(reward for _, reward in given)
    await conn.execute(
        "UPDATE rewards_taken SET taken = greatest(0, taken - 1) WHERE reward_id = ANY(%s)", (rewards,)
    )
    await conn.execute(
        "UPDATE rewards_taken_by_card t SET taken = greatest(0, taken - 1) FROM unnest(%s, %s)"
        " AS v (card_id, reward_id) WHERE (t.card_id, t.reward_id) = (v.card_id, v.reward_id)",
        (cards, rewards),
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
